"""What if: how scenarios are written, what events did before, holidays in the forecast, and both courses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Calendar, Decision, Kpi, NotUnderstood, Target
from opsmetrics.desk import Desk
from opsmetrics.desk import forecast_scenario_sentences as sentences
from opsmetrics.desk.forecast_events import offered, past_spans
from opsmetrics.desk.forecast_made import made
from opsmetrics.desk.forecast_scenario import Amount, Item, exposure, read_scenario, scenario_text
from opsmetrics.desk.forecast_sentences import Told, Under
from opsmetrics.desk.forecast_whatif import Planned, WhatIf, plan
from opsmetrics.desk.forecasting import forecast_review
from opsmetrics.desk.landing import landing
from opsmetrics.measurements import Span
from opsmetrics.review import review
from opsmetrics.settings import Settings
from opsmetrics.stats.forecast import effects
from opsmetrics.store import Store
from tests.event_stores import put
from tests.store.builders import batch, count
from tests.verdict.made import DEFECTS, LATE, WEIGHT, counts, readings, totals

DAYS = 210
FIRST = dt.datetime(2026, 4, 6)  # a Monday

KPIS = """
[dimensions]
line = "Line"

[calendars.default]
holidays = [2026-05-01, 2026-05-25, 2026-08-31, 2026-11-11]

[streams.plans]
name = "Plans"
category = "Plan"

[kpis.orders]
name = "Orders"
kind = "count"
better = "higher"
numerator = "orders"
"""

CAMPAIGNS = ((50, 54), (120, 124))
SHUTDOWNS = ((80, 81), (160, 161))


def day(number: int) -> dt.datetime:
    return FIRST + dt.timedelta(days=number)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Orders by day: 40 % more in two campaigns (notes), half in two shutdowns (events), a fifth on three holidays."""
    path = tmp_path_factory.mktemp("orders") / "orders.duckdb"
    with Store.open(path) as store:
        opened = Desk(store, Settings.from_environment().for_store(path))
        opened.apply(KPIS, by="tester")
        draw = np.random.default_rng(11)
        held = {dt.date(2026, 5, 1), dt.date(2026, 5, 25), dt.date(2026, 8, 31)}
        rows = []
        for number in range(DAYS):
            usual = 300.0 * (0.6 if day(number).weekday() > 4 else 1.0)
            usual *= 1.4 if any(a <= number <= b for a, b in CAMPAIGNS) else 1.0
            usual *= 0.5 if any(a <= number <= b for a, b in SHUTDOWNS) else 1.0
            usual *= 0.2 if day(number).date() in held else 1.0
            rows.append(count(day(number), float(draw.poisson(usual)), 1.0, kpi="orders"))
        spans = (Span("orders", FIRST, day(DAYS)),)
        opened.commit(batch(*rows, source="orders.csv", dimensions=("line",), spans=spans), by="tester")
        starts = pd.DataFrame({"observed_at": [pd.Timestamp(day(a)) for a, _ in SHUTDOWNS], "category": "Shutdown",
                               "minutes": 2 * 1440.0})  # fmt: skip
        put(store, "plans", starts)
        notes = [
            Decision("orders", "annotate", start=day(number), value="Spring campaign", why="spring campaign")
            for first, last in CAMPAIGNS
            for number in range(first, last + 1)
        ]
        opened.decide(*notes)
        yield opened


def as_of() -> dt.datetime:
    return day(DAYS) + dt.timedelta(hours=12)


# Writing and reading


