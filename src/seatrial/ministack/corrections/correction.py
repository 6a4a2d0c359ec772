"""A correction: a function from a request and MiniStack's answer to the answer that AWS gives."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seatrial.core.service import AwsRequest, AwsResponse, OwnService

Applies = Callable[[AwsRequest], bool]
Correct = Callable[[AwsRequest, AwsResponse], AwsResponse]
Rewrite = Callable[[AwsRequest], AwsRequest]
Follow = Callable[[AwsRequest, AwsResponse], Awaitable[AwsResponse]]
CorrectJson = Callable[[dict[str, Any]], dict[str, Any]]
Answer = Callable[[AwsRequest], Awaitable[AwsResponse]]


def _as_it_is(_request: AwsRequest, response: AwsResponse) -> AwsResponse:
    return response


def _as_asked(request: AwsRequest) -> AwsRequest:
    return request


@dataclass(frozen=True)
class Correction:
    """Answers of MiniStack that are corrected.

    Args:
        applies: which requests.
        correct: a function from the request and MiniStack's answer, success or error, to AWS's answer.
        rewrite: a function from the request to one that MiniStack understands as AWS understands the original.
        follow: like ``correct``, for what has to call the embedded AWS itself; comes after it.
    """

    applies: Applies
    correct: Correct = _as_it_is
    rewrite: Rewrite = _as_asked
    follow: Follow | None = None


@dataclass(frozen=True)
class Addition:
    """Requests that MiniStack does not know, answered here.

    Args:
        applies: which requests.
        answer: gives AWS's answer.
    """

    applies: Applies
    answer: Answer


class Corrections(OwnService):
    """All of them, as a service that plugs into the gateway."""

    def __init__(self, corrections: Sequence[Correction], additions: Sequence[Addition] = ()) -> None:
        self._corrections = corrections
        self._additions = additions

    def claims(self, request: AwsRequest) -> bool:
        """See ``OwnService.claims``."""
        return any(addition.applies(request) for addition in self._additions)

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """See ``OwnService.handle``."""
        found = next(addition for addition in self._additions if addition.applies(request))
        return await found.answer(request)

    def observes(self, request: AwsRequest) -> bool:
        """See ``OwnService.observes``."""
        return any(correction.applies(request) for correction in self._corrections)

    def rewrite_request(self, request: AwsRequest) -> AwsRequest:
        """See ``OwnService.rewrite_request``."""
        for correction in self._corrections:
            if correction.applies(request):
                request = correction.rewrite(request)
        return request

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """See ``OwnService.amend_response``."""
        for correction in self._corrections:
            if correction.applies(request):
                response = correction.correct(request, response)
                if correction.follow:
                    response = await correction.follow(request, response)
        return response


def operation(service: str, *operations: str) -> Applies:
    """Requests of these operations, or of all operations where none is named."""

    def applies(request: AwsRequest) -> bool:
        return request.service == service and (not operations or request.operation in operations)

    return applies


def succeeded(response: AwsResponse) -> bool:
    """Whether the answer is no error."""
    return response.status < 300  # noqa: PLR2004 - HTTP


def in_json(change: CorrectJson) -> Correct:
    """A correction of the document of a successful JSON answer."""

    def correct(_request: AwsRequest, response: AwsResponse) -> AwsResponse:
        if not succeeded(response):
            return response
        return replace(response, body=AwsResponse.of_json(change(response.json())).body)

    return correct
