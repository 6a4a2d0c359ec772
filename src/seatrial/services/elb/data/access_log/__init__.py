"""Access logs: an entry (``entry.py``), filled in as a request goes through (``logged.py``), written (``writer.py``)."""