@pytest.mark.parametrize(
    ("text", "kind", "last", "amount"),
    [
        ("campaign@2026-12-01..2026-12-14:+12%", "event", dt.date(2026, 12, 14), Amount(0.12, True, True)),
        ("holiday@2026-12-25", "event", dt.date(2026, 12, 25), None),
        ("level@2027-01-01:-2", "level", None, Amount(-2.0, False, True)),
        ("capacity@2027-01-01..2027-01-31:400", "capacity", dt.date(2027, 1, 31), Amount(400.0, False, False)),
        ("closed@2026-W52", "closed", dt.date(2026, 12, 27), None),
        ("Level@2027-01: \u22121,5", "level", None, Amount(-1.5, False, True)),
    ],
)
def test_a_scenario_is_read_as_it_is_written(text: str, kind: str, last: dt.date | None, amount: Amount | None) -> None:
    (item,) = read_scenario(text, LATE)
    assert (item.kind, item.last, item.amount) == (kind, last, amount)
    assert read_scenario(item.text, LATE) == (item,)


@given(
    st.lists(
        st.builds(
            lambda name, first, days, amount: Item("event", name, first, first + dt.timedelta(days=days), amount),
            st.sampled_from(["campaign", "spring sale", "Streik"]),
            st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
            st.integers(0, 60),
            st.none() | st.builds(Amount, st.integers(-99, 300).map(lambda n: n / 100), st.just(True), st.just(True)),
        ),
        max_size=8,
        unique=True,
    )
)
def test_a_scenario_goes_round_in_an_address(items: list[Item]) -> None:
    assert read_scenario(scenario_text(tuple(items)), LATE) == tuple(items)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("campaign", "name@first..last"),
        ("campaign@", "name@first..last"),
        ("campaign@yesterday", "wanted a date"),
        ("campaign@2026-12-14..2026-12-01", "the earlier end first"),
        ("campaign@2026-12-01:much", "an effect such as"),
        ("closed@2026-12-01:5", "without an effect"),
        ("level@2026-12-01", "how much"),
        ("level@2026-12-01:-100%", "above -100%"),
        ("capacity@2026-12-01:0", "above zero"),
        (";".join(f"e{n}@2026-12-01:1" for n in range(9)), "at most 8"),
    ],
)
def test_what_is_no_scenario_is_refused_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(NotUnderstood, match=told):
        read_scenario(text, LATE)


def test_a_part_of_a_period_counts_by_its_working_days() -> None:
    kpi = replace(
        LATE, calendar=Calendar(closed_weekdays=frozenset({5, 6}), closed_dates=frozenset({dt.date(2026, 3, 4)}))
    )
    weeks = pd.DataFrame({"period": pd.to_datetime(["2026-03-02", "2026-03-09"])})
    weeks["ends_at"] = weeks["period"] + pd.Timedelta(days=7)
    spans = [(dt.date(2026, 3, 6), dt.date(2026, 3, 10))]
    assert exposure(spans, weeks, kpi, "week") == pytest.approx([1 / 5, 2 / 5])
    assert exposure([(dt.date(2026, 3, 8), None)], weeks, kpi, "week") == pytest.approx([0, 1])
    numbers = pd.DataFrame({"period": [4, 5, 6], "ends_at": pd.NaT})
    assert exposure([(5, None)], numbers, replace(LATE, operate="sample"), "sample").tolist() == [0, 1, 1]


# What happened before


def test_notes_events_and_holidays_say_when_it_happened(desk: Desk) -> None:
    seen = desk.review("orders", as_of=as_of())
    assert past_spans(desk, seen, "shutdown") == tuple((day(a).date(), day(b).date()) for a, b in SHUTDOWNS)
    assert [first for first, _ in past_spans(desk, seen, "campaign")] == [
        day(number).date() for a, b in CAMPAIGNS for number in range(a, b + 1)
    ]
    assert past_spans(desk, seen, "holiday")[-1][0] == dt.date(2026, 8, 31), "the next one is still to come"
    assert past_spans(desk, seen, "camp") == ()
    assert offered(seen) == ["holiday", "Spring campaign"]


