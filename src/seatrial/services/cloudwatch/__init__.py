"""Amazon CloudWatch: metrics, metric math, alarms on a clock. Dashboards and everything else are MiniStack's.

.. code-block:: text

    Which requests does CloudWatch answer, and with what?            service.py
    What do other services hand to it and take from it?              data.py

    Who answers PutMetricData, GetMetricStatistics and ListMetrics?  metric_calls.py
    Who answers GetMetricData?                                       data_calls.py
    How are the queries of a call or an alarm read and computed?     queries.py
    How is an expression of metric math computed?                    math/
    How are samples taken, and read by period?                       metrics.py
    Where are datapoints stored?                                     metric_store.py
    How is a statistic or a percentile computed?                     samples.py
    What are the periods, and how long is AWS's minute here?         periods.py
    How is a list cut into pages?                                    paging.py

    Which calls change alarms?                                       alarm_calls.py
    Which calls describe alarms and their history?                   alarm_views.py
    What is known of an alarm?                                       alarm.py
    Where are alarms kept?                                           alarm_book.py
    What has happened to them?                                       history.py

    When is an alarm evaluated?                                      ticking.py
    Which datapoints does it look at?                                alarm_source.py
    Which state follows from them?                                   evaluation.py
    How is the rule of a composite alarm read?                       composite.py
    Who changes the state and tells others?                          engine.py
    How is the reason of a change worded?                            reasons.py
    What do SNS, EventBridge and Lambda receive?                     notices.py
    Who carries out an alarm's actions?                              delivery.py
"""

from seatrial.core.context import ServiceContext
from seatrial.services.cloudwatch.service import CloudWatch


def create(context: ServiceContext) -> CloudWatch:
    """CloudWatch of one embedded AWS."""
    return CloudWatch(context)
