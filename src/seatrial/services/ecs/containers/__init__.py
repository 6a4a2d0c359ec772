"""A task's containers in Docker: what they are told (``spec.py``), and the door (``docker.py``)."""
