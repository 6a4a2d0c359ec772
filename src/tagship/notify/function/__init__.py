"""The function that runs in Lambda: standard library only, but for the door to its secret (``aws/secret.py``)."""
