"""Parts and total that agree: forecasts over a tree of sums, made coherent.

Bottom-up adds the leaves. MinT with a diagonal matrix of error variances moves every node as little as its own errors
allow (Wickramasuriya, Athanasopoulos and Hyndman 2019, JASA 114(526), equation 9 with W diagonal). On a tree that is
weighted least squares in one pass up, where each node weighs its own forecast against the sum of its children, and one
pass down, where what is left is shared out by variance: no matrix, and thousands of nodes cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.forecast import fan
from opsmetrics.stats.forecast.model import Forecast

How = Literal["mint", "bottom_up"]


@dataclass(frozen=True)
class Tree:
    """Nodes of which each is the sum of its children. parents: the parent of each node, −1 for a total.

    Raises ValueError where a parent is no node, or the nodes run in a circle.
    """

    parents: tuple[int, ...]

    def __post_init__(self) -> None:
        count = len(self.parents)
        outside = [parent for parent in self.parents if not -1 <= parent < count]
        if outside:
            raise ValueError(f"parents: found {outside[0]}, wanted -1 to {count - 1}")
        if len(self.down) != count:
            raise ValueError("parents: found nodes that run in a circle, wanted a tree")

    @property
    def children(self) -> list[list[int]]:
        """The children of each node; none of a leaf."""
        found: list[list[int]] = [[] for _ in self.parents]
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                found[parent].append(node)
        return found

    @property
    def down(self) -> list[int]:
        """All nodes, parents before their children."""
        children = self.children
        order = [node for node, parent in enumerate(self.parents) if parent < 0]
        for node in order:
            order += children[node]
        return order

    def added(self, leaves: FloatArray) -> FloatArray:
        """Nodes × … with every sum made of the leaves; what the others hold is not looked at."""
        found, children = np.array(leaves, dtype=np.float64), self.children
        for node in reversed(self.down):
            if children[node]:
                found[node] = found[children[node]].sum(axis=0)
        return found


def reconciled(
    tree: Tree,
    forecasts: FloatArray,
    variances: FloatArray | None = None,
    *,
    how: How = "mint",
    nonnegative: bool = False,
) -> FloatArray:
    """Coherent forecasts: nodes × horizon, each parent exactly the sum of its children.

    forecasts: nodes × horizon; NaN for a node that has none of its own (a leaf needs one). variances: of the error of
        each node (nodes, or nodes × horizon), 0 for one that is known; needed for "mint", where coherent forecasts stay
        as they are.
    nonnegative: leaves that would fall below 0 are set to 0 and the rest is shared out again, until none is below.
    Raises ValueError for shapes that do not fit, a leaf without a forecast, and variances below 0.
    """
    given = np.asarray(forecasts, dtype=np.float64)
    if given.ndim != 2 or len(given) != len(tree.parents):
        raise ValueError(f"forecasts: found shape {given.shape}, wanted {len(tree.parents)} nodes by steps")
    leaves = [node for node, children in enumerate(tree.children) if not children]
    if not np.isfinite(given[leaves]).all():
        raise ValueError("forecasts: found a leaf without one, wanted one for each step of each leaf")
    if how == "bottom_up":
        return tree.added(np.maximum(given, 0.0) if nonnegative else given)
    spread = _spread(given, variances)
    found = _least_squares(tree, given, spread)
    while nonnegative and (below := found[leaves] < 0).any():
        place = np.array(leaves)[:, None], np.arange(given.shape[1])[None, :]
        given, spread = given.copy(), spread.copy()
        given[place] = np.where(below, 0.0, given[place])
        spread[place] = np.where(below, 0.0, spread[place])
        found = _least_squares(tree, given, spread)
    return tree.added(found)


def ratios(
    tree: Tree,
    numerators: tuple[FloatArray, FloatArray],
    denominators: tuple[FloatArray, FloatArray],
    *,
    how: How = "mint",
    share: bool = False,
    nonnegative: bool = True,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Numerators and denominators made coherent apart, then divided: ratio (NaN where nothing is below), above, below.

    Each is forecasts and variances, and `how`, as in `reconciled`, denominators never below 0. share: a numerator is a
    part of its denominator, and no leaf exceeds it. nonnegative: numerators are not below 0 either.
    """
    above = reconciled(tree, *numerators, how=how, nonnegative=nonnegative)
    below = reconciled(tree, *denominators, how=how, nonnegative=True)
    if share:
        above = tree.added(np.minimum(above, below))
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0), above, below


def error_variance(found: Forecast) -> float:
    """Mean squared error of the backtest; without one, that of a normal range of 80 % on average."""
    if not found.backtest.empty:
        return float(((found.backtest["actual"] - found.backtest["forecast"]) ** 2).mean())
    low, high = found.interval(80)
    return float((((high - low) / (2 * 1.2815515655446004)) ** 2).mean())


def moved(found: Forecast, mean: FloatArray) -> Forecast:
    """The forecast with another mean, its ranges moved along and kept inside its bounds."""
    by = mean - found.mean
    points = found.points.copy()
    for name in points.columns.drop("step"):
        points[name] = fan.bounded(points[name].to_numpy(dtype=np.float64) + by, found.lower, found.upper)
    quantiles = fan.bounded(found.quantiles + by[:, None], found.lower, found.upper)
    return replace(found, points=points, quantiles=quantiles)


def _spread(forecasts: FloatArray, variances: FloatArray | None) -> FloatArray:
    """Variance of each node and step, ∞ where there is no forecast."""
    given = np.asarray(variances if variances is not None else [], dtype=np.float64)
    given = given[:, None] if given.ndim == 1 else given
    if given.shape not in ((len(forecasts), 1), forecasts.shape):
        raise ValueError(f"variances: found shape {given.shape}, wanted one for each of {len(forecasts)} nodes")
    if not (given >= 0).all():
        raise ValueError("variances: found one below 0 or none, wanted 0 or above")
    return np.where(np.isfinite(forecasts), np.broadcast_to(given, forecasts.shape), np.inf)


def _least_squares(tree: Tree, forecasts: FloatArray, variances: FloatArray) -> FloatArray:
    """Up: the estimate and variance of each node from all below it. Down: what is left over, by variance."""
    children, down = tree.children, tree.down
    best, spread = forecasts.copy(), variances.copy()
    for node in reversed(down):
        own = children[node]
        if own:
            sums, apart = best[own].sum(axis=0), spread[own].sum(axis=0)
            total = apart + variances[node]
            share = np.where(np.isinf(total) | (total <= 0), 0.0, apart / np.where(total > 0, total, 1.0))
            told = np.where(np.isfinite(forecasts[node]), forecasts[node], sums)
            best[node] = sums + share * (told - sums)
            spread[node] = apart * (1 - share)
    for node in down:
        own = children[node]
        if own:
            apart = spread[own]
            total = apart.sum(axis=0)
            parts = np.where(total > 0, apart / np.where(total > 0, total, 1.0), 1 / len(own))
            best[own] = best[own] + parts * (best[node] - best[own].sum(axis=0))
    return best