def test_effects_are_learned_and_told_with_their_interval(desk: Desk) -> None:
    scenario = read_scenario("campaign@2026-11-09..2026-11-13;shutdown@2026-11-16..2026-11-17", DEFECTS)
    told = made(desk, "orders", as_of=as_of(), scenario=scenario)
    assert told.under is not None
    campaign, shutdown = (each.effect for each in told.under.what_if.planned)
    assert campaign is not None
    assert shutdown is not None
    assert campaign.seen == shutdown.seen == 2
    for effect, true in ((campaign, 0.4), (shutdown, -0.5)):
        low, high = (effect.shown(end) for end in effect.interval())
        assert low <= true <= high
        assert effect.shown(effect.size) == pytest.approx(true, abs=0.08)
    known = sentences.learned_text(DEFECTS, campaign).replace("\u00a0", " ")
    assert known.startswith("Seen 2 times before: +")
    assert sentences.learned_text(DEFECTS, None) == "Not seen before: give its effect."
    line = sentences.item_lines(told)[0].replace("\u00a0", " ")
    assert line.startswith("campaign, 9 Nov 2026 – 13 Nov 2026: +")
    assert line.endswith("seen 2 times before")
    usual, other = told.found.points.set_index("label")["mean"], told.under.found.points.set_index("label")["mean"]
    assert other["10 Nov 2026"] == pytest.approx(1.4 * usual["10 Nov 2026"], rel=0.08)
    assert other["16 Nov 2026"] == pytest.approx(0.5 * usual["16 Nov 2026"], rel=0.08)
    assert other["20 Nov 2026"] == usual["20 Nov 2026"]
    assert told.made is not None
    assert (told.made.data, told.made.decisions) == desk.versions


def test_an_event_that_nobody_has_seen_needs_its_effect(desk: Desk) -> None:
    seen = desk.review("orders", as_of=as_of())
    with pytest.raises(NotUnderstood, match=r"effect of “strike”.*write strike@2026-11-09:-10%"):
        plan(desk, seen, read_scenario("strike@2026-11-09", DEFECTS))


def test_effects_of_days_are_learned_for_weeks_too(desk: Desk) -> None:
    scenario = read_scenario("shutdown@2026-11-09..2026-11-10", DEFECTS)
    usual = forecast_review(desk.review("orders", grain="week", as_of=as_of()))
    other = plan(desk, usual.review, scenario).applied(usual)
    ratio = (other.points["mean"] / usual.points["mean"])[usual.points["label"] == "week of 9 Nov 2026"].iloc[0]
    assert ratio == pytest.approx(1 - 0.5 * 2 / 7, abs=0.03), "two days of seven lose half"


# Holidays


def test_a_past_holiday_is_no_ordinary_day_and_a_coming_one_gets_its_effect(desk: Desk) -> None:
    found = forecast_review(desk.review("orders", as_of=as_of()))
    assert (found.holidays.past, found.holidays.coming) == (3, 1)
    effect = found.holidays.effect
    assert effect is not None
    assert effect.shown(effect.size) == pytest.approx(-0.8, abs=0.06)
    points = found.points.set_index("label")["mean"]
    assert points["11 Nov 2026"] < 0.35 * points["4 Nov 2026"]
    assert found.forecast is not None
    assert (found.forecast.known, found.forecast.gaps) == (DAYS, 0)
    without = forecast_review(replace(found.review, kpi=replace(found.review.kpi, calendar=Calendar())))
    assert without.forecast is not None
    assert found.forecast.accuracy.mae < 1.05 * without.forecast.accuracy.mae


def test_a_landing_counts_the_holidays_to_come_too(desk: Desk) -> None:
    """11 November is one: the month lands some four fifths of a day's 300 orders lower than without it."""
    seen = desk.review("orders", as_of=as_of())
    bare = replace(seen, kpi=replace(seen.kpi, calendar=replace(seen.kpi.calendar, holidays=frozenset())))
    usual, other = landing(bare, "month"), landing(seen, "month")
    assert usual.likely is not None
    assert other.likely is not None
    assert usual.likely - other.likely == pytest.approx(0.8 * 300, rel=0.25)


