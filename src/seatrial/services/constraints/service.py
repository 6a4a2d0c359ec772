"""What AWS documents, plugged into the gateway before everybody who would take what AWS refuses."""

from collections import Counter
from collections.abc import Mapping

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.services.constraints.check import has_checks, refusal
from seatrial.services.constraints.refusals import Refusal
from seatrial.services.constraints.requests import Asked, asked, parameters


class Constraints(OwnService):
    """Answers, in everybody's place, what AWS would refuse for a value of its parameters.

    The body of a call by REST is read by the gateway only where somebody wants to see it; such a call is refused on its
    way to MiniStack. Objects are not read: their heads say all that AWS constrains.
    """

    def __init__(self) -> None:
        self._last: tuple[AwsRequest | None, Asked | None] = (None, None)
        self._calls: Counter[tuple[str, str]] = Counter()
        self._refused: Counter[tuple[str, str]] = Counter()

    def page(self) -> Mapping[str, object]:
        """How often each operation was called, and refused, since the start: by service and operation."""
        return {"calls": _by_service(self._calls), "refused": _by_service(self._refused)}

    def claims(self, request: AwsRequest) -> bool:
        """Whether a call whose body is at hand is to be refused; each call is counted."""
        if request.in_process or not request.service:
            return False
        call = self._asked(request)
        if call is None:
            return False
        self._calls[call.service, call.operation] += 1
        return not call.hides_its_body and self._refusal(call, request) is not None

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """Say so in AWS's words."""
        call = self._asked(request)
        refused = self._refusal(call, request) if call else None
        if call is None or refused is None:
            raise AssertionError("only what is refused comes here")
        self._refused[call.service, call.operation] += 1
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
        if call and (refused := self._refusal(call, request)):
            self._refused[call.service, call.operation] += 1
            raise AwsCallError(refused.code, refused.message, refused.status)
        return request

    def _asked(self, request: AwsRequest) -> Asked | None:
        """The gateway asks twice of the same request."""
        if self._last[0] is not request:
            self._last = (request, asked(request))
        return self._last[1]

    def _refusal(self, call: Asked, request: AwsRequest) -> Refusal | None:
        if not has_checks(call.service, call.operation):
            return None
        params = parameters(call, request)
        return None if params is None else refusal(call.service, call.operation, params)


def _by_service(counted: Counter[tuple[str, str]]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (service, operation), count in sorted(counted.items()):
        found.setdefault(service, {})[operation] = count
    return found
