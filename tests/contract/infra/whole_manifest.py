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
