"""The format of data-channel messages, held to what AWS's own plugin sends."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.base.data_channel import (
    ACKNOWLEDGE,
    INPUT,
    OUTPUT,
    BrokenMessage,
    ChannelMessage,
    Payload,
    acknowledgement,
)

# Sent by session-manager-plugin 1.2.0.0 when a person typed an l.
TYPED_L = bytes.fromhex(
    "00000074696e7075745f73747265616d5f6461746120202020202020202020202020202000000001000001a210854a2000000000"
    "000000010000000000000000bfaa7be69ea6325497008bdc654c42cfacac86c0e609ca906f632b0e2dacccb2b77d22b0621f20eb"
    "ece1a4835b93f6f000000001000000016c"
)


def test_a_message_of_the_plugin_is_read_and_written_to_the_byte() -> None:
    message = ChannelMessage.unpacked(TYPED_L)
    assert (message.type, message.sequence, message.kind, message.payload) == (INPUT, 1, Payload.OUTPUT, b"l")
    assert message.packed() == TYPED_L


@given(st.binary(max_size=2000), st.integers(0, 2**40), st.sampled_from(Payload), st.uuids())
def test_what_is_written_is_read_as_it_was(payload: bytes, sequence: int, kind: Payload, identity: UUID) -> None:
    message = ChannelMessage(OUTPUT, sequence, payload, kind=kind, created=1_764_000_000_000, id=identity)
    assert ChannelMessage.unpacked(message.packed()) == message


def test_an_acknowledgement_names_the_message() -> None:
    message = ChannelMessage.unpacked(TYPED_L)
    content = acknowledgement(message, 5).json()
    assert content == {
        "AcknowledgedMessageType": INPUT,
        "AcknowledgedMessageId": str(message.id),
        "AcknowledgedMessageSequenceNumber": 1,
        "IsSequentialMessage": True,
    }
    assert acknowledgement(message, 5).type == ACKNOWLEDGE


@pytest.mark.parametrize("data", [b"", TYPED_L[:100], TYPED_L[:-1] + b"m"])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenMessage):
        ChannelMessage.unpacked(data)


@pytest.mark.parametrize("payload", [b"{", json.dumps([1]).encode()])
def test_a_content_that_is_no_document_is_refused(payload: bytes) -> None:
    with pytest.raises(BrokenMessage):
        ChannelMessage(INPUT, 0, payload).json()
