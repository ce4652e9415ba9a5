"""The grammar of what looks ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import KPI, command, view

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands


def forecasts(commands: Commands) -> None:
    """forecast, trend, drivers."""
    _forecast(commands)
    trend = command(
        commands, "trend", ("trending", "trend"), "say whether a KPI rises or falls, by how much, and how sure that is"
    )
    trend.add_argument("kpi", metavar="KPI", help=KPI)
    view(trend)
    drivers = command(
        commands,
        "drivers",
        ("trending", "drivers"),
        "say what goes with a KPI: other KPIs, its volume, the day of the week",
        more="What goes together need not be cause and effect.",
    )
    drivers.add_argument("kpi", metavar="KPI", help=KPI)
    view(drivers)
    drivers.add_argument(
        "--with", dest="others", action="append", default=[], metavar="KPI", help="another KPI; may be repeated"
    )


def _forecast(commands: Commands) -> None:
    forecast = command(commands, "forecast", ("forecasting", "forecast"), "say what a KPI will most likely do next")
    forecast.add_argument("kpi", metavar="KPI", help=KPI)
    view(forecast)
    forecast.add_argument("--horizon", type=arguments.above_zero, metavar="N", help="periods ahead (default: by grain)")
    forecast.add_argument(
        "--what-if",
        action="append",
        default=[],
        metavar="SCENARIO",
        help="NAME@FIRST..LAST:EFFECT, with NAME an event, level, capacity or closed; may be repeated",
    )
