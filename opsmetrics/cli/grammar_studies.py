"""The grammar of the studies that analysts ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import KPI, command, view

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands


def studies(commands: Commands) -> None:
    """capability and gauge."""
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
    gauge = command(
        commands,
        "gauge",
        ("gauging", "gauge"),
        "say how much of the variation the measuring makes",
        more="The file holds one record for each reading: its part, its operator, the measurement. Nothing is stored.",
    )
    gauge.add_argument("file", type=Path, metavar="FILE", help="CSV, Excel, OpenDocument or Parquet")
    gauge.add_argument("--nested", action="store_true", help="each operator has parts of their own (destructive tests)")
    gauge.add_argument("--tolerance", type=arguments.number, metavar="WIDTH", help="width of the specification")
    gauge.add_argument(
        "--alpha",
        type=arguments.number,
        default=0.05,
        metavar="P",
        help="an interaction with a p-value above it counts as repeatability (default: 0.05)",
    )
    gauge.add_argument(
        "--k", type=arguments.number, default=6.0, metavar="K", help="sigmas in the variation (default: 6)"
    )
    gauge.add_argument(
        "--column",
        type=arguments.pair,
        action="append",
        default=[],
        metavar="ROLE=HEADER",
        help="which column is part, operator or measurement, where its name does not say so",
    )
    gauge.add_argument(
        "--answer",
        type=arguments.pair,
        action="append",
        default=[],
        metavar="QUESTION=CHOICE",
        help="answer to a question about the file; may be repeated",
    )
