"""Joint paths: each step keeps its own fan, errors go together as they did, and a part never exceeds its whole."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit, ndtr, ndtri, stdtrit
from scipy.stats import kendalltau, multivariate_t

from opsmetrics.stats.forecast import Forecast, dependence
from opsmetrics.stats.landing import PATHS, Joint, Stretch, forecasts, land, paths
from opsmetrics.stats.landing.joint import over_horizon, stretches_of
from tests.cases import cases

FEW = settings(max_examples=cases(12, 80), deadline=None)


def drawn(n: int = 120, seed: int = 1, linked: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Shares and their sizes; linked: how much a large day raises its share."""
    draw = np.random.default_rng(seed)
    busy = draw.normal(0, 1, n)
    sizes = np.round(200 * np.exp(0.2 * busy))
    shares = draw.binomial(sizes.astype(int), 1 / (1 + np.exp(2 - linked * busy))) / sizes
    return shares, sizes


def joint(linked: float = 0.0, horizon: int = 15) -> Joint:
    values, sizes = drawn(linked=linked)
    return forecasts(values, sizes, horizon, lower=0.0, upper=1.0, share=True)


def test_there_are_a_thousand_paths_at_least() -> None:
    values, sizes = paths(joint())
    assert values.shape == sizes.shape == (PATHS, 15)
    assert PATHS >= 1000


def test_the_marginals_equal_the_fan() -> None:
    """Each step of the paths has the quantiles of its own fan, of the value and of its size, at each path's share."""
    found = joint(linked=0.4)
    assert isinstance(found.size, Forecast)
    for forecast, drawn_paths in zip((found.value, found.size), paths(found), strict=True):
        told = [np.interp((np.arange(PATHS) + 0.5) / PATHS, forecast.levels, step) for step in forecast.quantiles]
        assert np.allclose(np.sort(drawn_paths, axis=0), np.transpose(told))


def test_steps_go_together_as_their_errors_did() -> None:
    """Kendall's τ of an elliptical copula: 2/π·asin(ρ) (Lindskog, McNeil and Schmock 2003); 2,000 paths, tolerance 4
    standard errors of independent values (Kendall 1938)."""
    found = joint()
    values, _ = paths(found)
    wanted = 2 / np.pi * np.arcsin(over_horizon(found.value))
    for one, other in combinations(range(0, 15, 2), 2):
        told = kendalltau(values[:, one], values[:, other]).statistic
        assert told == pytest.approx(wanted[one, other], abs=4 * np.sqrt(4 / 9 / PATHS))


@pytest.mark.parametrize("stretches", [1, 4, 4_000])
def test_steps_share_how_wide_the_fan_is(stretches: int) -> None:
    """The fewer stretches tell the width of a fan, the more a path that is far off in one step is so in others: both of
    two steps that go together in nothing else lie outside 95 % as often as scipy's multivariate t says (0.7 of 100
    paths with one stretch, 0.25 with very many)."""
    few = joint(horizon=2)
    backtest = pd.DataFrame({"origin": [few.value.last + 1 - 2 * stretches]})
    told = replace(few, value=replace(few.value, correlation=np.eye(2), backtest=backtest))
    shares = paths(told, 40_000)[0].argsort(axis=0).argsort(axis=0) / 40_000
    both = float((np.abs(shares - 0.5) > 0.475).all(axis=1).mean())
    free = 6 + 1.5 * stretches
    end = float(stdtrit(free, 0.025))
    wanted = 4 * float(multivariate_t(shape=np.eye(2), df=free).cdf([end, end]))
    assert both == pytest.approx(wanted, abs=4 * np.sqrt(wanted / 40_000))


def test_what_is_mostly_nothing_has_no_width_to_share() -> None:
    """Its fan is one of the values seen: where steps do not go together, the demands of a path follow the binomial law
    (a width that all share would make their variance 1.4 times that)."""
    demand = np.where(np.random.default_rng(2).random(80) < 0.2, 3.0, 0.0)
    found = forecasts(demand, [1.0] * 80, 20, lower=0.0)
    assert found.value.is_rate
    drawn_paths, _ = paths(replace(found, value=replace(found.value, correlation=np.eye(20))), 4000)
    happened = drawn_paths > 0
    share = happened.mean()
    assert happened.sum(axis=1).var() == pytest.approx(20 * share * (1 - share), rel=0.1)


def errors(draw: np.random.Generator, carried: float, span: int, origins: np.ndarray, horizon: int) -> np.ndarray:
    """Errors at origins within a span of slots: of what is new in each slot a share is carried over to the next."""
    new, found = draw.standard_normal(span), np.full((len(origins), horizon), np.nan)
    for place, origin in enumerate(origins):
        for step in range(min(horizon, span - origin)):
            found[place, step] = new[origin + step] + (carried * found[place, step - 1] if step else 0.0)
    return found


@pytest.mark.parametrize(("carried", "span"), [(0.6, 24), (0.9, 24), (0.9, 36), (1.0, 36)])
def test_ranges_of_sums_hold_what_they_say(carried: float, span: int) -> None:
    """80 series whose errors are known in every step, only not how they go together: 80 % ranges of their sum by what
    was found in few stretches hold less than 80 %, on average; by what is used 80 to 87 %."""
    horizon, draw = 12, np.random.default_rng(5)
    origins = np.unique(np.concatenate([np.linspace(0, span - 1, 14).astype(int), np.arange(span - 12, span)]))
    known = replace(joint(horizon=horizon).value, backtest=pd.DataFrame({"origin": origins}), last=span - 1)
    truth = dependence.carried_over(horizon, carried).sum()
    held = np.zeros(2)
    for _ in range(80):
        found = dependence.correlation(errors(draw, carried, span, origins, horizon))
        used = over_horizon(replace(known, correlation=found))
        held += [2 * ndtr(ndtri(0.9) * np.sqrt(each.sum() / truth)) - 1 for each in (found, used)]
    assert held[0] / 80 < 0.80 <= held[1] / 80 < 0.87


