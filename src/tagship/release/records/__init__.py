"""What is written down of each release.

.. code-block:: text

    What is in a record?              record.py
    Whose turn is it? Who writes?     ledger.py
    What if a record cannot be read?  reader.py
    How can a release end?            verdict.py
"""
