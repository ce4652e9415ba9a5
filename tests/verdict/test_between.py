"""What lies between rare events: distances by hand, the chart by what is recorded, and a verdict that ignores it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.catalog import Calendar, Shift
from opsmetrics.review import review
from opsmetrics.stats import g_chart, t_chart
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.between import Between
from tests.verdict.made import DEFECTS, ENERGY, FALLS, HARM, LATE, counts, decision, totals


def days_with(events: dict[int, float], n: int) -> list[float]:
    return [events.get(day, 0.0) for day in range(n)]


def between(series, decisions=()) -> Between:
    found = review(series, decisions).between
    assert found is not None
    return found


EVENTS = {3: 1.0, 10: 1.0, 30: 2.0, 31: 1.0, 60: 1.0}


def test_days_between_events_where_only_time_is_known() -> None:
    """One event stands in the middle of its day, the two of day 30 at a quarter and three quarters of it: 7 days,
    19.75, 0.5, 0.75 and 29; then 9.5 to the end of day 69."""
    found = between(totals(days_with(EVENTS, 70), kpi=HARM))
    assert (found.kind, found.measure, found.unit, found.title) == ("t", "days", "days", "Days between harms")
    assert found.points["value"].tolist() == pytest.approx([7, 19.75, 0.5, 0.75, 29])
    assert found.points["position"].tolist() == [10, 30, 30, 31, 60]
    assert found.since_last == pytest.approx(9.5)
    assert found.points["upper"].iloc[0] == pytest.approx(t_chart([7, 19.75, 0.5, 0.75, 29]).points["upper"].iloc[0])


def test_opportunities_between_events_where_they_are_recorded() -> None:
    """20 operations a day, the event of a day at its 10th: 7 · 20 − 1 = 139 without one between days 3 and 10; on day
    30 at its 5th and 15th: 20 · 20 − 5 − 1 = 394, then 9 and 14; 29 · 20 − 1 = 579; 10 + 9 · 20 = 190 to the end."""
    found = between(counts(days_with(EVENTS, 70), 20.0, kpi=replace(HARM, denominator="operations")))
    assert (found.kind, found.measure, found.title) == ("g", "opportunities", "Operations between harms")
    assert found.points["value"].tolist() == [139, 394, 9, 14, 579]
    assert found.since_last == 190
    gaps = [139, 394, 9, 14, 579]
    assert found.points["upper"].iloc[0] == pytest.approx(g_chart(gaps).points["upper"].iloc[0])
    assert found.points["centre"].iloc[0] == 139


def test_exposure_between_the_events_of_a_rate() -> None:
    found = between(counts(days_with(EVENTS, 70), 400.0, kpi=replace(FALLS, chart="rare")))
    assert (found.kind, found.measure, found.title) == ("t", "exposure", "Bed days between falls")
    assert found.points["value"].tolist() == pytest.approx([2800, 7900, 200, 300, 11600])


def test_trials_between_the_failures_of_a_share() -> None:
    """Of 50 each day one fails on days 3, 10 and 40: 7 · 50 − 1 and 30 · 50 − 1 between them; successes mirror it."""
    events = days_with({3: 1.0, 10: 1.0, 40: 1.0}, 70)
    late = between(counts(events, 50.0))
    good = between(counts([50 - e for e in events], 50.0, kpi=replace(LATE, better="higher")))
    assert late.points["value"].tolist() == good.points["value"].tolist() == [349, 1499]
    assert (late.kind, good.kind, late.title) == ("g", "g", "Opportunities between departures")


def test_samples_are_counted() -> None:
    found = between(totals(days_with({3: 1.0, 10: 1.0, 11: 1.0}, 40), kpi=replace(HARM, operate="sample")))
    assert (found.kind, found.measure, found.points["value"].tolist()) == ("g", "samples", [6, 0])


@pytest.mark.parametrize(
    ("chart", "kind", "values"), [("g", "g", [6, 19, 0, 0, 28]), ("t", "t", [7, 19.75, 0.5, 0.75, 29])]
)
def test_a_pinned_chart_wins(chart: str, kind: str, values: list[float]) -> None:
    found = between(totals(days_with(EVENTS, 70), kpi=replace(HARM, chart=chart)))
    assert (found.kind, found.points["value"].tolist()) == (kind, pytest.approx(values))
    assert found.why.startswith("Chosen in the catalogue")


def test_an_uptime_departs_on_some_days() -> None:
    """Amounts are no events: each day that departs is one."""
    up = [1440.0] * 60
    up[20], up[27] = 1200.0, 1439.0
    found = between(counts(up, 1440.0, kpi=ENERGY))
    assert found.points["value"].tolist() == [7] and found.title == "Days between departures"


def test_a_period_without_a_verdict_hides_how_far_apart_its_neighbours_are() -> None:
    values: list[float | None] = list(days_with(EVENTS, 70))
    values[20] = None
    found = between(totals(values, kpi=HARM))
    assert found.points["value"].tolist() == pytest.approx([7, 0.5, 0.75, 29]), "day 30 has no neighbour before it"
    series = totals(days_with(EVENTS, 70), kpi=HARM)
    excluded = between(series, [decision(series, "exclude", 20, 20)])
    assert excluded.points["value"].tolist() == pytest.approx([7, 0.5, 0.75, 29])
    assert between(totals([*values[:69], None], kpi=HARM)).since_last is None


def test_phases_do_not_mix() -> None:
    series = totals(days_with(EVENTS, 70), kpi=HARM)
    found = between(series, [decision(series, "phase", 31)])
    assert found.points["phase"].tolist() == [0, 0, 0, 1]
    assert found.points["value"].tolist() == pytest.approx([7, 19.75, 0.5, 29])


def test_closed_days_are_no_time() -> None:
    week = replace(HARM, calendar=Calendar(closed_weekdays=frozenset({5, 6})))
    series = totals(days_with({3: 1.0, 10: 1.0}, 40), kpi=week)
    assert between(series).points["value"].tolist() == [7], "seven working days lie between, whatever the calendar says"


@pytest.mark.parametrize("events", [{}, {5: 1.0}])
def test_fewer_than_two_events_lie_nowhere_apart(events: dict[int, float]) -> None:
    assert review(totals(days_with(events, 40), kpi=HARM), ()).between is None


def test_thousands_of_events_are_not_drawn_one_by_one() -> None:
    """Two bad days of 10^9 lost packets in 30: a point for each would fill the memory and say nothing."""
    assert review(totals(days_with({5: 1e9, 20: 2e9}, 40), kpi=HARM), ()).between is None
    assert len(between(totals(days_with({5: 2000.0, 20: 3000.0}, 40), kpi=HARM)).points) == 4999


def test_other_series_have_none() -> None:
    assert review(totals([9.0, 8.0, 10.0, 11.0] * 8), ()).between is None


def test_its_hits_are_listed_and_decide_nothing() -> None:
    """Twelve events a week apart, then none for 200 days until one more: far above the limits."""
    events = {7 * week: 1.0 for week in range(1, 13)}
    events |= dict.fromkeys((15, 31, 284), 1.0)
    series = totals(days_with(events, 300), kpi=HARM)
    found = review(series, ())
    assert found.between is not None and found.verdict is not None
    hits = found.between.signals
    assert hits["side"].tolist() == ["high"] and found.between.points["side"].iloc[-1] == "high"
    assert found.verdict.variation == "common_cause", "the gap has ended: line 17 sees nothing now"
    told = json.loads(json.dumps(review_as_dict(found), allow_nan=False))["between"]
    assert (
        told["kind"] == "t" and told["points"][-1]["side"] == "high" and told["signals"][0]["rule"] == "beyond_limits"
    )


def test_invariant_distances_add_up() -> None:
    """Whatever the events: the distances and what is left at both ends make the whole time."""
    draw = np.random.default_rng(8)
    for _ in range(30):
        events = draw.poisson(0.2, 120).astype(float)
        found = review(totals(list(events), kpi=replace(DEFECTS, chart="rare")), ()).between
        if found is None or found.since_last is None:
            continue
        first = int(np.argmax(events > 0)) + 0.5 / events[np.argmax(events > 0)]
        assert first + found.points["value"].sum() + found.since_last == pytest.approx(120)
        assert len(found.points) == events.sum() - 1


def test_three_shifts_are_a_day() -> None:
    """Events in the first shift and, ten days of three shifts of 8 hours later, in the same shift again."""
    clock = Calendar(shifts=tuple(Shift(name, dt.time(hour)) for name, hour in (("A", 6), ("B", 14), ("C", 22))))
    kpi = replace(HARM, operate="shift", calendar=clock)
    found = between(totals(days_with({0: 1.0, 30: 1.0, 60: 1.0}, 90), kpi=kpi, start="2026-01-05 06:00"))
    assert found.points["value"].tolist() == pytest.approx([10, 10])
