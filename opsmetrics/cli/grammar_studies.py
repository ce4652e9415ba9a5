"""The grammar of the studies that analysts ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import KPI, command, view

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands


def studies(commands: Commands) -> None:
    """capability."""
    capability = command(
        commands,
        "capability",
        ("capable", "capability"),
        "say whether single readings fit their specification, or how much of what is counted is defective",
        more="Limits typed here stand in place of those of the definition, for this answer only.",
    )
    capability.add_argument("kpi", metavar="KPI", help=KPI)
    view(capability)
    for name, help_ in (("low", "lower specification limit"), ("high", "upper specification limit")):
        capability.add_argument(f"--{name}", type=arguments.number, metavar="NUMBER", help=f"{help_} of one reading")
    capability.add_argument("--target", type=arguments.number, metavar="NUMBER", help="the value aimed at; gives Cpm")
    capability.add_argument(
        "--method",
        metavar="NAME",
        help="normal (default), box_cox, yeo_johnson, lognormal, weibull, gamma, exponential or percentile",
    )
    which = capability.add_mutually_exclusive_group()
    which.add_argument(
        "--last", type=arguments.above_zero, metavar="N", help="the last N judged periods (default: the phase in force)"
    )
    which.add_argument("--all", action="store_true", help="all judged periods, whatever their phase")
