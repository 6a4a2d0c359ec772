"""A manifest that names every system, as an environment sees it."""

from typing import Any, Final

WHOLE: Final[dict[str, Any]] = {
    "app": "notes",
    "environment": "staging",
    "account": None,
    "region": "eu-central-1",
    "protect": True,
    "network": {"nat": "per-zone", "endpoints": ["s3", "ecr", "logs", "secrets"], "flow_logs": True},
    "services": {"api": {"port": 8000, "paths": ["/api/*"], "sign_in": True}},
    "domain": {"name": "notes.example.com", "zone": "example.com"},
    "site": {"folder": "web"},
    "firewall": {"mode": "block", "load_balancer": True, "large_bodies": ["/api/upload/*"]},
    "github": {"repository": "example/notes"},
    **{name: {} for name in ("database", "auth", "traffic", "alerts", "dashboards", "vpn")},
}
"""Every system that the manifest knows."""

_APP: Final = "a" * 28 + "-z"
_SERVICE: Final = "s" * 28 + "-z"
LONGEST: Final[dict[str, Any]] = {
    **WHOLE,
    "app": _APP,
    "environment": "e" * 20,
    "services": {
        _SERVICE: {"port": 65535, "paths": ["/api/_.$/~\"'@:+&*?"], "sign_in": True, "scaling": {"requests": 1000}},
        "zz": {"port": 1, "paths": ["/zz/*"], "database": False},
    },
    "site": {"folder": "web", "single_page": True},
    "firewall": {"load_balancer": True, "allow_addresses": ["192.0.2.0/24", "2001:db8::/32"]},
    "domain": {"name": f"{'d' * 52}.example.com", "zone": "example.com"},
    "database": {"readers": {"min": 1, "max": 15}, "name": "d" * 63},
    "github": {"repository": f"{'o' * 39}/{'r' * 100}", "owner_id": "1" * 12, "repository_id": "2" * 12},
}
"""Every system, and names as long and as odd as the manifest allows."""
