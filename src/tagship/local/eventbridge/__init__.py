"""Amazon EventBridge, as far as AWS's own services are its sources: rules are MiniStack's, delivery is ours."""

from tagship.local.eventbridge.bus import EventBus

__all__ = ["EventBus"]
