import pytest

from tagship.release.diagnosis.startup_log import listening, start_took

LISTENING = [
    ("listening on 3000", [("", 3000)]),
    ("Server listening on port 8080", [("", 8080)]),
    ("server is listening on :9090", [("", 9090)]),
    ("Example app listening at http://localhost:3000", [("localhost", 3000)]),
    ("INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)", [("127.0.0.1", 8000)]),
    ("[2026-01-01 10:00:00 +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)", [("0.0.0.0", 8000)]),
    ("Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...", [("0.0.0.0", 8000)]),
    ("Serving HTTP on 127.0.0.1 port 8000 ...", [("127.0.0.1", 8000)]),
    ("Tomcat started on port(s): 8080 (http) with context path ''", [("", 8080)]),
    ("Tomcat started on port 8080 (http) with context path '/'", [("", 8080)]),
    ("Netty started on port 8081", [("", 8081)]),
    ("Now listening on: http://[::]:8080", [("[::]", 8080)]),
    ("* Listening on http://[::1]:3000", [("[::1]", 3000)]),
    ("ready - started server on 0.0.0.0:3000, url: http://localhost:3000", [("0.0.0.0", 3000)]),
    ("2026/01/01 10:11:12 starting server at 10:11:12 on :8080", [("", 8080)]),
    ("Started App in 4.2 seconds (process running for 5.0)", []),
    ("running 3 workers since 10:20:30", []),
    ("request served in 3000 ms", []),
    ("connect to db.internal:5432", []),
    ("listening for signals", []),
    ("listening on 999999", []),
    ("", []),
]


@pytest.mark.parametrize(("line", "found"), LISTENING)
def test_common_servers_are_understood_when_they_say_where_they_listen(line: str, found: list[tuple[str, int]]) -> None:
    assert [(each.host, each.port) for each in listening([line])] == found


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("[::1]", True), ("0.0.0.0", False), ("[::]", False), ("*", False)],
)
def test_an_address_that_only_the_container_reaches_is_known(host: str, loopback: bool) -> None:  # noqa: FBT001 - a row
    assert listening([f"listening on http://{host}:80"])[0].loopback is loopback


TOOK = [
    ("Started App in 48.21 seconds (process running for 50.1)", 48.21),
    ("ready in 2300 ms", 2.3),
    ("Startup took 2 min", 120.0),
    ("booted after 3s", 3.0),
    ("application initialised in 12,5 s", 12.5),
    ("job finished in 90 s", None),
]


@pytest.mark.parametrize(("line", "seconds"), TOOK)
def test_how_long_a_start_took_is_read(line: str, seconds: float | None) -> None:
    found = start_took([line])
    assert (round(found[0], 3) if found else None) == seconds


def test_of_several_the_longest_start_counts() -> None:
    found = start_took(["Root context initialized in 900 ms", "Started App in 12 seconds"])
    assert found == (12.0, "Started App in 12 seconds")
