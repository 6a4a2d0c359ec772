"""The server side of AWS's wire protocols, by botocore's models: what a client's botocore writes, we read; and back."""

from seatrial.core.wire.protocols.codec import Codec

__all__ = ["Codec"]