def test_errors_without_dependence_keep_none() -> None:
    known = joint(horizon=5).value
    assert (over_horizon(replace(known, correlation=np.eye(5))) == np.eye(5)).all()
    wanted = 0.3 + 0.7 * 0.3 * 2 / stretches_of(known)
    raised = over_horizon(replace(known, correlation=np.full((5, 5), 0.3) + 0.7 * np.eye(5)))
    assert raised[np.triu_indices(5, 1)] == pytest.approx(np.full(10, wanted)), "two n-ths of it, in what is not shared"
    assert np.diag(raised) == pytest.approx(np.ones(5))


@pytest.mark.parametrize(("linked", "sign"), [(0.8, 1), (-0.8, -1)])
def test_large_days_are_as_they_were(linked: float, sign: int) -> None:
    """Errors of share and size are paired by date: where large days had high shares, they have them on the paths."""
    found = joint(linked=linked)
    values, sizes = paths(found)
    assert sign * found.together > 0.3
    assert np.corrcoef(values[:, 3], sizes[:, 3])[0, 1] == pytest.approx(found.together, abs=0.1)


def test_errors_of_a_share_are_paired_on_the_logit_scale() -> None:
    """methods: residuals of the ratio on the logit scale, paired by date with those of its size; from both backtests by
    hand. Errors of a mean are paired as they are."""
    busy, other = np.random.default_rng(5).normal(0, 1, (2, 60))
    values, sizes = expit(-3 + busy + other), np.round(200 * np.exp(0.2 * busy))
    share, plain = (forecasts(values, sizes, 8, lower=0.0, upper=1.0, share=each) for each in (True, False))
    assert isinstance(share.size, Forecast)
    pairs = share.value.backtest.merge(share.size.backtest, on=["origin", "step"], suffixes=("", "_size"))
    of_size = pairs["actual_size"] - pairs["forecast_size"]
    by_hand = np.corrcoef(logit(pairs["actual"]) - logit(pairs["forecast"]), of_size)[0, 1]
    as_they_are = np.corrcoef(pairs["actual"] - pairs["forecast"], of_size)[0, 1]
    assert abs(by_hand - as_they_are) > 0.005, "the scale makes a difference here"
    assert (share.together, plain.together) == pytest.approx((by_hand, as_they_are))


def test_sizes_that_never_change_are_a_number() -> None:
    found = forecasts([0.1, 0.2, 0.1, 0.3, 0.2, 0.1, 0.2, 0.3, 0.1], [50] * 9, 4)
    assert found.size == 50
    assert (paths(found)[1] == 50).all()


def test_what_is_mostly_perfect_is_forecast_by_what_it_lacks() -> None:
    """An uptime of 100 % on nine days of ten: its mean is kept, and paths have days without an outage."""
    values = np.where(np.random.default_rng(4).random(200) < 0.1, 0.9, 1.0)
    found = forecasts(values, [1440.0] * 200, 30, lower=0.0, upper=1.0, share=True)
    assert found.value.method == "saturated"
    drawn_paths, _ = paths(found)
    assert drawn_paths.max() == 1.0
    assert (drawn_paths == 1.0).mean() > 0.7
    assert drawn_paths.mean() == pytest.approx(values.mean(), abs=0.006)


def test_the_same_seed_gives_the_same_paths() -> None:
    found = joint()
    assert (paths(found, 50, 3)[0] == paths(found, 50, 3)[0]).all()
    assert (paths(found, 50, 3)[0] != paths(found, 50, 4)[0]).any()


def test_lengths_have_to_agree() -> None:
    with pytest.raises(ValueError, match="2 values, 3 sizes"):
        forecasts([0.1, 0.2], [1, 2, 3], 2)


@FEW
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 60),
    horizon=st.integers(1, 12),
    level=st.floats(0, 1),
    begun=st.floats(0, 2),
)
def test_a_part_never_exceeds_its_whole(seed: int, n: int, horizon: int, level: float, begun: float) -> None:
    """0 ≤ N ≤ D on every path after every slot, whatever the history and whatever a slot has begun to show."""
    draw = np.random.default_rng(seed)
    sizes = draw.poisson(30, n).astype(float) + 1
    values = draw.binomial(sizes.astype(int), level) / sizes
    found = forecasts(values, sizes, horizon, lower=0.0, upper=1.0, share=True)
    whole = Stretch.of_whole(horizon, 3.0, 10.0)
    shown = np.zeros(horizon)
    shown[0] = 30 * begun
    part = shown * draw.random(horizon)
    stretch = Stretch(whole.above, whole.below, draw.random(horizon), part, shown)
    landed = land(found, stretch, count=200)
    assert (landed.above >= 0).all()
    assert (landed.above <= landed.below + 1e-9).all()
    assert (np.diff(landed.above, axis=1) >= -1e-9).all(), "what is counted cannot be taken back"
    assert np.isfinite(landed.ratio).all()
