"""KPIs whose numerators are events: counts of nothing but events, and quotients over rows of their own.

Authority: verdict.md line 4; small cases by hand, naive sums.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Calendar, EventSource, Kpi, Stream
from opsmetrics.series import EventFacts, KpiSeries, build
from tests.series.facts import AS_OF, LATE, NO_SPANS, counts, spans

STREAM = Stream("falls", "Falls", dimensions=("ward",), reported_by="ward")
SOURCE = EventSource("falls")
FALLS = Kpi("falls", "Falls", "count", "lower", calendar=Calendar(), events=SOURCE)
PER_DAY = replace(FALLS, kind="rate")
WARDS = replace(PER_DAY, dimensions=("ward",), reported_by="ward")
COVERED = spans(("2026-11-16", "2026-11-19"))


def happened(*rows: tuple[str, float] | tuple[str, str, float], by: tuple[str, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["bin", *by, "numerator"])
    return frame.assign(bin=frame["bin"].astype("datetime64[us]"), rows=1)


def fed(
    kpi: Kpi, events: pd.DataFrame, own: pd.DataFrame, own_spans: pd.DataFrame = COVERED, known: pd.DataFrame = COVERED
) -> KpiSeries:
    return build(kpi, (), "day", own, own_spans, AS_OF, EventFacts(STREAM, known, events))


def values(series: KpiSeries) -> list[float | None]:
    return [None if np.isnan(value) else value for value in series.points["value"]]


def test_a_count_of_events_needs_no_rows_of_its_own() -> None:
    events = happened(("2026-11-17 10:00", 2), ("2026-11-17 12:00", 1))
    series = fed(FALLS, events, pd.DataFrame(), NO_SPANS)
    assert values(series) == [0, 3, 0, None, None]
    assert series.points["reaches_end"].tolist() == [True, True, True, False, False]


def test_rare_events_have_opportunities_where_the_kpi_has_rows() -> None:
    rare = replace(FALLS, kind="rare")
    events = happened(("2026-11-17 10:00", 2))
    assert values(fed(rare, events, pd.DataFrame(), NO_SPANS)) == [0, 2, 0, None, None]
    beds = counts(("2026-11-16", 0, 50), ("2026-11-17", 0, 40), ("2026-11-18", 0, 50))
    assert values(fed(rare, events, beds)) == [0, 2 / 40, 0, None, None]


@pytest.mark.parametrize("kind", ["proportion", "rate", "ratio"])
def test_a_quotient_divides_its_events_by_its_own_rows(kind: str) -> None:
    kpi = replace(PER_DAY, kind=kind)  # type: ignore[arg-type]
    own = counts(("2026-11-16", 99, 50), ("2026-11-17", 99, 40), ("2026-11-18", 99, 50))  # numerators are not looked at
    series = fed(kpi, happened(("2026-11-17 10:00", 2), ("2026-11-17 12:00", 1)), own)
    assert values(series) == [0, 3 / 40, 0, None, None]
    assert series.points["numerator"].tolist()[:3] == [0, 3, 0]
    assert series.points["rows"].tolist() == [1, 3, 1, 0, 0]


def test_where_the_events_are_not_known_neither_is_the_value() -> None:
    own = counts(*((f"2026-11-{day}", 0, 50) for day in (16, 17, 18, 19)))
    series = fed(PER_DAY, happened(("2026-11-19 10:00", 2)), own, spans(("2026-11-16", "2026-11-20")))
    # Of the 19th two events are known, and that more may come: it has a value, and has not arrived.
    assert values(series) == [0, 0, 0, 2 / 50, None]
    assert series.points["reaches_end"].tolist() == [True, True, True, False, False]
    less = fed(PER_DAY, happened(), own, spans(("2026-11-16", "2026-11-20")))
    assert values(less) == [0, 0, 0, None, None]
    assert less.points["rows"].tolist() == [1, 1, 1, 1, 0]


def test_both_the_rows_and_the_events_must_reach_the_end_of_a_period() -> None:
    own = counts(("2026-11-16", 0, 50), ("2026-11-17", 0, 50))
    series = fed(PER_DAY, happened(), own, spans(("2026-11-16", "2026-11-18")), spans(("2026-11-16", "2026-11-20")))
    assert series.points["reaches_end"].tolist() == [True, True, False, False, False]


def test_events_without_a_denominator_leave_the_value_undefined() -> None:
    own = counts(("2026-11-16", 0, 50), ("2026-11-18", 0, 50))
    series = fed(PER_DAY, happened(("2026-11-14 10:00", 1), ("2026-11-17 10:00", 2)), own)
    assert values(series) == [0, None, 0, None, None]
    assert series.points["rows"].tolist() == [1, 1, 1, 0, 0]


def test_a_ward_is_there_with_its_rows_and_its_events() -> None:
    own = counts(*((f"2026-11-{day}", ward, 0, 10) for day in (16, 17) for ward in "AB"), by=("ward",))
    known = spans(("2026-11-16", "2026-11-18", ["A"]), ("2026-11-16", "2026-11-17", ["B"]))
    series = fed(WARDS, happened(("2026-11-16 10:00", "A", 1), by=("ward",)), own, NO_SPANS, known)
    assert series.presence is not None
    assert series.presence.columns.tolist() == ["A", "B"]
    assert series.presence.iloc[:2].to_numpy().tolist() == [[True, True], [True, False]]


def test_names_of_another_dimension_are_not_taken_for_reporters() -> None:
    by_site = replace(WARDS, dimensions=("site",), reported_by="site")
    own = counts(("2026-11-16", "North", 0, 10), ("2026-11-17", "North", 0, 10), by=("site",))
    known = spans(("2026-11-16", "2026-11-18", ["Ward 1"]))
    series = fed(by_site, happened(by=("site",)), own, known, known)
    assert series.presence is not None
    assert series.presence.columns.tolist() == ["North"]
    assert series.presence["North"].tolist()[:2] == [True, True]


def test_the_slice_of_a_ward_is_known_where_its_spans_are() -> None:
    kpi = replace(FALLS, dimensions=("ward",))
    known = spans(("2026-11-16", "2026-11-17", ["A", "B"]), ("2026-11-17", "2026-11-19", ["A"]))
    of_b = build(kpi, (("ward", "B"),), "day", pd.DataFrame(), NO_SPANS, AS_OF, EventFacts(STREAM, known, happened()))
    assert values(of_b) == [0, None, None, None, None]
    assert of_b.points["reaches_end"].tolist() == [True, False, False, False, False]


def test_events_are_given_to_those_that_are_fed_by_some() -> None:
    with pytest.raises(ValueError, match="give the events"):
        build(FALLS, (), "day", pd.DataFrame(), NO_SPANS, AS_OF)
    with pytest.raises(ValueError, match="none of another"):
        build(LATE, (), "day", pd.DataFrame(), NO_SPANS, AS_OF, EventFacts(STREAM, NO_SPANS))


@given(
    st.lists(st.tuples(st.integers(0, 6 * 24 - 1), st.integers(0, 5)), max_size=12),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 50)), min_size=1, max_size=8),
)
def test_events_are_added_before_the_division(events: list[tuple[int, int]], beds: list[tuple[int, int]]) -> None:
    """Oracle: plain sums by day, with everything covered."""
    day = pd.Timestamp("2026-11-13")
    table = happened(*((str(day + pd.Timedelta(hours=hour)), number) for hour, number in events))
    own = counts(*((day + pd.Timedelta(days=number), 0, size) for number, size in beds))
    everything = spans(("2026-11-01", "2026-11-20"))
    points = fed(PER_DAY, table, own, everything, everything).points
    for _, row in points[points["ended"]].iterrows():
        top = sum(n for hour, n in events if (day + pd.Timedelta(hours=hour)).normalize() == row["period"])
        bottom = sum(size for number, size in beds if day + pd.Timedelta(days=number) == row["period"])
        assert row["value"] == pytest.approx(top / bottom if bottom else np.nan, nan_ok=True)
    assert points["denominator"].sum() == sum(size for _, size in beds)
