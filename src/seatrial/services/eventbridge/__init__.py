"""Amazon EventBridge, as far as AWS's own services are its sources: rules are MiniStack's, delivery is ours.

What does a service announce? ``core/bus.py``. Does it match? ``patterns.py`` (pure). What is a target
sent? ``inputs.py`` (pure). Who sends it, how often, in which order? ``service.py``, and ``targets.py`` for each kind
of target.
"""
