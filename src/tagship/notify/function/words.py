"""How metrics, places and moments are said. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final


def number(value: float) -> str:
    """At most two places, and no zeros behind them: ``91.3``, ``1,200``."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def percent(value: float) -> str:
    """``91.3 %``."""
    return f"{number(value)} %"


def seconds(value: float) -> str:
    """``2.4 s``, ``350 ms``."""
    return f"{number(value)} s" if value >= 1 or value == 0 else milliseconds(value * 1000)


def milliseconds(value: float) -> str:
    """``350 ms``."""
    return f"{number(value)} ms"


def size(value: float) -> str:
    """``120 MiB``, ``1.5 GiB``."""
    mebibytes = value / 1024**2
    return f"{number(mebibytes / 1024)} GiB" if mebibytes >= 1024 else f"{number(mebibytes)} MiB"  # noqa: PLR2004


Measure = tuple[str, Callable[[float], str]]

MEASURES: Final[Mapping[tuple[str, str], Measure]] = {
    ("AWS/ECS", "CPUUtilization"): ("CPU", percent),
    ("AWS/ECS", "MemoryUtilization"): ("memory", percent),
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"): ("5xx responses", number),
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"): ("5xx responses", number),
    ("AWS/ApplicationELB", "TargetResponseTime"): ("latency", seconds),
    ("AWS/ApplicationELB", "UnHealthyHostCount"): ("unhealthy tasks", number),
    ("AWS/ApplicationELB", "RequestCountPerTarget"): ("requests per task and minute", number),
    ("AWS/RDS", "CPUUtilization"): ("CPU", percent),
    ("AWS/RDS", "DatabaseConnections"): ("connections", number),
    ("AWS/RDS", "AuroraReplicaLag"): ("lag behind the writer", milliseconds),
    ("AWS/RDS", "FreeableMemory"): ("free memory", size),
    ("AWS/RDS", "FreeLocalStorage"): ("free local storage", size),
    ("AWS/RDS", "ACUUtilization"): ("capacity in use", percent),
    ("AWS/Lambda", "Errors"): ("failures", number),
}

_PLACES: Final = (
    ("ServiceName", "`{}`"),
    ("LoadBalancer", "Load balancer"),
    ("DBClusterIdentifier", "Database `{}`"),
    ("DBInstanceIdentifier", "Database instance `{}`"),
    ("FunctionName", "Function `{}`"),
)

RELATIONS: Final = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}


def place(dimensions: Mapping[str, str], cluster: str) -> str:
    """Where it was measured: the service ``api``, the database, the load balancer."""
    if group := dimensions.get("TargetGroup"):
        return f"`{group.removeprefix('targetgroup/').partition('/')[0].removeprefix(f'{cluster}--')}`"
    for name, words in _PLACES:
        if value := dimensions.get(name):
            role = dimensions.get("Role", "").lower()
            return words.format(value) + (f", {role}" if role else "")
    return ", ".join(f"{name} `{value}`" for name, value in dimensions.items())


def moment(text: str) -> str:
    """``2026-03-01 12:04 UTC`` of AWS's many spellings; whatever else stays as it is."""
    spelt = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text.strip()).replace("Z", "+00:00")
    try:
        at = datetime.fromisoformat(spelt)
    except ValueError:
        return text
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at.tzinfo else text


def in_words(name: str) -> str:
    """``SERVICE_TASK_START_IMPAIRED`` as ``service task start impaired``; ``deploymentId`` as ``deployment id``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ").lower()
