"""Trends and drivers of a review: what is found is what was put in, in words that claim no cause."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.catalog import Decision
from opsmetrics.desk.forecast_trend import drivers_of, kind_of, trend_of
from opsmetrics.desk.forecast_trend_sentences import ToldRegression
from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries
from tests.verdict.made import DEFECTS, ENERGY, FALLS, IN_TIME, LATE, OEE, WEIGHT, counts, readings, totals

DRAW = np.random.default_rng(21)


def reviewed(series: KpiSeries, *decisions: Decision) -> KpiReview:
    return review(series, decisions)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_each_kind_has_its_model() -> None:
    kinds = [kind_of(kpi) for kpi in (LATE, IN_TIME, FALLS, DEFECTS, WEIGHT, ENERGY, OEE)]
    assert kinds == ["share", "share", "rate", "rate", "mean", "mean", "mean"]


def test_a_rise_is_told_by_the_month_with_its_interval() -> None:
    """One gram in thirty days is 1.0146 a month of 30.4375 days."""
    values = [70 + day / 30 + x for day, x in enumerate(np.random.default_rng(3).normal(0, 0.2, 150))]
    found = trend_of(reviewed(readings(values)))
    assert found.fit is not None
    assert found.fit.term("time").change()[0] == pytest.approx(30.4375 / 30, abs=0.03)
    told = ToldRegression(found)
    assert plain(told.trend()).startswith("Weight rises by 1.0")
    assert " g a month (" in plain(told.trend())
    assert "with the days of the week explains 9" in plain(told.trend_lead())


def test_a_share_is_told_in_points_and_a_count_in_per_cent() -> None:
    share = [float(DRAW.binomial(500, 0.10 + 0.0005 * day)) for day in range(90)]
    told = ToldRegression(trend_of(reviewed(counts(share, 500.0))))
    assert plain(told.trend()).startswith("Late share rises by 1.")
    assert "points a month" in plain(told.trend())
    count = [float(DRAW.poisson(100 * 0.99**day)) for day in range(90)]
    told = ToldRegression(trend_of(reviewed(totals(count))))
    assert plain(told.trend()).startswith("Defects falls by 2")
    assert "% a month" in plain(told.trend())


def test_amounts_that_were_called_counts_have_the_trend_of_amounts() -> None:
    found = trend_of(reviewed(totals([3.0 - day / 10 for day in range(60)])))
    assert (found.kind, found.cannot) == ("mean", None)
    assert found.fit is not None
    assert found.fit.term("time").change()[0] == pytest.approx(-3.04375)


def test_no_trend_is_told_as_none() -> None:
    told = ToldRegression(trend_of(reviewed(readings([70 + x for x in np.random.default_rng(1).normal(0, 1, 90)]))))
    assert plain(told.trend()).startswith("Weight has no trend that can be told from chance: between −")


@pytest.mark.parametrize("seed", [1, 2, 22, 48])
def test_headline_and_table_agree_on_the_trend(seed: int) -> None:
    """Between noise and rise; with seeds 22 and 48 p is 0.04 and 0.05, which Holm over both terms would double."""
    noise = np.random.default_rng(seed).normal(0, 1, 120)
    found = reviewed(readings(list(70 + noise + 0.006 * np.arange(120))))
    told = ToldRegression(drivers_of(found, []))
    rows = {row[0]: row for row in told.rows()}
    assert (rows["Time"][5] == "yes") == ("rises" in ToldRegression(trend_of(found)).trend())
    assert told.drivers() == "Nothing here goes with Weight more than chance gives."


def test_an_end_beside_nothing_does_not_read_as_nothing() -> None:
    """0.0009 to 0.3101 g a month: two decimals more than the KPI's one, in sentence and table alike."""
    noise = np.random.default_rng(48).normal(0, 1, 120)
    found = reviewed(readings(list(70 + noise + 0.006 * np.arange(120))))
    assert plain(ToldRegression(trend_of(found)).trend()) == "Weight rises by 0.156 g a month (0.001 to 0.310)."
    (row,) = [row for row in ToldRegression(drivers_of(found, [])).rows() if row[0] == "Time"]
    assert [plain(cell) for cell in row[2:4]] == ["+0.156 g", "+0.001 to +0.310"]


def test_only_the_phase_in_force_counts() -> None:
    values = [50.0 + x for x in DRAW.normal(0, 1, 60)] + [20.0 + x for x in DRAW.normal(0, 1, 60)]
    series = readings(values)
    start = series.points["period"].iloc[60].to_pydatetime()
    found = trend_of(reviewed(series, Decision("weight", "phase", start=start, why="new press")))
    assert found.fit is not None
    assert found.fit.n == 60
    assert len(found.table) == 60


