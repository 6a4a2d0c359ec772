"""Processes beside the control plane, each with an event loop of its own for what must not wait: users' requests.

``supervisor.py`` starts one again whenever it ends, ``link.py`` speaks to it over a socket pair (``channel.py``), and
``worker.py`` is what it runs.
"""
