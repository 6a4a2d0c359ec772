"""Amazon ECS of the embedded AWS: our own scheduler, real containers.

.. code-block:: text

    How does a request reach its operation?                         service.py
    Which requests does AWS's model allow?                          validation.py
    Who answers each call of the API?                               operations/
    What does Describe… answer?                                     shapes.py
    And of a task?                                                  task_shapes.py
    How are errors worded?                                          errors.py
    How are ARNs and ids made and read?                             arns.py

    What is remembered?                                             records.py
    Where is it kept?                                               state.py

    What may a task definition say?                                 definitions/
    What does a service do next, and what becomes of a deployment?  deployments/
    Which capacity provider gets a new task?                        capacity.py
    In which availability zone does a task lie?                     zones.py
    When is a task healthy?                                         health.py
    How does a task start, run and stop?                            tasks/
    In which order do its containers start and stop?                startup.py
    Who alone speaks to Docker?                                     containers/
    Who registers tasks with a target group?                        targets.py
    How do log lines reach CloudWatch Logs?                         logs/
    What may a container ask about its own task?                    agent/
    How does ECS Exec open a terminal?                              exec/

    Who writes a service's events, and tells EventBridge?           journal.py
    What is in an event of EventBridge?                             event_shapes.py
    How are events and reasons worded?                              texts.py
    Which of AWS's times can be set shorter?                        settings.py

Deployments are decided in ``deployments/scheduler.py`` (pure) and done by ``deployments/controller.py``; what becomes
of one is in ``deployments/rollouts.py``.
"""

from seatrial.core.context import ServiceContext
from seatrial.services.ecs.service import Ecs
from seatrial.services.ecs.settings import EcsSettings


def create(context: ServiceContext) -> Ecs:
    """Amazon ECS of one embedded AWS."""
    return Ecs(context, EcsSettings.from_environment())