def test_too_few_points_are_refused_in_words() -> None:
    told = ToldRegression(trend_of(reviewed(readings([70.0, 71.0, 70.5]))))
    assert told.trend() == "No trend can be told."
    assert told.trend_lead() == "So far 3 days with all that is needed; 12 are wanted for so many terms."
    assert trend_of(reviewed(counts([]))).fit is None


def test_what_drives_it_is_found_and_what_does_not_is_not() -> None:
    """Weight follows speed by −0.5 g per unit; temperature has nothing to do with it."""
    speed, other = DRAW.normal(100, 4, 120), DRAW.normal(20, 2, 120)
    weight = 70 - 0.5 * (speed - 100) + DRAW.normal(0, 1, 120)
    fast = reviewed(readings(list(speed), kpi=replace(WEIGHT, key="speed", name="Speed", unit="m/min")))
    warm = reviewed(readings(list(other), kpi=replace(WEIGHT, key="warm", name="Warmth", unit="°C")))
    found = drivers_of(reviewed(readings(list(weight))), [fast, warm])
    assert found.fit is not None
    assert found.fit.term("speed").change(1.0)[0] == pytest.approx(-0.5, abs=0.06)
    told = ToldRegression(found)
    assert told.drivers() == "Weight goes with Speed."
    rows = {row[0]: [plain(cell) for cell in row] for row in told.rows()}
    assert rows["Speed"][1].endswith(" m/min more")
    assert rows["Speed"][2].startswith("−")
    assert [rows[name][5] for name in ("Speed", "Warmth", "Time")] == ["yes", "no", "no"]
    said = " ".join([told.drivers(), told.drivers_lead(), *(cell for row in told.rows() for cell in row)])
    assert "because" not in said
    assert "need not be cause and effect" in said


def test_terms_are_beyond_chance_all_together() -> None:
    """Holm (1979) by hand: 0.01 · 3 is below 0.05, 0.03 · 2 is not, and what ranks behind it stays with it."""
    others = [
        reviewed(readings(list(DRAW.normal(100, 4, 90)), kpi=replace(WEIGHT, key=key, name=key))) for key in "abc"
    ]
    found = drivers_of(reviewed(readings(list(DRAW.normal(70, 1, 90)))), others)
    assert found.fit is not None
    chance = {"a": 0.03, "b": 0.01, "c": 0.04}
    terms = tuple(replace(term, p=chance.get(term.name, term.p)) for term in found.fit.terms if term.name != "weekday")
    rows = ToldRegression(replace(found, fit=replace(found.fit, terms=terms))).rows()
    assert [row[5] for row in rows[:3]] == ["no", "yes", "no"]


def test_a_period_that_is_excluded_of_another_kpi_is_not_set_against_it() -> None:
    speed, weight = DRAW.normal(100, 4, 90), DRAW.normal(70, 1, 90)
    speed[40] = 900.0
    kpi = replace(WEIGHT, key="speed", name="Speed")
    series = readings(list(speed), kpi=kpi)
    start = series.points["period"].iloc[40].to_pydatetime()
    out = Decision("speed", "exclude", (), start=start, end=start, by="tester", why="broken meter")
    found = [drivers_of(reviewed(readings(list(weight))), [reviewed(series, *given)]).fit for given in ((), (out,))]
    assert found[0] is not None
    assert found[1] is not None
    assert [fit.n for fit in found if fit is not None] == [90, 89]
    assert found[1].term("speed").spread < 6 < found[0].term("speed").spread


def test_kpis_that_move_as_one_are_refused_by_name() -> None:
    speed = DRAW.normal(100, 4, 90)
    fast = reviewed(readings(list(speed), kpi=replace(WEIGHT, key="speed", name="Speed")))
    same = reviewed(readings(list(2 * speed + 1), kpi=replace(WEIGHT, key="twice", name="Twice")))
    told = ToldRegression(drivers_of(reviewed(readings(list(DRAW.normal(70, 1, 90)))), [fast, same]))
    assert told.drivers() == "What goes with Weight cannot be told yet."
    assert "“Speed” and “Twice” move as one (variance inflation over 1,000): leave one of them out." in told.why()


def test_volume_is_a_term_of_a_quotient() -> None:
    sizes = DRAW.integers(200, 600, 120).astype(float)
    events = [float(DRAW.binomial(int(n), 0.02 + 0.0002 * n)) for n in sizes]
    kpi = replace(LATE, numerator="late orders", denominator="orders")
    told = ToldRegression(drivers_of(reviewed(counts(events, list(sizes), kpi=kpi))))
    assert told.drivers() == "Late share goes with its volume (orders)."
    row = next(row for row in told.rows() if row[0] == "Its volume (orders)")
    assert plain(row[1]).endswith(" orders more")
    assert row[2].startswith("+")
