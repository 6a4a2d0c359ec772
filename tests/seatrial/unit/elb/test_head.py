import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.http.error_pages import error_page
from seatrial.http.head import RequestHead, Via, chunk, for_client, for_target, read_request, read_response, well_named
from seatrial.http.types import origin_form
from seatrial.services.elb.data.limits import refusal

VIA = Via(b"192.0.2.7", b"http", b"8080")
TOKEN = st.text(alphabet="abcXYZ019-_", min_size=1, max_size=10).map(str.encode)
VALUE = st.text(alphabet="abc XYZ=;,/", max_size=20).map(lambda text: text.strip().encode())
HEADERS = st.lists(st.tuples(TOKEN.map(lambda name: b"X-" + name), VALUE), max_size=8)
HOP = st.sampled_from([b"Connection", b"Keep-Alive", b"TE", b"Upgrade", b"Proxy-Connection", b"keep-alive"])


def parsed(head: bytes) -> list[tuple[bytes, bytes]]:
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")[1:]
    return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


def request(*headers: tuple[bytes, bytes]) -> RequestHead:
    return read_request(b"GET", b"/", [(b"Host", b"a"), *headers])


@given(HEADERS, st.lists(st.tuples(HOP, st.just(b"x"))))
def test_a_request_passes_with_every_header_but_those_of_the_hop(
    sent: list[tuple[bytes, bytes]], hop: list[tuple[bytes, bytes]]
) -> None:
    head = for_target(request(*sent, *hop), VIA, b"1-2-3")
    assert head.startswith(b"GET / HTTP/1.1\r\nHost: a\r\n")
    kept = [header for header in parsed(head) if header in sent]
    assert kept == sent
    ours = {b"Host", b"X-Forwarded-For", b"X-Forwarded-Proto", b"X-Forwarded-Port", b"X-Amzn-Trace-Id"}
    assert {name for name, _ in parsed(head)} == {name for name, _ in sent} | ours


@given(HEADERS, st.lists(st.tuples(HOP, st.just(b"x"))))
def test_an_answer_passes_with_every_header_but_those_of_the_hop(
    sent: list[tuple[bytes, bytes]], hop: list[tuple[bytes, bytes]]
) -> None:
    head = for_client(read_response(200, b"OK", [*sent, *hop]), chunked=True, keep_alive=True)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert parsed(head) == [*sent, (b"Transfer-Encoding", b"chunked"), (b"Connection", b"keep-alive")]


@given(TOKEN)
def test_what_connection_names_does_not_pass(name: bytes) -> None:
    head = for_target(request((b"Connection", b"close, X-" + name), (b"x-" + name.lower(), b"1")), VIA, b"1")
    assert b"x-" + name.lower() not in [key for key, _ in parsed(head)]


@given(st.binary(min_size=1, max_size=300))
def test_a_chunk_says_its_length(data: bytes) -> None:
    length, _, rest = chunk(data).partition(b"\r\n")
    assert (int(length, 16), rest) == (len(data), data + b"\r\n")


@pytest.mark.parametrize(
    ("version", "connection", "keeps"),
    [
        ("1.1", None, True),
        ("1.1", b"close", False),
        ("1.1", b"keep-alive, Close", False),
        ("1.0", None, False),
        ("1.0", b"Keep-Alive", True),
    ],
)
def test_connections_are_kept_as_http_says(version: str, connection: bytes | None, keeps: bool) -> None:  # noqa: FBT001 - a column
    headers = [(b"Connection", connection)] if connection else []
    assert request(*headers).keeps_alive(version) is keeps


@pytest.mark.parametrize(
    ("target", "found"), [(b"/a?b", b"/a?b"), (b"http://h/a?b", b"/a?b"), (b"http://h", b"/"), (b"*", b"*")]
)
def test_a_whole_url_is_reduced_to_its_path(target: bytes, found: bytes) -> None:
    assert origin_form(target) == found


def test_a_request_to_switch_protocols_has_no_body() -> None:
    assert refusal(request((b"Content-Length", b"5")), "1.1", upgrade=True) == 400


@pytest.mark.parametrize(("status", "length"), [(503, 162), (502, 122)])
def test_error_pages_are_as_long_as_amazons(status: int, length: int) -> None:
    assert len(error_page(status)) == length


def test_names_of_letters_digits_and_hyphens_pass_where_others_are_dropped() -> None:
    # API reference, LoadBalancerAttribute: routing.http.drop_invalid_header_fields.enabled.
    sent = [(b"X-Api-Key", b"1"), (b"X_Api_Key", b"2"), (b"x.dot", b"3"), (b"9-lives", b"4")]

    assert well_named(sent) == [(b"X-Api-Key", b"1"), (b"9-lives", b"4")]
