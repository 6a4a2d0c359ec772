"""Capacity providers and account settings: the little that clients ask for."""

from seatrial.services.ecs.errors import invalid
from seatrial.services.ecs.operations.call import Call, Handler, missing, page
from seatrial.services.ecs.operations.clusters import FARGATE_PROVIDERS
from seatrial.services.ecs.records import Json
from seatrial.services.ecs.state import EcsState

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
    "fargateEventWindows": "disabled",
}
"""What an account has that never put anything (developer guide, "Account settings")."""

_SWITCH = {"enabled", "disabled"}
_VALUES = {
    "containerInsights": {"enabled", "enhanced", "disabled"},
    "tagResourceAuthorization": {"on", "off"},
    "guardDutyActivate": {"on", "off"},
    "fargateTaskRetirementWaitPeriod": {"0", "7", "14"},
    "defaultLogDriverMode": {"blocking", "non-blocking"},
}
_AWS_MANAGED = {"guardDutyActivate"}


class AccountOperations:
    """What can be done with an account's settings; they are kept by region and principal."""

    def __init__(self, state: EcsState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "DescribeCapacityProviders": self.describe_capacity_providers,
            "ListAccountSettings": self.list,
            "PutAccountSetting": self.put,
            "PutAccountSettingDefault": self.put,
            "DeleteAccountSetting": self.delete,
        }

    def describe_capacity_providers(self, call: Call) -> Json:
        """Fargate's two; there are no others."""
        wanted = [name.rpartition("/")[2] for name in call.get("capacityProviders") or FARGATE_PROVIDERS]
        return {
            "capacityProviders": [_provider(call, name) for name in wanted if name in FARGATE_PROVIDERS],
            "failures": [missing(name) for name in wanted if name not in FARGATE_PROVIDERS],
        }

    def list(self, call: Call) -> Json:
        """The settings that were put; with ``effectiveSettings``, what holds, whoever put it."""
        principal = call.get("principalArn") or _root(call)
        own = self._of(call, principal)
        values = DEFAULTS | self._of(call, _root(call)) | own if call.get("effectiveSettings") else own
        wanted = call.get("name")
        found = [
            _setting(principal, name, value)
            for name, value in sorted(values.items())
            if wanted in {None, name} and call.get("value") in {None, value}
        ]
        return page(found, call, default=10, name="settings")

    def put(self, call: Call) -> Json:
        """Change a setting: of a principal, or of the account."""
        name, value = call["name"], call["value"]
        if value not in _VALUES.get(name, _SWITCH):
            raise invalid(f"Invalid value for the account setting {name}: {value}.")
        principal = call.get("principalArn") or _root(call)
        self._state.set_account_setting(_key(call, principal, name), value)
        return {"setting": _setting(principal, name, value)}

    def delete(self, call: Call) -> Json:
        """Back to what the account has."""
        principal = call.get("principalArn") or _root(call)
        self._state.set_account_setting(_key(call, principal, call["name"]), None)
        value = (DEFAULTS | self._of(call, _root(call)))[call["name"]]
        return {"setting": _setting(principal, call["name"], value)}

    def _of(self, call: Call, principal: str) -> dict[str, str]:
        prefix = _key(call, principal, "")
        return {
            key.removeprefix(prefix): value
            for key, value in self._state.account_settings.items()
            if key.startswith(prefix)
        }


def _root(call: Call) -> str:
    return f"arn:aws:iam::{call.scope.account_id}:root"


def _key(call: Call, principal: str, name: str) -> str:
    return f"{call.scope.region}|{principal}|{name}"


def _provider(call: Call, name: str) -> Json:
    return {
        "capacityProviderArn": call.scope.arn("capacity-provider", name),
        "name": name,
        "status": "ACTIVE",
        "tags": [],
    }


def _setting(principal: str, name: str, value: str) -> Json:
    kind = "aws_managed" if name in _AWS_MANAGED else "user"
    return {"name": name, "value": value, "principalArn": principal, "type": kind}
