"""A chart as a chain of states: how long until it signals.

Between two points a chart goes from state to state, or signals. States are those of a Markov chain, or the nodes of a
Gauss-Legendre quadrature of the integral equation L(z) = 1 + ∫ L(y) K(z, y) dy, which is solved at the nodes (Nyström).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from opsmetrics.stats.arrays import FloatArray

#: Chances of a signal below its inverse are lost in rounding.
_LONGEST = 1e12


@dataclass(frozen=True, eq=False)
class Kernel:
    """start: chances of the states after the first point; matrix: from each state to each. The rest to 1 signals."""

    start: FloatArray
    matrix: FloatArray

    @property
    def arl(self) -> float:
        """Average number of points to the first signal, that point counted; infinite above 1e12, where digits end."""
        ones = np.ones(len(self.start))
        found = float(1 + self.start @ np.linalg.solve(np.eye(len(ones)) - self.matrix, ones))
        return found if 0 < found < _LONGEST else float("inf")

    def survival(self, horizon: int) -> FloatArray:
        """Chance of no signal in the first t points, for t = 0 … horizon."""
        chances, state = np.ones(horizon + 1), self.start
        for t in range(1, horizon + 1):
            chances[t] = state.sum()
            state = state @ self.matrix
        return chances


@lru_cache(maxsize=64)
def legendre(nodes: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of the Gauss-Legendre rule on (−1, 1)."""
    x, weight = np.polynomial.legendre.leggauss(nodes)
    return x, weight


def on(lower: float, upper: float, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of the Gauss-Legendre rule on (lower, upper)."""
    x, weight = legendre(nodes)
    half = (upper - lower) / 2
    return lower + half * (x + 1), half * weight


def normal_density(z: FloatArray) -> FloatArray:
    """Density of the standard normal."""
    return np.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), dtype=np.float64)


def solved(length: Callable[[float], float], arl: float, lower: float, upper: float) -> float:
    """The limit at which the average run length, which grows with it, is `arl`.

    Raises ValueError where no limit between the two bounds gives it.
    """
    from scipy.optimize import brentq

    if not 1 < arl < _LONGEST:
        raise ValueError(f"arl: found {arl!r}; wanted an average run length above 1, below {_LONGEST:g}")
    below, above = lower, lower + 0.25
    if length(below) > arl:
        raise ValueError(f"arl: found {arl:g}; the smallest limit, {lower:g}, gives {length(lower):.4g} already")
    while length(above) < arl:
        below, above = above, lower + 1.4 * (above - lower)
        if above > upper:
            raise ValueError(f"arl: found {arl:g}; the largest limit tried, {below:g}, gives {length(below):.4g}")
    return float(brentq(lambda limit: np.log(min(length(limit), 1e300) / arl), below, above, xtol=1e-10, rtol=1e-12))
