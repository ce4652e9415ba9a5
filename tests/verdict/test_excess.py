"""The excess of an open episode, in what is counted and in money: Σ (observed − centre)·size by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opsmetrics.review import review
from opsmetrics.verdict import wording
from opsmetrics.verdict.as_dict import review_as_dict
from tests.verdict.made import FALLS, LATE, OEE, WAIT, WEIGHT, counts, noise, readings, totals

EVENTS = [40.0, 42, 38, 41, 39, 40, 43, 37, 40, 41, 39, 40, 38, 42, 40, 41, 39, 40, 40, 80]


def test_late_orders_beyond_the_average_and_their_cost() -> None:
    """80 of 400 on the last day, centre 840/8000 = 0.105: 80 − 42 = 38 orders more, at 12 each."""
    found = review(counts(EVENTS, 400.0, kpi=replace(LATE, cost_per_unit=12.0, numerator="late orders")), ())
    assert found.verdict is not None and found.verdict.episode is not None
    assert found.verdict.excess == pytest.approx(80 - 400 * 840 / 8000)
    assert found.verdict.excess_cost == pytest.approx(12 * 38)
    told = review_as_dict(found)
    assert (told["excess"], told["excess_cost"]) == (found.verdict.excess, found.verdict.excess_cost)
    assert wording.excess(found.kpi, found.verdict.excess) == "38 late orders above its average"


def test_falls_of_a_rate_and_counts_without_denominators() -> None:
    rate = review(counts(EVENTS, 400.0, kpi=FALLS), ())
    count = review(totals(EVENTS), ())
    assert rate.verdict is not None and count.verdict is not None
    assert rate.verdict.excess == pytest.approx(38) and count.verdict.excess == pytest.approx(38)
    assert rate.verdict.excess_cost is None


def test_an_improvement_is_negative() -> None:
    fewer = [40.0] * 3 + EVENTS[:16] + [8.0]
    found = review(totals(fewer), ())
    assert found.verdict is not None and found.verdict.variation == "improving"
    assert found.verdict.excess == pytest.approx(8 - sum(fewer) / 20)
    assert wording.excess(found.kpi, found.verdict.excess).endswith("defects below its average")


def test_readings_add_up_to_their_sum() -> None:
    """25 readings on the last day, each about 10 g heavier."""
    values = [*noise(29), 60.0]
    found = review(readings(values, 25, 5.0, kpi=WEIGHT), ())
    assert found.verdict is not None and found.verdict.excess == pytest.approx(25 * (60 - sum(values) / 30))


@pytest.mark.parametrize("kpi", [WAIT, OEE])
def test_medians_and_formulas_add_up_to_nothing(kpi) -> None:
    found = review(readings([*noise(29), 90.0], 40, 5.0, kpi=kpi), ())
    assert found.verdict is not None and found.verdict.episode is not None
    assert found.verdict.excess is None and wording.excess(kpi, None) == ""


def test_without_an_open_episode_there_is_none() -> None:
    found = review(totals(EVENTS[:19]), ())
    assert found.verdict is not None and found.verdict.excess is None
