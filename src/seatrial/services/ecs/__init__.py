"""Amazon ECS of the embedded AWS: our own scheduler, real containers.

What does a service do next? ``scheduler.py`` (pure). Who does it? ``controller.py``. How does a task live?
``runner.py``, with ``task_start.py`` and ``task_stop.py``. What becomes of a deployment? ``rollouts.py``.
Who speaks to Docker? ``containers.py`` and nobody else. What is remembered? ``records.py``.
"""

from seatrial.core.context import LocalContext
from seatrial.services.ecs.service import Ecs
from seatrial.services.ecs.settings import EcsSettings


def create(context: LocalContext) -> Ecs:
    """Amazon ECS of one embedded AWS."""
    return Ecs(context, EcsSettings.from_environment())
