"""A count without rows is 0 where the files cover the whole period, and unknown anywhere else.

Authority: verdict.md line 4; small cases by hand, and an oracle that walks through the minutes of random spans.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Calendar, Kpi
from opsmetrics.series import build
from tests.series.facts import AS_OF, BERLIN, NO_SPANS, counts, spans

FALLS = Kpi("falls", "Falls", "count", "lower", calendar=Calendar())
BY_LINE = replace(FALLS, dimensions=("line",), reported_by="line")
NOTHING = counts(by=("line",)).iloc[:0]


def values(series_points: pd.DataFrame) -> list[float | None]:
    return [None if np.isnan(value) else value for value in series_points["value"]]


def test_days_in_the_span_are_zero_and_the_first_is_the_first_that_is_covered() -> None:
    facts = counts(("2026-11-16 10:00", 2, np.nan))
    points = build(FALLS, (), "day", facts, spans(("2026-11-14", "2026-11-19")), AS_OF).points
    assert points["label"].iloc[0] == "14 Nov 2026"
    assert values(points) == [0, 0, 2, 0, 0, None, None]
    assert points["rows"].tolist() == [0, 0, 1, 0, 0, 0, 0]
    assert points["size"].tolist()[:5] == [1] * 5
    assert points["from_start"].tolist() == [True] * 5 + [False] * 2


def test_without_a_span_or_with_opportunities_nothing_is_filled() -> None:
    facts = counts(("2026-11-16 10:00", 2, 10))
    rare = replace(FALLS, kind="rare")
    covered = spans(("2026-11-14", "2026-11-19"))
    assert values(build(FALLS, (), "day", facts, NO_SPANS, AS_OF).points) == [2, None, None, None, None]
    assert values(build(rare, (), "day", facts, covered, AS_OF).points) == [0.2, None, None, None, None]
    bare = facts.assign(denominator=np.nan)
    assert values(build(rare, (), "day", bare, covered, AS_OF).points) == [0, 0, 2, 0, 0, None, None]


@pytest.mark.parametrize("kind", ["proportion", "rate", "ratio"])
def test_quotients_are_never_filled(kind: str) -> None:
    facts = counts(("2026-11-16 10:00", 2, 10))
    points = build(replace(FALLS, kind=kind), (), "day", facts, spans(("2026-11-14", "2026-11-19")), AS_OF).points  # type: ignore[arg-type]
    assert values(points)[:1] == [0.2]


def test_a_month_is_zero_only_where_all_of_it_is_covered() -> None:
    facts = counts(("2026-07-16 10:00", 2, np.nan))
    known = spans(("2026-06-15", "2026-09-01"), ("2026-09-10", "2026-10-01"))
    points = build(FALLS, (), "month", facts, known, AS_OF).points
    assert points["label"].tolist() == ["Jul 2026", "Aug 2026", "Sep 2026", "Oct 2026", "Nov 2026"]
    assert values(points) == [2, 0, None, None, None]  # June begins before what is known: nothing is said of it


def test_days_of_a_weekly_number_are_not_zero() -> None:
    weekly = replace(FALLS, operate="week")
    facts = counts(("2026-11-09", 4, np.nan), ("2026-11-16", 2, np.nan))
    known = spans(("2026-11-09", "2026-11-23"))
    assert values(build(weekly, (), "day", facts, known, pd.Timestamp("2026-11-18")).points)[:3] == [4, None, None]
    assert values(build(weekly, (), "month", facts, known, pd.Timestamp("2026-12-18")).points) == [6, None]


def test_closed_days_need_no_cover_and_are_no_zeros() -> None:
    weekdays = Calendar(closed_weekdays=frozenset({5, 6}))
    kpi = replace(FALLS, calendar=weekdays)
    weekly = spans(("2026-11-02", "2026-11-07"), ("2026-11-09", "2026-11-14"))
    days = build(kpi, (), "day", NOTHING, weekly, AS_OF).points
    assert days["period"].dt.day_of_week.max() == 4
    assert values(days)[:10] == [0] * 10
    weeks = build(kpi, (), "week", NOTHING, weekly, AS_OF).points
    assert values(weeks) == [0, 0, None]


def test_the_running_period_holds_what_is_known_so_far() -> None:
    month = build(FALLS, (), "month", NOTHING, spans(("2026-10-01", "2026-11-15")), AS_OF).points
    assert values(month) == [0, 0]
    assert month["ended"].tolist() == [True, False]
    day = build(FALLS, (), "day", NOTHING, spans(("2026-11-18", "2026-11-20")), AS_OF).points
    assert values(day) == [0, 0, None]  # nothing of the 20th is covered
    back = build(
        FALLS, (), "day", NOTHING, spans(("2026-11-18", "2026-11-20")), pd.Timestamp("2026-11-19 12:00")
    ).points
    assert values(back) == [0, 0]


def test_as_of_hides_what_happened_later_but_not_that_the_period_is_covered() -> None:
    facts = counts(("2026-11-18 10:00", 2, np.nan))
    points = build(
        FALLS, (), "day", facts, spans(("2026-11-17", "2026-11-20")), pd.Timestamp("2026-11-18 09:00")
    ).points
    assert values(points) == [0, 0]
    assert points["ended"].tolist() == [True, False]


# Reporters ----------------------------------------------------------------------------------------------------------


def test_a_reporter_is_there_where_the_spans_name_it() -> None:
    facts = counts(("2026-11-17 10:00", "A", 1, np.nan), by=("line",))
    known = spans(("2026-11-16", "2026-11-19", ["A", "B"]), ("2026-11-19", "2026-11-20", ["A"]))
    series = build(BY_LINE, (), "day", facts, known, AS_OF)
    assert series.presence is not None
    assert series.presence.columns.tolist() == ["A", "B"]
    assert series.presence.to_numpy().tolist() == [[True, True]] * 3 + [[True, False], [False, False]]
    assert values(series.points) == [0, 1, 0, 0, None]


def test_the_slice_of_a_reporter_is_zero_where_its_own_spans_are() -> None:
    known = spans(("2026-11-16", "2026-11-19", ["A", "B"]), ("2026-11-19", "2026-11-20", ["A"]))
    series = build(BY_LINE, (("line", "B"),), "day", NOTHING, known, AS_OF)
    assert values(series.points) == [0, 0, 0, None, None]
    assert series.presence is not None
    assert series.presence.columns.tolist() == ["B"]


def test_a_slice_by_another_dimension_knows_only_reporters_it_has_seen() -> None:
    kpi = replace(BY_LINE, dimensions=("line", "site"))
    facts = counts(("2026-11-17 10:00", "A", 1, np.nan), by=("line",))
    series = build(kpi, (("site", "North"),), "day", facts, spans(("2026-11-16", "2026-11-20", ["A", "B"])), AS_OF)
    assert series.presence is not None
    assert series.presence.columns.tolist() == ["A"]


def test_spans_that_name_nobody_hold_for_everybody() -> None:
    facts = counts(("2026-11-17 10:00", "A", 1, np.nan), by=("line",))
    series = build(BY_LINE, (), "day", facts, spans(("2026-11-16", "2026-11-20")), AS_OF)
    assert series.presence is not None
    assert series.presence["A"].tolist() == [True] * 4 + [False]


_STRETCHES = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 60)), max_size=4)
_FACTS = st.lists(st.integers(0, 24 * 7 - 1), max_size=6)


@given(_STRETCHES, _FACTS, st.sampled_from(["day", "week", "month"]))
def test_zeros_never_lie_outside_the_spans(stretches: list[tuple[int, int]], hours: list[int], grain: str) -> None:
    """Oracle: hour by hour around the change of the clock in Berlin, is each hour of the period in a span?"""
    start = pd.Timestamp("2026-10-22 22:00")
    hour = pd.Timedelta(hours=1)
    known = [(start + begin * hour, start + (begin + length) * hour) for begin, length in stretches]
    frame = spans(*known) if known else NO_SPANS.astype({"starts_at": "datetime64[us]", "ends_at": "datetime64[us]"})
    facts = counts(*((start + at * hour, 1, np.nan) for at in hours))
    as_of = pd.Timestamp("2026-11-10 12:00")
    points = build(replace(FALLS, calendar=BERLIN), (), grain, facts, frame, as_of).points  # type: ignore[arg-type]
    starts = points["period"].dt.tz_localize("Europe/Berlin").dt.tz_convert("UTC").dt.tz_localize(None)
    for begin, (_, row) in zip(starts, points.iterrows(), strict=True):
        inside = [begin <= fact < row["ends_at"] for fact in facts["bin"]]
        every_hour = pd.date_range(begin, row["ends_at"] - hour, freq="h")
        whole = all(any(a <= h and h + hour <= b for a, b in known) for h in every_hour)
        if any(inside):
            assert row["value"] == sum(inside)
        elif row["ended"]:
            assert (row["value"] == 0) == whole
            assert np.isnan(row["value"]) == (not whole)
