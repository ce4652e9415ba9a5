"""Uptime: scheduled minutes less those on which a unit was down.

Authority: small cases by hand (days of 23 and 25 hours among them), invariants, and an oracle that asks of every
minute whether it was scheduled and whether the unit was down.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import EventSource, Kpi, Shift, Slice, Stream
from opsmetrics.series import EventFacts, KpiSeries, Stretch, build
from tests.series.facts import AS_OF, BERLIN, NO_SPANS, spans

STOPS = Stream("stops", "Stops", dimensions=("line",))
BY_LINE = replace(STOPS, reported_by="line")
UPTIME = Kpi(
    "uptime", "Uptime", "ratio", "higher", calendar=BERLIN, events=EventSource("stops", "minutes", (), "downtime")
)
OF_LINES = replace(UPTIME, dimensions=("line",), reported_by="line")
WEEK = spans(("2026-11-15 23:00", "2026-11-19 23:00"))  # 16 to 19 November in Berlin


def down(*rows: tuple[str, float | None] | tuple[str, float | None, str | None]) -> pd.DataFrame:
    """Outages as they are read: start (UTC), minutes (None: open), unit."""
    frame = pd.DataFrame([(row[0], row[1], row[2] if len(row) > 2 else "") for row in rows])
    frame = frame.reindex(columns=range(3)).set_axis(["starts_at", "minutes", "line"], axis=1)
    return frame.astype({"starts_at": "datetime64[us]", "minutes": "float64"})


def uptime(
    outages: pd.DataFrame,
    covered: pd.DataFrame = WEEK,
    *,
    kpi: Kpi = UPTIME,
    part: Slice = (),
    grain: Stretch = "day",
    as_of: pd.Timestamp = AS_OF,
    stream: Stream = STOPS,
) -> KpiSeries:
    events = EventFacts(stream, covered, outages=outages)
    return build(kpi, part, grain, pd.DataFrame(), NO_SPANS, as_of, events)


def lost(series: KpiSeries) -> list[float]:
    """Minutes down in each period."""
    points = series.points.dropna(subset=["value"])
    return [float(minutes) for minutes in (points["denominator"] - points["numerator"])]


def test_a_day_with_an_outage() -> None:
    points = uptime(down(("2026-11-17 10:00", 144.0))).points
    assert points["value"].tolist()[:4] == [1, 0.9, 1, 1]
    assert points["denominator"].tolist()[:4] == [1440] * 4
    assert points["numerator"].tolist()[1] == 1296
    assert points["size"].tolist()[:4] == [1440] * 4
    assert points["rows"].tolist()[:4] == [0, 1, 0, 0]
    assert points["reaches_end"].tolist() == [True] * 4 + [False]
    assert np.isnan(points["value"].iloc[4]), "nothing of the 20th is covered"


def test_an_outage_is_split_where_the_day_ends() -> None:
    assert lost(uptime(down(("2026-11-16 22:30", 90.0)))) == [30, 60, 0, 0]
    assert uptime(down(("2026-11-16 22:30", 90.0))).points["rows"].tolist()[:4] == [1, 1, 0, 0]


def test_overlapping_outages_of_one_unit_count_once() -> None:
    twice = down(("2026-11-17 10:00", 60.0), ("2026-11-17 10:30", 60.0), ("2026-11-17 10:45", 5.0))
    assert lost(uptime(twice)) == [0, 90, 0, 0]
    assert uptime(twice).points["rows"].tolist()[1] == 3


def test_an_open_outage_lasts_until_the_moment_of_asking() -> None:
    known = spans(("2026-11-15 23:00", "2026-11-20 23:00"))
    found = uptime(down(("2026-11-19 11:00", None)), known)
    assert lost(found) == [0, 0, 0, 12 * 60, 13 * 60]  # midnight in Berlin to 12:00 in UTC
    assert found.points["denominator"].iloc[-1] == 13 * 60
    assert found.points["value"].iloc[-1] == 0


def test_as_of_an_earlier_moment_an_outage_is_open_or_unknown() -> None:
    known = spans(("2026-11-15 23:00", "2026-11-20 23:00"))
    outages = down(("2026-11-17 10:00", 24 * 60), ("2026-11-17 12:00", 5.0))
    then = uptime(outages, known, as_of=pd.Timestamp("2026-11-17 11:00"))
    assert lost(then) == [0, 60]
    assert then.points["rows"].tolist() == [0, 1]


@pytest.mark.parametrize(("day", "minutes"), [("2026-03-29", 1380), ("2026-10-25", 1500)])
def test_the_change_of_the_clock_makes_a_day_longer_or_shorter(day: str, minutes: int) -> None:
    """02:00 to 04:00 by the clock: one hour in March (01:00 to 02:00 UTC), three in October (00:00 to 03:00 UTC)."""
    start = pd.Timestamp(day).tz_localize("Europe/Berlin").tz_convert("UTC").tz_localize(None)
    known = spans((str(start - pd.Timedelta(days=1)), str(start + pd.Timedelta(days=2))))
    real = 60.0 if minutes == 1380 else 180.0
    begin = str(pd.Timestamp(f"{day} 01:00")) if minutes == 1380 else str(pd.Timestamp(f"{day} 00:00"))
    points = uptime(down((begin, real)), known, as_of=start + pd.Timedelta(days=4)).points.set_index("label")
    row = points.loc[f"{int(day[-2:])} {'Mar' if minutes == 1380 else 'Oct'} 2026"]
    assert (row["denominator"], row["denominator"] - row["numerator"]) == (minutes, real)


def test_closed_days_are_not_scheduled() -> None:
    weekdays = replace(BERLIN, closed_weekdays=frozenset({5, 6}))
    known = spans(("2026-11-08 23:00", "2026-11-19 23:00"))
    kpi = replace(UPTIME, calendar=weekdays)
    friday_to_monday = down(("2026-11-13 22:00", 60.0 * (1 + 48 + 2)))
    days = uptime(friday_to_monday, known, kpi=kpi)
    assert days.points["period"].dt.day_of_week.max() == 4
    assert lost(days) == [0, 0, 0, 0, 60, 120, 0, 0, 0]
    weeks = uptime(friday_to_monday, known, kpi=kpi, grain="week")
    assert weeks.points["denominator"].tolist() == [5 * 1440, 4 * 1440]
    assert lost(weeks) == [60, 120]


def test_shifts_are_scheduled_by_the_day_on_which_they_start() -> None:
    calendar = replace(
        BERLIN,
        shifts=(Shift("Day", dt.time(6)), Shift("Night", dt.time(22))),
        closed_weekdays=frozenset({5, 6}),
    )
    known = spans(("2026-11-12 23:00", "2026-11-16 23:00"))  # Friday 13 to Monday 16
    night = down(("2026-11-13 23:00", 60.0))  # Saturday 00:00 in Berlin: Friday's night shift
    found = uptime(night, known, kpi=replace(UPTIME, calendar=calendar, operate="shift"), grain="shift")
    points = found.points.set_index("label")
    assert points.loc["13 Nov 2026, Night", "denominator"] == 480
    assert points.loc["13 Nov 2026, Night", "numerator"] == 420
    assert "14 Nov 2026, Day" not in points.index


def test_partly_covered_time_is_scheduled_as_far_as_it_is_covered() -> None:
    points = uptime(down(("2026-11-17 09:00", 120.0)), spans(("2026-11-17 10:00", "2026-11-18 23:00"))).points
    assert points["denominator"].tolist()[:2] == [13 * 60, 1440]
    assert points["numerator"].tolist()[:2] == [12 * 60, 1440]
    assert points["from_start"].tolist()[:2] == [False, True]


# Units --------------------------------------------------------------------------------------------------------------


def test_each_unit_that_the_spans_name_is_scheduled() -> None:
    known = spans(("2026-11-15 23:00", "2026-11-19 23:00", ["A", "B", "C"]))
    both = down(("2026-11-17 10:00", 60.0, "A"), ("2026-11-17 10:00", 60.0, "B"))
    series = uptime(both, known, kpi=OF_LINES, stream=BY_LINE)
    assert series.points["denominator"].tolist()[:4] == [3 * 1440] * 4
    assert lost(series) == [0, 120, 0, 0]
    assert series.presence is not None
    assert series.presence.columns.tolist() == ["A", "B", "C"]
    assert series.presence.to_numpy().tolist() == [[True] * 3] * 4 + [[False] * 3]
    alone = uptime(both[both["line"] == "A"], known, kpi=OF_LINES, stream=BY_LINE, part=(("line", "A"),))
    assert alone.points["denominator"].tolist()[:4] == [1440] * 4


def test_a_unit_is_scheduled_only_where_its_own_files_are() -> None:
    known = spans(("2026-11-15 23:00", "2026-11-17 23:00", ["A", "B"]), ("2026-11-17 23:00", "2026-11-19 23:00", ["A"]))
    series = uptime(down(("2026-11-18 10:00", 60.0, "B")), known, kpi=OF_LINES, stream=BY_LINE)
    assert series.points["denominator"].tolist()[:4] == [2880, 2880, 1440, 1440]
    assert lost(series) == [0, 0, 0, 0]
    assert series.presence is not None
    assert series.presence["B"].tolist() == [True, True, False, False, False]


def test_units_of_the_stream_hold_for_a_kpi_that_does_not_tell_them_apart() -> None:
    known = spans(("2026-11-15 23:00", "2026-11-19 23:00", ["A", "B"]))
    both = down(("2026-11-17 10:00", 60.0, "A"), ("2026-11-17 10:30", 60.0, "B"))
    series = uptime(both, known, stream=BY_LINE)
    assert series.points["denominator"].tolist()[:4] == [2880] * 4
    assert lost(series) == [0, 120, 0, 0]
    assert series.presence is None


def test_without_named_units_those_with_outages_count() -> None:
    kpi = replace(UPTIME, dimensions=("line",))
    both = down(("2026-11-17 10:00", 60.0, "A"), ("2026-11-17 10:30", 60.0, "B"))
    assert uptime(both, kpi=kpi).points["denominator"].tolist()[:4] == [2880] * 4
    assert uptime(down(), kpi=kpi).points["denominator"].tolist()[:4] == [1440] * 4


# Oracle and invariants ----------------------------------------------------------------------------------------------

START = pd.Timestamp("2026-10-23 22:00")  # three days around the change of the clock
MINUTE = pd.Timedelta(minutes=1)
_OUTAGES = st.lists(
    st.tuples(st.integers(-200, 6000), st.one_of(st.none(), st.integers(0, 2000)), st.sampled_from("AB")), max_size=6
)
_SPANS = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(1, 4000), st.sampled_from([(), ("A",), ("A", "B")])), max_size=3
)


def stated(outages: list[tuple[int, int | None, str]]) -> pd.DataFrame:
    return down(*((str(START + at * MINUTE), length, unit) for at, length, unit in outages))


def known_of(stretches: list[tuple[int, int, tuple[str, ...]]]) -> pd.DataFrame:
    rows = [(str(START + a * MINUTE), str(START + (a + n) * MINUTE), list(names)) for a, n, names in stretches]
    return spans(*rows) if rows else NO_SPANS.astype({"starts_at": "datetime64[us]", "ends_at": "datetime64[us]"})


@given(_OUTAGES, _SPANS, st.integers(1, 6000), st.sampled_from(["day", "week"]))
def test_every_minute_is_counted_once(
    outages: list[tuple[int, int | None, str]], stretches: list[Any], asked: int, grain: Any
) -> None:
    """Oracle: minute by minute and unit by unit; Sunday 25 October is closed."""
    calendar = replace(BERLIN, closed_weekdays=frozenset({6}))
    as_of = START + asked * MINUTE
    kpi = replace(OF_LINES, calendar=calendar)
    found = uptime(stated(outages), known_of(stretches), kpi=kpi, stream=BY_LINE, grain=grain, as_of=as_of).points
    named = {name for _, _, names in stretches for name in names}
    units = sorted({unit for at, _, unit in outages if at < asked} | named) or [""]
    local = [
        (START + minute * MINUTE).tz_localize("UTC").tz_convert("Europe/Berlin").tz_localize(None)
        for minute in range(max(asked, 1))
    ]
    table: dict[pd.Timestamp, list[int]] = {}
    for minute, moment in enumerate(local):
        day = moment.normalize()
        period = day if grain == "day" else day - pd.Timedelta(days=day.day_of_week)
        for unit in units:
            planned = day.day_of_week != 6 and any(
                a <= minute < a + n and (not names or not unit or unit in names) for a, n, names in stretches
            )
            broken = any(
                whose == unit and at < asked and at <= minute < (asked if length is None else at + length)
                for at, length, whose in outages
            )
            both = table.setdefault(period, [0, 0])
            both[0] += planned
            both[1] += planned and not broken
    for _, row in found.iterrows():
        scheduled, ran = table.get(row["period"], [0, 0])
        assert np.nan_to_num(row["denominator"]) == scheduled
        assert np.nan_to_num(row["numerator"]) == ran
        assert np.isnan(row["value"]) if scheduled == 0 else 0 <= row["value"] <= 1
    assert found["denominator"].sum() == sum(scheduled for scheduled, _ in table.values())


@given(_OUTAGES, st.integers(0, 3))
def test_splitting_an_outage_where_a_day_ends_changes_nothing(
    outages: list[tuple[int, int | None, str]], border: int
) -> None:
    known = known_of([(0, 6000, ("A", "B"))])
    day = border * 1440
    split: list[tuple[int, int | None, str]] = []
    for at, length, unit in outages:
        if length is not None and at < day < at + length:
            split += [(at, day - at, unit), (day, at + length - day, unit)]
        else:
            split.append((at, length, unit))
    whole, parts = (
        uptime(stated(each), known, kpi=OF_LINES, stream=BY_LINE, as_of=START + 5000 * MINUTE)
        for each in (outages, split)
    )
    measures = ["period", "value", "numerator", "denominator"]
    pd.testing.assert_frame_equal(whole.points[measures], parts.points[measures])


@given(_OUTAGES, st.sampled_from(["week", "month"]))
def test_days_add_up_to_weeks_and_months(outages: list[tuple[int, int | None, str]], grain: Any) -> None:
    known = known_of([(0, 4000, ("A",)), (2000, 4000, ("B",))])
    as_of = START + 5000 * MINUTE
    fine, coarse = (
        uptime(stated(outages), known, kpi=OF_LINES, stream=BY_LINE, grain=each, as_of=as_of).points
        for each in ("day", grain)
    )
    for name in ("numerator", "denominator"):
        assert fine[name].sum() == pytest.approx(coarse[name].sum())
