"""The tasks that live: each is started or taken over here, and found again to be stopped."""

from seatrial.services.ecs.containers.docker import ContainerFacts
from seatrial.services.ecs.records import Task
from seatrial.services.ecs.tasks.context import TaskContext
from seatrial.services.ecs.tasks.life import TaskLife
from seatrial.services.ecs.tasks.start import Tools


class TaskRunner:
    """The table of lives.

    Args:
        context: what all tasks have in common.
    """

    def __init__(self, context: TaskContext) -> None:
        self._context = context
        self._tools: Tools | None = None
        self._lives: dict[str, TaskLife] = {}

    @property
    def has_engine(self) -> bool:
        """Whether there is anything to run containers with."""
        return self._tools is not None

    def use(self, tools: Tools) -> None:
        """Run containers with this engine."""
        self._tools = tools

    def launch(self, task: Task) -> None:
        """Start a task that was just made; here it is decided what affects it."""
        task.faults = self._context.faults.strike_task(names_of(task))
        if task.faults:
            self._context.state.save(task)
        self._context.journal.task(task)
        self._begin(task)

    def adopt(self, task: Task, found: dict[str, ContainerFacts]) -> None:
        """Take over a task from before; ``found`` are its containers by name."""
        self._begin(task, found)

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Ask a task to stop; answered at once."""
        life = self._lives.get(task.arn) or TaskLife(task, self._context, self._tools)
        life.stop(code, reason)

    def noticed(self, facts: ContainerFacts) -> None:
        """A container's health changed, or its network."""
        if life := self._lives.get(facts.task):
            life.noticed(facts)

    def end(self) -> None:
        """Let go of every task; containers go on."""
        for life in self._lives.values():
            life.abandon()

    def _begin(self, task: Task, found: dict[str, ContainerFacts] | None = None) -> None:
        life = self._lives[task.arn] = TaskLife(task, self._context, self._tools)
        life.begin(found).add_done_callback(lambda _: self._lives.pop(task.arn, None))


def names_of(task: Task) -> set[str]:
    """The names by which faults find a task: its service's name and ARN, its group's, its family's."""
    family = task.definition_arn.rpartition("/")[2].partition(":")[0]
    return {task.service_arn or "", task.group.partition(":")[2], family} - {""}
