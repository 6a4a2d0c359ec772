from dataclasses import dataclass, field

from seatrial.core.faults.model import TaskFaults
from seatrial.core.faults.timeline import FaultTimeline


@dataclass
class Stage:
    """A task's faults on a clock that stands still, and what they did, in order."""

    faults: TaskFaults
    now: float
    did: list[str] = field(default_factory=list)

    async def signal(self, container: str, name: str) -> None:
        self.did.append(f"{name} {container}")

    async def unpause(self, container: str) -> None:
        self.did.append(f"unpause {container}")

    async def played(self) -> list[str]:
        save, ill = lambda: self.did.append("saved"), lambda: self.did.append("ill")
        await FaultTimeline(self.faults, "c1", self, now=lambda: self.now, save=save, become_unhealthy=ill).run()
        return self.did


async def test_what_was_due_while_nobody_was_there_strikes_at_once_and_is_saved_before() -> None:
    faults = TaskFaults(ends_after=5, began_at=100)
    assert await Stage(faults, now=200).played() == ["saved", "SIGKILL c1"]
    assert faults.ended


async def test_what_has_ended_is_not_ended_again() -> None:
    assert await Stage(TaskFaults(ends_after=5, began_at=100, ended=True), now=200).played() == []


async def test_a_paused_container_goes_on_even_where_nobody_knows_whether_it_did() -> None:
    assert await Stage(TaskFaults(paused_for=5, began_at=100), now=200).played() == ["unpause c1"]


async def test_a_task_falls_ill_again_after_a_restart() -> None:
    faults = TaskFaults(unhealthy_after=0, began_at=100, unhealthy=True)
    assert await Stage(faults, now=200).played() == ["saved", "ill"]
