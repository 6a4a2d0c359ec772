"""The person's half of a terminal, against the agent's half: what one sends, the other understands."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.services.ecs.exec.channel import AgentChannel, Ready, Resized, Typed
from tagship.aws.terminal import RESEND_AFTER, Grant, PersonChannel


class Line:
    """Both halves, joined; what arrives at the person may be sent twice."""

    def __init__(self, *, twice: bool = False) -> None:
        self.person = PersonChannel(lambda: 0)
        self.agent = AgentChannel("s-1", lambda: 0.0)
        self.twice, self.printed, self.happened = twice, b"", list[object]()

    def settle(self) -> None:
        """Until nobody has anything to say."""
        while outgoing := self.agent.outgoing():
            for data in outgoing * (2 if self.twice else 1):
                answers, printed = self.person.received(data)
                self.printed += printed
                for answer in answers:
                    self.happened += self.agent.received(answer)

    def say(self, *messages: bytes) -> None:
        for message in messages:
            self.happened += self.agent.received(message)
        self.settle()


def test_the_two_halves_shake_hands() -> None:
    line = Line()
    line.agent.open()
    line.settle()
    assert line.happened == [Ready()]
    assert line.person.ready
    assert line.agent.delivered


def test_keys_and_sizes_arrive() -> None:
    line = Line()
    line.agent.open()
    line.settle()
    line.say(line.person.sized(40, 120), *line.person.typed(b"ls\r"))
    assert line.happened == [Ready(), Resized(40, 120), Typed(b"ls\r")]


@given(st.lists(st.binary(min_size=1, max_size=3000), max_size=8), st.booleans())
def test_output_arrives_whole_and_once_whatever_is_sent_again(outputs: list[bytes], twice: bool) -> None:  # noqa: FBT001
    line = Line(twice=twice)
    for output in outputs:
        line.agent.output(output)
    line.settle()
    assert line.printed == b"".join(outputs)
    assert line.agent.delivered


@given(st.lists(st.binary(min_size=1, max_size=1500), min_size=1, max_size=8), st.lists(st.booleans(), min_size=1))
def test_keys_arrive_whole_and_once_on_a_line_that_loses_messages(keys: list[bytes], losses: list[bool]) -> None:
    now, agent = 0, AgentChannel("s-1", lambda: 0.0)
    person = PersonChannel(lambda: now)
    lost = iter([*losses, *([False] * 1000)])
    typed = b""
    sent = [message for data in keys for message in person.typed(data)]
    while sent:
        for message in sent:
            if not next(lost):
                typed += b"".join(found.data for found in agent.received(message) if isinstance(found, Typed))
        for answer in agent.outgoing():
            if not next(lost):
                person.received(answer)
        now += RESEND_AFTER
        sent = person.overdue()
    assert typed == b"".join(keys)


def test_what_was_acknowledged_or_is_young_is_not_sent_again() -> None:
    now, agent = 0, AgentChannel("s-1", lambda: 0.0)
    person = PersonChannel(lambda: now)
    first, second = (next(person.typed(key)) for key in (b"a", b"b"))
    list(agent.received(first))
    for answer in agent.outgoing():
        person.received(answer)
    now = RESEND_AFTER - 1
    assert person.overdue() == []
    now = RESEND_AFTER
    assert person.overdue() == [second]
    assert person.overdue() == []


def test_the_end_is_heard_with_its_words() -> None:
    line = Line()
    line.agent.close("no such program")
    line.settle()
    assert (line.person.closed, line.person.words) == (True, "no such program")


def test_a_grant_does_not_show_its_token() -> None:
    assert "secret" not in repr(Grant("s-1", "wss://x", "secret"))
