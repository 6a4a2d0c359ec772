"""Capacity providers and account settings: the little that clients ask for."""

from tagship.local.ecs.operations.call import Call, Handler, missing
from tagship.local.ecs.operations.clusters import FARGATE_PROVIDERS
from tagship.local.ecs.records import Json
from tagship.local.ecs.state import EcsState

DEFAULTS = {
    "serviceLongArnFormat": "enabled",
    "taskLongArnFormat": "enabled",
    "containerInstanceLongArnFormat": "enabled",
    "awsvpcTrunking": "disabled",
    "containerInsights": "disabled",
    "fargateFIPSMode": "disabled",
    "tagResourceAuthorization": "on",
    "fargateTaskRetirementWaitPeriod": "7",
    "guardDutyActivate": "off",
    "defaultLogDriverMode": "non-blocking",
}


class AccountOperations:
    """What can be done with an account's settings."""

    def __init__(self, state: EcsState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """By operation."""
        return {
            "DescribeCapacityProviders": self.describe_capacity_providers,
            "ListAccountSettings": self.list,
            "PutAccountSetting": self.put,
            "PutAccountSettingDefault": self.put,
        }

    def describe_capacity_providers(self, call: Call) -> Json:
        """Fargate's two; there are no others."""
        wanted = [name.rpartition("/")[2] for name in call.get("capacityProviders") or FARGATE_PROVIDERS]
        return {
            "capacityProviders": [_provider(call, name) for name in wanted if name in FARGATE_PROVIDERS],
            "failures": [missing(name) for name in wanted if name not in FARGATE_PROVIDERS],
        }

    def list(self, call: Call) -> Json:
        """The settings that were put; with ``effectiveSettings``, the defaults too."""
        values = (DEFAULTS if call.get("effectiveSettings") else {}) | self._state.account_settings
        wanted = {call["name"]: values[call["name"]]} if call.get("name") in values else values
        if "name" in call.params and call["name"] not in values:
            wanted = {}
        return {"settings": [_setting(call, name, value) for name, value in sorted(wanted.items())]}

    def put(self, call: Call) -> Json:
        """Change a setting."""
        self._state.set_account_setting(call["name"], call["value"])
        return {"setting": _setting(call, call["name"], call["value"])}


def _provider(call: Call, name: str) -> Json:
    return {
        "capacityProviderArn": call.scope.arn("capacity-provider", name),
        "name": name,
        "status": "ACTIVE",
        "tags": [],
    }


def _setting(call: Call, name: str, value: str) -> Json:
    return {"name": name, "value": value, "principalArn": f"arn:aws:iam::{call.scope.account_id}:root", "type": "user"}
