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
from seatrial.http.route import Passage, Route
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


class Exchange(Route):
    """The way of one request.

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

    def __init__(self, client: Client, runtime: ListenerRuntime, head: RequestHead, client_info: ClientInfo) -> None:
        self.clock = runtime.clock
        self._runtime, self._head, self._client_info = runtime, head, client_info
        if runtime.log is not None:
            self._entry = new_entry(runtime, client, head, client_info)

    @property
    def patience(self) -> float:
        """See ``Route.patience``."""
        return self._runtime.idle_timeout

    def decide(self, passage: Passage) -> None:
        """See ``Route.decide``."""
        if is_callback(self._head, self._runtime):
            self._coming = self._runtime.loop.create_task(handle_callback(self._head, self._client_info, self._runtime))
            self._coming.add_done_callback(lambda task: self._reply(passage, task.result()))
            return
        rules = self._runtime.listener.rules
        rule = (
            rules[0]
            if len(rules) == 1
            else decide(self._runtime.listener, routing_input(self._head, self._client_info))
        )
        if self._entry is not None:
            self._entry.priority = rule.priority
        self._act(passage, rule.action)

    def head_for_client(self, head: ResponseHead, *, chunked: bool, keep_alive: bool) -> bytes:
        """See ``Route.head_for_client``."""
        cookies = lines((b"Set-Cookie", cookie) for cookie in self._cookies())
        return for_client(head, chunked=chunked, keep_alive=keep_alive, added=cookies)

    def error(self, status: int, *, keep_alive: bool) -> tuple[bytes, bytes]:
        """See ``Route.error``."""
        return self._written(page(status), keep_alive=keep_alive)

    def again(self, pool: Pool) -> Pool:
        """See ``Route.again``: another target, where there is one."""
        if self._counters is not None:
            self._counters.retried += 1
        if self._group is None or self._target is None:
            return pool
        self._target.in_flight -= 1
        self._target = self._choose(self._group) or self._target
        if self._entry is not None:
            self._entry.target = self._target.name
        self._target.in_flight += 1
        return self._target

    def received(self, count: int) -> None:
        """See ``Route.received``."""
        if self._entry is not None:
            self._entry.received += count

    def connected(self) -> None:
        """See ``Route.connected``."""
        if self._counters is not None:
            self._counters.new_connections += 1

    def not_connected(self) -> None:
        """See ``Route.not_connected``."""
        if self._counters is not None:
            self._counters.connection_errors += 1

    def noted(self, head: ResponseHead, sent_at: float) -> None:
        """See ``Route.noted``."""
        if self._counters is not None:
            now = self._runtime.loop.time()
            self._counters.target_answered(head.status, now - sent_at)
            if self._entry is not None:
                self._entry.answered(head.status, now)

    def upgraded(self) -> None:
        """See ``Route.upgraded``."""
        if self._entry is not None:
            self._entry.upgrade = True

    def client_left(self) -> None:
        """See ``Route.client_left``."""
        self._answered_itself(460)

    def ended(self, *, sent: int, sent_at: float) -> None:
        """See ``Route.ended``."""
        if self._entry is not None:
            write(self._entry, self._runtime, sent=sent, sent_at=sent_at)
        if self._counters is not None:
            self._counters.end()
        if self._target is not None:
            self._target.in_flight -= 1

    def _act(self, passage: Passage, action: Action) -> None:
        if isinstance(action, Forward):
            self._forward(passage, action)
            return
        found = decided(action, self._head, self._client_info, self._runtime)
        if isinstance(found, Reply):
            self._reply(passage, found)
        elif isinstance(action, SignIn):
            self._head = found
            self._act(passage, action.then)

    def _forward(self, passage: Passage, action: Forward) -> None:
        self._group_seconds = action.stickiness_seconds
        sticks_to = sticky.wanted(self._client_info.headers, sticky.GROUP) if self._group_seconds else ""
        chosen = choose_group(action, self._runtime.draw(), sticks_to)
        group = self._runtime.groups.get(chosen.arn) if chosen else None
        target = self._choose(group) if group else None
        if self._entry is not None:
            self._entry.forwarded(chosen.arn if chosen else "", target.name if target else "")
        if group is None or target is None:
            passage.error(503)
            return
        self._group, self._target = group, target
        self._counters = self._runtime.counters.group(group.config.arn)
        self._counters.begin()
        target.in_flight += 1
        passage.ask(target, self._head_for_target())

    def _head_for_target(self) -> bytes:
        via, trace = self._runtime.via(self._client_info.address), self.clock.trace()
        if self._entry is not None:
            self._entry.trace = traced(self._head.value(b"x-amzn-trace-id"), trace).decode("latin-1")
        return for_target(self._head, via, trace, upgrade=self._client_info.upgrade)

    def _reply(self, passage: Passage, reply: Reply) -> None:
        if self._entry is not None and reply.kind:
            self._entry.action, self._entry.redirect = reply.kind, reply.redirect
        if passage.unanswered:
            passage.respond(*self._written(reply, keep_alive=passage.keep_alive))

    def _written(self, reply: Reply, *, keep_alive: bool) -> tuple[bytes, bytes]:
        self._answered_itself(reply.status)
        head = answer(
            reply.status,
            len(reply.body),
            date=self.clock.date,
            keep_alive=keep_alive,
            headers=reply.headers,
            named=self._runtime.listener.server_header,
        )
        return head, reply.body

    def _choose(self, group: Group) -> Target | None:
        sticks = group.config.stickiness_seconds
        return group.choose(sticky.wanted(self._client_info.headers, sticky.TARGET) if sticks else "")

    def _cookies(self) -> tuple[bytes, ...]:
        if self._group is None or self._target is None:
            return ()
        return sticky.set_cookies(self._group.config, self._target.name, self._group_seconds, self.clock.wall)

    def _answered_itself(self, status: int) -> None:
        self._runtime.counters.answered_itself(status)
        if self._entry is not None:
            self._entry.status = status
        if self._counters is not None:
            self._counters.answered_itself(status)


def answers_of(runtime: ListenerRuntime) -> Answers:
    """Passes each request to a listener on its way."""

    def answer_of(client: Client, method: bytes, target: bytes, client_info: ClientInfo) -> Passing:
        if runtime.listener.drops_odd_names:
            client_info.headers = well_named(client_info.headers)
        head = read_request(method, target, client_info.headers)
        client_info.refused = client_info.refused or refusal(head, client_info.version, upgrade=client_info.upgrade)
        return Passing(client, head, client_info, Exchange(client, runtime, head, client_info))

    return answer_of
