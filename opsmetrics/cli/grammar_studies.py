"""The grammar of the studies that analysts ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import KPI, command, view

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands


def studies(commands: Commands) -> None:
    """capability, gauge, detection."""
    _capability(commands)
    _gauge(commands)
    _detection(commands)


def _capability(commands: Commands) -> None:
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


def _gauge(commands: Commands) -> None:
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


def _detection(commands: Commands) -> None:
    detection = command(
        commands,
        "detection",
        ("detecting", "detection"),
        "say what a chart would notice, how soon, and how often it calls without a cause",
        more="Without a KPI shifts are in σ and no store is read.",
    )
    detection.add_argument("kpi", metavar="KPI", nargs="?", help=f"{KPI}: told in its unit, by its rules")
    view(detection)
    detection.add_argument("--chart", metavar="NAME", help="shewhart (default), ewma or cusum")
    detection.add_argument("--rules", metavar="SET", help="of shewhart: rule_1 (default), daily or western_electric")
    for name, help_ in (
        ("weight", "λ of the EWMA (default 0.2)"),
        ("width", "limits in σ (default 3)"),
        ("k", "slack of the CUSUM in σ (default 0.5)"),
        ("h", "decision interval of the CUSUM in σ (default 5)"),
    ):
        detection.add_argument(f"--{name}", type=arguments.number, metavar="NUMBER", help=help_)
    detection.add_argument("-n", type=arguments.above_zero, metavar="N", help="readings in a point (default 1)")
    which = detection.add_mutually_exclusive_group()
    which.add_argument("--shift", type=arguments.number, metavar="NUMBER", help="shift in σ (default 1)")
    which.add_argument("--change", type=arguments.number, metavar="NUMBER", help="shift in the unit of the KPI")
