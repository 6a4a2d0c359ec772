"""Metric math: expressions over metrics, as GetMetricData and alarms take them. Pure.

Source: "Using math expressions with CloudWatch metrics" (using-metric-math) of the CloudWatch user guide.
"""

from seatrial.services.cloudwatch.math.evaluate import Query, QuerySet, evaluate
from seatrial.services.cloudwatch.math.syntax import MathError, names, parsed
from seatrial.services.cloudwatch.math.values import Series

__all__ = ["MathError", "Query", "QuerySet", "Series", "evaluate", "names", "parsed"]
