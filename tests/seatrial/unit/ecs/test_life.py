"""The life of a task, where it waits for the first of several things."""

import asyncio

import pytest

from seatrial.services.ecs.tasks.life import _first


async def test_whoever_waits_for_the_first_of_two_can_be_cancelled_while_the_other_one_leaves() -> None:
    leaving, may_leave = asyncio.Event(), asyncio.Event()

    async def slow_to_leave() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            leaving.set()
            await may_leave.wait()

    waiting = asyncio.ensure_future(_first(asyncio.sleep(0), slow_to_leave()))
    await leaving.wait()
    waiting.cancel()
    may_leave.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
