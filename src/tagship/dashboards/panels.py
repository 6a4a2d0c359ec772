"""One panel each, in the vocabulary of Grafana's typed builder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.builders.athena import ConnectionArgs
from grafana_foundation_sdk.builders.athena import Dataquery as AthenaQuery
from grafana_foundation_sdk.builders.cloudwatch import MetricsQuery
from grafana_foundation_sdk.builders.common import VizLegendOptions
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as TimeSeries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.athena import FormatOptions
from grafana_foundation_sdk.models.cloudwatch import MetricEditorMode, MetricQueryType, QueryMode
from grafana_foundation_sdk.models.common import (
    DataSourceRef,
    LegendDisplayMode,
    LegendPlacement,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, Panel

EDGE_REGION: Final = "us-east-1"
"""Where CloudFront and its firewall keep their metrics. Source: CloudFront developer guide, "Viewing metrics"."""

EVERY: Final = "*"
"""As a dimension's value: a series for each that has data."""

WHOLE: Final = 24
"""Columns of the grid."""

_CLOUDWATCH: Final = DataSourceRef(type_val="cloudwatch", uid="cloudwatch")
_ATHENA: Final = DataSourceRef(type_val="grafana-athena-datasource", uid="athena")
_HEIGHT: Final = 8


@dataclass(frozen=True)
class Metric:
    """A line, or a line for each value of a dimension that is ``EVERY``.

    Args:
        name: the metric.
        statistic: how it is summed up over a period.
        label: the line's name; CloudWatch fills in its own ``${PROP('Dim.…')}``.
    """

    name: str
    statistic: str
    label: str


@dataclass(frozen=True)
class Place:
    """Where metrics are kept: their region, namespace and dimensions."""

    region: str
    namespace: str
    dimensions: Mapping[str, str]


def lines(title: str, unit: str, place: Place, metrics: Sequence[Metric], *, width: int) -> Builder[Panel]:
    """Metrics over time."""
    panel = (
        TimeSeries()
        .title(title)
        .datasource(_CLOUDWATCH)
        .unit(unit)
        .min(0)
        .fill_opacity(10)
        .show_points(VisibilityMode.NEVER)
        .legend(_legend())
        .height(_HEIGHT)
        .span(width)
    )
    for number, metric in enumerate(metrics):
        panel = panel.with_target(_asked(metric, place, number))
    return panel


def _asked(metric: Metric, place: Place, number: int) -> MetricsQuery:
    """Every query of a panel has its own letter and id."""
    return (
        MetricsQuery()
        .ref_id(chr(ord("A") + number))
        .id(f"q{number}")
        .datasource(_CLOUDWATCH)
        .query_mode(QueryMode.METRICS)
        .metric_query_type(MetricQueryType.SEARCH)
        .metric_editor_mode(MetricEditorMode.BUILDER)
        .region(place.region)
        .namespace(place.namespace)
        .metric_name(metric.name)
        .dimensions({name: [value] for name, value in place.dimensions.items()})
        .match_exact(match_exact=True)
        .statistic(metric.statistic)
        .period("")
        .label(metric.label)
    )


def counted(title: str, sql: str) -> Builder[Panel]:
    """What Athena counted over time."""
    return (
        TimeSeries()
        .title(title)
        .datasource(_ATHENA)
        .unit("short")
        .min(0)
        .fill_opacity(10)
        .show_points(VisibilityMode.AUTO)
        .legend(_legend())
        .height(_HEIGHT)
        .span(WHOLE)
        .with_target(_athena(sql, FormatOptions.TIME_SERIES))
    )


def table(title: str, sql: str, units: Mapping[str, str] | None = None) -> Builder[Panel]:
    """What Athena found, row by row; ``units`` by the column's name."""
    panel = (
        Table()
        .title(title)
        .datasource(_ATHENA)
        .height(_HEIGHT)
        .span(WHOLE // 2)
        .with_target(_athena(sql, FormatOptions.TABLE))
    )
    for column, unit in (units or {}).items():
        panel = panel.override_by_name(column, [DynamicConfigValue(id_val="unit", value=unit)])
    return panel


def _athena(sql: str, found: FormatOptions) -> AthenaQuery:
    """Five minutes old will do: who looks again soon pays nothing for it."""
    reuse = ConnectionArgs().result_reuse_enabled(result_reuse_enabled=True).result_reuse_max_age_in_minutes(5)
    return AthenaQuery().ref_id("A").datasource(_ATHENA).format(found).connection_args(reuse).raw_sql(sql)


def _legend() -> VizLegendOptions:
    return (
        VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(show_legend=True)
        .calcs([])
    )
