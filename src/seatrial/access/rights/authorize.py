"""May whoever calls do what a call asks? By their policies, and by those of the resources that it names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import unquote

from seatrial.access.rights import arns, catalogue, keys, lookups, naming, passing
from seatrial.access.rights.arns import Place
from seatrial.access.rights.callers import Asker, read
from seatrial.access.rights.calls import UNKNOWN, Call
from seatrial.access.rights.keys import Circumstances
from seatrial.access.rights.lookups import Found
from seatrial.core.internal import Aws
from seatrial.core.policies.document import Policy
from seatrial.core.policies.evaluate import Decision, Kind, Own, Policies, Request, decide
from seatrial.ministack.policies import StoredPolicies

_NEEDED = {"kms": Own.NEEDED, "sts": Own.NEEDED}
"""Services without whose resource's own policy nobody is allowed anything: keys, and roles that are assumed."""


@dataclass(frozen=True)
class Need:
    """An action on a resource that a call must be allowed.

    Args:
        action: ``iam:PassRole``.
        resource: its ARN; ``*`` where the action knows none; empty where it cannot be told, so that nobody is allowed.
        extra: condition keys that only this action has.
    """

    action: str
    resource: str
    extra: Mapping[str, str] = field(default_factory=dict)


# inside: the guard and the services that act for a role, which answer it in AWS's words
class Denied(Exception):
    """A call is not allowed.

    Args:
        principal: the ARN of who asks.
        need: what they lack.
        decision: the decision by which policies.
    """

    def __init__(self, principal: str, need: Need, decision: Decision) -> None:
        super().__init__(need.action)
        self.principal = principal
        self.need = need
        self.decision = decision


class Rights:
    """Decides about calls.

    Args:
        aws: the embedded AWS itself, where things are looked up.
        stored: what is kept of policies.
        now: the time.
    """

    def __init__(self, aws: Aws, stored: StoredPolicies, now: Callable[[], datetime]) -> None:
        self._aws, self._stored, self._now = aws, stored, now

    async def check(self, asker: Asker, call: Call, place: Place, *, source: str = "127.0.0.1") -> None:
        """Whether somebody may do what a call asks.

        Raises:
            Denied: something that the call needs is not allowed; the first of it.
        """
        if naming.actions(call)[0] in naming.FREE:
            return
        circumstances = self._circumstances(asker, call, place, source)
        found = await lookups.look_up(self._aws, call, place.region)
        for need in needs(found, place):
            decision = await self._decided(asker, found.call, need, circumstances)
            if not decision.allowed:
                raise Denied(asker.who.arn, need, decision)

    async def requests(self, asker: Asker, call: Call, place: Place, *, source: str = "127.0.0.1") -> list[Request]:
        """Everything that a call asks for, with the tags of the resources, whatever the policies say."""
        circumstances = self._circumstances(asker, call, place, source)
        found = await lookups.look_up(self._aws, call, place.region)
        return [
            _with(_request(asker, found.call, need, circumstances), await self._tags(need))
            for need in needs(found, place)
            if need.action not in naming.FREE
        ]

    def _circumstances(self, asker: Asker, call: Call, place: Place, source: str) -> Circumstances:
        return Circumstances(place, self._now(), source, call.headers.get("user-agent", ""), asker.keys)

    async def _decided(self, asker: Asker, call: Call, need: Need, circumstances: Circumstances) -> Decision:
        if not need.resource or catalogue.action(need.action) is None:
            return Decision(allowed=False)
        # What is not made yet has no policy that could be needed.
        own = Own.EITHER if need.resource.endswith("*") else _NEEDED.get(need.action.partition(":")[0], Own.EITHER)
        own_policy = self._own_policy(need, circumstances.place)
        policies = Policies(asker.identity, own_policy, own, asker.boundary, asker.session)
        tags = await self._tags(need) if _asks_for_tags(policies) else {}
        return decide(_with(_request(asker, call, need, circumstances), tags), policies)

    def _own_policy(self, need: Need, place: Place) -> Policy | None:
        """The resource's own; a role's own is its trust policy, which is asked for nothing but taking the role."""
        if need.resource.startswith("arn:aws:iam:") and not need.action.startswith("sts:"):
            return None
        text = self._stored.of_resource(need.resource, place.account, place.region)
        return read(text) if text else None

    async def _tags(self, need: Need) -> dict[str, tuple[str, ...]]:
        """The tags of a resource, under each name that they have as keys."""
        found = await lookups.tags(self._aws, need.resource) or {}
        prefix = need.action.partition(":")[0]
        names = ("aws:resourcetag", f"{prefix}:resourcetag")
        return {f"{name}/{key}".lower(): (value,) for name in names for key, value in found.items()}


