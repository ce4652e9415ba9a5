"""history and correct: one stored number through all files that stated it, and its correction."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any

import pandas as pd

from opsmetrics import entry, series
from opsmetrics.catalog import Catalog, Kpi, parse_moment
from opsmetrics.cli import arguments, desks, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table
from opsmetrics.cli.receipts import batch_of, receipts
from opsmetrics.desk import Desk
from opsmetrics.desk.correcting import correct, correction, history
from opsmetrics.desk.receipts import diff_dict
from opsmetrics.ingest import FactKey
from opsmetrics.measurements import sample_to_stamp
from opsmetrics.verdict import wording


def show(given: argparse.Namespace, console: Console) -> int:
    """Every value that one fact has had, oldest first."""
    with owner.reading(given, console) as desk:
        definitions = desk.catalog
        kpi = desks.kpi_of(definitions, given.kpi)
        found = history(desk, _key(kpi, given))
    if found.empty:
        raise Refused(f"No row of {kpi.key} is stored there. The rows of a period stand on the Data page.")
    if console.as_json:
        console.answer([{str(name): _plain(value) for name, value in row.items()} for row in found.to_dict("records")])
    else:
        numbers = [str(name) for name in found.columns if pd.api.types.is_numeric_dtype(found[name])]
        lines = [[_shown(cell, definitions) for cell in row] for row in found.itertuples(index=False)]
        console.say(table(lines, tuple(map(str, found.columns)), numbers))
    return 0


def _shown(value: Any, definitions: Catalog) -> str:
    """A value as a person reads it; "–" for what is missing."""
    if _plain(value) is None:
        return wording.DASH
    if isinstance(value, dt.datetime):
        return desks.when(definitions, value)
    return value if isinstance(value, str) else f"{value:,.10g}"


def amend(given: argparse.Namespace, console: Console) -> int:
    """Give one stored fact a new value, as a batch of its own that can be undone."""
    with desks.opened(given) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        key, values = _key(kpi, given), _values(kpi, given.values)
        _stored(desk, kpi, key)
        if given.dry_run:
            batch, diff = correction(desk, key, values, why=given.why)
            answer = diff_dict(batch, diff)
        else:
            answer = correct(desk, key, values, by=desks.person(given), why=given.why).as_dict()
    if console.as_json:
        console.answer(answer)
    else:
        console.say(receipts([("correction", answer)]))
        console.say("Nothing was written: this was a dry run." if given.dry_run else batch_of([answer]))
    return 0


def _stored(desk: Desk, kpi: Kpi, key: FactKey) -> None:
    if history(desk, key).empty:
        raise Refused(f"No row of {kpi.key} is stored there, so there is nothing to correct. `enter` adds a new one.")


def _key(kpi: Kpi, given: argparse.Namespace) -> FactKey:
    """The key of the stored fact: its dimensions, its time, and the number of the reading."""
    parts: dict[str, str | None] = dict(desks.slice_from(kpi, given.slice))
    missing = [name for name in kpi.dimensions if name not in parts]
    if missing:
        wanted = " ".join(f"--slice {name}=…" for name in missing)
        raise Refused(f"{kpi.key} is told apart by {', '.join(kpi.dimensions)}: add {wanted}")
    return FactKey(kpi.key, _stamp(kpi, given.at), parts, given.sample)


def _stamp(kpi: Kpi, text: str) -> dt.datetime:
    """The stored instant: of a time of day as it is written, else of the start of the period."""
    if ":" in text and kpi.operate != "sample":
        return _instant(kpi, _timed(text))
    with desks.usage("--at"):
        moment = parse_moment(text, entry.entry_grain(kpi), kpi.calendar)
    return sample_to_stamp(moment) if isinstance(moment, int) else _instant(kpi, moment)


def _timed(text: str) -> dt.datetime:
    try:
        found = arguments.instant(text)
    except argparse.ArgumentTypeError as error:
        raise WrongUsage(f"--at {error}") from None
    return found if isinstance(found, dt.datetime) else dt.datetime.combine(found, dt.time())


def _instant(kpi: Kpi, moment: dt.datetime) -> dt.datetime:
    """In UTC; a time that names no zone of its own is on the KPI's clock."""
    if moment.tzinfo is not None:
        return moment.astimezone(dt.UTC).replace(tzinfo=None)
    return series.to_utc([moment], kpi.calendar.time_zone)[0].to_pydatetime()


def _values(kpi: Kpi, texts: list[str]) -> dict[str, float | None]:
    words = " ".join(texts)
    first, slash, second = words.partition("/")
    try:
        if not kpi.counts:
            return {"value": entry.number(words)}
        if kpi.events is not None:
            return {"denominator": entry.number(words)}
        return {"numerator": entry.number(first), "denominator": entry.number(second) if slash else None}
    except entry.NotANumber as error:
        raise WrongUsage(str(error)) from None


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.isoformat() if isinstance(value, pd.Timestamp | dt.datetime) else value
