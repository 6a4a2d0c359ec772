"""What the load balancer itself answers: errors in an ALB's own words, redirects, fixed responses. Pure."""

from dataclasses import dataclass
from http import HTTPStatus

_REASONS = {
    460: "Client Closed Request",
    463: "X-Forwarded-For Too Large",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    408: "Request Time-out",
}


@dataclass(frozen=True)
class Reply:
    """What the load balancer answers itself.

    Args:
        status: the status of the answer.
        body: the body of the answer.
        headers: besides those of every answer.
        kind: ``redirect``, ``fixed-response``, ``authenticate`` or empty: the access log's ``actions_executed``.
        redirect: the URL of a redirect action.
    """

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    kind: str = ""
    redirect: str = ""


def page(status: int, *headers: tuple[str, str], kind: str = "", redirect: str = "") -> Reply:
    """An answer with a page of the load balancer's own."""
    return Reply(status, error_page(status), (("Content-Type", "text/html"), *headers), kind, redirect)


def reason(status: int) -> str:
    """The words after a status code, as an ALB writes them."""
    if status in _REASONS:
        return _REASONS[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def error_page(status: int) -> bytes:
    """The page an ALB sends with an error of its own."""
    title = f"{status} {reason(status)}"
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    ).encode()


def answer(
    status: int,
    length: int,
    *,
    date: bytes,
    keep_alive: bool,
    headers: tuple[tuple[str, str], ...] = (),
    named: bool = True,
) -> bytes:
    """The head of an answer of the load balancer's own.

    Args:
        status: the status of the answer.
        length: bytes of the body.
        date: the value of the ``Date`` header.
        keep_alive: whether the client may use its connection again.
        headers: besides ``Server``, ``Date``, ``Content-Length`` and ``Connection``.
        named: whether ``Server: awselb/2.0`` is sent (``routing.http.response.server.enabled``).
    """
    lines = [f"HTTP/1.1 {status} {reason(status)}"]
    lines += ["Server: awselb/2.0"] if named else []
    lines += [f"Date: {date.decode()}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Content-Length: {length}", f"Connection: {'keep-alive' if keep_alive else 'close'}", "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")
