"""What a member takes of what it may choose from, and its season: by statsmodels 0.15.0 and by loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.seasonal import seasonal_decompose

from opsmetrics.stats.forecast import seasons
from opsmetrics.stats.forecast.autoregression import autoregressed, candidates
from opsmetrics.stats.forecast.averages import recent_average, weekday_profile
from opsmetrics.stats.forecast.combining import fitted
from opsmetrics.stats.forecast.smoothing import DAMPED, SIMPLE, smoothed
from tests.stats.forecast import theirs

AHEAD = 6


@pytest.mark.parametrize("kind", ["noise", "walk", "trend"])
def test_the_mean_of_three_is_that_of_the_least_squared_errors(kind: str) -> None:
    """Simple smoothing and damped Holt by the squared errors of statsmodels over the same grid; Theta with the weight
    of the former and the slope that ThetaModel finds."""
    noise = np.random.default_rng(13).normal(0, 1, 70)
    values = {"noise": 20 + noise, "walk": 20 + np.cumsum(noise), "trend": 20 + 0.4 * np.arange(70) + noise}[kind]
    alpha, level = min(((alpha, theirs.simple(values, alpha)) for alpha in SIMPLE), key=lambda one: one[1].sse)
    flat = np.asarray(level.forecast(AHEAD))
    holt = np.asarray(min((theirs.damped(values, *given) for given in DAMPED), key=lambda one: one.sse).forecast(AHEAD))
    slope = float(ThetaModel(values, period=1, deseasonalize=False).fit().params["b0"])
    theta = flat + slope / 2 * (np.arange(AHEAD) + (1 - (1 - alpha) ** 70) / alpha)
    found = smoothed(values[None, :], np.array([0]), np.array([70]), AHEAD, 1)[0, 0]
    assert found == pytest.approx((flat + theta + holt) / 3)


@pytest.mark.parametrize("season", [1, 7])
def test_autoregression_is_that_of_statsmodels(season: int) -> None:
    """AutoReg of statsmodels 0.15.0 on each set of lags over the same rows, the corrected criterion by its own words:
    the set with the least of it, and its forecast step by step."""
    draw = np.random.default_rng(4)
    values = np.zeros(300)
    for slot in range(8, 300):
        values[slot] = 0.5 * values[slot - 1] + 0.3 * values[slot - (2 if season == 1 else 7)] + draw.normal()
    values += 50
    ours, failures = autoregressed(values[None, :], np.array([0]), np.array([300]), 10, season)
    longest = max(max(lags) for lags in candidates(season))
    models = [AutoReg(values, lags=list(lags), hold_back=longest).fit() for lags in candidates(season)]
    rows = 300 - longest

    def corrected(model: Any) -> float:
        free = len(model.params) + 1
        return float(rows * np.log(model.sigma2) + 2 * free * rows / (rows - free - 1))

    best = min(models, key=corrected)
    assert failures == 0
    assert ours[0] == pytest.approx(np.asarray(best.forecast(10)), rel=1e-5)


@pytest.mark.parametrize("length", [7, 12])
@pytest.mark.parametrize("multiplied", [True, False])
def test_a_season_is_what_its_words_say(length: int, multiplied: bool) -> None:
    """The moving average of statsmodels; ratios or differences within 2.5 robust deviations of the median of their
    slot; each season weighing 0.9 of the next; drawn towards none by James and Stein."""
    draw = np.random.default_rng(length)
    n = length * 8 + 3
    shape = draw.normal(0, 3, length)
    values = 50 + 0.1 * np.arange(n) + np.tile(shape, 9)[:n] + draw.normal(0, 3, n)
    values[length * 3 + 2] += 60
    values = values if multiplied else values - 60
    trend = seasonal_decompose(values, period=length).trend
    away = values / trend if multiplied else values - trend
    neutral = 1.0 if multiplied else 0.0
    indices, noise = [], []
    start = int(np.flatnonzero(np.isfinite(away))[0]) // length
    for slot in range(length):
        own = [(at, away[at]) for at in range(slot, n, length) if np.isfinite(away[at])]
        middle = np.median([value for _, value in own])
        reach = 2.5 * 1.4826 * np.median([abs(value - middle) for _, value in own])
        kept = np.array([min(max(value, middle - reach), middle + reach) for _, value in own])
        weight = np.array([0.9 ** -(at // length - start) for at, _ in own])
        weight = weight / weight.sum()
        mean = float(weight @ kept)
        indices.append(mean)
        noise.append(float(weight @ (kept - mean) ** 2) * len(own) / (len(own) - 1) * float(weight @ weight))
    index = np.array(indices)
    index = index / index.mean() if multiplied else index - index.mean()
    share = max(1 - (length - 3) / (length - 1) * np.mean(noise) / np.mean((index - neutral) ** 2), 0.0)
    found = seasons.estimate(values, length)
    assert found.multiplied == multiplied
    assert found.indices == pytest.approx(neutral + (index - neutral) * share)
    assert 0.5 < share < 1


@pytest.mark.parametrize(("n", "share"), [(21, 1.0), (30, (84 - 30) / 63), (83, 1 / 63), (84, 0.0), (120, 0.0)])
def test_the_profile_of_a_short_week_fades_until_the_twelfth(n: int, share: float) -> None:
    """No jump where the members begin: at three weeks they are the profile, from twelve on they stand alone."""
    values = 20 + np.tile([5.0, 0, 1, 2, 0, -3, -5], 18)[:n] + np.random.default_rng(n).normal(0, 0.6, n)
    week, origin = 7, np.array([n])
    found = fitted(values, origin, 14, (week,)).values[:, 0]
    profile = weekday_profile(values, 14, week)
    length = seasons.find(values, (week,))
    alone, _ = autoregressed(values[None, :], np.array([0]), origin, 14, length)
    assert found[2] == pytest.approx((1 - share) * alone[0] + share * profile)
    assert found[4] == pytest.approx((1 - share) * recent_average(values, origin, 14, length)[0] + share * profile)
