"""Connections of the AWS API are for its clients to close."""

import socket

from seatrial.process.server import KEEP_ALIVE, _configuration, _listen

GO = 90.0
"""Seconds until AWS's SDK for Go, which Terraform is built with, closes one that it does not use."""


def test_a_connection_without_a_request_is_kept_for_as_long_as_any_client_may_use_it() -> None:
    """aws-sdk-go-v2, ``aws/transport/http/client.go``: ``DefaultHTTPTransportIdleConnTimeout``."""
    assert _configuration([]).keep_alive_timeout == KEEP_ALIVE
    assert KEEP_ALIVE > GO


def test_a_connection_whose_other_end_vanished_is_found_out_by_the_kernel() -> None:
    with _listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
