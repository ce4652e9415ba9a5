"""The grammar of what is said about a signal, beside the decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import KPI, by, command, of_slice

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands

_HELP = {
    "seen": "say that the open signal is known; no verdict changes",
    "snooze": "put the open signal out of sight until a day, or until it gets worse; no verdict changes",
    "reopen": "take back that the open signal was seen or snoozed",
}


def attending(kinds: Commands) -> None:
    """Three commands, which differ in what they say."""
    for kind, help_ in _HELP.items():
        each = command(kinds, kind, ("attending", "say"), help_)
        each.add_argument("kpi", metavar="KPI", help=KPI)
        of_slice(each, "the slice whose signal it is; once for each dimension (default: the whole KPI)")
        if kind == "snooze":
            each.add_argument("--until", required=True, type=arguments.date, metavar="DATE", help="the day it is back")
        each.add_argument("--why", required=True, type=arguments.reason, metavar="TEXT", help="what others will read")
        by(each)
