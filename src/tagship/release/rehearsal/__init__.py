"""What a release of your own app does when something goes wrong, tried on the embedded AWS.

.. code-block:: text

    How does a rehearsal go?                   rehearse.py
    What can go wrong, and how should it end?  scenarios.py
    What are the names to type?                scenario_names.py
    How did it end?                            result.py
"""
