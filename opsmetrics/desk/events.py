"""The events of a stream as a Pareto: the store's sums, the stream's own calendar, the tests.

Dates are whole days on the stream's clock, first and last included. Exposure is the length of a period in days, or of
the part of it that files cover.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from opsmetrics import facts, series
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Catalog, Slice, Stream
from opsmetrics.desk.desk import Desk
from opsmetrics.stats.pareto import Leaders, Pareto, dispersion, leaders_differ, pareto
from opsmetrics.stats.pareto_change import Changes, changes
from opsmetrics.verdict import paretos, wording

Measure = Literal["count", "minutes", "cost", "weight"]
Comparison = Literal["none", "previous", "last_year"]
MEASURES: tuple[Measure, ...] = ("count", "minutes", "cost", "weight")
COMPARISONS: tuple[Comparison, ...] = ("previous", "last_year", "none")

#: Bars of their own, unless a question says otherwise.
TOP = 9
#: At most so many leaders are compared with each other.
LEADERS = 8
#: A gap between files shorter than this is no gap: stamps end a little before the day does.
NO_GAP = 1.0

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class ParetoQuestion:
    """What is asked. `first` None: from the first day that files cover, `last` None: to the last one until today, both
    included. The slice may fix dimensions, the category and the subcategory; "" is what has none. as_of: events after
    noon of that day (or after that time) on the stream's clock do not count, and it stands for today."""

    stream: str
    measure: Measure = "count"
    by: str = "category"
    slice: Slice = ()
    first: dt.date | None = None
    last: dt.date | None = None
    compare: Comparison = "none"
    top: int | None = TOP
    as_of: dt.date | None = None


@dataclass(frozen=True)
class Stretch:
    """Whole days on the stream's calendar. `days`: how many of them files cover, the exposure."""

    first: dt.date
    last: dt.date
    start: pd.Timestamp  # naive UTC, half open
    end: pd.Timestamp
    days: float

    @property
    def length(self) -> int:
        """Days from first to last."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, eq=False)
class EventPareto:
    """The answer. `now` is None where the stream holds no event until then that this viewer may see."""

    stream: Stream
    question: ParetoQuestion
    called: str  # what a bar is: "Reason"
    reach: tuple[dt.date, dt.date] | None  # days of the first and the last event
    now: Stretch | None
    before: Stretch | None
    events: float
    result: Pareto
    leaders: Leaders
    changes: Changes | None
    measures: tuple[Measure, ...]  # that hold something
    warnings: tuple[str, ...]


def event_pareto(desk: Desk, question: ParetoQuestion, *, viewer: Viewer = OPEN) -> EventPareto:
    """Rank the events of a stream, test the leaders, and compare with the period before.

    Raises KeyError for an unknown stream, facts.UnknownDimension for a dimension that it does not have.
    """
    catalog = desk.catalog
    stream = catalog.stream(question.stream)
    called = dimension_name(catalog, stream, question.by)
    found = facts.event_reach(desk.store, stream, viewer=viewer)
    until = series.as_of_instant(question.as_of, stream.calendar, dt.datetime.now(dt.UTC))
    reach = None if found is None else _days_of(stream, found)
    if found is None or (question.as_of is not None and found[0] >= until):
        nothing = pareto([], [])
        return EventPareto(
            stream, question, called, reach, None, None, 0.0, nothing, leaders_differ([], []), None, (), ()
        )
    spans = desk.snapshot(viewer).covered(stream)
    now = _asked(stream, question, found, spans, until)
    totals = _totals(desk, stream, question, now, viewer)
    result, leaders = _ranked(totals, question)
    before, notes = _stretch_before(stream, question, now, spans, reach)
    changed, more = _changed(desk, stream, question, totals, (before, now), viewer)
    notes = (*_about_data(desk, stream, question, totals, now, viewer), *notes, *more, *result.warnings)
    measures = measures_of(stream, totals)
    events = float(totals["count"].sum())
    return EventPareto(
        stream, question, called, reach, now, before, events, result, leaders, changed, measures, notes
    )  # fmt: skip


def events_behind(
    desk: Desk, answer: EventPareto, *, slice_: Slice | None = None, viewer: Viewer = OPEN, limit: int = 500
) -> pd.DataFrame:
    """The stored events of the answer's period and slice (or another slice), each with its file, who loaded it,
    and when; stamps are naive UTC."""
    if answer.now is None:
        raise ValueError(f"{answer.stream.key} holds no events to show")
    part = answer.question.slice if slice_ is None else slice_
    bounds = {"start": answer.now.start, "end": answer.now.end}
    return facts.event_rows(desk.store, answer.stream, part, viewer=viewer, limit=limit, **bounds)


def event_reach_days(desk: Desk, stream: Stream, *, viewer: Viewer = OPEN) -> tuple[dt.date, dt.date] | None:
    """The days of the first and the last event on the stream's clock; None where it holds none."""
    found = facts.event_reach(desk.store, stream, viewer=viewer)
    return None if found is None else _days_of(stream, found)


