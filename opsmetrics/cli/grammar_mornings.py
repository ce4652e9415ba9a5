"""The grammar of the commands about mornings: running one, replaying many, verifying what one of them showed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmetrics.catalog import RULE_SETS
from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import command

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands


def mornings(commands: Commands) -> None:
    """morning, verify and replay."""
    morning = command(
        commands,
        "morning",
        ("mornings", "morning"),
        "close yesterday and keep every watched verdict as it stands",
        more="The running app does this by itself each morning.",
    )
    morning.add_argument(
        "--as-of", type=arguments.instant, metavar="DATE", help="the morning of an earlier day: a date or a time"
    )
    verify = command(
        commands,
        "verify",
        ("verifying", "verify"),
        "judge a verdict that was shown again, and say what changed it",
        more="Exit code 0 where it would be the same today, 3 where not, 1 where no such verdict is kept.",
    )
    verify.add_argument(
        "id", type=arguments.identifier, metavar="ID", help="as it stands beside a verdict or in a file"
    )
    replay = command(
        commands,
        "replay",
        ("replaying", "replay"),
        "say what each morning of a stretch of days would have shown",
        more="With the data as they are now; nothing is written.",
    )
    replay.add_argument(
        "--from", dest="start", type=arguments.date, required=True, metavar="DATE", help="first morning"
    )
    replay.add_argument("--to", dest="end", type=arguments.date, required=True, metavar="DATE", help="last morning")
    replay.add_argument(
        "--rules",
        action="append",
        default=[],
        choices=("own", *RULE_SETS),
        metavar="SET",
        help=f"judge all KPIs by it: {', '.join(RULE_SETS)}; own: as defined (default); may be repeated, to compare",
    )
    replay.add_argument(
        "--events", type=Path, metavar="FILE", help="known events as CSV: kpi, slice, event, from, to; which are found?"
    )
