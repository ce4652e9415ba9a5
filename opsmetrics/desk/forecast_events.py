"""When a known event happened: notes, reasons of exclusions, holidays of the calendar, and events of streams.

An event is known by its name. A note, a reason or a category names it where it holds all its words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pandas as pd

from opsmetrics import facts, series
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Decision, Grain, Kpi, Slice, Stream, period_start
from opsmetrics.desk.desk import Desk
from opsmetrics.desk.forecast_scenario import HOLIDAY
from opsmetrics.review import KpiReview
from opsmetrics.series import to_local

Span = tuple[dt.date | int, dt.date | int]

#: Names that are offered to choose from, and events of one category that are read.
_OFFERED, _READ = 20, 2000

_DAY = dt.timedelta(days=1)
_WIDEST = {"week": 7, "month": 31, "quarter": 92}


def past_spans(desk: Desk, review: KpiReview, name: str, *, viewer: Viewer = OPEN) -> tuple[Span, ...]:
    """First and last day (number of a sample) of each time that an event of this name is known to have happened,
    before the as-of instant, in order; the same days once."""
    kpi = review.kpi
    found = set(_decided(review, name))
    if review.series.grain != "sample":
        today = to_local([review.series.as_of], kpi.calendar.time_zone)[0].date()
        if name.casefold() == HOLIDAY:
            found |= {(day, day) for day in holidays(kpi, kpi.operate)}
        found |= set(_of_streams(desk, review, name, viewer))
        found = {span for span in found if isinstance(span[0], dt.date) and span[0] < today}
    return tuple(sorted(found))


def holidays(kpi: Kpi, grain: Grain) -> frozenset[dt.date]:
    """Days of the calendar that a forecast by this grain must not take for ordinary ones.

    Closed dates make a week's count smaller; by day they matter only where work went on all the same. A month has its
    holidays every year: they are part of its season.
    """
    calendar = kpi.calendar
    if grain in ("shift", "day") or (grain == "week" and kpi.kind == "count"):
        return calendar.holidays | calendar.closed_dates
    return calendar.holidays if grain == "week" else frozenset()


def offered(review: KpiReview) -> list[str]:
    """Names of events to choose from: holidays, notes, and reasons of exclusions, the newest first."""
    texts = [text for decision in reversed(review.decisions) if (text := _text(decision)) and len(text) <= 40]
    named = [HOLIDAY] if holidays(review.kpi, review.kpi.operate) else []
    clean = [re.sub(r"[@:;]", " ", text).strip() for text in texts]
    return list(dict.fromkeys([*named, *filter(None, clean)]))[:_OFFERED]


def _text(decision: Decision) -> str:
    """The words by which a decision marks a time; "" where it marks none."""
    if decision.kind == "annotate":
        return str(decision.value or "") if isinstance(decision.value, str) else ""
    return decision.why if decision.kind == "exclude" and decision.value is not False else ""


def _named(text: str, name: str) -> bool:
    words = set(re.findall(r"\w+", text.casefold()))
    wanted = set(re.findall(r"\w+", name.casefold()))
    return bool(wanted) and wanted <= words


def _decided(review: KpiReview, name: str) -> Iterator[Span]:
    for decision in review.decisions:
        start, end = decision.start, decision.end or decision.start
        if start is None or end is None or not _named(_text(decision), name):
            continue
        if isinstance(start, int) or isinstance(end, int):
            yield int(start), int(end)  # type: ignore[arg-type]
        else:
            yield start.date(), _last_day(end, decision.grain or review.kpi.operate, review.kpi)


def _last_day(start: dt.datetime, grain: Grain, kpi: Kpi) -> dt.date:
    """The last day of the period that starts then."""
    if grain not in _WIDEST:
        return start.date()
    after = period_start(start + _WIDEST[grain] * _DAY, grain, kpi.calendar)
    return (after if after > start else start + _WIDEST[grain] * _DAY).date() - _DAY


def _of_streams(desk: Desk, review: KpiReview, name: str, viewer: Viewer) -> Iterator[Span]:
    for stream in desk.catalog.streams:
        categories = facts.event_values(desk.store, stream, "category", viewer=viewer)
        for category in categories:
            if _named(category, name):
                yield from _happened(desk, stream, category, review, viewer)


def _happened(desk: Desk, stream: Stream, category: str, review: KpiReview, viewer: Viewer) -> Iterator[Span]:
    part: Slice = tuple(pair for pair in review.series.slice if pair[0] in stream.dimensions)
    rows = facts.event_rows(
        desk.store, stream, (*part, ("category", category)), viewer=viewer, end=review.series.as_of, limit=_READ
    )
    if rows.empty:
        return
    begins = pd.DatetimeIndex(rows["observed_at"])
    ends = begins + pd.to_timedelta(rows["minutes"].fillna(0.0).to_numpy(dtype=float), unit="min")
    zone = stream.calendar.time_zone
    starts, stops = (series.to_local(stamps, zone) for stamps in (begins, ends.as_unit("us")))
    for start, stop in zip(starts, stops, strict=True):
        last = stop.date() if stop == start or stop.time() != dt.time() else stop.date() - _DAY
        yield start.date(), max(last, start.date())
