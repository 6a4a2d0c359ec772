"""The tour: the whole architecture, played chapter by chapter, each claim checked as it is shown.

.. code-block:: text

    How is it started, and which words does it take?      __main__.py
    Which chapters are played, in which order?             story.py
    What is a chapter, and what is a claim?                chapter.py
    Where is it played: which app, which AWS?              stage.py
    Who plays there, with which rights?                   people.py
    What was played already, and what did it show?         progress.py
    Which twenty systems are there, and who shows them?    systems.py
    How does it end?                                       report.py
    The chapters                                           chapters/

``make tour`` plays it on the embedded AWS, ``make test-aws`` on an account of yours: the same chapters.
"""
