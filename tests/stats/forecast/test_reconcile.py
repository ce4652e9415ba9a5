"""Coherent forecasts: against the matrix formula of Wickramasuriya et al. (2019), and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.stats.forecast import forecast
from opsmetrics.stats.forecast.reconcile import Tree, error_variance, moved, ratios, reconciled
from tests.cases import cases

FEW = settings(max_examples=cases(30, 300), deadline=None)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Up to 14 nodes: each but the first hangs below an earlier one, then all are shuffled."""
    count = draw(st.integers(1, 14))
    parents = [-1, *(draw(st.integers(0, node - 1)) for node in range(1, count))]
    new = draw(st.permutations(range(count)))
    shuffled = [0] * count
    for node, parent in enumerate(parents):
        shuffled[new[node]] = -1 if parent < 0 else new[parent]
    return Tree(tuple(shuffled))


def summing(tree: Tree) -> np.ndarray:
    """Nodes × leaves: which leaves lie below each node."""
    leaves = [node for node, own in enumerate(tree.children) if not own]
    matrix = np.zeros((len(tree.parents), len(leaves)))
    for column, leaf in enumerate(leaves):
        node = leaf
        while node >= 0:
            matrix[node, column] = 1.0
            node = tree.parents[node]
    return matrix


def by_matrix(tree: Tree, forecasts: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """S (SᵀW⁻¹S)⁻¹ SᵀW⁻¹ ŷ, equation 9."""
    s = summing(tree)
    weighted = s.T / variances
    return s @ np.linalg.solve(weighted @ s, weighted @ forecasts)


def numbers(seed: int, tree: Tree, steps: int = 3) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return draw.normal(20, 10, (len(tree.parents), steps)), draw.uniform(0.1, 9.0, len(tree.parents))


@FEW
@given(trees(), st.integers(0, 10_000))
def test_the_tree_gives_what_the_matrix_gives(tree: Tree, seed: int) -> None:
    forecasts, variances = numbers(seed, tree)
    assert reconciled(tree, forecasts, variances) == pytest.approx(by_matrix(tree, forecasts, variances))


@FEW
@given(trees(), st.integers(0, 10_000), st.booleans(), st.sampled_from(["mint", "bottom_up"]))
def test_every_parent_is_the_sum_of_its_children(tree: Tree, seed: int, nonnegative: bool, how: str) -> None:
    forecasts, variances = numbers(seed, tree)
    forecasts -= 15
    found = reconciled(tree, forecasts, variances, how=how, nonnegative=nonnegative)  # type: ignore[arg-type]
    for node, own in enumerate(tree.children):
        if own:
            assert (found[node] == found[own].sum(axis=0)).all()
    if nonnegative:
        assert found.min() >= 0


@FEW
@given(trees(), st.integers(0, 10_000))
def test_coherent_forecasts_stay_as_they_are(tree: Tree, seed: int) -> None:
    forecasts, variances = numbers(seed, tree)
    coherent = tree.added(forecasts)
    assert reconciled(tree, coherent, variances) == pytest.approx(coherent)
    assert reconciled(tree, coherent, how="bottom_up") == pytest.approx(coherent)


@FEW
@given(trees(), st.integers(0, 10_000))
def test_of_what_is_not_below_zero_nothing_changes(tree: Tree, seed: int) -> None:
    forecasts, variances = numbers(seed, tree)
    free = reconciled(tree, forecasts, variances)
    if free.min() >= 0:
        assert reconciled(tree, forecasts, variances, nonnegative=True) == pytest.approx(free)


SITES = Tree((-1, 0, 0, 1, 1, 2))  # company; two sites; two lines of the first, one of the second


def test_what_is_known_does_not_move() -> None:
    forecasts = np.array([[100.0], [50.0], [40.0], [20.0], [20.0], [40.0]])
    variances = np.array([0.0, 1.0, 1.0, 1.0, 3.0, 1.0])
    found = reconciled(SITES, forecasts, variances)
    assert found[0, 0] == pytest.approx(100.0)
    assert found[4, 0] - 20 > found[3, 0] - 20 > 0, "the less sure line takes more of what is left over"
    leaf = reconciled(SITES, forecasts, np.array([1.0, 1.0, 1.0, 0.0, 1.0, 1.0]))
    assert leaf[3, 0] == pytest.approx(20.0)


def test_a_node_without_a_forecast_takes_that_of_its_parts() -> None:
    forecasts = np.array([[np.nan], [50.0], [np.nan], [20.0], [20.0], [40.0]])
    found = reconciled(SITES, forecasts, np.ones(6))
    assert found[2, 0] == found[5, 0] == pytest.approx(40.0)
    assert found[1, 0] == pytest.approx(40.0 + 10.0 * 2 / 3), "two lines of variance 1 against a site of variance 1"


def test_no_forecast_falls_below_zero_and_the_rest_is_shared_out_again() -> None:
    forecasts = np.array([[1.0], [10.0], [0.5], [0.2]])
    tree, variances = Tree((-1, 0, 0, 0)), np.array([0.01, 4.0, 4.0, 4.0])
    assert reconciled(tree, forecasts, variances).min() < 0
    found = reconciled(tree, forecasts, variances, nonnegative=True)
    assert found[2:, 0].tolist() == [0.0, 0.0]
    assert found[0, 0] == pytest.approx(1.0, abs=0.05)


def test_ratios_are_divided_last_and_parts_stay_within_their_wholes() -> None:
    above = np.array([[30.0], [12.0], [9.0]]), np.array([9.0, 1.0, 1.0])
    below = np.array([[200.0], [100.0], [8.0]]), np.array([9.0, 1.0, 0.01])
    found, n, d = ratios(Tree((-1, 0, 0)), above, below, share=True)
    assert (n <= d).all()
    assert found[0, 0] == pytest.approx((n[1, 0] + n[2, 0]) / (d[1, 0] + d[2, 0]))
    assert found[2, 0] == pytest.approx(1.0)
    nothing = ratios(Tree((-1, 0)), (np.zeros((2, 1)), np.ones(2)), (np.zeros((2, 1)), np.ones(2)))[0]
    assert np.isnan(nothing).all()


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda: Tree((1, 0)), "in a circle"),
        (lambda: Tree((-1, 5)), "found 5, wanted -1 to 1"),
        (lambda: reconciled(Tree((-1, 0)), np.zeros((3, 1)), np.ones(3)), "wanted 2 nodes"),
        (lambda: reconciled(Tree((-1, 0)), np.full((2, 1), np.nan), np.ones(2)), "a leaf without one"),
        (lambda: reconciled(Tree((-1, 0)), np.zeros((2, 1)), np.array([1.0, -1.0])), "below 0"),
        (lambda: reconciled(Tree((-1, 0)), np.zeros((2, 1))), "wanted one for each of 2 nodes"),
    ],
)
def test_what_cannot_be_added_up_is_said(work: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        work()  # type: ignore[operator]


def test_parts_and_total_of_forecasts_agree() -> None:
    """Two lines and their sum: coherent means, the fans moved along, and no worse than each on its own."""
    draw = np.random.default_rng(6)
    lines = [50 + draw.normal(0, 3, 112), 20 + np.cumsum(draw.normal(0, 0.5, 112))]
    series = [lines[0] + lines[1], *lines]
    found = [forecast(values[:100], 12, lower=0.0) for values in series]
    variances = np.array([error_variance(each) for each in found])
    coherent = reconciled(Tree((-1, 0, 0)), np.array([each.mean for each in found]), variances)
    shifted = [moved(each, mean) for each, mean in zip(found, coherent, strict=True)]
    assert shifted[0].mean == pytest.approx(shifted[1].mean + shifted[2].mean)
    for before, after in zip(found, shifted, strict=True):
        (low, high), (low_after, high_after) = before.interval(80), after.interval(80)
        assert high_after - low_after == pytest.approx(high - low)
    off = [np.abs(series[0][100:] - each.mean).mean() for each in (found[0], shifted[0])]
    assert off[1] < 1.2 * off[0]


def test_a_series_too_short_for_a_backtest_has_the_variance_of_its_range() -> None:
    found = forecast([4.0, 6.0, 5.0], 3)
    low, high = found.interval(80)
    assert error_variance(found) == pytest.approx(float((((high - low) / 2.5631) ** 2).mean()), rel=1e-3)
