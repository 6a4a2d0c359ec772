"""Access logs: an entry (``entry.py``) is filled in on the way (``logged.py``), written (``writer.py``)."""
