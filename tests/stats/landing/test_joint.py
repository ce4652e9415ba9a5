"""Joint paths: each step keeps its own fan, errors go together as they did, and a part never exceeds its whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.stats.forecast import PATHS, Forecast
from opsmetrics.stats.landing import Joint, Stretch, forecasts, land, paths
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
    """Rank correlations of a normal copula: 6/π·asin(ρ/2) (Kruskal 1958); 2,000 paths, tolerance 4 standard errors."""
    found = joint()
    values, _ = paths(found)
    ranks = values.argsort(axis=0).argsort(axis=0)
    wanted = 6 / np.pi * np.arcsin(found.value.correlation / 2)
    assert np.abs(np.corrcoef(ranks.T) - wanted).max() < 4 / np.sqrt(PATHS)


@pytest.mark.parametrize(("linked", "sign"), [(0.8, 1), (-0.8, -1)])
def test_large_days_are_as_they_were(linked: float, sign: int) -> None:
    """Errors of share and size are paired by date: where large days had high shares, they have them on the paths."""
    found = joint(linked=linked)
    values, sizes = paths(found)
    assert sign * found.together > 0.3
    assert np.corrcoef(values[:, 3], sizes[:, 3])[0, 1] == pytest.approx(found.together, abs=0.1)


def test_sizes_that_never_change_are_a_number() -> None:
    found = forecasts([0.1, 0.2, 0.1, 0.3, 0.2, 0.1, 0.2, 0.3, 0.1], [50] * 9, 4)
    assert found.size == 50
    assert (paths(found)[1] == 50).all()


def test_what_is_mostly_perfect_is_forecast_by_what_it_lacks() -> None:
    """An uptime of 100 % on nine days of ten: its mean is kept, and paths have days without an outage."""
    values = np.where(np.random.default_rng(4).random(200) < 0.1, 0.9, 1.0)
    found = forecasts(values, [1440.0] * 200, 30, lower=0.0, upper=1.0, share=True)
    assert found.ceiling == 1.0
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
