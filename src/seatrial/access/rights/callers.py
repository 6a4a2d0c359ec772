"""Whose policies are held against a call: those of a role's session, or of a user."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from seatrial.core.policies.document import Malformed, Policy, parse
from seatrial.core.policies.principals import Principal
from seatrial.ministack.policies import Identity, StoredPolicies


@dataclass(frozen=True)
class Asker:
    """Who asks, and what binds them.

    Args:
        who: the who as policies name them.
        identity: their policies; nothing is allowed where there are none.
        boundary: None where there is none.
        session: policies that were given when the session began; None where there were none.
        keys: their own condition keys, by names in lower case.
    """

    who: Principal
    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def asker(stored: StoredPolicies, principal: str, session: Mapping[str, Any]) -> Asker:
    """Who has a key that was given out.

    Args:
        stored: what MiniStack keeps of policies.
        principal: the ARN of a user, or of a role's session.
        session: what is kept of the session; empty of a user's key.
    """
    account = principal.split(":")[4]
    kind, _, rest = principal.split(":", 5)[5].partition("/")
    if kind == "assumed-role":
        found = stored.role(account, rest.partition("/")[0])
        role = found.arn if found else f"arn:aws:iam::{account}:role/{rest.partition('/')[0]}"
        who = Principal(principal, account, role)
    else:
        found = stored.user(account, rest.rpartition("/")[2]) if kind == "user" else None
        who = Principal(principal, account)
    if found is None:
        return Asker(who)
    return Asker(
        who,
        tuple(read(text) for text in found.documents),
        read(found.boundary) if found.boundary is not None else None,
        _of_session(stored, account, session),
        _keys(who, found, session),
    )


def read(text: str) -> Policy:
    """A document; one that cannot be read says nothing."""
    try:
        return parse(text)
    except Malformed:
        return Policy(())


def _of_session(stored: StoredPolicies, account: str, session: Mapping[str, Any]) -> tuple[Policy, ...] | None:
    given = session.get("SessionPolicies")
    if not given:
        return None
    texts = [given["Policy"]] if given.get("Policy") else []
    texts += [stored.managed(account, arn) for arn in given.get("PolicyArns") or ()]
    return tuple(read(text if isinstance(text, str) else json.dumps(text)) for text in texts if text)


def _keys(who: Principal, found: Identity, session: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    tags = {**found.tags, **{tag["Key"]: tag["Value"] for tag in session.get("SessionTags") or ()}}
    keys = {
        "aws:principalaccount": who.account,
        "aws:principalarn": who.role or who.arn,
        "aws:principaltype": "AssumedRole" if who.is_session else "User",
        **{f"aws:principaltag/{name}".lower(): value for name, value in tags.items()},
    }
    if user := session.get("UserId"):
        keys["aws:userid"] = str(user)
    if not who.is_session:
        keys["aws:username"] = who.arn.rpartition("/")[2]
    if issued := session.get("IssuedAt"):
        keys["aws:tokenissuetime"] = datetime.fromtimestamp(float(issued), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {name: (value,) for name, value in keys.items()}
