"""An AWS on this machine: our own services in front of MiniStack, one process, loopback only.

How is a request answered? ``gateway.py``. How does a service of ours plug in? ``service.py``.
How is it started and stopped? ``instance.py``. It knows nothing of manifests or releases.
"""