def _request(asker: Asker, call: Call, need: Need, circumstances: Circumstances) -> Request:
    context = keys.context(call, need.action, circumstances, need.extra)
    owner = need.resource.split(":")[4] if need.resource.count(":") > 4 else ""  # noqa: PLR2004 - an ARN
    account = owner or circumstances.place.account
    return Request(asker.who, need.action, need.resource, context, account, keys.is_unknown(need.action))


def _with(request: Request, tags: Mapping[str, tuple[str, ...]]) -> Request:
    return replace(request, context={**request.context, **tags})


def needs(found: Found, place: Place) -> list[Need]:
    """Everything that a call must be allowed. Pure."""
    return [] if found.is_gone else list(_needs(found.call, found.roles, place))


def _needs(call: Call, roles: tuple[str, ...], place: Place) -> Iterator[Need]:
    prefix = naming.prefix_of(call.service)
    if call.operation == UNKNOWN:
        yield Need(f"{prefix}:?", "")
        return
    transacted = naming.transacted(call)
    for action, table in transacted:
        one = replace(call, params={"TableName": table})
        yield from (Need(action, arn) for arn in arns.of_action(action, one, place) or ("",))
    for action in () if transacted else naming.actions(call):
        found = arns.of_action(action, call, place)
        yield from (Need(action, arn) for arn in (found if found is not None else ("",)))
    yield from _copied(call)
    if tagging := naming.tagging(call):
        made = arns.made_by(call, place) or [""]
        extra = {f"{prefix}:createaction": call.operation} if prefix in {"ec2", "ecs", _ELB} else {}
        yield from (Need(tagging, arn, extra) for arn in made)
    for role, service in passing.passed(call, roles):
        yield Need("iam:PassRole", role, {"iam:passedtoservice": service})


def _copied(call: Call) -> Iterator[Need]:
    """What a copy reads."""
    if source := str(call.params.get("CopySource") or ""):
        path, _, version = source.lstrip("/").partition("?versionId=")
        yield Need("s3:GetObjectVersion" if version else "s3:GetObject", f"arn:aws:s3:::{unquote(path)}")


def _asks_for_tags(policies: Policies) -> bool:
    every = [*policies.identity, *(policies.session or ()), policies.resource, policies.boundary]
    statements = (statement for policy in every if policy for statement in policy.statements)
    return any("resourcetag/" in condition.key for each in statements for condition in each.conditions)


def words(denied: Denied) -> str:
    """AWS's sentence (IAM user guide, "Troubleshoot access denied error messages")."""
    need, decision = denied.need, denied.decision
    if need.action.startswith("sts:AssumeRole"):
        return f"User: {denied.principal} is not authorized to perform: {need.action} on resource: {need.resource}"
    resource = f'"{need.resource}"' if need.action.startswith("s3:") else need.resource
    on = f" on resource: {resource}" if need.resource and _is_said(need) else ""
    return f"User: {denied.principal} is not authorized to perform: {need.action}{on} {_why(need.action, decision)}"


def _is_said(need: Need) -> bool:
    """Whether a service tells the resource: these leave a ``*`` out, as public reports of their errors show."""
    return need.resource != "*" or need.action.partition(":")[0] not in {"autoscaling", "cloudwatch", "ec2", _ELB}


_ELB = "elasticloadbalancing"


def _why(action: str, decision: Decision) -> str:
    kind = decision.kind
    if decision.explicit:
        article = "an" if kind is Kind.IDENTITY else "a"
        policy = kind.value if kind is Kind.BOUNDARY else f"{kind.value} policy"
        return f"with an explicit deny in {article} {policy}"
    policy = kind.value if kind is Kind.BOUNDARY else f"{kind.value} policy"
    return f"because no {policy} allows the {action} action"
