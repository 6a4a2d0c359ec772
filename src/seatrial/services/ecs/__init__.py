"""Amazon ECS of the embedded AWS: our own scheduler, real containers.

What does a service do next? ``deployments/scheduler.py`` (pure). Who does it? ``deployments/controller.py``. What
becomes of a deployment? ``deployments/rollouts.py``. How does a task live? ``tasks/runner.py``, with ``tasks/start.py``
and ``tasks/stop.py``. Who speaks to Docker? ``containers/docker.py`` and nobody else. What may a task definition say?
``definitions/rules.py``. Who answers a call of the API? ``operations/``. What is remembered? ``records.py``.
"""

from seatrial.core.context import LocalContext
from seatrial.services.ecs.service import Ecs
from seatrial.services.ecs.settings import EcsSettings


def create(context: LocalContext) -> Ecs:
    """Amazon ECS of one embedded AWS."""
    return Ecs(context, EcsSettings.from_environment())
