"""The agent's half of a data channel."""

import json

from seatrial.services.ecs.exec.channel import (
    CHUNK,
    RESEND_AFTER,
    WINDOW,
    AgentChannel,
    Ended,
    Happening,
    Ready,
    Resized,
    Typed,
)
from seatrial.services.ecs.exec.data_channel import (
    ACKNOWLEDGE,
    CHANNEL_CLOSED,
    INPUT,
    ChannelMessage,
    Payload,
    acknowledgement,
)


class Peer:
    """The other half: keeps what it gets, and says what it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.channel = AgentChannel("s-1", lambda: self.now)
        self.sequence = 0

    def got(self) -> list[ChannelMessage]:
        return [ChannelMessage.unpacked(data) for data in self.channel.outgoing()]

    def say(self, kind: Payload, payload: bytes, sequence: int | None = None) -> list[Happening]:
        number = self.sequence if sequence is None else sequence
        self.sequence = max(self.sequence, number + 1)
        return list(self.channel.received(ChannelMessage(INPUT, number, payload, kind=kind).packed()))

    def acknowledge(self, *messages: ChannelMessage) -> None:
        for message in messages:
            assert not list(self.channel.received(acknowledgement(message, 0).packed()))


def test_the_handshake_asks_for_an_interactive_command_and_is_completed() -> None:
    peer = Peer()
    peer.channel.open()
    (request,) = peer.got()
    assert request.kind == Payload.HANDSHAKE_REQUEST
    actions = request.json()["RequestedClientActions"]
    assert actions == [{"ActionType": "SessionType", "ActionParameters": {"SessionType": "InteractiveCommands"}}]
    assert peer.say(Payload.HANDSHAKE_RESPONSE, b"{}") == [Ready()]
    acknowledged, complete = peer.got()
    assert acknowledged.type == ACKNOWLEDGE
    assert (complete.kind, complete.sequence) == (Payload.HANDSHAKE_COMPLETE, 1)


def test_what_is_typed_is_taken_once_and_in_order() -> None:
    peer = Peer()
    assert peer.say(Payload.OUTPUT, b"a", 0) == [Typed(b"a")]
    assert peer.say(Payload.OUTPUT, b"a", 0) == []  # sent again, because the acknowledgement came late
    assert peer.say(Payload.OUTPUT, b"c", 2) == []  # too early: it will be sent again
    assert [message.type for message in peer.got()] == [ACKNOWLEDGE, ACKNOWLEDGE]
    assert peer.say(Payload.OUTPUT, b"b", 1) == [Typed(b"b")]


def test_a_size_of_nothing_changes_nothing() -> None:
    peer = Peer()
    assert peer.say(Payload.SIZE, json.dumps({"rows": 40, "cols": 120}).encode()) == [Resized(40, 120)]
    assert peer.say(Payload.SIZE, json.dumps({"rows": 0, "cols": 0}).encode()) == []
    assert peer.say(Payload.FLAG, (2).to_bytes(4, "big")) == [Ended()]


def test_output_goes_out_in_pieces_and_again_until_it_is_acknowledged() -> None:
    peer = Peer()
    peer.channel.output(b"x" * (CHUNK + 1))
    first, second = peer.got()
    assert (len(first.payload), len(second.payload)) == (CHUNK, 1)
    peer.acknowledge(first)
    assert peer.got() == []
    peer.now += RESEND_AFTER
    assert peer.got() == [second]
    assert not peer.channel.delivered
    peer.acknowledge(second)
    peer.now += RESEND_AFTER
    assert peer.got() == []
    assert peer.channel.delivered


def test_a_reader_that_does_not_read_stops_the_writer() -> None:
    peer = Peer()
    peer.channel.output(b"x" * CHUNK * WINDOW)
    assert peer.channel.full
    peer.acknowledge(peer.got()[0])
    assert not peer.channel.full


def test_the_end_says_why() -> None:
    peer = Peer()
    peer.channel.close("no such program")
    (closed,) = peer.got()
    assert (closed.type, closed.json()["SessionId"], closed.json()["Output"]) == (
        CHANNEL_CLOSED,
        "s-1",
        "no such program",
    )
