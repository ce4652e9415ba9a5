"""The members against statsmodels 0.15.0 where both compute the same, and against naive loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.stattools import acf

from opsmetrics.stats.forecast import forecast, seasons
from opsmetrics.stats.forecast.autoregression import autoregressed, candidates, fit, settled
from opsmetrics.stats.forecast.averages import recent_average, weekday_profile
from opsmetrics.stats.forecast.combining import combined, weights_of, weights_without_own
from opsmetrics.stats.forecast.filters import filtered, moving
from opsmetrics.stats.forecast.rivals import exponential_smoothing, with_rival
from opsmetrics.stats.forecast.smoothing import DAMPED, SIMPLE, errors_of, smoothed, theta, with_season
from tests.cases import cases
from tests.stats.forecast import theirs

FEW = settings(max_examples=cases(10, 100), deadline=None)

VALUES = 30 + np.cumsum(np.random.default_rng(21).normal(0, 1, 60))


# Smoothing

ONE_ROW = VALUES[None, :]
AT_END, ROW = np.array([60]), np.array([0])


@pytest.mark.parametrize("place", [0, 3, 6, 9])
def test_simple_smoothing_is_that_of_statsmodels(place: int) -> None:
    errors = errors_of(ONE_ROW, SIMPLE[place])
    found = theirs.simple(VALUES, SIMPLE[place])
    assert errors.states(AT_END, ROW)[0][0] == pytest.approx(found.forecast(1)[0])
    assert (errors.values**2).sum() == pytest.approx(found.sse)


@pytest.mark.parametrize("place", [0, 9, 18, 27])
def test_damped_holt_is_that_of_statsmodels(place: int) -> None:
    alpha, beta, phi = DAMPED[place]
    errors = errors_of(ONE_ROW, alpha, beta, phi)
    level, trend = errors.states(AT_END, ROW)
    found = theirs.damped(VALUES, alpha, beta, phi)
    ahead = level[0] + trend[0] * np.cumsum(phi ** np.arange(1, 6))
    assert ahead == pytest.approx(found.forecast(5))
    assert (errors.values**2).sum() == pytest.approx(found.sse)


@pytest.mark.parametrize(("alpha", "beta", "phi"), [(0.3, 0.0, 0.0), (0.2, 0.06, 0.9)])
def test_a_season_that_learns_is_that_of_statsmodels(alpha: float, beta: float, phi: float) -> None:
    """ETSModel of statsmodels 0.15.0 with known parameters and a season of nothing to start from."""
    gamma, season = 0.15, 4
    errors = with_season(errors_of(ONE_ROW, alpha, beta, phi), 1.0, gamma, season)
    level, slope = (VALUES[:4].mean(), 0.0) if not phi else (VALUES[0], float(np.median(np.diff(VALUES[:10]))))
    model = ETSModel(
        VALUES[1:],
        trend="add" if phi else None,
        damped_trend=bool(phi),
        seasonal="add",
        seasonal_periods=season,
        initialization_method="known",
        initial_level=level,
        initial_trend=slope if phi else None,
        initial_seasonal=[0.0] * season,
    )
    given = {"smoothing_level": alpha, "smoothing_trend": beta, "smoothing_seasonal": gamma, "damping_trend": phi}
    found = model.smooth([given[name] for name in model.param_names])
    assert errors.values[:, 0] == pytest.approx(np.asarray(found.resid))


def test_theta_is_that_of_statsmodels() -> None:
    """ThetaModel of statsmodels 0.15.0: its level and weight given, the drift is the same."""
    found = ThetaModel(VALUES, period=1, deseasonalize=False).fit()
    alpha, slope = float(found.params["alpha"]), float(found.params["b0"])
    start = float(found.forecast(1).iloc[0]) - slope / 2 * (1 - (1 - alpha) ** 60) / alpha
    ours = theta(np.array([start]), np.array([slope]), np.array([alpha]), AT_END, 8)[0]
    assert ours == pytest.approx(np.asarray(found.forecast(8)))
    assert np.polyfit(np.arange(60), VALUES, 1)[0] == pytest.approx(slope), "the slope of a straight line"


def test_smoothing_of_a_prefix_is_that_of_the_whole() -> None:
    """All origins in one pass: each as if nothing had come after it."""
    together = smoothed(ONE_ROW, np.zeros(3, dtype=int), np.array([20, 41, 60]), 4, 1)
    alone = smoothed(ONE_ROW[:, :41], ROW, np.array([41]), 4, 1)
    assert np.allclose(together[0, 1], alone[0, 0])


def test_rows_are_smoothed_apart() -> None:
    rows = np.array([VALUES, VALUES[::-1]])
    both = smoothed(rows, np.array([0, 1]), np.array([50, 60]), 4, 1)
    for row, origin in ((0, 50), (1, 60)):
        alone = smoothed(rows[row : row + 1], ROW, np.array([origin]), 4, 1)
        assert np.allclose(both[:, row], alone[:, 0])


def test_a_straight_line_is_carried_on_with_less_than_its_slope() -> None:
    """Simple smoothing stays, Theta takes half the slope, damped Holt most of it."""
    line = 10 + 0.5 * np.arange(50)
    ahead = smoothed(line[None, :], ROW, np.array([50]), 3, 1)[0, 0]
    assert (np.diff(ahead) > 0).all()
    assert (ahead <= 10 + 0.5 * np.arange(50, 53) + 0.01).all()


@FEW
@given(arrays.arrays(np.float64, st.tuples(st.integers(2, 30), st.just(2)), elements=st.floats(-5, 5)))
def test_filters_are_loops(values: np.ndarray) -> None:
    below, above = [1.0, -0.7, 0.2], [1.0, 0.5]
    found = np.zeros_like(values)
    for t in range(len(values)):
        driven = sum(above[j] * values[t - j] for j in range(2) if t >= j)
        found[t] = driven - sum(below[j] * found[t - j] for j in (1, 2) if t >= j)
    assert np.allclose(filtered(below, moving(above, values)), found)


# Autoregression


def test_roots_of_what_explodes_are_on_the_circle_and_others_are_left() -> None:
    """y = 1.21·y₋₂ has the roots ±1.1; y = y₋₁ + 0.02·y₋₂ one of 1.0196, a trend; lag 40 is not looked at."""
    used = np.array([1, 2, 40])
    given = np.array([[0.1, 0.0, 1.21, 0.0], [0.2, 1.0, 0.02, 0.0], [0.3, 0.5, 0.2, 0.0], [0.4, 1.0, 0.0, 0.4]])
    found = settled(given, used, 1.05)
    assert np.allclose(found[0], [0.1, 0.0, 1.0, 0.0])
    assert np.array_equal(found[1:], given[1:])
    assert np.allclose(settled(given, used, 1.0)[1, 1:3], [1 / 1.019615, 0.02 / 1.019615**2], atol=1e-6)


def test_coefficients_are_those_of_least_squares() -> None:
    values = np.random.default_rng(3).normal(0, 1, 80)
    model = AutoReg(values, lags=[1, 2, 3, 4, 6, 8], hold_back=8).fit()
    rows = np.column_stack([np.ones(72), *(values[8 - lag : 80 - lag] for lag in (1, 2, 3, 4, 6, 8)), values[8:]])
    found = fit((rows.T @ rows)[None], list(range(7)), np.array([72]))
    assert found is not None
    assert found.coefficients[0] == pytest.approx(np.asarray(model.params), abs=1e-5)
    assert found.criterion[0] == pytest.approx(72 * np.log(model.sigma2) + 2 * 8 * 72 / (72 - 9), rel=1e-5)


def test_origins_are_fitted_apart() -> None:
    together, _ = autoregressed(ONE_ROW, np.zeros(3, dtype=int), np.array([40, 52, 60]), 5, 7)
    for place, origin in enumerate((40, 52)):
        known = np.unique([40, origin])
        alone, _ = autoregressed(ONE_ROW[:, :origin], np.zeros(len(known), dtype=int), known, 5, 7)
        assert np.allclose(together[place], alone[-1])


def test_equations_without_an_answer_are_left_out_and_counted() -> None:
    holed = fit(np.full((1, 3, 3), np.nan), [0, 1], np.array([40]))
    assert holed is None or np.isinf(holed.criterion[0])
    assert fit(np.zeros((1, 3, 3)), [0], np.array([40])) is None


def test_seasonal_lags_come_with_a_season() -> None:
    assert max(max(lags) for lags in candidates(1)) == 8
    assert {7, 8, 14} <= {lag for lags in candidates(7) for lag in lags}
    assert all(len(set(lags)) == len(lags) for season in (1, 3, 4, 7, 12, 52) for lags in candidates(season))


# Averages


@pytest.mark.parametrize("season", [1, 5])
def test_the_recent_average_is_a_loop(season: int) -> None:
    decay = 0.75 if season > 1 else 0.85
    found = recent_average(VALUES, np.array([33]), 8, season)[0]
    for step in range(8):
        own = [slot for slot in range(33) if slot % season == (33 + step) % season]
        weights = [decay**age for age in range(len(own))][::-1]
        expected = sum(w * VALUES[s] for w, s in zip(weights, own, strict=True)) / sum(weights)
        assert found[step] == pytest.approx(expected)


def test_a_profile_of_noise_is_small_and_one_of_a_real_week_is_kept() -> None:
    draw = np.random.default_rng(1)
    flat = [np.ptp(weekday_profile(draw.normal(0, 1, 20), 7, 7)) for _ in range(50)]
    real = np.tile([0.0, 0, 0, 0, 0, 10, 10], 3)[:20]
    assert np.mean(flat) < 1.6, "the spread of seven weekday means of three would be 1.56 without any shrinking"
    assert np.ptp(weekday_profile(real, 7, 7)) > 9


def test_the_profile_is_a_loop() -> None:
    """Empirical Bayes by hand (Carlin and Louis, 2.3): each day's mean off all is drawn towards none by its variance,
    the level is three parts of the last week without its profile and two of all."""
    known, season = VALUES[:17] + np.array([0.0, 9, 0, 0, 4, 0, 0] * 3)[:17], 7
    base = known.mean()
    days = [[float(known[slot]) - base for slot in range(17) if slot % season == day] for day in range(season)]
    means = [sum(own) / len(own) for own in days]
    noise = sum((x - mean) ** 2 for own, mean in zip(days, means, strict=True) for x in own) / (17 - season)
    real = max(float(np.mean(np.square(means))) - noise / (17 / season), 0.25 * known.var())
    drawn = [mean * real / (real + noise / len(own)) for own, mean in zip(days, means, strict=True)]
    rest = [float(known[slot]) - drawn[slot % season] for slot in range(17)]
    level = 0.6 * sum(rest[-7:]) / 7 + 0.4 * sum(rest) / 17
    wanted = [level + drawn[(17 + step) % season] for step in range(9)]
    assert weekday_profile(known, 9, season) == pytest.approx(wanted)


# Seasons


@pytest.mark.parametrize("seed", range(6))
def test_a_season_is_found_where_the_autocorrelation_says_so(seed: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.normal(0, 1, 84) + (seed % 3) * 0.5 * np.sin(np.arange(84) * 2 * np.pi / 7)
    r = acf(values, nlags=7, fft=False)
    expected = r[7] > 1.645 * np.sqrt((1 + 2 * (r[1:7] ** 2).sum()) / 84)
    assert (seasons.find(values, (7,)) == 7) == expected


def test_memory_is_no_season() -> None:
    """Of 40 series with memory alone Bartlett's error, which holds the shorter lags, keeps those from passing that
    would by 1 / √n."""
    draw, kept = np.random.default_rng(8), 0
    for _ in range(40):
        values = filtered([1.0, -0.8], draw.normal(0, 1, (84, 1)))[:, 0]
        r = acf(values, nlags=7, fft=False)
        expected = r[7] > 1.645 * np.sqrt((1 + 2 * (r[1:7] ** 2).sum()) / 84)
        assert (seasons.find(values, (7,)) == 7) == expected
        kept += r[7] > 1.645 / np.sqrt(84) and not expected
    assert kept >= 5


def test_three_seasons_are_needed() -> None:
    dips = np.tile([0.0] * 11 + [-5.0], 5) + np.random.default_rng(0).normal(0, 0.1, 60)
    assert seasons.find(dips[:36], (12,)) == 12
    assert seasons.find(dips[:35], (12,)) == 1


def test_the_season_of_a_product_and_of_a_sum() -> None:
    factors, trend = np.array([0.5, 1.0, 1.5, 1.0]), np.linspace(100, 200, 48)
    season = seasons.estimate(trend * np.tile(factors, 12), 4)
    assert season.multiplied
    assert season.indices == pytest.approx(factors, abs=0.02)
    terms = np.array([-30.0, 0.0, 30.0, 0.0])
    added = seasons.estimate(trend - 150 + np.tile(terms, 12), 4)
    assert not added.multiplied
    assert added.indices == pytest.approx(terms, abs=1.5)


def test_what_is_removed_is_restored() -> None:
    season = seasons.estimate(50 + 10 * np.sin(np.arange(48) * np.pi / 6), 12)
    values = np.linspace(1, 9, 20)
    assert season.restored(season.removed(values), np.arange(20)) == pytest.approx(values)


def test_a_filled_gap_follows_its_weekday() -> None:
    values = np.tile([10.0, 10, 10, 10, 10, 2, 1], 8)
    holed = values.copy()
    holed[[26, 27, 33]] = np.nan
    assert seasons.filled(holed, 7) == pytest.approx(values, abs=0.5)


# The combination


def test_half_the_median_half_the_weighted_average() -> None:
    members = np.array([[1.0], [2.0], [9.0], [4.0]])
    found = combined(members, np.array([0.5, 0.25, 0.25, 0.0]))
    assert found[0] == pytest.approx(0.5 * 3.0 + 0.5 * (0.5 + 0.5 + 2.25))


def test_a_member_that_is_not_there_is_left_out() -> None:
    members = np.array([[1.0], [np.nan], [3.0], [np.nan]])
    assert combined(members, np.full(4, 0.25))[0] == pytest.approx(2.0)


def test_weights_follow_the_errors() -> None:
    """Twice the error, 60 times: 2 to the power of −6 · 60 / 80; for one origin without its three, of −6 · 30 / 50."""
    errors = np.array([1.0, 2.0, 1.0, np.nan])[:, None, None] * np.ones((4, 20, 3))
    whole, less = 2**-4.5, 2 ** (-6 * 30 / 50)
    assert weights_of(errors) == pytest.approx(np.array([1, whole, 1, 0]) / (2 + whole))
    assert weights_without_own(errors[:, :11])[:, 2] == pytest.approx(np.array([1, less, 1, 0]) / (2 + less))


def test_few_errors_say_little() -> None:
    few, many = (weights_of(np.array([1.0, 3.0])[:, None, None] * np.ones((2, n, 1))) for n in (2, 200))
    assert few[1] > 0.35
    assert many[1] < 0.03


def test_no_origin_judges_itself() -> None:
    errors = np.ones((2, 30, 1))
    errors[0, 1] = 1000.0
    weights = weights_without_own(errors)
    assert weights[:, 1] == pytest.approx([0.5, 0.5]), "its own bad luck must not count against a member"
    assert weights[0, 0] < 0.01


# The rival


def test_the_rival_is_statsmodels_own_answer() -> None:
    found = exponential_smoothing(VALUES, 4, 1)
    theirs = ExponentialSmoothing(VALUES, trend="add", damped_trend=True, initialization_method="heuristic").fit()
    assert found is not None
    assert found.mean == pytest.approx(np.asarray(theirs.forecast(4)))
    assert found.converged


def test_its_warnings_are_counted_and_not_shown(recwarn: pytest.WarningsRecorder) -> None:
    with np.errstate(all="warn"):
        exponential_smoothing(np.concatenate([np.zeros(20), [1e6]]), 3, 7)
    assert len(recwarn) == 0


def test_the_rival_stands_beside_the_naive_ones() -> None:
    values = np.random.default_rng(6).normal(10, 1, 60)
    found = with_rival(forecast(values, 5), values)
    names = [rival.name for rival in found.accuracy.rivals]
    assert names == ["last_value", "exponential_smoothing"]
    assert found.accuracy.rivals[1].origins == 6
    assert found.accuracy.rivals[1].mae == pytest.approx(found.accuracy.mae, rel=0.3), (
        "both know a mean when they see it"
    )


def test_without_a_backtest_there_is_no_rival() -> None:
    found = forecast([1.0, 2.0], 3)
    assert with_rival(found, [1.0, 2.0]) is found
