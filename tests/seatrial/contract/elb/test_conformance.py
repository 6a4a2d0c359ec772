"""What AWS documents of targets that fail, over real connections: ``failures.json`` of the unit tests' conformance."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from tests.seatrial.contract.elb.harness import LISTENER, Exchange, balancer, client, get, status, target
from tests.seatrial.unit.elb.test_conformance import cases


@pytest.mark.parametrize(("case", "row"), cases("failures"))
async def test_a_target_that_fails_is_answered_for_as_aws_does(case: Any, row: Any) -> None:  # noqa: ANN401, ARG001
    does, code = row

    async def answers(exchange: Exchange) -> None:
        await exchange.send(does["says"].encode())
        if not does.get("closes", True):
            await asyncio.Event().wait()
        exchange.close()

    async with AsyncExitStack() as stack, balancer() as lb:
        if does.get("listens", True):
            shop = await stack.enter_async_context(target(answers))
        else:
            async with target(answers) as shop:
                pass
        targets = [shop] if does.get("registered", True) else []
        await lb.follow(*targets, listener=replace(LISTENER, idle_timeout=0.3 if code == 504 else 60))
        async with client(lb) as browser:
            assert status((await browser.ask(get()))[0]) == code
