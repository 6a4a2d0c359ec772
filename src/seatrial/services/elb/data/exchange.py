"""One request to a load balancer, and its answer: routed, let in or not, sent to a target, counted, logged."""

import asyncio

from seatrial.http.client import Answers, Client, ClientInfo, routing_input
from seatrial.http.error_pages import Reply, answer, page
from seatrial.http.head import (
    RequestHead,
    ResponseHead,
    for_client,
    for_target,
    lines,
    read_request,
    traced,
    well_named,
)
from seatrial.http.passing import Passing
from seatrial.http.pool import Pool
from seatrial.services.elb.data import sticky
from seatrial.services.elb.data.access_log.entry import Entry
from seatrial.services.elb.data.access_log.logged import new_entry, write
from seatrial.services.elb.data.counters import Counters
from seatrial.services.elb.data.gate import decided, handle_callback, is_callback
from seatrial.services.elb.data.limits import refusal
from seatrial.services.elb.data.listener_runtime import ListenerRuntime
from seatrial.services.elb.data.routing import choose_group, decide
from seatrial.services.elb.data.targets import Group, Target
from seatrial.services.elb.model import Action, Forward, SignIn


class Exchange(Passing):
    """One request and its answer.

    Args:
        client: whose request it is.
        runtime: the listener it came to.
        head: the head of the request.
        client_info: who asks.
    """

    _counters: Counters | None = None
    _group: Group | None = None
    _target: Target | None = None
    _group_seconds = 0  # for which the client stays with the target group
    _entry: Entry | None = None  # where there is an access log
    _coming: asyncio.Task[Reply] | None = None  # of somebody who comes back from an identity provider
    _sent_before = 0

    def __init__(self, client: Client, runtime: ListenerRuntime, head: RequestHead, client_info: ClientInfo) -> None:
        super().__init__(client, runtime.clock, head, client_info)
        self._runtime = runtime
        if runtime.log is not None:
            self._entry = new_entry(runtime, client, head, client_info)

    @property
    def patience(self) -> float:
        """See ``Passing.patience``."""
        return self._runtime.idle_timeout

    def begin(self) -> None:
        """See ``Passing.begin``."""
        self._sent_before = self._client.sent
        super().begin()

    def client_gone(self) -> None:
        """See ``Passing.client_gone``."""
        if not (self._over or self._answered or self._tunnel):
            self._answered_itself(460)
        super().client_gone()

    def switched(self, rest: bytes) -> None:
        """See ``Passing.switched``."""
        if self._entry is not None:
            self._entry.upgrade = True
        super().switched(rest)

    def _decide(self) -> None:
        if is_callback(self._head, self._runtime):
            self._coming = self._loop.create_task(handle_callback(self._head, self._client_info, self._runtime))
            self._coming.add_done_callback(lambda task: self._reply(task.result()))
            return
        rules = self._runtime.listener.rules
        rule = (
            rules[0]
            if len(rules) == 1
            else decide(self._runtime.listener, routing_input(self._head, self._client_info))
        )
        if self._entry is not None:
            self._entry.priority = rule.priority
        self._act(rule.action)

    def _act(self, action: Action) -> None:
        if isinstance(action, Forward):
            self._forward(action)
            return
        found = decided(action, self._head, self._client_info, self._runtime)
        if isinstance(found, Reply):
            self._reply(found)
        elif isinstance(action, SignIn):
            self._head = found
            self._act(action.then)

    def _forward(self, action: Forward) -> None:
        self._group_seconds = action.stickiness_seconds
        sticks_to = sticky.wanted(self._client_info.headers, sticky.GROUP) if self._group_seconds else ""
        chosen = choose_group(action, self._runtime.draw(), sticks_to)
        group = self._runtime.groups.get(chosen.arn) if chosen else None
        target = self._choose(group) if group else None
        if self._entry is not None:
            self._entry.forwarded(chosen.arn if chosen else "", target.name if target else "")
        if group is None or target is None:
            self._error(503)
            return
        self._group, self._target = group, target
        self._counters = self._runtime.counters.group(group.config.arn)
        self._counters.begin()
        target.in_flight += 1
        self._ask(target, self._head_for_target())

    def _head_for_target(self) -> bytes:
        via, trace = self._runtime.via(self._client_info.address), self._runtime.clock.trace()
        if self._entry is not None:
            self._entry.trace = traced(self._head.value(b"x-amzn-trace-id"), trace).decode("latin-1")
        return for_target(self._head, via, trace, upgrade=self._client_info.upgrade)

    def _head_for_client(self, head: ResponseHead) -> bytes:
        cookies = lines((b"Set-Cookie", cookie) for cookie in self._cookies())
        return for_client(head, chunked=self._chunked, keep_alive=self.keep_alive, added=cookies)

    def _noted(self, head: ResponseHead) -> None:
        if self._counters is not None:
            now = self._loop.time()
            self._counters.target_answered(head.status, now - self._sent_at)
            if self._entry is not None:
                self._entry.answered(head.status, now)

    def _received(self, count: int) -> None:
        if self._entry is not None:
            self._entry.received += count

    def _connected(self) -> None:
        if self._counters is not None:
            self._counters.new_connections += 1

    def _failed_to_connect(self, status: int) -> None:
        if self._counters is not None:
            self._counters.connection_errors += 1
        self._error(status)

    def _asked_again(self) -> Pool | None:
        if self._counters is not None:
            self._counters.retried += 1
        if self._group is not None and self._target is not None:
            self._target.in_flight -= 1
            self._target = self._choose(self._group) or self._target
            if self._entry is not None:
                self._entry.target = self._target.name
            self._target.in_flight += 1
        return self._target

    def _reply(self, reply: Reply) -> None:
        if self._entry is not None and reply.kind:
            self._entry.action, self._entry.redirect = reply.kind, reply.redirect
        self._answer(reply.status, reply.body, reply.headers)

    def _error(self, status: int) -> None:
        self._reply(page(status))

    def _answer(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        if self._answered or self._over:
            return
        self._answered_itself(status)
        head = answer(
            status,
            len(body),
            date=self._runtime.clock.date,
            keep_alive=self.keep_alive,
            headers=headers,
            named=self._runtime.listener.server_header,
        )
        self._respond(head, body)

    def _choose(self, group: Group) -> Target | None:
        sticks = group.config.stickiness_seconds
        return group.choose(sticky.wanted(self._client_info.headers, sticky.TARGET) if sticks else "")

    def _cookies(self) -> tuple[bytes, ...]:
        if self._group is None or self._target is None:
            return ()
        return sticky.set_cookies(self._group.config, self._target.name, self._group_seconds, self._runtime.clock.wall)

    def _end(self) -> None:
        if self._over:
            return
        if self._entry is not None:
            write(self._entry, self._runtime, sent=self._client.sent - self._sent_before, sent_at=self._sent_at)
        super()._end()
        if self._counters is not None:
            self._counters.end()
        if self._target is not None:
            self._target.in_flight -= 1

    def _answered_itself(self, status: int) -> None:
        self._runtime.counters.answered_itself(status)
        if self._entry is not None:
            self._entry.status = status
        if self._counters is not None:
            self._counters.answered_itself(status)


def answers_of(runtime: ListenerRuntime) -> Answers:
    """Gives the exchange of each request to a listener."""

    def answer_of(client: Client, method: bytes, target: bytes, client_info: ClientInfo) -> Exchange:
        if runtime.listener.drops_odd_names:
            client_info.headers = well_named(client_info.headers)
        head = read_request(method, target, client_info.headers)
        client_info.refused = client_info.refused or refusal(head, client_info.version, upgrade=client_info.upgrade)
        return Exchange(client, runtime, head, client_info)

    return answer_of