def test_a_last_day_that_was_a_holiday_ends_the_history_all_the_same() -> None:
    values = [float(x) for x in np.random.default_rng(4).normal(70, 1, 60)]
    kpi = replace(WEIGHT, calendar=Calendar(holidays=frozenset({dt.date(2026, 3, 5)})))
    found = forecast_review(review(readings([*values[:-1], 20.0], kpi=kpi), ()))
    assert found.forecast is not None
    assert found.forecast.last == 59
    assert found.points["mean"].min() > 65


# Both courses


def aimed(kpi: Kpi = LATE, target: float = 10.0) -> Kpi:
    return replace(kpi, targets=(Target(None, value=target),))


def planned(text: str, kpi: Kpi) -> WhatIf:
    (item,) = read_scenario(text, kpi)
    assert item.amount is not None
    value = item.amount.value if item.amount.relative else item.amount.value / kpi.multiplier
    return WhatIf((Planned(item, effects.given(value, multiplied=item.amount.relative)),))


def monthly(**more: Any) -> Any:
    draw = np.random.default_rng(3)
    sizes = draw.integers(800, 1200, 46).astype(float)
    events = [float(round(size * share)) for size, share in zip(sizes, draw.normal(0.10, 0.01, 46), strict=True)]
    return review(counts(events, list(sizes), kpi=aimed(**more), grain="month", start="2022-11-01"), ())


def test_the_year_lands_where_the_scenario_takes_it() -> None:
    """Eight months are over; from September on two points more: the year moves by about a third of that."""
    seen = monthly()
    shifted = planned("level@2026-09-01:+2", LATE)
    usual, other = landing(seen, "year"), landing(seen, "year", shifted.over(seen, "year"))
    assert usual.likely is not None
    assert other.likely is not None
    assert other.likely - usual.likely == pytest.approx(0.02 / 3, abs=0.001)
    assert other.reason == usual.reason


def test_closed_days_leave_a_sum_by_their_share() -> None:
    """40 a day, half of March to come, of which a third is closed: 1,240 less 5 · 40; the days before count in full."""
    draw = np.random.default_rng(2)
    seen = review(totals([float(x) for x in draw.poisson(40, 70)]), ())  # to 15 March
    item = read_scenario("closed@2026-03-20..2026-03-24", DEFECTS)[0]
    what_if = WhatIf((Planned(item),))
    usual, other = landing(seen, "month"), landing(seen, "month", what_if.over(seen, "month"))
    assert usual.likely is not None
    assert other.likely is not None
    assert usual.likely - other.likely == pytest.approx(200, abs=20)
    year = landing(seen, "year"), landing(seen, "year", what_if.over(seen, "year"))
    assert year[0].likely is not None
    assert year[1].likely is not None
    assert year[0].likely - year[1].likely == pytest.approx(200, abs=20), "by weeks, of which a part is closed"


def test_a_share_that_is_mostly_whole_moves_the_right_way() -> None:
    """Uptime is forecast by what it falls short of 100 %: five points less are five points less all the same."""
    draw = np.random.default_rng(5)
    whole = [500.0 if draw.random() < 0.7 else 495.0 for _ in range(70)]
    kpi = replace(LATE, better="higher")
    seen = review(counts(whole, 500.0, kpi=kpi), ())
    down = planned("level@2026-03-16:-5", kpi)
    usual, other = landing(seen, "month"), landing(seen, "month", down.over(seen, "month"))
    assert usual.likely is not None
    assert other.likely is not None
    assert usual.likely - other.likely == pytest.approx(0.05 * 16 / 31, abs=0.002)


def test_closed_days_are_no_periods_and_count_for_nothing() -> None:
    draw = np.random.default_rng(2)
    seen = review(totals([float(x) for x in draw.poisson(40, 60)]), ())
    item = read_scenario("closed@2026-03-09..2026-03-11", DEFECTS)[0]
    found = WhatIf((Planned(item),)).applied(forecast_review(seen))
    assert len(found.ahead) == 25
    assert not set(pd.DatetimeIndex(found.ahead["period"]).date) & {dt.date(2026, 3, number) for number in (9, 10, 11)}
    weeks = review(totals([float(x) for x in draw.poisson(280, 40)], grain="week", start="2025-06-02"), ())
    usual = forecast_review(weeks)
    other = WhatIf((Planned(item),)).applied(usual)
    ratio = (other.points["mean"] / usual.points["mean"])[usual.points["period"] == pd.Timestamp("2026-03-09")]
    assert ratio.iloc[0] == pytest.approx(4 / 7)


