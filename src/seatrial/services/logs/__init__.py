"""Log metric filters: what is logged, held against filter patterns, becomes metrics.

.. code-block:: text

    Which calls of CloudWatch Logs are answered or followed?  service.py
    Who answers FilterLogEvents?                              search.py
    How do log events become samples of a metric?             metrics.py

    Of which kind is a filter pattern?                        pattern.py
    How are patterns of terms read?                           terms.py
    Of JSON?                                                  documents.py
    How is a property such as `$.users[0].id` found?          selectors.py
    How are patterns of space-delimited fields read?          fields.py
    How are texts, numbers and regular expressions compared?  values.py
"""

from seatrial.core.context import ServiceContext
from seatrial.services.cloudwatch.service import CloudWatch
from seatrial.services.logs.service import LogFilters


def create(context: ServiceContext, cloudwatch: CloudWatch) -> LogFilters:
    """The log metric filters of one embedded AWS."""
    return LogFilters(context, cloudwatch)
