from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contract.conftest import RunningAws, fresh_settings, start
from contract.local.elb.test_load_balancer import Stack, target
from tagship.base.clock import SystemClock
from tagship.base.process import SystemProcesses
from tagship.local import instance
from tagship.local.settings import LocalSettings


@pytest.fixture
def own(tmp_path: Path) -> Iterator[LocalSettings]:
    """Settings of an embedded AWS that this test alone starts and stops."""
    settings = fresh_settings(tmp_path / "home")
    yield settings
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


def test_a_load_balancer_is_where_it_was_with_its_targets_after_down_and_up(own: LocalSettings) -> None:
    start(own)
    stack = Stack(RunningAws(own).client("elbv2"), own.endpoint)
    with target(b"hello") as port:
        stack.register(port)
        url = stack.url
        assert httpx.get(url).content == b"hello"
        instance.down(own, SystemProcesses(), SystemClock(), print)
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
        start(own)
        assert stack.url == url
        assert httpx.get(url).content == b"hello"
