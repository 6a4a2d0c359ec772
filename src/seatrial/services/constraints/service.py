"""What AWS documents, plugged into the gateway before everybody who would take what AWS refuses."""

from collections.abc import Mapping

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.services.constraints.check import Finding, has_checks, looked_at
from seatrial.services.constraints.counts import Counts
from seatrial.services.constraints.refusals import Refusal
from seatrial.services.constraints.requests import Asked, asked, parameters


class Constraints(OwnService):
    """Answers, in everybody's place, what AWS would refuse for a value of its parameters.

    The body of a call by REST is read by the gateway only where somebody wants to see it; such a call is refused on its
    way to MiniStack. Objects are not read: their heads say all that AWS constrains.
    """

    def __init__(self) -> None:
        self._last: tuple[AwsRequest | None, Asked | None] = (None, None)
        self._counts = Counts()

    def page(self) -> Mapping[str, object]:
        """What was counted since the start: see ``Counts.page``."""
        return self._counts.page()

    def claims(self, request: AwsRequest) -> bool:
        """Whether a call whose body is at hand is to be refused; each call is counted."""
        if request.in_process or not request.service:
            return False
        call = self._asked(request)
        if call is None:
            return False
        self._counts.called(call.service, call.operation, request.headers.get("user-agent", ""))
        return not call.hides_its_body and self._refused(call, request) is not None

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """Say so in AWS's words."""
        call = self._asked(request)
        refused = _finding(call, request).refused if call else None
        if call is None or refused is None:
            raise AssertionError("only what is refused comes here")
        return AwsResponse.error(request, refused.code, refused.message, refused.status)

    def observes(self, request: AwsRequest) -> bool:
        """Whether it is a call by REST whose body has to be read."""
        if request.in_process or request.operation or not request.service:
            return False
        call = self._asked(request)
        return call is not None and call.hides_its_body and has_checks(call.service, call.operation)

    def rewrite_request(self, request: AwsRequest) -> AwsRequest:
        """The same request.

        Raises:
            AwsCallError: AWS refuses it.
        """
        call = self._asked(request)
        if call and (refused := self._refused(call, request)):
            raise AwsCallError(refused.code, refused.message, refused.status)
        return request

    def _asked(self, request: AwsRequest) -> Asked | None:
        """The gateway asks twice of the same request."""
        if self._last[0] is not request:
            self._last = (request, asked(request))
        return self._last[1]

    def _refused(self, call: Asked, request: AwsRequest) -> Refusal | None:
        """How it is refused, which is counted."""
        found = _finding(call, request)
        self._counts.met(call.service, found.rows)
        if found.refused:
            self._counts.refused(call.service, call.operation)
        return found.refused


def _finding(call: Asked, request: AwsRequest) -> Finding:
    if not has_checks(call.service, call.operation):
        return Finding()
    params = parameters(call, request)
    return Finding() if params is None else looked_at(call.service, call.operation, params)
