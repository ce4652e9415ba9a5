"""The grammar of what looks ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import KPI, as_of, command, of_slice, view

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands


def forecasts(commands: Commands) -> None:
    """forecast, trend, drivers, queue."""
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
    _queue(commands)


def _forecast(commands: Commands) -> None:
    forecast = command(commands, "forecast", ("forecasting", "forecast"), "say what a KPI will most likely do next")
    forecast.add_argument("kpi", metavar="KPI", nargs="?", help=KPI)
    forecast.add_argument("--all", action="store_true", help="everything that is watched, a line each")
    forecast.add_argument(
        "--end",
        choices=("month", "quarter", "year"),
        help="with --all: the stretch at whose end targets are looked at (default: the nearest with a chance)",
    )
    forecast.add_argument("--parts", metavar="DIMENSION", help="its values and their total, so that they agree")
    forecast.add_argument(
        "--bottom-up", action="store_true", help="with --parts: the total is what its parts add up to"
    )
    view(forecast)
    forecast.add_argument("--horizon", type=arguments.above_zero, metavar="N", help="periods ahead (default: by grain)")
    forecast.add_argument(
        "--what-if",
        action="append",
        default=[],
        metavar="SCENARIO",
        help="NAME@FIRST..LAST:EFFECT, with NAME an event, level, capacity or closed; may be repeated",
    )


def _queue(commands: Commands) -> None:
    queue = command(
        commands,
        "queue",
        ("queueing", "queue"),
        "say how many on duty a wait takes, where the formula holds, or why it does not",
        more="Looks at the last 8 weeks by hour of the week; the KPI holds the waits as single readings.",
    )
    queue.add_argument("kpi", metavar="KPI", help=KPI)
    queue.add_argument("--service", required=True, metavar="KPI", help="the KPI whose readings are service times")
    queue.add_argument(
        "--staff", required=True, type=arguments.above_zero, metavar="N", help="how many are on duty at once"
    )
    queue.add_argument(
        "--abandoned", required=True, metavar="KPI", help="the share who leave before their turn; none: nobody does"
    )
    queue.add_argument("--arrivals", metavar="KPI", help="the KPI that counts arrivals (default: one for each wait)")
    queue.add_argument(
        "--target", type=arguments.number, metavar="MINUTES", help="mean wait (default: the KPI's target)"
    )
    queue.add_argument(
        "--between", type=arguments.hours, default=(0, 24), metavar="A..B", help="local hours, such as 8..18"
    )
    of_slice(queue, "only this value of a dimension; may be repeated")
    as_of(queue)
