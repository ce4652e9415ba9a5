"""Which periods the batches cover.

Authority: small cases worked by hand, and a naive oracle that marks every covered hour.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Calendar, Kpi
from opsmetrics.series import KpiSeries, build
from tests.series.facts import BY_LINE, counts, spans


def flags(series: KpiSeries) -> list[tuple[bool, bool]]:
    return list(zip(series.points["from_start"], series.points["reaches_end"], strict=True))


def test_first_and_last_period_count_only_when_covered() -> None:
    """A file of stamps from 21:15 on 2 December to 15:30 on 4 December (UTC)."""
    kpi = Kpi("t", "T", "proportion", "lower")
    facts = counts(*[(stamp, 1, 10) for stamp in pd.date_range("2013-12-02 21:15", "2013-12-04 15:15", freq="15min")])
    series = build(kpi, (), "day", facts, spans(("2013-12-02 21:15", "2013-12-04 15:30")), pd.Timestamp("2013-12-05"))
    assert flags(series) == [(False, True), (True, True), (True, False), (False, False)]


def test_spans_that_touch_cover_together_and_a_hole_does_not() -> None:
    kpi = Kpi("t", "T", "proportion", "lower")
    facts = counts(("2026-11-02 10:00", 1, 10), ("2026-11-16 10:00", 1, 10))
    parts = spans(("2026-11-06", "2026-11-09"), ("2026-11-02", "2026-11-06"), ("2026-11-10", "2026-11-23"))
    series = build(kpi, (), "week", facts, parts, pd.Timestamp("2026-11-23"))
    assert flags(series) == [(True, True), (False, True), (True, True), (False, False)]


def test_a_span_that_begins_where_a_period_ends_does_not_cover_its_end() -> None:
    kpi = Kpi("t", "T", "proportion", "lower")
    facts = counts(("2026-11-02 10:00", 1, 10))
    parts = spans(("2026-11-02", "2026-11-02 20:00"), ("2026-11-03", "2026-11-04"))
    series = build(kpi, (), "day", facts, parts, pd.Timestamp("2026-11-04"))
    assert flags(series)[:2] == [(True, False), (True, True)]


def test_a_span_inside_another_changes_nothing() -> None:
    kpi = Kpi("t", "T", "proportion", "lower")
    facts = counts(("2026-11-02 10:00", 1, 10), ("2026-11-08 10:00", 1, 10))
    parts = spans(("2026-11-02", "2026-11-09"), ("2026-11-03", "2026-11-04"))
    assert flags(build(kpi, (), "day", facts, parts, pd.Timestamp("2026-11-09")))[:7] == [(True, True)] * 7


def test_closed_days_at_the_ends_of_a_week_need_no_cover() -> None:
    kpi = Kpi(
        "t", "T", "proportion", "lower", calendar=Calendar("c", "Europe/Berlin", closed_weekdays=frozenset({0, 6}))
    )
    facts = counts(("2026-11-10 10:00", 1, 10))
    tuesday_to_saturday = spans(("2026-11-09 23:00", "2026-11-14 23:00"))
    wednesday_on = spans(("2026-11-10 23:00", "2026-11-13 23:00"))
    as_of = pd.Timestamp("2026-11-15 23:00")
    assert flags(build(kpi, (), "week", facts, tuesday_to_saturday, as_of))[0] == (True, True)
    assert flags(build(kpi, (), "week", facts, wednesday_on, as_of))[0] == (False, False)


def test_the_spans_of_one_reporters_slice_are_those_in_which_it_reported() -> None:
    facts = counts(("2026-11-16 23:00", "North", 1, 10), by=("line",))
    parts = spans(
        ("2026-11-16 23:00", "2026-11-18 23:00", ["South"]),
        ("2026-11-16 23:00", "2026-11-17 23:00", ["North", "South"]),
    )
    as_of = pd.Timestamp("2026-11-18 23:00")
    assert [end for _, end in flags(build(BY_LINE, (), "day", facts, parts, as_of))] == [True, True, False]
    assert [end for _, end in flags(build(BY_LINE, (("line", "North"),), "day", facts, parts, as_of))] == [
        True,
        False,
        False,
    ]


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=8),
    st.sampled_from(["day", "week"]),
)
def test_cover_agrees_with_a_list_of_covered_hours(parts: list[tuple[int, int]], grain: Any) -> None:
    """Naive oracle: mark every hour of every span, then look at the first and the last hour of each period."""
    begin = pd.Timestamp("2026-11-02")
    kpi = Kpi("t", "T", "proportion", "lower")
    hours = {start + hour for start, length in parts for hour in range(length)}
    frame = pd.DataFrame(
        {
            "starts_at": [begin + pd.Timedelta(hours=start) for start, _ in parts],
            "ends_at": [begin + pd.Timedelta(hours=start + length) for start, length in parts],
            "reporters": [[] for _ in parts],
        }
    )
    points = build(kpi, (), grain, counts((begin, 1, 10)), frame, begin + pd.Timedelta(days=11)).points
    step = 24 if grain == "day" else 168
    expected = [(n * step in hours, (n + 1) * step - 1 in hours) for n in range(len(points))]
    assert list(zip(points["from_start"], points["reaches_end"], strict=True)) == expected
