"""Worked holidays in landings: no ordinary days of the history and its backtest, and days of their own ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.catalog import Calendar, Kpi
from opsmetrics.desk.landing import joint_of, landing
from opsmetrics.desk.landing_holidays import apart
from opsmetrics.desk.landing_slots import Arranged, arrange, running
from opsmetrics.desk.load import load
from opsmetrics.review import KpiReview, review
from opsmetrics.stats.forecast import Forecast
from opsmetrics.stats.landing import paths
from tests.verdict.made import DEFECTS, LATE, counts, totals, with_target

FIRST = dt.date(2026, 1, 5)
PAST = tuple(dt.date(2026, month, 11) for month in range(2, 7))
COMING = dt.date(2026, 7, 24)

#: Days that are known: to Thursday, 23 July.
DAYS = 200

HELD = Calendar(time_zone="UTC", holidays=frozenset({*PAST, COMING}))
ROWS = [(day - FIRST).days for day in PAST]


def shares(on_holidays: float = 0.3, size: float = 100.0, calendar: Calendar = HELD, within: int = 20) -> KpiReview:
    """One case in ten of 500 a day, more or less; on past holidays other shares of other sizes."""
    draw = np.random.default_rng(3)
    sizes = draw.integers(500 - within, 501 + within, DAYS).astype(float)
    events = draw.binomial(sizes.astype(int), 0.1).astype(float)
    sizes[ROWS], events[ROWS] = size, size * on_holidays
    kpi = replace(with_target(LATE, 10.5), calendar=calendar)
    return review(counts(list(events), list(sizes), kpi=kpi, start="2026-01-05"), ())


def tickets(least: float = 0.0, calendar: Calendar = HELD) -> KpiReview:
    """Some 40 a day and 8 on holidays; the first day has `least`."""
    draw = np.random.default_rng(5)
    values = draw.poisson(40, DAYS).astype(float)
    values[ROWS] = 8.0
    values[0] = least
    kpi: Kpi = replace(DEFECTS, key="tickets", better="neither", calendar=calendar)
    return review(totals(list(values), kpi=kpi, start="2026-01-05"), ())


def arranged(found: KpiReview, span: str = "month", grain: str = "day") -> Arranged:
    laid = arrange(found, running(found, span), grain)  # type: ignore[arg-type]
    assert laid is not None
    return laid


def test_what_happened_on_a_holiday_is_no_part_of_the_history() -> None:
    """Whatever was seen on past holidays of other months, the landing is the same, and so is its chance."""
    plain = replace(HELD, holidays=frozenset(PAST))
    one, other = (landing(shares(share, calendar=plain), "month") for share in (0.3, 0.9))
    assert (one.likely, one.low, one.high, one.probability) == (other.likely, other.low, other.high, other.probability)
    unknown, wild = (landing(shares(share, calendar=Calendar(time_zone="UTC")), "month") for share in (0.3, 0.9))
    assert wild.high != unknown.high, "days that no calendar knows of count as they are"


def test_past_holidays_are_gaps_by_day() -> None:
    found = arranged(shares())
    ordinary, _ = apart(shares(), found)
    assert np.flatnonzero(np.isnan(ordinary.values)).tolist() == ROWS
    assert np.flatnonzero(np.isnan(ordinary.sizes)).tolist() == ROWS
    kept = np.delete(np.arange(DAYS), ROWS)
    assert (ordinary.values[kept] == found.values[kept]).all()


@pytest.mark.parametrize("least", [0.0, 40.0], ids=["shift", "factor"])
def test_a_week_is_given_back_what_its_holiday_took(least: float) -> None:
    """The week of Wednesday, 11 February, has six days of 40 and one of 8; a zero among the days makes the effect a
    shift of so many a day, else it is a factor. Poisson weeks of 280 have a deviation of 17."""
    found = arranged(tickets(least), "quarter", "week")
    ordinary, _ = apart(tickets(least), found)
    place = int(np.flatnonzero(found.past["period"] == np.datetime64("2026-02-09"))[0])
    assert found.values[place] == pytest.approx(248, abs=30)
    assert ordinary.values[place] - found.values[place] == pytest.approx(32, abs=6)
    assert ordinary.values[place + 1] == found.values[place + 1], "a week without one stays"


@pytest.mark.parametrize("within", [20, 0], ids=["sizes vary", "sizes are all one"])
def test_a_coming_holiday_has_its_own_value_and_size(within: int) -> None:
    """Tomorrow is one: a fifth of the usual size and three times the share, as on the five before."""
    seen = shares(within=within)
    ordinary, worked = apart(seen, arranged(seen))
    assert worked.exposure.tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    bare, held = joint_of(seen, ordinary), worked.over(joint_of(seen, ordinary))
    assert bare.value.mean[0] == pytest.approx(0.1, abs=0.02)
    assert held.value.mean[0] == pytest.approx(0.3, abs=0.02)
    assert held.value.mean[1:] == pytest.approx(bare.value.mean[1:])
    assert isinstance(held.size, Forecast)
    assert held.size.mean[0] == pytest.approx(100, rel=0.1)
    usual = bare.size.mean[1:] if isinstance(bare.size, Forecast) else np.full(7, bare.size)
    assert held.size.mean[1:] == pytest.approx(usual)
    assert (paths(held, 100)[1][:, 0] < 200).all()


def test_the_load_of_a_worked_holiday_is_its_own() -> None:
    """Friday, 24 July: some 8 tickets in place of 40, and a week that much lower."""
    bare, held = load(tickets(40.0, Calendar(time_zone="UTC"))), load(tickets(40.0))
    assert bare is not None
    assert held is not None
    usual, today, weeks = bare.today.volume, held.today.volume, (bare.week.volume, held.week.volume)
    assert usual is not None
    assert today is not None
    assert usual.likely == pytest.approx(40, abs=6)
    assert today.likely == pytest.approx(8, abs=3)
    assert weeks[0] is not None
    assert weeks[1] is not None
    assert weeks[0].likely - weeks[1].likely == pytest.approx(32, abs=8)


def test_hardly_an_ordinary_day_leaves_the_history_as_it_is() -> None:
    every = frozenset(FIRST + dt.timedelta(days=number) for number in range(DAYS))
    seen = shares(calendar=replace(HELD, holidays=every))
    found = arranged(seen)
    ordinary, worked = apart(seen, found)
    assert ordinary is found
    assert not worked.exposure.any()
