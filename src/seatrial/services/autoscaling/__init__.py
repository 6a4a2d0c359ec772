"""Application Auto Scaling: scalable targets, policies, scheduled actions, and what they did.

.. code-block:: text

    How does a request reach its operation?                 service.py
    Who answers each call of the API?                       operations/
    How are errors worded?                                  errors.py
    How are ARNs, ids and alarm names made?                 arns.py
    What is remembered?                                     records.py
    Where is it kept?                                       state.py

    Which alarms does a target-tracking policy make?        alarms.py
    Which metric do they watch?                             metrics.py
    What happens when an alarm acts?                        invocation.py
    How much capacity does a policy ask for?                arithmetic.py
    What remains of that within bounds and cooldowns?       decision.py

    Who runs scheduled actions at their times?              timetable.py
    When does a scheduled action run next?                  schedules.py
    How is a cron expression read?                          cron.py

    Who changes the capacity, and waits until it is there?  scaler.py
    What can be scaled, and through which API?              resources.py
    How are scaling activities worded?                      texts.py
"""

from seatrial.core.context import ServiceContext
from seatrial.services.autoscaling.service import ApplicationAutoScaling
from seatrial.services.cloudwatch.service import CloudWatch


def create(context: ServiceContext, cloudwatch: CloudWatch) -> ApplicationAutoScaling:
    """Application Auto Scaling of one embedded AWS; its alarms are CloudWatch's."""
    return ApplicationAutoScaling(context, cloudwatch)