def dimension_name(catalog: Catalog, stream: Stream, by: str) -> str:
    """What a category, subcategory or dimension is called. Raises facts.UnknownDimension."""
    if by in facts.EVENT_CLASSES:
        return stream.category if by == "category" else stream.subcategory
    if by not in stream.dimensions:
        raise facts.UnknownDimension(
            f"{stream.key!r} has no dimension {by!r}; choose one of: "
            f"{', '.join((*facts.EVENT_CLASSES, *stream.dimensions))}."
        )
    return next((dimension.name for dimension in catalog.dimensions if dimension.key == by), by)


def measures_of(stream: Stream, totals: pd.DataFrame) -> tuple[Measure, ...]:
    """The measures in which these totals hold something; the count always does."""
    held = {"count": True, "minutes": totals["minutes"].sum() > 0, "cost": totals["cost"].sum() > 0}
    held["weight"] = bool(stream.weights)
    return tuple(measure for measure in MEASURES if held[measure])


# Periods


def stretch(stream: Stream, first: dt.date, last: dt.date, spans: pd.DataFrame) -> Stretch:
    """The days from first to last on the stream's clock, and how many of them are covered."""
    first, last = min(first, last), max(first, last)
    ends = [dt.datetime.combine(day, dt.time()) for day in (first, last + _DAY)]
    start, end = series.to_utc(ends, stream.calendar.time_zone)
    length = float((last - first).days + 1)
    covered = _covered(spans, start, end)
    whole = covered is None or covered > length - NO_GAP
    return Stretch(first, last, start, end, length if whole else float(covered or 0.0))


def _asked(
    stream: Stream,
    question: ParetoQuestion,
    ends: tuple[pd.Timestamp, pd.Timestamp],
    spans: pd.DataFrame,
    until: pd.Timestamp,
) -> Stretch:
    """The stretch of a question; with a date as of which it is asked, what comes after that instant is cut off."""
    if question.as_of is None:
        known = _known_days(stream, ends, spans, until)
        return stretch(stream, question.first or known[0], question.last or known[1], spans)
    day, _ = _days_of(stream, (until, until))
    known = _known_days(stream, (ends[0], min(ends[1], until)), spans, until)
    found = stretch(stream, min(question.first or known[0], day), min(question.last or known[1], day), spans)
    return replace(found, end=min(found.end, until))


