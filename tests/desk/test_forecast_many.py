"""Forecasts of many: each is kept by what it follows from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.desk import forecast_many
from opsmetrics.desk.forecast_many import all_kept, kept
from opsmetrics.review import KpiReview, review
from tests.verdict.made import LATE, counts


def late(level: float, kpi: Kpi = LATE) -> KpiReview:
    draw = np.random.default_rng(5)
    return review(counts([float(x) for x in draw.binomial(500, level, 60)], 500.0, kpi=kpi), ())


def test_a_forecast_is_made_once_for_the_same_figures() -> None:
    first = late(0.11)
    assert not all_kept([first], 7)
    made = kept(first, 7)
    assert all_kept([first], 7)
    again = late(0.11)
    found = kept(again, 7)
    assert found.forecast is made.forecast
    assert found.review is again, "what is shown beside it is the review that was asked about"


def test_other_figures_horizons_and_definitions_are_other_forecasts() -> None:
    made = kept(late(0.12), 7)
    assert kept(late(0.12), 8).forecast is not made.forecast
    assert kept(late(0.13), 7).forecast is not made.forecast
    renamed = late(0.12, replace(LATE, name="Late share, all sites"))
    assert kept(renamed, 7).forecast is not made.forecast


def test_work_that_is_stopped_keeps_what_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    reviews = [late(level) for level in (0.21, 0.22, 0.23)]
    told: list[tuple[int, int, str]] = []

    class Stop(Exception):
        pass

    def between(done: int, of: int, name: str) -> None:
        told.append((done, of, name))
        if done == 2:
            raise Stop

    monkeypatch.setattr(forecast_many.finished, "watched", lambda asked: reviews)
    with pytest.raises(Stop):
        forecast_many.everything(None, 7, between)  # type: ignore[arg-type]
    assert [(done, of) for done, of, _ in told] == [(0, 3), (1, 3), (2, 3)]
    assert all_kept(reviews[:2], 7)
    assert not all_kept(reviews[2:], 7)
