"""The traffic of load balancers, in a process of its own: ``worker.py``."""
