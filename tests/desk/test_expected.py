"""The latest judged value against the one-step forecast that was made without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Decision
from opsmetrics.desk.expected import as_dict, bands_text, expected, sentence
from opsmetrics.desk.forecasting import forecast_review
from opsmetrics.review import KpiReview, review
from opsmetrics.stats.forecast import forecast
from tests.verdict.made import DEFECTS, SPEED, WEIGHT, counts, readings, totals

NOISE = [float(x) for x in np.random.default_rng(3).normal(70, 1, 90)]


def reviewed(values: list[float], *decisions: Decision, **more: Any) -> KpiReview:
    return review(readings(values, kpi=SPEED, **more), decisions)


def test_it_is_the_forecast_of_the_values_before() -> None:
    """The engine itself, handed the values without the last one, one step ahead."""
    found = expected(reviewed(NOISE))
    own = forecast(NOISE[:-1], 1, seasons_tried=(7,)).points.iloc[0]
    assert found.value == pytest.approx(NOISE[-1])
    assert found.bands is not None
    for nominal, band in found.bands.items():
        assert band == pytest.approx((own[f"lower_{nominal}"], own[f"upper_{nominal}"])), nominal


def test_what_came_last_does_not_change_what_was_expected() -> None:
    usual, odd = (expected(reviewed([*NOISE, last])) for last in (70.0, 95.0))
    assert usual.bands == odd.bands
    assert (usual.outside, odd.outside) == (0, 95)


def test_the_words_do_not_compete_with_the_verdict() -> None:
    usual = expected(reviewed(NOISE))
    assert usual.bands is not None
    between = (usual.bands[80][1] + usual.bands[95][1]) / 2
    found = replace(usual, value=between, bands={80: usual.bands[80], 95: (usual.bands[95][0], between + 1)})
    assert found.outside == 80
    assert sentence(found).startswith("At the edge of what was expected: 80\u00a0% band")
    assert sentence(found).endswith("the chart's verdict stays “Stable”.")
    inside = sentence(expected(reviewed([*NOISE, 70.0])))
    assert "is what was expected" in inside
    assert "verdict" not in inside


def test_all_three_bands_are_told() -> None:
    found = expected(reviewed(NOISE))
    assert [part.split()[0] for part in bands_text(found).split(" · ")] == ["50", "80", "95"]
    told = as_dict(found)
    assert list(told["bands"]) == ["50", "80", "95"]
    assert told["outside"] == found.outside


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_any_grain_has_its_own(grain: Any) -> None:
    found = expected(reviewed(NOISE, grain=grain))
    assert (found.reason, found.label) == ("", found.review.points["label"].iloc[-1])


def test_a_running_period_is_not_looked_at() -> None:
    found = expected(reviewed([*NOISE, 3.0], running=True))
    assert found.value == pytest.approx(NOISE[-1])


def test_counts_never_expect_less_than_nothing() -> None:
    found = expected(review(totals([float(x) for x in np.random.default_rng(1).poisson(2, 80)], kpi=DEFECTS), ()))
    assert found.bands is not None
    assert min(low for low, _ in found.bands.values()) >= 0


def test_what_reads_like_an_end_lies_inside() -> None:
    found = expected(reviewed(NOISE))
    assert replace(found, value=70.04, bands={95: (69.0, 70.0)}).outside == 0
    assert replace(found, value=70.06, bands={95: (69.0, 70.0)}).outside == 95


def test_a_new_phase_expects_nothing_of_its_first_day() -> None:
    series = readings(NOISE, kpi=SPEED)
    start = pd.Timestamp(series.points["period"].iloc[-1]).to_pydatetime()
    found = expected(review(series, [Decision("speed", "phase", start=start, why="new motor")]))
    assert found.reason == "few"


@pytest.mark.parametrize(
    ("values", "reason"), [([], "no_points"), ([70.0], "few"), ([70.0] * 5, "few"), ([70.0] * 30, "constant")]
)
def test_what_cannot_be_expected_says_why(values: list[float], reason: str) -> None:
    found = expected(review(readings(values, kpi=WEIGHT), ()))
    assert (found.reason, found.outside) == (reason, 0)
    assert sentence(found)
    assert as_dict(found)["outside"] is None


def test_a_share_is_expected_within_its_bounds() -> None:
    draw = np.random.default_rng(5)
    found = expected(review(counts([float(x) for x in draw.binomial(50, 0.98, 60)], 50.0), ()))
    assert found.bands is not None
    assert max(high for _, high in found.bands.values()) <= 1.0


def test_the_forecast_of_tomorrow_is_another_one() -> None:
    """The page's own forecast knows the latest value, this one does not."""
    found = reviewed([*NOISE, 95.0])
    ahead = forecast_review(found, 1).points.iloc[0]
    assert expected(found).mean != pytest.approx(float(ahead["mean"]))
