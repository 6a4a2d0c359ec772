"""Services of AWS that work with a role: they take it if it trusts them, and call what its policies allow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seatrial.access.rights.arns import Place
from seatrial.access.rights.authorize import Denied, Rights, words
from seatrial.access.rights.callers import asker, read
from seatrial.access.rights.calls import Call
from seatrial.core.context import TakenRole
from seatrial.core.internal import Aws, AwsCallError
from seatrial.core.policies.evaluate import Own, Policies, Request, decide
from seatrial.core.policies.principals import Principal
from seatrial.core.service import request_id
from seatrial.ministack.policies import StoredPolicies


class Acting:
    """Takes roles for services.

    Args:
        stored: what is kept of policies.
        rights: decides about calls.
        region: where a call names none.
        now: the time.
    """

    def __init__(self, stored: StoredPolicies, rights: Rights, region: str, now: Callable[[], datetime]) -> None:
        self._stored, self._rights, self._region, self._now = stored, rights, region, now

    def take(self, aws: Aws, role: TakenRole) -> "AsRole":
        """See ``core.context.RoleTaker.take``."""
        if not trusts(self._stored, role, self._now()):
            action = f"User: {role.service} is not authorized to perform: sts:AssumeRole on resource: {role.arn}"
            raise AwsCallError("AccessDenied", action, 403)
        return AsRole(aws, role, self._stored, self._rights, self._region)


@dataclass(frozen=True)
class AsRole:
    """AWS as a role calls it."""

    aws: Aws
    role: TakenRole
    stored: StoredPolicies
    rights: Rights
    home: str

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's parameters
    ) -> dict[str, Any]:
        """See ``Aws.call``; what is not allowed is an ``AccessDeniedException``."""
        await self.require(service, operation, region=region, **params)
        return await self.aws.call(service, operation, region=region, **params)

    async def require(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's parameters
    ) -> None:
        """See ``core.context.RoleAws.require``."""
        account, name = self.role.arn.split(":")[4], self.role.arn.rpartition("/")[2]
        who = asker(self.stored, f"arn:aws:sts::{account}:assumed-role/{name}/{self.role.session}", {})
        call = Call(service, operation, params, {})
        try:
            await self.rights.check(who, call, Place(region or self.home, account))
        except Denied as denied:
            message = f"{words(denied)} status code: 400, request id: {request_id()}"
            raise AwsCallError("AccessDeniedException", message) from denied


def trusts(stored: StoredPolicies, role: TakenRole, now: datetime) -> bool:
    """Whether a role is there and lets a service take it, for what it is taken for."""
    parts = role.arn.split(":")
    found = stored.role(parts[4], role.arn.rpartition("/")[2]) if len(parts) > 5 else None  # noqa: PLR2004 - an ARN
    if found is None or found.arn != role.arn:
        return False
    account = parts[4]
    context = {
        "aws:sourceaccount": (account,),
        "aws:sourcearn": (role.source,),
        "aws:currenttime": (now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:principalisawsservice": ("true",),
        "sts:rolesessionname": (role.session,),
    }
    request = Request(Principal(service=role.service), "sts:AssumeRole", role.arn, context, account)
    return decide(request, Policies(resource=read(found.trust), own=Own.NEEDED)).allowed
