"""MiniStack, the emulator behind our own services: the only part that touches its insides.

What do we reach of it? ``emulator.py``, ``identity.py``, ``buckets.py``. Where does it answer otherwise than AWS?
``corrections/``. What may its containers do? ``lent_engine.py``. How are functions run? ``functions/``.
What does it lose in a crash? ``log_journal.py``.
"""
