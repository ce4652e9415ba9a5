"""Weeks put together of days for a landing: scaled to their open days where some are missing, a gap where most are."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from opsmetrics.catalog import Decision, Kpi
from opsmetrics.desk.landing_slots import Arranged, arrange, running
from opsmetrics.review import review
from opsmetrics.series import KpiSeries
from tests.verdict.made import DEFECTS, LATE, counts, totals

FIRST = dt.datetime(2026, 1, 5)  # a Monday


def weeks(series: KpiSeries, kpi: Kpi, *left_out: tuple[int, int]) -> Arranged:
    """left_out: first and last day, counted from FIRST, of each exclusion."""
    given = [
        Decision(kpi.key, "exclude", (), start=FIRST + dt.timedelta(days=a), end=FIRST + dt.timedelta(days=b),
                 by="tester", why="stocktaking")
        for a, b in left_out
    ]  # fmt: skip
    found = review(series, given)
    laid = arrange(found, running(found, "quarter"), "week")
    assert laid is not None
    return laid


def test_a_week_of_which_some_days_are_missing_counts_as_a_whole_one() -> None:
    """40 a day: of the third week four days are known, of the fifth three. Every other week holds 280."""
    found = weeks(totals([40.0] * 150, start="2026-01-05"), DEFECTS, (14, 16), (28, 31))
    assert found.values[[0, 1, 2, 3]].tolist() == [280.0] * 4
    assert np.flatnonzero(np.isnan(found.values)).tolist() == [4]


def test_of_a_share_only_the_size_is_scaled() -> None:
    """A tenth of 500 a day, and in the third week of 100 on the four days that are known."""
    sizes = [500.0] * 150
    sizes[17:21] = [100.0] * 4
    events = [size / 10 for size in sizes]
    found = weeks(counts(events, sizes, start="2026-01-05"), LATE, (14, 16), (28, 31))
    assert found.values[[0, 2, 3]] == pytest.approx([0.1] * 3)
    assert found.sizes[[0, 2, 3]].tolist() == [3500.0, 700.0, 3500.0]
    assert np.isnan(found.values[4])
