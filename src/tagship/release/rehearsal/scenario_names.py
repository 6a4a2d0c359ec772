"""What can be rehearsed, by name; apart from the scenarios, because ``--help`` lists the names."""

from typing import Final

NAMES: Final = (
    "nothing",
    "image-missing",
    "pull-slow",
    "secret-denied",
    "log-denied",
    "slow-start",
    "too-slow-start",
    "crash",
    "out-of-memory",
    "health-503",
    "no-capacity",
    "other-deployer",
    "throttle",
    "zone",
    "engine-restart",
    "kill",
)
"""Every name, in the order in which they are rehearsed."""
