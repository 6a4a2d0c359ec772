"""What a task definition may say: ``rules.py``, with the values of ``limits.py``."""
