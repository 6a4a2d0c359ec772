"""From a request on its way to its entry in the access log; nothing of this runs for load balancers without one."""

from seatrial.http.client import Client, ClientInfo
from seatrial.http.head import RequestHead
from seatrial.services.elb.data.access_log.entry import Entry, line
from seatrial.services.elb.data.listener_runtime import ListenerRuntime
from seatrial.services.elb.data.routing import host_name

_LINE = len("  HTTP/1.1\r\n\r\n")


def new_entry(runtime: ListenerRuntime, client: Client, head: RequestHead, client_info: ClientInfo) -> Entry:
    """The entry of a request whose head has just been read."""
    readable = bool(client_info.headers) or not client_info.refused
    agent = next((value for name, value in head.headers if name.lower() == b"user-agent"), b"")
    request = (head.method.decode("latin-1"), head.target.decode("latin-1"), client_info.version)
    return Entry(
        load_balancer=runtime.listener.load_balancer_arn.partition("loadbalancer/")[2],
        protocol=runtime.listener.protocol,
        port=runtime.listener.port,
        certificate=runtime.listener.certificate_arn,
        peer=client.peer,
        created=runtime.clock.exactly,
        began=runtime.loop.time(),
        request=request if readable else None,
        host=host_name(head.value(b"host").decode("latin-1")),
        user_agent=agent.decode("latin-1"),
        received=len(head.method) + len(head.target) + sum(head.sizes) + _LINE if readable else 0,
        trace="Root=" + runtime.clock.trace().decode(),
    )


def write(entry: Entry, runtime: ListenerRuntime, *, sent: int, sent_at: float) -> None:
    """The request is over.

    Args:
        entry: the entry of the request.
        runtime: the listener that it came to.
        sent: bytes to the client.
        sent_at: when the target had all of the request, by the loop's clock; 0 where it did not get it.
    """
    entry.sent_at = sent_at
    if runtime.log is not None:
        runtime.log.write(line(entry, sent, ended=(runtime.clock.exactly, runtime.loop.time())))
