"""One entry of an access log, in the format of "Access logs for your Application Load Balancer". Pure.

Fields are separated by spaces, in AWS's order; AWS adds new ones at the end.
"""

from dataclasses import dataclass
from datetime import datetime

from seatrial.http.types import Peer

NODE = "127.0.0.1"
"""The load balancer node's address; there is one."""

_ESCAPED = str.maketrans({character: f"\\x{character:02x}" for character in (*range(32), 34, 92, 127)})


@dataclass
class Entry:
    """What is logged of one request; see AWS's page for each field.

    Args:
        load_balancer: ``app/NAME/ID``.
        protocol: ``HTTP`` or ``HTTPS``, of the listener.
        port: the port of the listener, on AWS.
        certificate: ARN of the listener's certificate.
        peer: the client.
        created: when the request came.
        began: the same by the loop's clock.
        request: method, target and version as sent; empty where the request could not be read.
        host: the value of the ``Host`` header, without its port.
        user_agent: the ``User-Agent`` header, as the client sent it.
        trace: ``X-Amzn-Trace-Id`` as the target got it.
        received: bytes.
        upgrade: whether the connection became a WebSocket.
        priority: the priority of the rule; 0 for the default rule, None where no rule was looked for.
        action: ``forward``, ``redirect`` or ``fixed-response``.
        redirect: the URL of a redirect.
        group: ARN of the target group.
        target: ``IP:PORT``.
        sent_at: when the request was complete at the target, by the loop's clock; 0 where it was not sent.
        answered_at: when the target's answer began; 0 where none did.
        target_status: the status of the target's answer.
        status: the status that the client got; 460 where it went away.
    """

    load_balancer: str
    protocol: str
    port: int
    certificate: str
    peer: Peer
    created: datetime
    began: float
    request: tuple[str, str, str] | None = None
    host: str = ""
    user_agent: str = ""
    trace: str = ""
    received: int = 0
    upgrade: bool = False
    priority: int | None = None
    action: str = ""
    redirect: str = ""
    group: str = ""
    target: str = ""
    sent_at: float = 0.0
    answered_at: float = 0.0
    target_status: int = 0
    status: int = 0

    def forwarded(self, group: str, target: str) -> None:
        """A rule forwards the request; both are empty where there is none."""
        self.action, self.group, self.target = "forward", group, target

    def answered(self, status: int, now: float) -> None:
        """The target's answer began."""
        self.status = self.target_status = status
        self.answered_at = now


def line(entry: Entry, sent: int, *, ended: tuple[datetime, float]) -> str:
    """The entry as it is written, without the end of the line.

    Args:
        entry: the entry of the request.
        sent: bytes to the client.
        ended: when the answer was complete, by the wall clock and by the loop's.
    """
    target, code = entry.target or "-", str(entry.target_status or "-")
    fields = (
        _kind(entry),
        _time(ended[0]),
        entry.load_balancer,
        f"{entry.peer.address}:{entry.peer.port}",
        target,
        *_durations(entry, ended[1]),
        str(entry.status or "-"),
        code,
        str(entry.received),
        str(sent),
        _quoted(_request(entry)),
        _quoted(entry.user_agent),
        entry.peer.cipher or "-",
        entry.peer.tls or "-",
        entry.group or "-",
        _quoted(entry.trace),
        _quoted(entry.peer.server_name),
        _quoted(entry.certificate),
        "-" if entry.priority is None else str(entry.priority),
        _time(entry.created),
        _quoted(entry.action),
        _quoted(entry.redirect),
        _quoted(""),  # error_reason: only where a Lambda function or an authentication failed
        _quoted(entry.target),
        _quoted(str(entry.target_status or "")),
        _quoted(""),  # classification: the request complied
        _quoted(""),  # classification_reason
        entry.peer.trace,
        _quoted(""),  # transformed_host
        _quoted(""),  # transformed_uri
        _quoted(""),  # request_transform_status
        NODE,
    )
    return " ".join(fields)


def _kind(entry: Entry) -> str:
    if entry.upgrade:
        return "wss" if entry.protocol == "HTTPS" else "ws"
    return entry.protocol.lower()


def _durations(entry: Entry, ended: float) -> tuple[str, str, str]:
    """Seconds until it was sent, until the answer began, until that was complete; -1 for what did not happen."""
    if not entry.sent_at or (not entry.answered_at and entry.status == 502):  # noqa: PLR2004 - it could not be dispatched
        return "-1", "-1", "-1"
    before = _seconds(entry.sent_at - entry.began)
    if not entry.answered_at:
        return before, "-1", "-1"
    return before, _seconds(entry.answered_at - entry.sent_at), _seconds(ended - entry.answered_at)


def _request(entry: Entry) -> str:
    url = f"{entry.protocol.lower()}://{entry.host}:{entry.port}"
    if entry.request is None:
        return f"- {url}- -"
    method, target, version = entry.request
    return f"{method} {url}{target} HTTP/{version}"


def _seconds(seconds: float) -> str:
    return f"{max(seconds, 0.0):.3f}"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPED) or "-"}"'
