"""Many series: as each of them alone."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import forecast, forecast_many

SERIES = [20 + np.random.default_rng(seed).normal(0, 1, 40) for seed in range(3)]


def test_each_is_forecast_as_it_would_be_alone() -> None:
    found = forecast_many([*SERIES, [None, None], [4.0]], 5, lower=[0.0, None, 1.0, None, None])
    for values, lower, one in zip(SERIES, (0.0, None, 1.0), found, strict=False):
        assert one is not None
        assert one.points.equals(forecast(values, 5, lower=lower).points)
    assert found[3] is None
    assert found[4] is not None
    assert found[4].method == "last_value"


def test_it_says_how_far_it_is_and_can_be_stopped() -> None:
    told: list[tuple[int, int]] = []
    forecast_many(SERIES, 3, done=lambda made, of: told.append((made, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]

    def stop(made: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecast_many(SERIES, 3, done=stop)


def test_one_bound_too_few_is_said() -> None:
    with pytest.raises(ValueError, match="found 2, wanted one for each of 3 series"):
        forecast_many(SERIES, 3, upper=[1.0, 2.0])
