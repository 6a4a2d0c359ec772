"""MiniStack, the emulator behind our own services: the only part that touches its insides.

.. code-block:: text

    How is it started, asked and kept?                     emulator.py
    Where does it answer otherwise than AWS?               corrections/
    What runs functions for it?                            functions/
    Which engine is it lent?                               lent_engine.py

    What does it know of users' keys and sessions?         identity.py
    What does it keep of policies?                         policies.py
    What do its buckets say of web pages?                  buckets.py
    What do viewers of a distribution reach of it?         viewers.py

    How much does it remember of log lines?                logs.py
    How do log lines outlive the process?                  log_journal.py
"""
