"""Intervals of figures that follow from a fitted law, by the delta method."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.capability.laws import Law

#: Step of the numerical derivatives, as a part of each parameter's own size.
_STEP = 1e-3


class Covariance:
    """How surely the parameters of a law fitted by maximum likelihood are known: the inverse of the observed
    information, from second differences of the log-likelihood. Large samples; a law of no sure fit has none."""

    def __init__(self, law: Law, values: FloatArray) -> None:
        self._law = law
        self._names = tuple(law.parameters)
        self._at = np.array(list(law.parameters.values()))
        # The location of a logarithm may lie at 0: its own size is the spread.
        size = np.array([law.parameters["sigma"] if name == "mu" else x for name, x in law.parameters.items()])
        self._steps = _STEP * np.abs(size)
        self._matrix = self._inverse(values)

    def interval(self, figure: Callable[[Law], float], confidence: float) -> tuple[float | None, float | None]:
        """Low and high end of a figure of the law: figure ± z·√(gᵀCg), g its gradient; None where it is not known."""
        if self._matrix is None:
            return None, None
        gradient = np.array([self._slope(figure, i) for i in range(len(self._at))])
        variance = float(gradient @ self._matrix @ gradient)
        if not (math.isfinite(variance) and variance >= 0):
            return None, None
        middle, half = figure(self._law), float(ndtri((1 + confidence) / 2)) * math.sqrt(variance)
        return middle - half, middle + half

    def _moved(self, moves: npt.NDArray[np.float64]) -> Law:
        return Law(self._law.name, dict(zip(self._names, (self._at + moves).tolist(), strict=True)))

    def _slope(self, figure: Callable[[Law], float], i: int) -> float:
        move = np.zeros(len(self._at))
        move[i] = self._steps[i]
        return (figure(self._moved(move)) - figure(self._moved(-move))) / (2 * float(self._steps[i]))

    def _inverse(self, values: FloatArray) -> npt.NDArray[np.float64] | None:
        if not np.isfinite(self._at).all():
            return None
        count = len(self._at)
        information = np.empty((count, count))
        for i in range(count):
            for j in range(i + 1):
                information[i, j] = information[j, i] = -self._second(values, i, j)
        try:
            return np.asarray(np.linalg.inv(information), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None

    def _second(self, values: FloatArray, i: int, j: int) -> float:
        """∂²/∂θᵢ∂θⱼ of the log-likelihood."""
        total = 0.0
        for a in (1, -1):
            for b in (1, -1):
                move = np.zeros(len(self._at))
                move[i] += a * self._steps[i]
                move[j] += b * self._steps[j]
                total += a * b * float(np.sum(self._moved(move).log_density(values)))
        return total / float(4 * self._steps[i] * self._steps[j])