def _covered(spans: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> float | None:
    """Days of the stretch that lie in some span; None where no file has ever said what it covers."""
    if spans.empty:
        return None
    total, reached = pd.Timedelta(0), start
    ordered = spans.sort_values("starts_at")
    for begins, ends in zip(ordered["starts_at"], ordered["ends_at"], strict=True):
        begins, ends = max(pd.Timestamp(begins), reached), min(pd.Timestamp(ends), end)
        if ends > begins:
            total, reached = total + (ends - begins), ends
    return total / pd.Timedelta(days=1)


def _days_of(stream: Stream, ends: tuple[pd.Timestamp, pd.Timestamp]) -> tuple[dt.date, dt.date]:
    first, last = series.to_local(pd.DatetimeIndex(ends), stream.calendar.time_zone)
    return first.date(), last.date()


def _known_days(
    stream: Stream, ends: tuple[pd.Timestamp, pd.Timestamp], spans: pd.DataFrame, until: pd.Timestamp
) -> tuple[dt.date, dt.date]:
    """The first and the last day, until the day of `until`, of which files or events tell something: a month's row
    stands at its first day and speaks for all of them."""
    begins = min([ends[0], *spans["starts_at"]])
    told = max([ends[1], *(spans["ends_at"] - pd.Timedelta(microseconds=1))])
    first, last = _days_of(stream, (begins, told))
    today, _ = _days_of(stream, (until, until))
    return first, max(_days_of(stream, ends)[1], min(last, today))


def _stretch_before(
    stream: Stream, question: ParetoQuestion, now: Stretch, spans: pd.DataFrame, reach: tuple[dt.date, dt.date] | None
) -> tuple[Stretch | None, tuple[str, ...]]:
    """The period to compare with, None where there is none, and what limits the comparison."""
    if question.compare == "none":
        return None, ()
    if question.compare == "previous":
        first, last = now.first - dt.timedelta(days=now.length), now.first - _DAY
    else:
        first, last = _year_before(now.first), _year_before(now.last)
    before = stretch(stream, first, last, spans)
    ends = {"first": wording.date(first), "last": wording.date(last)}
    if (reach and before.last < reach[0]) or before.days <= 0 or now.days <= 0:
        code = "everything" if question.first is None and question.compare == "previous" else "uncovered"
        return None, (paretos.caveat(code, **ends),)
    if before.days < before.length:
        return before, (paretos.caveat("covered", covered=round(before.days), days=before.length, **ends),)
    return before, ()


def _year_before(day: dt.date) -> dt.date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


# Sums


def _totals(desk: Desk, stream: Stream, question: ParetoQuestion, over: Stretch, viewer: Viewer) -> pd.DataFrame:
    """Sums by what is asked; `amount` and `squares` are those of the measure."""
    by = tuple(dict.fromkeys((question.by, "category")))
    found = facts.event_totals(
        desk.store, stream, question.slice, viewer=viewer, by=by, start=over.start, end=over.end
    )  # fmt: skip
    weights = found["category"].map(dict(stream.weights)).astype(float).fillna(1.0)
    found["weight"] = found["count"] * weights
    found["weight_squares"] = found["count_squares"] * weights**2
    return found.assign(amount=found[question.measure], squares=found[f"{question.measure}_squares"])


def _by_name(totals: pd.DataFrame, by: str) -> pd.DataFrame:
    return totals.groupby(by, sort=True)[["amount", "squares"]].sum()


def _ranked(totals: pd.DataFrame, question: ParetoQuestion) -> tuple[Pareto, Leaders]:
    named = _by_name(totals, question.by)
    result = pareto(list(named.index), named["amount"], keep=question.top)
    top = result.ranking.iloc[: max(2, min(result.vital, LEADERS))]
    squares = None if question.measure == "count" else named.loc[list(top["name"]), "squares"].to_numpy()
    return result, leaders_differ(list(top["name"]), top["amount"].to_numpy(), squares, k=len(top))


def _changed(
    desk: Desk,
    stream: Stream,
    question: ParetoQuestion,
    totals: pd.DataFrame,
    stretches: tuple[Stretch | None, Stretch],
    viewer: Viewer,
) -> tuple[Changes | None, tuple[str, ...]]:
    before, now = stretches
    if before is None:
        return None, ()
    earlier = _by_name(_totals(desk, stream, question, before, viewer), question.by)
    both = _by_name(totals, question.by).join(earlier.add_suffix("_before"), how="outer").fillna(0.0)
    sound = (both["amount"] >= 0) & (both["amount_before"] >= 0)
    negative = int((~sound).sum())
    both = both[sound]
    counted = question.measure == "count"
    found = changes(
        list(both.index),
        both["amount_before"],
        both["amount"],
        days_before=before.days,
        days_after=now.days,
        squares_before=None if counted else both["squares_before"],
        squares_after=None if counted else both["squares"],
    )
    return found, (paretos.caveat("negative", n=negative),) if negative else ()


def _lacking(totals: pd.DataFrame, question: ParetoQuestion) -> list[str]:
    """The bars with events that lack the measure, those with most of them first."""
    sums = totals.groupby(question.by, sort=True)[["rows", f"with_{question.measure}"]].sum()
    without = sums["rows"] - sums[f"with_{question.measure}"]
    return [str(name) for name in without[without > 0].sort_values(ascending=False, kind="stable").index]


def _about_data(
    desk: Desk, stream: Stream, question: ParetoQuestion, totals: pd.DataFrame, now: Stretch, viewer: Viewer
) -> Iterable[str]:
    """What is missing from the data, and whether events come in clusters."""
    rows = int(totals["rows"].sum())
    ends = {"first": wording.date(now.first), "last": wording.date(now.last)}
    if now.days < now.length:
        yield paretos.caveat("covered", covered=round(now.days), days=now.length, **ends)
    if question.measure in ("minutes", "cost"):
        without = rows - int(totals[f"with_{question.measure}"].sum())
        if without:
            lacking = _lacking(totals, question)
            yield paretos.lacking(without, rows, stream, question.measure, lacking)
    mean = float(totals["count"].sum()) / rows if rows else 0.0
    if mean > 1.5:
        code = "summed" if question.measure == "count" else "summed_amounts"
        yield paretos.caveat(code, mean=wording.number(mean, 0 if mean >= 10 else 1))
        return
    index = dispersion(_daily_counts(desk, stream, question, now, viewer))
    if index is not None:
        yield paretos.caveat("clusters", index=wording.number(index, 1))


def _daily_counts(desk: Desk, stream: Stream, question: ParetoQuestion, now: Stretch, viewer: Viewer) -> list[float]:
    """How many events each covered working day holds: the zeros of closed days between busy ones are no clusters."""
    found = facts.event_days(desk.store, stream, question.slice, viewer=viewer, start=now.start, end=now.end)
    closed = series.periods(stream.calendar, "day", now.start, now.end)["closed"].to_numpy(dtype=bool)
    place = ((found["day"] - now.start.normalize()) // pd.Timedelta(days=1)).clip(upper=len(closed) - 1)
    counts = found["count"].to_numpy(dtype=float)[~closed[place.to_numpy()]]
    return [*counts, *[0.0] * max(0, round(now.days * float((~closed).mean())) - len(counts))]
