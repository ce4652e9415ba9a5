"""morning: the morning run by hand."""

from __future__ import annotations

import argparse
import datetime as dt
from zoneinfo import ZoneInfo

from opsmetrics.catalog import Calendar
from opsmetrics.cli import desks
from opsmetrics.cli.console import Console, Refused
from opsmetrics.cli.layout import wrapped
from opsmetrics.desk import Desk, mornings
from opsmetrics.desk.mornings import Morning, Silent
from opsmetrics.measurements import counted
from opsmetrics.store import Chore, StoreBusy
from opsmetrics.verdict import wording


def morning(given: argparse.Namespace, console: Console) -> int:
    """Run the morning of each site, and note it where it is that of today."""
    try:
        with desks.opened(given) as desk:
            done = [_run(desk, site, given.as_of) for site in mornings.sites(desk.catalog)]
    except StoreBusy as busy:
        raise Refused(f"{busy} The app makes the morning run by itself; its page Data says when it last did.") from None
    if console.as_json:
        console.answer([each.as_dict() for each in done])
    elif not done:
        console.say("There is nothing to look at: no KPI is defined.")
    else:
        console.say("\n\n".join(_told(each, several=len(done) > 1) for each in done))
    return 0


def _run(desk: Desk, site: Calendar, as_of: dt.date | dt.datetime | None) -> Morning:
    now = dt.datetime.now(dt.UTC)
    if as_of is not None:
        return mornings.run(desk, site, as_of.date() if isinstance(as_of, dt.datetime) else as_of, as_of=as_of)
    found = mornings.run(desk, site, now.astimezone(ZoneInfo(site.time_zone)).date())
    at = now.replace(tzinfo=None)
    desk.store.record_chore(Chore(mornings.MORNING, site.key, found.day, at, failed=False, told=found.as_dict()))
    return found


def _told(found: Morning, *, several: bool) -> str:
    where = f" ({found.site})" if several else ""
    head = (
        f"Morning of {wording.date(found.day)}{where}: {wording.date(found.closed)} is closed. "
        f"{_verdicts(found.reviewed)}, {wording.number(found.kept)} of them new."
    )
    return "\n".join([wrapped(head), *(wrapped(_silence(each)) for each in found.silent)])


def _verdicts(count: int) -> str:
    return counted(count, "{n} verdict", "{n} verdicts")


def _silence(each: Silent) -> str:
    return f"{each.name}: {wording.data(each.state, each.reporters)}"
