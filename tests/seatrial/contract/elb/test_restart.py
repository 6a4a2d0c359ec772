import httpx
import pytest

from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.conftest import RunningAws, start
from tests.seatrial.contract.elb.test_load_balancer import Stack, target


def test_a_load_balancer_is_where_it_was_with_its_targets_after_down_and_up(own: InstanceSettings) -> None:
    start(own)
    stack = Stack(RunningAws(own))
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
