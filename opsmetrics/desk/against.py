"""A batch beside what is stored: the warnings that every channel shows before and after a load."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog
from opsmetrics.desk import plausible, plausible_days
from opsmetrics.desk.plausible_days import Days
from opsmetrics.measurements import EPOCH, Batch, Notice, stream_of
from opsmetrics.series import to_local
from opsmetrics.store import Store
from opsmetrics.store.profiling import Profile, names_brought, profile_of, stored_profile

#: Days before a file that tell what is usual, and those in which gaps and copies are looked for.
USUAL, LONG = dt.timedelta(days=100), dt.timedelta(days=400)
_ALWAYS = (EPOCH, dt.datetime(9999, 1, 1))


def warnings(store: Store, catalog: Catalog, batch: Batch) -> tuple[Notice, ...]:
    """What is unusual about a file beside the store; nothing of typed screens, corrections, and of first files."""
    if batch.template is None or not batch.spans:
        return ()
    keys = sorted({span.kpi for span in batch.spans})
    first = min(span.starts_at for span in batch.spans)
    ledger = store.batches()
    if ledger.empty or not set().union(*ledger["kpis"]) & set(keys):
        return ()
    earlier = _earlier(ledger, batch)
    found = plausible.volume(batch.tally.records, _days_of(batch), _volumes(store, ledger, earlier, keys))
    known = stored_profile(store, keys, *_ALWAYS)
    if known.days.empty:
        return tuple(found)
    file = profile_of(store, batch)
    start, end = _usual(known, first)
    usual = stored_profile(store, keys, start, end)
    found += plausible.levels(catalog, file.levels, usual.levels)
    found += _of_days(catalog, file, known)
    found += plausible.new_names(catalog, file.levels, known.levels)
    found += plausible.missing_names(
        catalog, file.levels, usual.levels, names_brought(store, earlier[-plausible.LAST :])
    )
    return tuple(found)


def _usual(known: Profile, first: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The stretch of stored time that tells what is usual: before the file; of one older than all, the first stored."""
    begins, ends = known.days["first_at"].min(), known.days["first_at"].max()
    if begins < first - dt.timedelta(days=plausible.ENOUGH):
        end = min(first, ends.to_pydatetime() + dt.timedelta(days=1))
        return max(end - USUAL, EPOCH), end
    return begins.to_pydatetime(), begins.to_pydatetime() + USUAL


def _earlier(ledger: pd.DataFrame, batch: Batch) -> list[int]:
    """The batches in force of the same source, oldest first: of one template, or of names that differ in figures."""
    loads = ledger[(ledger["kind"] == "load") & ledger["undone_at"].isna() & ledger["template"].notna()]
    loads = loads[loads["fingerprint"] != batch.fingerprint]
    same = loads[loads["template"] == batch.template]
    if same.empty:
        same = loads[loads["template"].astype(str).map(_unnumbered) == _unnumbered(batch.template or "")]
    return [int(number) for number in same["batch"]]


def _unnumbered(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def _days_of(batch: Batch) -> float:
    begin, end = min(s.starts_at for s in batch.spans), max(s.ends_at for s in batch.spans)
    return float((end - begin) / dt.timedelta(days=1))


def _volumes(
    store: Store, ledger: pd.DataFrame, numbers: Sequence[int], keys: Sequence[str]
) -> list[tuple[int, float]]:
    """Records of these batches, and the days that they cover."""
    if not numbers:
        return []
    records = ledger.set_index("batch")["records"]
    spans = pd.concat([store.spans(key) for key in keys], ignore_index=True)
    reach = spans.groupby("batch").agg(first=("starts_at", "min"), last=("ends_at", "max"))
    found = []
    for number in numbers[-plausible.LAST :]:
        if number in reach.index:
            begin, end = reach.at[number, "first"], reach.at[number, "last"]
            found.append((int(records[number]), _span(begin, end)))
    return found


def _span(begin: Any, end: Any) -> float:
    return float((pd.Timestamp(end) - pd.Timestamp(begin)) / pd.Timedelta(days=1))


def _of_days(catalog: Catalog, file: Profile, known: Profile) -> list[Notice]:
    """What the days tell, at the site, of all that is recorded by time."""
    now, before = _local(catalog, file), _local(catalog, known)
    if not now:
        return []
    recent = min(min(now) - LONG, max(before, default=min(now)) - LONG)
    window = {day: sums for day, sums in before.items() if day >= recent}
    found = plausible_days.range_of(sorted(now), sorted(window))
    found += plausible_days.copied(now, window)
    for key in sorted({key for sums in now.values() for key in sums if stream_of(key) is None}):
        own = [sums[key] for _, sums in sorted(now.items()) if key in sums]
        stored = [sums[key] for day, sums in sorted(window.items()) if key in sums and day < min(now)]
        found += plausible_days.all_equal(catalog[key].name, own, stored)
    return found


def _local(catalog: Catalog, profile: Profile) -> Days:
    zoned = [_zone(catalog, str(key)) is not None for key in profile.days["kpi"]]
    days = profile.days[pd.Series(zoned, index=profile.days.index, dtype=bool)]  # an empty list would choose no columns
    stamps = {
        str(key): pd.Series(to_local(pd.DatetimeIndex(rows["first_at"]), _zone(catalog, str(key)) or "UTC"))
        for key, rows in days.groupby("kpi", sort=False)
    }
    return plausible_days.by_day(days, stamps)


def _zone(catalog: Catalog, key: str) -> str | None:
    """The time zone of a KPI or stream; None of what is numbered."""
    stream = stream_of(key)
    if stream is not None:
        return catalog.stream(stream).calendar.time_zone
    kpi = catalog[key]
    return None if kpi.operate == "sample" else kpi.calendar.time_zone
