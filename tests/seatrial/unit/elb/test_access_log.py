import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from seatrial.http.types import Peer
from seatrial.services.elb.control.delivery import log_file, resource_of, trial_file
from seatrial.services.elb.data.access_log.entry import Entry, line
from seatrial.services.elb.data.access_log.writer import MOST, AccessLog
from seatrial.services.elb.model import LogBucket

ARN = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/my-loadbalancer/50dc6c495c0c9188"
GROUP = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067"
AT = datetime(2018, 7, 2, 22, 22, 48, 364000, UTC)

# The expression of AWS's own table for Athena ("Create a table for ALB access logs in Athena").
ATHENA = re.compile(
    r"([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) "
    r"(-|[-0-9]*) ([-0-9]*) ([-0-9]*) \"([^ ]*) (.*) (- |[^ ]*)\" \"([^\"]*)\" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) "
    r"([^ ]*) \"([^\"]*)\" \"([^\"]*)\" \"([^\"]*)\" ([-.0-9]*) ([^ ]*) \"([^\"]*)\" \"([^\"]*)\" \"([^ ]*)\" "
    r"\"([^\s]+?)\" \"([^\s]+)\" \"([^ ]*)\" \"([^ ]*)\" ?([^ ]*)?( .*)?"
)

FORWARDED = Entry(
    load_balancer="app/my-loadbalancer/50dc6c495c0c9188",
    protocol="HTTPS",
    port=443,
    certificate="arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    peer=Peer(
        "192.168.131.39", 2817, "TID_1234abcd5678ef90", "ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2", "www.example.com"
    ),
    created=AT,
    began=10.0,
    request=("GET", "/a?b=c", "1.1"),
    host="www.example.com",
    user_agent="curl/7.46.0",
    trace="Root=1-58337281-1d84f3d73c47ec4e58577259",
    received=0,
    priority=1,
    action="forward",
    group=GROUP,
    target="10.0.0.1:80",
    sent_at=10.086,
    answered_at=10.134,
    target_status=200,
    status=200,
)


def written(entry: Entry) -> str:
    return line(entry, 57, ended=(AT, 10.171))


def test_a_forwarded_request_is_logged_as_in_amazons_example() -> None:
    assert written(FORWARDED) == (
        "https 2018-07-02T22:22:48.364000Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 "
        '0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/a?b=c HTTP/1.1" "curl/7.46.0" '
        f'ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 {GROUP} "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" '
        '"arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" '
        '1 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90 '
        '"-" "-" "-" 127.0.0.1'
    )


PLAIN = replace(FORWARDED, protocol="HTTP", port=80, certificate="", peer=Peer("10.1.2.3", 5, "TID_1"))
UNSENT = replace(PLAIN, group="", target="", sent_at=0.0, answered_at=0.0, target_status=0)
MOVED = replace(UNSENT, action="redirect", redirect="https://a:443/", status=301)
NONSENSE = replace(UNSENT, request=None, host="", priority=None, action="", status=400)


@pytest.mark.parametrize(
    ("entry", "holds"),
    [
        (PLAIN, 'http .*"curl/7.46.0" - - .* "-" "-" 1 '),
        (replace(PLAIN, upgrade=True, status=101), r"ws .* 101 200 "),
        (replace(FORWARDED, upgrade=True), r"wss .*"),
        (MOVED, '.* - -1 -1 -1 301 - .*"redirect" "https://a:443/" '),
        (replace(UNSENT, action="fixed-response", status=403), '.* - -1 -1 -1 403 - .*"fixed-response" "-" '),
        (replace(UNSENT, action="forward", group=GROUP, status=503), f'.* - -1 -1 -1 503 - .* {GROUP} .*"forward" '),
        (replace(PLAIN, answered_at=0.0, target_status=0, status=504), ".* 10.0.0.1:80 0.086 -1 -1 504 - "),
        (replace(PLAIN, answered_at=0.0, target_status=0, status=502), ".* 10.0.0.1:80 -1 -1 -1 502 - "),
        (replace(PLAIN, answered_at=0.0, target_status=0, status=460), ".* 10.0.0.1:80 0.086 -1 -1 460 - "),
        (replace(PLAIN, priority=0), '.* "-" "-" 0 2018-'),
        (NONSENSE, '.* 400 - 0 57 "- http://:80- -" .* - 2018-.* "-" "-" '),
        (replace(PLAIN, user_agent='a "b" \\'), r'.* "a \\x22b\\x22 \\x5c" '),
    ],
)  # fmt: skip
def test_each_kind_of_end_has_its_own_marks_and_amazons_table_reads_it(entry: Entry, holds: str) -> None:
    found = written(entry)
    assert re.match(holds, found), found
    assert ATHENA.fullmatch(found), found


def test_files_are_named_as_amazon_names_them() -> None:
    end = datetime(2022, 5, 1, 23, 40, tzinfo=UTC)
    service = "123456789012_elasticloadbalancing_us-east-2"
    name = f"{service}_app.my-loadbalancer.50dc6c495c0c9188_20220501T2340Z_127.0.0.1_20sg8hgm"
    root = "logs/AWSLogs/123456789012"
    folder = f"{root}/elasticloadbalancing/us-east-2/2022/05/01"
    assert log_file(ARN, LogBucket("b", "logs"), end, "20sg8hgm") == f"{folder}/{name}.log.gz"
    assert trial_file(ARN, LogBucket("b")) == "AWSLogs/123456789012/ELBAccessLogTestFile"
    assert resource_of(ARN) == "app/my-loadbalancer/50dc6c495c0c9188"


def test_a_log_without_entries_is_no_file_and_what_was_taken_is_gone() -> None:
    log = AccessLog("shop")
    assert log.take(everything=True) == []
    log.write("one")
    assert log.take(everything=False) == []
    assert [gzip.decompress(file) for file in log.take(everything=True)] == [b"one\n"]
    assert log.take(everything=True) == []


def test_a_log_that_nobody_fetches_stays_bounded_and_goes_on_afterwards() -> None:
    log = AccessLog("shop", full=1000)
    for number in range(400_000):
        log.write(f"{number * 7919 % 1_000_003} and something that takes room in the memory")
    files = log.take(everything=True)
    assert len(files) <= MOST + 1
    assert gzip.decompress(files[0]).startswith(b"0 and")
    log.write("more")
    assert gzip.decompress(log.take(everything=True)[0]) == b"more\n"
