"""enter: one typed measurement, for those who have no export."""

from __future__ import annotations

import argparse

import pandas as pd

from opsmetrics import entry, series
from opsmetrics.catalog import Kpi, Moment, Slice, parse_moment
from opsmetrics.cli import desks
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.receipts import batch_of, receipts
from opsmetrics.desk.receipts import diff_dict
from opsmetrics.entry import EntryRow, NotANumber, Typed
from opsmetrics.ingest import typed_batch
from opsmetrics.ingest.plan import needed_parts

LOOK_BACK = pd.Timedelta(days=400)


def enter(given: argparse.Namespace, console: Console) -> int:
    """Load one measurement (or the readings of one period) as a batch with receipt and undo."""
    with desks.opened(given) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        row = _asked(kpi, _part(kpi, given), given.at)
        typed = _understood(row, given)
        unusual = entry.unusual(row, typed, desk.review(kpi.key, row.part))
        batch = typed_batch(list(typed.rows), desk.catalog, by_note=given.note)
        if given.dry_run:
            answer = diff_dict(batch, desk.diff(batch))
        else:
            answer = desk.commit(batch, by=desks.person(given)).as_dict()
    answer["unusual"] = unusual
    if console.as_json:
        console.answer(answer)
    else:
        console.say(f"{kpi.name}, {row.label}: {typed.text}")
        console.say(receipts([(batch.source, answer)]))
        console.say("Nothing was written: this was a dry run." if given.dry_run else batch_of([answer]))
    for text in (*(warning.text for warning in batch.warnings), *unusual):
        console.note(f"Note: {text}")
    return 0


def _part(kpi: Kpi, given: argparse.Namespace) -> Slice:
    part = desks.slice_from(kpi, given.slice)
    missing = [name for name in kpi.dimensions if name not in dict(part)]
    if missing:
        wanted = " ".join(f"--slice {name}=…" for name in missing)
        raise Refused(f"{kpi.key} is told apart by {', '.join(kpi.dimensions)}: add {wanted}")
    return part


def _asked(kpi: Kpi, part: Slice, text: str | None) -> EntryRow:
    at = _at(kpi, text)
    return EntryRow(kpi, part, at, series.period_label(at, entry.entry_grain(kpi), kpi.calendar))


def _at(kpi: Kpi, text: str | None) -> Moment:
    """The period that the measurement is of: as given, else the last one that has ended and was not closed."""
    grain = entry.entry_grain(kpi)
    if text is not None:
        with desks.usage("--at"):
            return parse_moment(text, grain, kpi.calendar)
    if grain == "sample":
        raise WrongUsage(f"{kpi.key} is numbered, not dated: give the number of the sample with --at.")
    now = series.as_of_instant(None, kpi.calendar, pd.Timestamp.now("UTC"))
    periods = series.periods(kpi.calendar, grain, now - LOOK_BACK, now)
    ended = periods[(periods["ends_at"] <= now) & ~periods["closed"]]
    if ended.empty:
        raise Refused(f"No {grain} of {kpi.key} has ended in the last 400 days: name one with --at.")
    last: pd.Timestamp = ended["period"].iloc[-1]
    return last.to_pydatetime()


def _understood(row: EntryRow, given: argparse.Namespace) -> Typed:
    """The typed words as rows to load: both counts around a slash, one count, or readings."""
    words = " ".join(given.values)
    first, slash, second = words.partition("/")
    if len(needed_parts(row.kpi)) == 2 and not slash:
        raise WrongUsage(f"Found {words!r}, wanted both counts of {row.kpi.key}, such as 38/412.")
    try:
        typed = entry.understand(row, (first, second) if row.kpi.counts else (words, ""), given.note)
    except NotANumber as error:
        raise Refused(str(error)) from None
    if typed is None:
        raise WrongUsage("Found nothing typed, wanted a number.")
    return typed
