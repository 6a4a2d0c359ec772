"""The AWS names of what stands around the services: one mapping for each Terraform module, in its words.

What belongs to a system is called ``app-environment-word``, and the word holds no hyphen: so two environments never
share a name, and none is that of a service, which follows after ``--``. The services' own names: ``names.py``.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from tagship.manifest.names import Names, fit

_REFUSED_IN_DOMAINS: Final = ("aws", "amazon", "cognito")
"""Cognito developer guide, "Configuring a user pool domain": words that a domain prefix may not hold."""

_POOL_DOMAIN: Final = 63
_BUCKET: Final = 63


@dataclass(frozen=True)
class SystemNames:
    """The names of one environment's systems.

    Args:
        names: the names of the app in the environment.
        account: twelve digits; part of what must be unique in the world.
        region: part of some of that, too.
    """

    names: Names
    account: str
    region: str

    def network(self) -> dict[str, str]:
        """Module ``network``. Logs: 512 characters; IAM: 64; EC2: 255."""
        return {
            "endpoints_security_group": self.names.security_group("endpoints"),
            "flow_log_group": f"/vpc/{self._prefix}",
            "flow_log_role": self._word("flowlogs", 64),
        }

    def edge(self) -> dict[str, str]:
        """Module ``edge``. CloudFront: 64 characters, policies 128; log delivery: 60."""
        return {
            "distribution": self._prefix,
            "function": self._word("routes", 64),
            "headers_policy": self._word("headers", 128),
            "access_control": self._word("site", 64),
            "log_delivery": self._word("edge", 60),
        }

    def firewall(self) -> dict[str, str]:
        """Module ``firewall``, before CloudFront and before the load balancer. WAF: 128 characters."""
        return {"edge": self._word("edge", 128), "load_balancer": self._word("balancer", 128)}

    def traffic(self) -> dict[str, str]:
        """Module ``traffic``. S3: 63 characters, unique in the world; WAF wants its own beginning; Glue: no hyphens."""
        waf = "aws-waf-logs-"
        return {
            "logs_bucket": self._bucket("logs"),
            "firewall_bucket": f"{waf}{fit(self._prefix, _BUCKET - len(waf) - 13)}-{self.account}",
            "database": self._prefix.replace("-", "_"),
            "workgroup": self._word("traffic", 128),
        }

    def database(self) -> dict[str, str]:
        """Module ``database``. RDS: 63 characters, no two hyphens in a row; Secrets Manager: 512."""
        return {
            "cluster": self._prefix,
            "subnet_group": self._prefix,
            "cluster_parameters": self._prefix,
            "instance_parameters": self._prefix,
            "security_group": self.names.security_group("database"),
            "monitoring_role": self._word("monitoring", 64),
            "master_secret": f"{self._prefix}/database/master",
            "connection_secret": f"{self._prefix}/database/app",
            "scaling_policy": self._word("readers", 256),
            "final_snapshot": self._word("final", 48),  # a time of 15 characters is added
        }

    def auth(self) -> dict[str, str]:
        """Module ``auth``. Cognito: 128 characters, domain prefixes 63; CloudFormation: 128."""
        return {
            "user_pool": self._word("users", 128),
            "domain": self._pool_domain(),
            "sign_in_stack": self._word("signin", 128),
        }

    def alerts(self) -> dict[str, str]:
        """Module ``alerts``. SNS: 256 characters; Lambda and IAM: 64; EventBridge: 64, alarms 255, each with more."""
        function = self._word("alerts", 64)
        return {
            "topic": self._word("alerts", 256),
            "function": function,
            "role": self._word("alerts", 64),
            "log_group": f"/aws/lambda/{function}",
            "webhook_secret": f"{self._prefix}/slack",
            "rule_prefix": fit(self._prefix, 40),
            "alarm_prefix": self._prefix,
        }

    def dashboards(self) -> dict[str, str]:
        """Module ``dashboards``: a service of our own, whose name no other may have (``types.ServiceName``)."""
        service = "dashboards"
        return {
            "service": self.names.service(service),
            "task_family": self.names.task_family(service),
            "container": "grafana",
            "log_group": self.names.log_group(service),
            "execution_role": self.names.execution_role(service),
            "task_role": self.names.task_role(service),
            "target_group": self.names.target_group(service),
            "security_group": self.names.service_security_group(service),
        }

    def vpn(self) -> dict[str, str]:
        """Module ``vpn``. EC2: 255 characters; IAM: 64, instance profiles 128."""
        return {
            "instance": self._word("vpn", 255),
            "role": self._word("vpn", 64),
            "profile": self._word("vpn", 128),
            "security_group": self.names.security_group("vpn"),
            "secret": f"{self._prefix}/vpn",
        }

    def github(self) -> dict[str, str]:
        """Module ``github``. IAM: 64 characters."""
        return {"role": self._word("deploy", 64)}

    @property
    def _prefix(self) -> str:
        return self.names.prefix

    def _word(self, word: str, limit: int) -> str:
        return f"{fit(self._prefix, limit - len(word) - 1)}-{word}"

    def _bucket(self, word: str) -> str:
        ending = f"-{self.account}-{self.region}"
        return f"{self._word(word, _BUCKET - len(ending))}{ending}"

    def _pool_domain(self) -> str:
        """Unique in the region, for all accounts; a word that Cognito refuses is hidden in digits."""
        prefix = fit(self._prefix, _POOL_DOMAIN - len(self.account) - 1)
        if any(word in prefix for word in _REFUSED_IN_DOMAINS):
            prefix = f"app-{int(hashlib.sha256(self._prefix.encode()).hexdigest(), 16) % 10**12:012}"
        return f"{prefix}-{self.account}"
