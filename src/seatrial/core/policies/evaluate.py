"""Whether a request is allowed, and by the lack of which policy it is not. Pure.

Source: IAM user guide, "Policy evaluation logic" ("Determining whether a request is allowed or denied within an
account"), "Policy evaluation for requests within a single account", and "Troubleshoot access denied error messages".
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from seatrial.core.policies.conditions import is_met
from seatrial.core.policies.document import Policy, Statement
from seatrial.core.policies.patterns import Context, NoValue, arn_matches, filled, matches
from seatrial.core.policies.principals import Named, Principal, named, spared


class Kind(Enum):
    """The kinds of policies, in IAM's words."""

    IDENTITY = "identity-based"
    RESOURCE = "resource-based"
    BOUNDARY = "permissions boundary"
    SESSION = "session"


class Own(Enum):
    """What a resource's own policy means beside those of whoever asks."""

    EITHER = "either"
    """Of the same account, one of both is enough."""
    NEEDED = "needed"
    """The resource's own policy must name who asks, or the account: keys and roles."""


@dataclass(frozen=True)
class Request:
    """What is asked.

    Args:
        who: asks.
        action: ``s3:GetObject``.
        resource: its ARN, or ``*`` where the action knows none.
        context: the values of condition keys.
        account: the account that owns the resource.
        is_unknown: whether a condition key, in lower case, may have a value that is not known here.
    """

    who: Principal
    action: str
    resource: str
    context: Context
    account: str
    is_unknown: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True)
class Policies:
    """What is held against a request.

    Args:
        identity: the identity of who asks.
        resource: the resource's own.
        own: what that one means.
        boundary: the boundary of who asks; None where there is none.
        session: given when the session began; None where there were none.
    """

    identity: Sequence[Policy] = ()
    resource: Policy | None = None
    own: Own = Own.EITHER
    boundary: Policy | None = None
    session: Sequence[Policy] | None = None


@dataclass(frozen=True)
class Decision:
    """The answer.

    Args:
        allowed: whether it is.
        kind: the policies that refuse, or lack what would allow it.
        explicit: whether a statement refuses.
    """

    allowed: bool
    kind: Kind = Kind.IDENTITY
    explicit: bool = False


ALLOWED = Decision(allowed=True)


def decide(request: Request, policies: Policies) -> Decision:
    """Hold a request against policies: what refuses is first, then everything that must allow."""
    for kind, some in _by_kind(policies):
        if any(_applies(each, policy, request) for policy in some for each in policy.statements if _denies(each)):
            return Decision(allowed=False, kind=kind, explicit=True)
    closest = _closest(policies.resource, request)
    by_identity = _allow(policies.identity, request)
    if closest is Named.ITSELF:
        # Neither a boundary nor the session's policies bound what is given to the session itself.
        return ALLOWED
    granted = by_identity if policies.own is Own.EITHER else by_identity and closest > Named.NOT
    if request.account != request.who.account:
        granted = by_identity and closest > Named.NOT
    elif closest > Named.ACCOUNT:
        granted = True
    if not granted:
        lacks_own = policies.own is Own.NEEDED and closest is Named.NOT
        return Decision(allowed=False, kind=Kind.RESOURCE if lacks_own else Kind.IDENTITY)
    boundary = [policies.boundary] if policies.boundary is not None and closest is not Named.ANYBODY else None
    if boundary and not _allow(boundary, request):
        return Decision(allowed=False, kind=Kind.BOUNDARY)
    if policies.session is not None and not _allow(policies.session, request):
        return Decision(allowed=False, kind=Kind.SESSION)
    return ALLOWED


def _by_kind(policies: Policies) -> Iterator[tuple[Kind, Sequence[Policy]]]:
    yield Kind.IDENTITY, policies.identity
    yield Kind.RESOURCE, [policies.resource] if policies.resource else ()
    yield Kind.BOUNDARY, [policies.boundary] if policies.boundary else ()
    yield Kind.SESSION, policies.session or ()


def _denies(statement: Statement) -> bool:
    return statement.effect == "Deny"


def _allow(policies: Sequence[Policy], request: Request) -> bool:
    return any(
        _applies(each, policy, request) for policy in policies for each in policy.statements if not _denies(each)
    )


def _closest(policy: Policy | None, request: Request) -> Named:
    """How closely a statement that allows the request names who asks."""
    if policy is None:
        return Named.NOT
    found = (
        Named.ANYBODY if each.principals is None else named(each.principals, request.who)
        for each in policy.statements
        if not _denies(each) and _applies(each, policy, request)
    )
    return max(found, default=Named.NOT)


def _applies(statement: Statement, policy: Policy, request: Request) -> bool:
    """Whether a statement speaks of a request; what is not known is taken against who asks."""
    return (
        _speaks_of_principal(statement, request.who)
        and _speaks_of_action(statement, request.action)
        and _speaks_of_resource(statement, policy, request)
        and _conditions_hold(statement, policy, request)
    )


def _speaks_of_principal(statement: Statement, who: Principal) -> bool:
    if statement.principals is not None:
        return named(statement.principals, who) > Named.NOT
    return statement.not_principals is None or not spared(statement.not_principals, who)


def _speaks_of_action(statement: Statement, action: str) -> bool:
    if statement.actions is not None:
        return any(matches(pattern, action, any_case=True) for pattern in statement.actions)
    return not any(matches(pattern, action, any_case=True) for pattern in statement.not_actions or ())


def _speaks_of_resource(statement: Statement, policy: Policy, request: Request) -> bool:
    if statement.resources is not None:
        return any(_names(pattern, policy, request) for pattern in statement.resources)
    # A trust policy has neither: its resource is its role.
    named = [_names(pattern, policy, request) for pattern in statement.not_resources or ()]
    # What a pattern leaves out that names what has no value, nobody knows: that is taken against who asks.
    return True not in named and (None not in named or _denies(statement))


def _names(pattern: str, policy: Policy, request: Request) -> bool | None:
    """Whether a pattern is the resource's; None where it names a variable that has no value."""
    try:
        said = filled(pattern, request.context) if policy.has_variables else pattern
    except NoValue:
        return None
    return arn_matches(said, request.resource)


def _conditions_hold(statement: Statement, policy: Policy, request: Request) -> bool:
    for condition in statement.conditions:
        if request.is_unknown(condition.key):
            if not _denies(statement):
                return False
        elif not is_met(condition, request.context, variables=policy.has_variables):
            return False
    return True
