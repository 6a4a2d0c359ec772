"""Deployments of services: decided in ``scheduler.py`` (pure), done in ``controller.py``."""
