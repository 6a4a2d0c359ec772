"""What the traffic logs are asked: Athena's SQL, with Grafana's macros for the time that is looked at. Pure.

The tables and their columns are those of the Terraform module ``traffic``. All columns of ``edge`` are text, and each
question names its days, because a day is a partition: Athena is paid by what it reads.
"""

from textwrap import dedent
from typing import Final

_DAYS: Final = """
day BETWEEN date_format($__timeFrom(), '%Y/%m/%d') AND date_format($__timeTo(), '%Y/%m/%d')
""".strip()
_EDGE_TIME: Final = """date_parse(concat("date", ' ', "time"), '%Y-%m-%d %H:%i:%s')"""
_FIREWALL_TIME: Final = """CAST(from_unixtime("timestamp" / 1000) AS timestamp)"""


def _question(text: str) -> str:
    """The SQL with what its questions share put in."""
    for name, shared in {"DAYS": _DAYS, "EDGE_TIME": _EDGE_TIME, "FIREWALL_TIME": _FIREWALL_TIME}.items():
        text = text.replace(f"<{name}>", shared)
    return dedent(text).strip()


BY_TIME: Final = _question("""
    SELECT
      date_trunc('${step}', <EDGE_TIME>) AS time,
      concat(substr(sc_status, 1, 1), 'xx') AS status,
      count(*) AS requests
    FROM edge
    WHERE <DAYS>
      AND <EDGE_TIME> BETWEEN $__timeFrom() AND $__timeTo()
    GROUP BY 1, 2
    ORDER BY 1, 2
""")
"""Requests over time, a series for each class of status."""

BY_COUNTRY: Final = _question("""
    SELECT
      c_country AS country,
      count(*) AS requests,
      sum(try_cast(sc_bytes AS bigint)) AS bytes,
      100.0 * count_if(sc_status LIKE '4%') / count(*) AS client_errors,
      100.0 * count_if(sc_status LIKE '5%') / count(*) AS server_errors
    FROM edge
    WHERE <DAYS>
      AND <EDGE_TIME> BETWEEN $__timeFrom() AND $__timeTo()
    GROUP BY 1
    ORDER BY requests DESC
    LIMIT 50
""")
"""Requests, traffic and shares of errors, in percent, by country."""

BY_STATUS: Final = _question("""
    SELECT
      sc_status AS status,
      x_edge_detailed_result_type AS result,
      count(*) AS requests,
      count(DISTINCT c_ip) AS addresses,
      approx_percentile(try_cast(time_taken AS double), 0.95) AS seconds_p95
    FROM edge
    WHERE <DAYS>
      AND <EDGE_TIME> BETWEEN $__timeFrom() AND $__timeTo()
    GROUP BY 1, 2
    ORDER BY requests DESC
    LIMIT 50
""")
"""Which answers were given, and by whom: CloudFront itself or what is behind it."""

BY_RULE: Final = _question("""
    SELECT
      terminatingruleid AS rule,
      action,
      httprequest.country AS country,
      count(*) AS requests,
      count(DISTINCT httprequest.clientip) AS addresses
    FROM firewall
    WHERE <DAYS>
      AND <FIREWALL_TIME> BETWEEN $__timeFrom() AND $__timeTo()
    GROUP BY 1, 2, 3
    ORDER BY requests DESC
    LIMIT 50
""")
"""What the firewall did, by the rule that decided and the country that asked."""

BY_LABEL: Final = _question("""
    SELECT
      label,
      action,
      count(*) AS requests,
      count(DISTINCT httprequest.clientip) AS addresses
    FROM firewall
    CROSS JOIN UNNEST(transform(labels, found -> found.name)) AS labelled (label)
    WHERE <DAYS>
      AND <FIREWALL_TIME> BETWEEN $__timeFrom() AND $__timeTo()
    GROUP BY 1, 2
    ORDER BY requests DESC
    LIMIT 50
""")
"""What managed rules found, also where they only count: read before the firewall's mode becomes ``block``."""
