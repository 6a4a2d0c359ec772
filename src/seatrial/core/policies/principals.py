"""Who asks, and who is meant by a principal of a policy. Pure.

Sources: IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from seatrial.core.policies.document import Principals


class Named(IntEnum):
    """How closely a policy names who asks."""

    NOT = 0
    ACCOUNT = 1
    """By the account, which hands on to the account's own policies."""
    ROLE = 2
    """By the role, whose sessions have it within the role's boundary and their own policies."""
    ANYBODY = 3
    """As anybody, within the session's policies."""
    ITSELF = 4
    """By the user, the session, the service or the provider itself."""


@dataclass(frozen=True)
class Principal:
    """Who asks.

    Args:
        arn: of the user or the session (``arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION``); empty of a service.
        account: twelve digits; empty of a service or a provider.
        role: the ARN of the role whose session it is.
        service: such as ``ecs-tasks.amazonaws.com``.
        provider: the ARN of an OpenID Connect provider, whose word is traded for a role.
    """

    arn: str = ""
    account: str = ""
    role: str = ""
    service: str = ""
    provider: str = ""

    @property
    def is_session(self) -> bool:
        """Whether it is the session of a role."""
        return bool(self.role)


def named(principals: Principals, who: Principal) -> Named:
    """How closely a list of principals names somebody."""
    return max((_named(kind, name, who) for kind, name in principals), default=Named.NOT)


def spared(principals: Principals, who: Principal) -> bool:
    """Whether ``NotPrincipal`` leaves somebody out; of a session, the role or the session must be listed."""
    return named(principals, who) > Named.ACCOUNT


def _named(kind: str, name: str, who: Principal) -> Named:
    if kind in _OTHERS:
        own = _OTHERS[kind](who)
        return Named.ITSELF if own and name == own else Named.NOT
    if name == "*":
        return Named.ANYBODY
    if not who.arn:
        return Named.NOT
    closely = {who.account: Named.ACCOUNT, _root(name, who.account): Named.ACCOUNT, who.role: Named.ROLE}
    return {**closely, who.arn: Named.ITSELF}.get(name, Named.NOT)


_OTHERS: Mapping[str, Callable[[Principal], str]] = {
    "Service": lambda who: who.service,
    "Federated": lambda who: who.provider,
    "CanonicalUser": lambda _: "",
}


def _root(name: str, account: str) -> str:
    return f"arn:{name.split(':')[1]}:iam::{account}:root" if name.count(":") > 1 else account
