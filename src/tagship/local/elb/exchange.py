"""One request and its answer: routed, sent to a target, sent again where that is safe, and answered in any case."""

import asyncio

from tagship.local.elb import sticky
from tagship.local.elb.answers import CONTINUE, Reply, answer, page
from tagship.local.elb.client import Asker, Client, asked_by
from tagship.local.elb.counters import Counters
from tagship.local.elb.entry import Entry
from tagship.local.elb.gate import decided, is_return, welcome
from tagship.local.elb.head import LAST_CHUNK, RequestHead, ResponseHead, chunk, for_client, for_target, traced
from tagship.local.elb.logged import new_entry, write
from tagship.local.elb.model import Action, Forward, SignIn
from tagship.local.elb.routing import choose_group, decide
from tagship.local.elb.site import Site
from tagship.local.elb.targets import Group, Target
from tagship.local.elb.upstream import TargetConnection

MAX_WAITING = 64 * 1024
"""Bytes of a request that are kept while it waits for a connection, or so that it can be sent again."""

_REPEATABLE = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"PROPFIND"})
_SWITCHING_PROTOCOLS = 101


class Exchange:
    """One request and its answer; a ``Receiver`` of what the target sends.

    Args:
        client: whose request it is.
        site: the listener it came to.
        head: of the request.
        asker: who asks.
    """

    # Until they change, these cost nothing: an exchange is made for each request.
    started = False
    _counters: Counters | None = None
    _group: Group | None = None
    _target: Target | None = None
    _connection: TargetConnection | None = None
    _connecting: asyncio.Task[None] | None = None
    _sent_bytes = 0
    _sent_at = 0.0
    _asked_all = False  # the request is complete
    _begun = False  # the target's answer has begun
    _answered = False  # the answer is complete
    _over = False  # nothing is left to do
    _retried = False
    _tunnel = False
    _chunked = False
    _group_seconds = 0  # for which the client stays with the target group
    _entry: Entry | None = None  # where there is an access log
    _sent_before = 0

    def __init__(self, client: Client, site: Site, head: RequestHead, asker: Asker) -> None:
        self.head_only = head.method == b"HEAD"
        self.keep_alive = head.keeps_alive(asker.version)
        self.touched = site.moment.now
        self._client, self._site, self._head, self._asker = client, site, head, asker
        self._loop = site.loop
        self._to_target: list[bytes] = []
        self._to_client: list[bytes] = []
        self._sent: list[bytes] | None = []  # for sending it again; None once that is out of the question
        if site.log is not None:
            self._entry = new_entry(site, client, head, asker)

    # What the client's connection tells.

    def begin(self) -> None:
        """Decide what becomes of the request, and do it."""
        self.started = True
        self._sent_before = self._client.sent
        if self._asker.refused:
            self.refuse(self._asker.refused)
            return
        if not self._asked_all and b"expect" in self._head.read:
            # An ALB says so at once, and takes the header off ("How Elastic Load Balancing works").
            self._client.write(CONTINUE)
        if is_return(self._head, self._site):
            self._coming = self._loop.create_task(welcome(self._head, self._asker, self._site))
            self._coming.add_done_callback(lambda task: self._reply(task.result()))
            return
        rules = self._site.listener.rules
        rule = rules[0] if len(rules) == 1 else decide(self._site.listener, asked_by(self._head, self._asker))
        if self._entry is not None:
            self._entry.priority = rule.priority
        self._act(rule.action)

    def refuse(self, status: int) -> None:
        """Answer with an error, once it is this request's turn, and close the connection after it."""
        self.keep_alive = False
        if not self.started:
            self._asker.refused = status
        elif self._begun:
            self._break_off()
        else:
            self._error(status)

    def request_body(self, data: bytes) -> None:
        """Some of the request's body."""
        self.touched = self._site.moment.now
        if self._entry is not None:
            self._entry.received += len(data)
        if self._answered:
            return
        self._to_target.append(chunk(data) if self._head.chunked else data)
        if self._connection is None and sum(map(len, self._to_target)) > MAX_WAITING:
            self._client.hold_back(reading=False)

    def request_end(self) -> None:
        """The request is complete."""
        self._asked_all = True
        if self._answered:
            self._done()
        elif self._head.chunked:
            self._to_target.append(LAST_CHUNK)

    def flush(self) -> None:
        """Send what has come from the client, as far as there is a connection to send it on."""
        if self._connection is None or not self._to_target:
            return
        data = self._to_target[0] if len(self._to_target) == 1 else b"".join(self._to_target)
        self._to_target.clear()
        self._remember(data)
        self._sent_at = self._loop.time()
        self._connection.write(data)

    def raw(self, data: bytes) -> None:
        """The client's bytes after a switch of protocols."""
        self.touched = self._site.moment.now
        if self._entry is not None:
            self._entry.received += len(data)
        if self._connection is not None:
            self._connection.write(data)

    def client_writable(self, *, writable: bool) -> None:
        """The client takes no more for now, or takes more again."""
        if self._connection is not None:
            if writable:
                self._connection.resume()
            else:
                self._connection.pause()

    def client_gone(self) -> None:
        """The client has closed its connection."""
        if not self._over:
            if not (self._answered or self._tunnel):
                self._answered_itself(460)
            self._end()

    def too_late(self) -> None:
        """Nothing has moved for the idle timeout."""
        if self._asked_all and not self._begun:
            self._error(504)
        else:
            self.refuse(408)

    # What the target's connection tells: see ``Receiver``.

    def answer_began(self, head: ResponseHead) -> None:
        """The status line and the headers are here."""
        if head.status == _SWITCHING_PROTOCOLS and not self._asker.upgrade:
            self._error(502)
            return
        self._begun, self._sent = True, None
        if self._counters is not None:
            now = self._loop.time()
            self._counters.target_answered(head.status, now - self._sent_at)
            if self._entry is not None:
                self._entry.answered(head.status, now)
        endless = not self.head_only and head.length is None and head.status not in {101, 204, 304}
        self._chunked = endless and self._asker.version == "1.1"
        self.keep_alive = self.keep_alive and (self._chunked or not endless)
        passed = for_client(head, chunked=self._chunked, keep_alive=self.keep_alive, cookies=self._cookies())
        self._to_client.append(passed)

    def answer_body(self, data: bytes) -> None:
        """Some of the body."""
        self._to_client.append(chunk(data) if self._chunked else data)

    def answer_read(self) -> None:
        """All that had arrived has been told."""
        self.touched = self._site.moment.now
        if self._to_client:
            data = b"".join(self._to_client)
            self._to_client.clear()
            self._client.write(data)

    def answer_complete(self, *, reusable: bool) -> None:
        """The answer is complete."""
        if self._chunked:
            self._to_client.append(LAST_CHUNK)
        self._answered = True
        self._let_go(reusable=reusable and self._asked_all)
        self.answer_read()
        self._done()

    def switched(self, rest: bytes) -> None:
        """The target speaks another protocol from now on."""
        self._tunnel = True
        if self._entry is not None:
            self._entry.upgrade = True
        self._to_client.append(rest)
        self._client.tunnel()
        self.answer_read()

    def tunnelled(self, data: bytes) -> None:
        """Bytes of that protocol."""
        self.touched = self._site.moment.now
        self._client.write(data)

    def target_lost(self) -> None:
        """The target has closed before its answer was complete."""
        again = self._connection is not None and self._connection.used and self._may_repeat
        self._let_go(reusable=False)
        if self._begun:
            self._break_off()
        elif again:
            self._repeat()
        else:
            self._error(502)

    def target_writable(self, *, writable: bool) -> None:
        """The target takes no more for now, or takes more again."""
        self._client.hold_back(reading=writable)

    # How it is done.

    def _act(self, action: Action) -> None:
        if isinstance(action, Forward):
            self._forward(action)
            return
        found = decided(action, self._head, self._asker, self._site)
        if isinstance(found, Reply):
            self._reply(found)
        elif isinstance(action, SignIn):
            self._head = found
            self._act(action.then)

    def _forward(self, action: Forward) -> None:
        self._group_seconds = action.stickiness_seconds
        sticks_to = sticky.wanted(self._asker.headers, sticky.GROUP) if self._group_seconds else ""
        chosen = choose_group(action, self._site.draw(), sticks_to)
        group = self._site.groups.get(chosen.arn) if chosen else None
        target = self._choose(group) if group else None
        if self._entry is not None:
            self._entry.forwarded(chosen.arn if chosen else "", target.name if target else "")
        if group is None or target is None:
            self._error(503)
            return
        self._group, self._target = group, target
        self._counters = self._site.counters.group(group.config.arn)
        self._counters.begin()
        target.in_flight += 1
        via, trace = self._site.via(self._asker.address), self._site.moment.trace()
        if self._entry is not None:
            self._entry.trace = traced(self._head.value(b"x-amzn-trace-id"), trace).decode("latin-1")
        self._to_target.insert(0, for_target(self._head, via, trace, upgrade=self._asker.upgrade))
        self._reach(target, fresh=False)

    def _reach(self, target: Target, *, fresh: bool) -> None:
        connection = None if fresh else target.take(repeatable=self._head.method in _REPEATABLE)
        if connection is not None:
            self._attach(target, connection)
        else:
            self._connecting = self._loop.create_task(self._connect(target))

    async def _connect(self, target: Target) -> None:
        try:
            connection = await target.connect()
        except TimeoutError:
            self._failed_to_connect(504)
        except OSError:
            self._failed_to_connect(502)
        else:
            self._site.counters.group(target.group.config.arn).new_connections += 1
            if self._answered or self._over:
                target.release(connection, reusable=True)
            else:
                self._attach(target, connection)

    def _failed_to_connect(self, status: int) -> None:
        if self._counters is not None:
            self._counters.connection_errors += 1
        self._error(status)

    def _attach(self, target: Target, connection: TargetConnection) -> None:
        self._connection = connection
        connection.begin(self)
        target.occupy(connection, self._abandoned)
        self._client.hold_back(reading=True)
        if not self._client.writable:
            connection.pause()
        self.flush()

    def _remember(self, data: bytes) -> None:
        self._sent_bytes += len(data)
        if self._sent_bytes > MAX_WAITING:
            self._sent = None
        elif self._sent is not None:
            self._sent.append(data)

    @property
    def _may_repeat(self) -> bool:
        """Nothing of an answer was seen, and the request may be sent twice (RFC 9110, 9.2.2)."""
        return not (self._begun or self._retried) and self._sent is not None and self._head.method in _REPEATABLE

    def _repeat(self) -> None:
        self._retried = True
        if self._counters is not None:
            self._counters.retried += 1
        self._to_target[:0] = self._sent or ()
        self._sent, self._sent_bytes = [], 0
        if self._group is not None and self._target is not None:
            self._target.in_flight -= 1
            self._target = self._choose(self._group) or self._target
            if self._entry is not None:
                self._entry.target = self._target.name
            self._target.in_flight += 1
            self._reach(self._target, fresh=True)

    def _abandoned(self) -> None:
        """The deregistration delay is over: 502, or the end of an answer that had begun, as from an ALB."""
        self._retried = True
        self.target_lost()

    def _break_off(self) -> None:
        """The answer has begun and cannot be completed: only closing tells the client so."""
        self.answer_read()
        self._end()
        self._client.close()

    def _let_go(self, *, reusable: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and self._target is not None:
            self._target.release(connection, reusable=reusable)

    def _reply(self, reply: Reply) -> None:
        if self._entry is not None and reply.kind:
            self._entry.action, self._entry.redirect = reply.kind, reply.redirect
        self._answer(reply.status, reply.body, reply.headers)

    def _error(self, status: int) -> None:
        self._reply(page(status))

    def _answer(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        if self._answered or self._over:
            return
        self._answered = True
        self._let_go(reusable=False)
        self._answered_itself(status)
        head = answer(
            status,
            len(body),
            date=self._site.moment.date,
            keep_alive=self.keep_alive,
            headers=headers,
            named=self._site.listener.server_header,
        )
        self._client.write(head if self.head_only else head + body)
        self._done()

    def _choose(self, group: Group) -> Target | None:
        sticks = group.config.stickiness_seconds
        return group.choose(sticky.wanted(self._asker.headers, sticky.TARGET) if sticks else "")

    def _cookies(self) -> tuple[bytes, ...]:
        if self._group is None or self._target is None:
            return ()
        return sticky.set_cookies(self._group.config, self._target.name, self._group_seconds, self._site.moment.wall)

    def _done(self) -> None:
        """Tell the client's connection, once both the request and the answer are complete."""
        if self._over or (self.keep_alive and not self._asked_all):
            return
        self._end()
        self._client.exchange_done(keep_alive=self.keep_alive)

    def _end(self) -> None:
        if self._over:
            return
        self._over = True
        if self._entry is not None:
            write(self._entry, self._site, sent=self._client.sent - self._sent_before, sent_at=self._sent_at)
        if self._connection is not None:
            self._let_go(reusable=False)
        if self._counters is not None:
            self._counters.end()
        if self._target is not None:
            self._target.in_flight -= 1

    def _answered_itself(self, status: int) -> None:
        self._site.counters.answered_itself(status)
        if self._entry is not None:
            self._entry.status = status
        if self._counters is not None:
            self._counters.answered_itself(status)
