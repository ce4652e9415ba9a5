"""Each kind of KPI and each statistic of readings becomes the series that its kind asks for.

Authority: naive oracles over the single facts (sums, numpy's quantile and standard deviation), the table in
series/model.py, and small cases worked by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Kind, Kpi, Statistic
from opsmetrics.series import build, period_label, periods
from tests.series.facts import AS_OF, BERLIN, LATE, NO_SPANS, WAIT, counts

DAY = pd.Timestamp("2026-11-17 23:00")  # midnight of 18 November in Berlin


def kpi(kind: Kind) -> Kpi:
    return replace(LATE, kind=kind)


def first(of: Kpi, facts: pd.DataFrame) -> dict[str, Any]:
    return build(of, (), "day", facts, NO_SPANS, AS_OF).points.iloc[0].to_dict()


FACTS = counts(("2026-11-18 07:00", 2, 10), ("2026-11-18 08:00", 0, 1000), ("2026-11-18 09:00", 1, 100))


@pytest.mark.parametrize("kind", ["proportion", "rate", "ratio", "rare"])
def test_quotients_add_both_parts_before_they_divide(kind: Kind) -> None:
    point = first(kpi(kind), FACTS)
    assert (point["value"], point["size"], point["numerator"], point["denominator"]) == (3 / 1110, 1110, 3, 1110)
    assert np.isnan(point["spread"])


@pytest.mark.parametrize("kind", ["count", "rare"])
def test_counts_have_no_denominator(kind: Kind) -> None:
    facts = FACTS.assign(denominator=np.nan)
    point = first(kpi(kind), facts)
    assert (point["value"], point["size"], point["numerator"], point["rows"]) == (3, 1, 3, 3)
    assert np.isnan([point["denominator"], point["spread"]]).all()


def test_a_count_ignores_a_denominator_that_was_recorded() -> None:
    assert first(kpi("count"), FACTS)["value"] == 3


def test_rare_events_have_opportunities_where_some_are_recorded() -> None:
    facts = counts(("2026-11-18 07:00", 1, 200), ("2026-11-18 08:00", 1, np.nan), ("2026-11-18 23:30", 1, np.nan))
    points = build(kpi("rare"), (), "day", facts, NO_SPANS, AS_OF).points
    assert points["value"].iloc[0] == 2 / 200
    assert np.isnan(points["value"].iloc[1]) and points["rows"].iloc[1] == 1  # undefined, not a gap


@given(
    st.lists(st.tuples(st.integers(0, 4 * 96 - 1), st.integers(0, 9), st.integers(0, 50)), min_size=1, max_size=40),
    st.sampled_from(["proportion", "rate", "ratio", "rare", "count"]),
    st.sampled_from(["day", "week", "month"]),
)
def test_sums_come_before_the_division(rows: list[tuple[int, int, int]], kind: Kind, grain: Any) -> None:
    """Oracle: plain sums by local period; the days hold the change of the clock on 25 October 2026."""
    stamps = pd.Timestamp("2026-10-23 22:00") + pd.to_timedelta([quarter * 15 for quarter, _, _ in rows], unit="min")
    facts = counts(*((stamp, top, bottom) for stamp, (_, top, bottom) in zip(stamps, rows, strict=True)))
    points = build(kpi(kind), (), grain, facts, NO_SPANS, AS_OF).points.set_index("period")
    local = facts["bin"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin").dt.tz_localize(None)
    period = local.dt.to_period({"day": "D", "week": "W-SUN", "month": "M"}[grain]).dt.start_time
    for start, group in facts.groupby(period):
        top, bottom = group["numerator"].sum(), group["denominator"].sum()
        row = points.loc[start]
        expected = top if kind == "count" else top / bottom if bottom else np.nan
        assert row["value"] == pytest.approx(expected, nan_ok=True)
        assert row["numerator"] == top
        assert row["rows"] == len(group)
    assert points["rows"].sum() == len(facts)


# Statistics of readings ---------------------------------------------------------------------------------------------

_READINGS = st.lists(
    st.tuples(st.integers(0, 3 * 96 - 1), st.floats(-1e3, 1e3, allow_nan=False)), min_size=1, max_size=60
)


@given(_READINGS, st.sampled_from([("median", 0.5), ("p90", 0.9)]))
def test_quantiles_are_those_of_all_readings_of_the_day(
    rows: list[tuple[int, float]], statistic: tuple[Statistic, float]
) -> None:
    """Oracle: numpy's quantile, whose default is Hyndman and Fan's type 7, and its sample standard deviation."""
    stamps = pd.Timestamp("2026-10-23 22:00") + pd.to_timedelta([quarter * 15 for quarter, _ in rows], unit="min")
    facts = pd.DataFrame({"bin": stamps.as_unit("us"), "value": [value for _, value in rows]})
    series = build(replace(WAIT, statistic=statistic[0]), (), "day", facts, NO_SPANS, AS_OF)
    local = facts["bin"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin").dt.tz_localize(None).dt.normalize()
    for day, values in facts["value"].groupby(local):
        row = series.points.set_index("period").loc[day]
        assert row["value"] == pytest.approx(np.quantile(values, statistic[1]), rel=1e-12, abs=1e-9)
        assert (row["size"], row["rows"]) == (len(values), len(values))
        spread = np.std(values, ddof=1) if len(values) > 1 else np.nan
        assert row["spread"] == pytest.approx(spread, rel=1e-6, abs=1e-6, nan_ok=True)


def test_a_share_of_readings_is_a_quotient() -> None:
    seen = replace(WAIT, statistic="share_within", within=15.0)
    point = first(seen, FACTS)
    assert (point["value"], point["size"], point["numerator"]) == (3 / 1110, 1110, 3)


@pytest.mark.parametrize(
    ("statistic", "columns", "said"),
    [("mean", ["bin"], "lack the columns m2, mean, n, rows"), ("p90", ["bin", "n"], "read them with facts.readings")],
)
def test_facts_of_another_shape_are_refused(statistic: Statistic, columns: list[str], said: str) -> None:
    facts = pd.DataFrame({name: [DAY] for name in columns})
    with pytest.raises(ValueError, match=said):
        build(replace(WAIT, statistic=statistic), (), "day", facts, NO_SPANS, AS_OF)


def test_presence_of_single_readings() -> None:
    by_line = replace(WAIT, statistic="median", dimensions=("line",), reported_by="line")
    facts = pd.DataFrame({"bin": [DAY, DAY + pd.Timedelta(days=1)], "line": ["A", "B"], "value": [1.0, 2.0]})
    series = build(by_line, (), "day", facts, NO_SPANS, AS_OF)
    assert series.presence is not None
    assert series.presence.iloc[:2].to_numpy().tolist() == [[True, False], [False, True]]


# Fiscal years -------------------------------------------------------------------------------------------------------


def test_a_series_may_be_summed_by_fiscal_year() -> None:
    fiscal = replace(BERLIN, fiscal_year_start=(4, 1))
    facts = counts(("2025-12-01 07:00", 1, 10), ("2026-03-31 21:59", 2, 20), ("2026-03-31 22:00", 4, 40))
    points = build(replace(LATE, calendar=fiscal), (), "year", facts, NO_SPANS, AS_OF).points
    assert points["label"].tolist() == ["2025/26", "2026/27"]
    assert points["numerator"].tolist() == [3, 4]
    assert points["ended"].tolist() == [True, False]
    years = periods(BERLIN, "year", pd.Timestamp("2023-06-01"), pd.Timestamp("2024-06-01"))
    assert [period_label(period, "year", BERLIN) for period in years["period"]] == ["2023", "2024"]
    assert years["ends_at"].iloc[0] == pd.Timestamp("2023-12-31 23:00")