def test_what_is_in_a_counts_unit_holds_for_each_day_that_is_worked() -> None:
    """Twenty less a day is 140 less a week, and 80 less in one of which three days are closed."""
    draw = np.random.default_rng(2)
    weeks = review(totals([float(x) for x in draw.poisson(280, 40)], grain="week", start="2025-06-02"), ())
    usual = forecast_review(weeks)
    lower = planned("level@2026-03-01:-20", DEFECTS).planned[0]
    shut = Planned(read_scenario("closed@2026-03-16..2026-03-18", DEFECTS)[0])
    other = WhatIf((lower, shut)).applied(usual).points.set_index("label")["mean"]
    plain = usual.points.set_index("label")["mean"]
    assert other["week of 23 Mar 2026"] == pytest.approx(plain["week of 23 Mar 2026"] - 140)
    assert other["week of 16 Mar 2026"] == pytest.approx((plain["week of 16 Mar 2026"] - 140) * 4 / 7)
    assert sentences.item_text(DEFECTS, lower).endswith("−20.0 a day")


def test_a_capacity_is_never_exceeded(desk: Desk) -> None:
    seen = desk.review("orders", as_of=as_of())
    for text, most in (("capacity@2026-11-09:250", 250.0), ("capacity@2026-11-09:-20%", 0.8)):
        found = plan(desk, seen, read_scenario(text, DEFECTS)).applied(forecast_review(seen))
        points = found.points[found.points["period"] >= pd.Timestamp("2026-11-09")]
        ceiling = most if most > 1 else most * float(seen.points["value"].max())
        assert points["upper_95"].max() == pytest.approx(min(ceiling, points["upper_95"].max()))
        assert points["upper_95"].max() <= ceiling + 1e-9


def test_chances_follow_the_scenario() -> None:
    draw = np.random.default_rng(90)
    kpi = aimed(target=13.0)
    seen = review(counts([float(x) for x in draw.binomial(500, 0.1, 90)], 500.0, kpi=kpi), ())
    usual = forecast_review(seen)
    assert usual.distrust == ""
    other = planned("level@2026-04-01:+5", kpi).applied(usual)
    assert other.ahead["chance"].max() < 0.3 < usual.ahead["chance"].min()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("campaign@2026-01-09..2026-01-10:+9", "What if: on 10 Jan 2026 most likely 19.0 g instead of 10.0 g."),
        ("level@2026-01-09:+9", "What if: on 4 Feb 2026 most likely 19.0 g instead of 10.0 g."),
        ("campaign@2027-01-09:+9", "What if: no period ahead changes as far as can be read here."),
    ],
)
def test_the_line_of_a_scenario_tells_the_last_period_that_it_changes(text: str, said: str) -> None:
    """Three days of 10 g say nothing of the year: the line is of the days ahead."""
    found = forecast_review(review(readings([10.0, 10.0, 10.0]), ()))
    what_if = planned(text, WEIGHT)
    told = Told(found, {}, Under(what_if, what_if.applied(found), {}))
    assert sentences.lead(told).replace("\u00a0", " ") == said


def test_a_year_that_a_scenario_leaves_as_it_is_is_told_as_such() -> None:
    found = monthly()
    what_if = planned("campaign@2030-01-09:+9", aimed())
    usual = landing(found, "year")
    ahead = forecast_review(found)
    told = Told(ahead, {"year": usual}, Under(what_if, what_if.applied(ahead), {"year": usual}))
    assert " all the same" in sentences.lead(told)
    assert "instead" not in sentences.lead(told)
