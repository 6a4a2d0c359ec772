"""From a request on its way to its entry in the access log; nothing of this runs for load balancers without one."""

from seatrial.http.client import Asker, Client
from seatrial.http.head import RequestHead
from seatrial.services.elb.data.access_log.entry import Entry, line
from seatrial.services.elb.data.listener_runtime import Site
from seatrial.services.elb.data.routing import host_name

_LINE = len("  HTTP/1.1\r\n\r\n")


def new_entry(site: Site, client: Client, head: RequestHead, asker: Asker) -> Entry:
    """The entry of a request whose head has just been read."""
    readable = bool(asker.headers) or not asker.refused
    agent = next((value for name, value in head.headers if name.lower() == b"user-agent"), b"")
    request = (head.method.decode("latin-1"), head.target.decode("latin-1"), asker.version)
    return Entry(
        load_balancer=site.listener.load_balancer_arn.partition("loadbalancer/")[2],
        protocol=site.listener.protocol,
        port=site.listener.port,
        certificate=site.listener.certificate_arn,
        peer=client.peer,
        created=site.moment.exactly,
        began=site.loop.time(),
        request=request if readable else None,
        host=host_name(head.value(b"host").decode("latin-1")),
        user_agent=agent.decode("latin-1"),
        received=len(head.method) + len(head.target) + sum(head.sizes) + _LINE if readable else 0,
        trace="Root=" + site.moment.trace().decode(),
    )


def write(entry: Entry, site: Site, *, sent: int, sent_at: float) -> None:
    """The request is over.

    Args:
        entry: of the request.
        site: the listener that it came to.
        sent: bytes to the client.
        sent_at: when the target had all of the request, by the loop's clock; 0 where it did not get it.
    """
    entry.sent_at = sent_at
    if site.log is not None:
        site.log.write(line(entry, sent, ended=(site.moment.exactly, site.loop.time())))
