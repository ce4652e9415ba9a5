"""A series from facts.

Authority: naive oracles over single facts (sums, numpy's mean and standard deviation), invariants, and small cases
worked by hand in the test.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Calendar, Kpi, Shift
from opsmetrics.measurements import sample_to_stamp
from opsmetrics.series import KpiSeries, build
from tests.series.facts import AS_OF, BY_LINE, LATE, NO_SPANS, WAIT, counts


def days(series: KpiSeries) -> list[str]:
    return [f"{period:%m-%d}" for period in series.points["period"]]


def test_sums_come_before_the_division() -> None:
    """2/10, 0/1000, 1/100: the mean of the rates is 7 %, the true rate 3/1110."""
    facts = counts(("2026-11-18 07:00", 2, 10), ("2026-11-18 08:00", 0, 1000), ("2026-11-18 09:00", 1, 100))
    first = build(LATE, (), "day", facts, NO_SPANS, AS_OF).points.iloc[0]
    assert first["value"] == 3 / 1110
    assert (first["numerator"], first["denominator"], first["size"], first["rows"]) == (3, 1110, 1110, 3)
    assert np.isnan(first["spread"])


def test_gaps_running_period_and_last_row() -> None:
    facts = counts(("2026-11-16 23:00", 1, 10), ("2026-11-18 23:00", 2, 10))  # 00:00 on 17 and 19 November in Berlin
    points = build(LATE, (), "day", facts, NO_SPANS, AS_OF).points
    assert points["label"].tolist() == ["17 Nov 2026", "18 Nov 2026", "19 Nov 2026", "20 Nov 2026"]
    assert points["rows"].tolist() == [1, 0, 1, 0]
    assert points["ended"].tolist() == [True, True, True, False]
    gap = points.iloc[1][["value", "size", "numerator", "denominator"]].astype(float)
    assert gap.isna().all()


def test_a_period_ends_exactly_at_its_end() -> None:
    facts = counts(("2026-11-18 12:00", 1, 10))
    midnight = pd.Timestamp("2026-11-18 23:00")
    before = build(LATE, (), "day", facts, NO_SPANS, midnight - pd.Timedelta(microseconds=1)).points
    after = build(LATE, (), "day", facts, NO_SPANS, midnight).points
    assert before["ended"].tolist() == [False]
    assert after["ended"].tolist() == [True, False]


def test_facts_at_or_after_as_of_are_not_used() -> None:
    facts = counts(("2026-11-18 11:45", 1, 10), ("2026-11-18 12:00", 5, 10))
    points = build(LATE, (), "day", facts, NO_SPANS, pd.Timestamp("2026-11-18 12:00")).points
    assert points["numerator"].tolist() == [1]


def test_without_trials_the_value_is_undefined_but_not_a_gap() -> None:
    point = build(LATE, (), "day", counts(("2026-11-18 12:00", 0, 0)), NO_SPANS, AS_OF).points.iloc[0]
    assert np.isnan(point["value"])
    assert (point["size"], point["rows"]) == (0, 1)


def test_closed_days_have_a_row_only_with_facts() -> None:
    weekend = Kpi("k", "K", "proportion", "lower", calendar=Calendar(closed_weekdays=frozenset({5, 6})))
    facts = counts(("2026-11-13 10:00", 1, 10), ("2026-11-15 10:00", 1, 10), ("2026-11-16 10:00", 1, 10))
    series = build(weekend, (), "day", facts, NO_SPANS, pd.Timestamp("2026-11-21 09:00"))
    assert days(series) == ["11-13", "11-15", "11-16", "11-17", "11-18", "11-19", "11-20"]
    assert series.points["ended"].all()  # the running day is a Saturday without facts


# Readings -----------------------------------------------------------------------------------------------------------


@st.composite
def readings(draw: st.DrawFn) -> pd.DataFrame:
    """Single readings on three days, some of them alike, around a level that would betray cancellation."""
    level = draw(st.sampled_from([0.0, 85.0, 1e6]))
    value = st.one_of(st.just(5.1), st.floats(-50, 50, allow_nan=False))
    rows = draw(st.lists(st.tuples(st.integers(0, 3 * 96 - 1), value), min_size=1, max_size=60))
    frame = pd.DataFrame(rows, columns=["quarter", "value"])
    stamps = pd.Timestamp("2026-10-24 22:00") + pd.to_timedelta(frame["quarter"] * 15, unit="min")
    return pd.DataFrame({"bin": stamps.astype("datetime64[us]"), "value": frame["value"] + level})


def in_bins(single: pd.DataFrame) -> pd.DataFrame:
    """Count, mean and squared deviations of each quarter-hour, as the engine returns them."""
    grouped = single.groupby("bin")["value"]
    m2 = grouped.apply(lambda v: float(((v - v.mean()) ** 2).sum()))
    frame = pd.DataFrame({"n": grouped.size(), "mean": grouped.mean(), "m2": m2, "rows": grouped.size()})
    return frame.reset_index()


@given(readings())
def test_readings_combine_to_the_mean_and_deviation_of_all(single: pd.DataFrame) -> None:
    """Oracle: numpy over the single readings of each day in Berlin, the day of the clock change included."""
    points = build(WAIT, (), "day", in_bins(single), NO_SPANS, AS_OF).points
    local = single["bin"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin").dt.tz_localize(None).dt.normalize()
    got = points[points["rows"] > 0].set_index("period")
    assert len(got) == local.nunique()
    for day, values in single["value"].groupby(local):
        row = got.loc[day]
        assert (row["size"], row["rows"]) == (len(values), len(values))
        assert row["value"] == pytest.approx(np.mean(values), rel=1e-12, abs=1e-12)
        if len(values) > 1:
            assert row["spread"] == pytest.approx(np.std(values, ddof=1), rel=1e-6, abs=1e-6)
        else:
            assert np.isnan(row["spread"])


def test_equal_readings_keep_their_exact_value() -> None:
    stamps = pd.date_range("2026-11-17", periods=90, freq="15min")
    facts = pd.DataFrame({"bin": stamps, "n": 3, "mean": 5.1, "m2": 0.0, "rows": 3})
    point = build(WAIT, (), "week", facts, NO_SPANS, AS_OF).points.iloc[0]
    assert (point["value"], point["spread"]) == (5.1, 0.0)


# Reporters ----------------------------------------------------------------------------------------------------------


def test_presence_names_who_has_facts_in_each_period() -> None:
    facts = counts(
        ("2026-11-17 10:00", "B", 1, 10),
        ("2026-11-17 10:00", "a", 2, 10),
        ("2026-11-18 10:00", "B", 0, 0),
        ("2026-11-19 10:00", None, 1, 10),
        by=("line",),
    )
    series = build(BY_LINE, (), "day", facts, NO_SPANS, AS_OF)
    assert series.presence is not None
    assert series.presence.columns.tolist() == ["B", "a"]
    assert series.presence.to_numpy().tolist() == [[True, True], [True, False], [False, False], [False, False]]
    assert series.points["numerator"].tolist()[:3] == [3, 0, 1]
    assert build(LATE, (), "day", facts, NO_SPANS, AS_OF).presence is None


def test_presence_keeps_step_with_the_points_when_closed_days_drop_out() -> None:
    kpi = Kpi(
        "k",
        "K",
        "proportion",
        "lower",
        dimensions=("line",),
        reported_by="line",
        calendar=Calendar(closed_weekdays=frozenset({5, 6})),
    )
    facts = counts(("2026-11-13 10:00", "A", 1, 10), ("2026-11-16 10:00", "B", 1, 10), by=("line",))
    series = build(kpi, (), "day", facts, NO_SPANS, pd.Timestamp("2026-11-16 23:00"))
    assert series.presence is not None
    assert days(series) == ["11-13", "11-16"]
    assert series.presence.to_numpy().tolist() == [[True, False], [False, True]]


# Samples ------------------------------------------------------------------------------------------------------------


def test_samples_are_ordered_by_their_number_and_always_complete() -> None:
    kpi = Kpi("juice", "Defective cans", "proportion", "lower", operate="sample")
    facts = counts((sample_to_stamp(30), 9, 50), (sample_to_stamp(1), 12, 50), (sample_to_stamp(2), 15, 50))
    series = build(kpi, (), "sample", facts, NO_SPANS, pd.Timestamp("1969-01-01"))
    points = series.points
    assert points["period"].tolist() == [1, 2, 30]
    assert points["period"].dtype == "int64"
    assert points["label"].tolist() == ["sample 1", "sample 2", "sample 30"]
    assert points["value"].tolist() == [0.24, 0.3, 0.18]
    assert points["ends_at"].isna().all()
    assert points[["ended", "from_start", "reaches_end"]].all(axis=None)


# Shape --------------------------------------------------------------------------------------------------------------

COLUMNS = [
    "period",
    "ends_at",
    "label",
    "value",
    "size",
    "numerator",
    "denominator",
    "spread",
    "rows",
    "ended",
    "from_start",
    "reaches_end",
]


@pytest.mark.parametrize("grain", ["sample", "day", "month"])
@pytest.mark.parametrize("kpi", [LATE, BY_LINE, WAIT])
def test_no_facts_make_an_empty_series_of_the_same_shape(kpi: Kpi, grain: Any) -> None:
    full = counts(("1970-01-02", "A", 1, 10), by=("line",)).assign(n=1, mean=1.0, m2=0.0)
    filled = build(kpi, (), grain, full, NO_SPANS, pd.Timestamp("1970-02-01"))
    for facts, cover in ((pd.DataFrame(), pd.DataFrame()), (full.iloc[:0], NO_SPANS)):
        series = build(kpi, (), grain, facts, cover, pd.Timestamp("1970-02-01"))
        assert len(series.points) == 0
        assert series.points.columns.tolist() == COLUMNS
        assert (series.points.dtypes == filled.points.dtypes).all()
        assert (series.presence is None) == (kpi.reported_by is None)


def test_facts_that_all_lie_ahead_make_an_empty_series() -> None:
    series = build(BY_LINE, (), "day", counts(("2027-01-01", "A", 1, 10), by=("line",)), NO_SPANS, AS_OF)
    assert len(series.points) == 0
    assert series.presence is not None
    assert len(series.presence) == 0


def test_facts_without_the_columns_of_the_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="lack the columns m2, mean, n"):
        build(WAIT, (), "day", counts(("2026-11-18", 1, 10)), NO_SPANS, AS_OF)
    with pytest.raises(ValueError, match="lack the columns line"):
        build(BY_LINE, (), "day", counts(("2026-11-18", 1, 10)), NO_SPANS, AS_OF)


@given(seed=st.integers(0, 10_000), grain=st.sampled_from(["shift", "day", "week", "month", "quarter"]))
def test_the_order_of_facts_does_not_matter_and_nothing_is_lost(seed: int, grain: Any) -> None:
    rng = np.random.default_rng(seed)
    shifts = Calendar(
        "c",
        "America/New_York",
        shifts=(Shift("Day", dt.time(6)), Shift("Night", dt.time(18))),
        closed_weekdays=frozenset({6}),
    )
    kpi = Kpi("k", "K", "proportion", "lower", calendar=shifts, dimensions=("line",), reported_by="line")
    bins = pd.Timestamp("2026-02-01") + pd.to_timedelta(rng.integers(0, 96 * 280, 300) * 15, unit="min")
    facts = pd.DataFrame(
        {
            "bin": bins.as_unit("us"),
            "line": rng.choice(["A", "B"], 300),
            "numerator": rng.integers(0, 9, 300),
            "denominator": 10,
            "rows": 1,
        }
    )
    before = facts.copy(deep=True)
    one = build(kpi, (), grain, facts, NO_SPANS, AS_OF)
    other = build(kpi, (), grain, facts.sample(frac=1, random_state=seed), NO_SPANS, AS_OF)
    pd.testing.assert_frame_equal(one.points, other.points)
    pd.testing.assert_frame_equal(facts, before)
    assert one.points["numerator"].sum() == facts["numerator"].sum()
    assert one.points["rows"].sum() == 300
