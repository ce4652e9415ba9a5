"""How errors of the steps of one forecast go together: sums, means and ratios over several periods need it.

A forecast that was too high next week was mostly too high the week after. One family with two numbers: errors that
carry over by a share from step to step (1: they add up, as those of a random walk), and a part that all steps have in
common, as where the level itself was misjudged. Every member of the family is a correlation matrix.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from opsmetrics.stats.arrays import FloatArray

#: Shares carried over that are tried.
CARRIED = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)

#: The common part is at most this much: steps are never one and the same.
MOST = 0.95


def correlation(errors: FloatArray) -> FloatArray:
    """Of the errors of the steps (origins × horizon, NaN unknown): horizon × horizon, positive definite.

    The member of the family nearest to the products of errors, by least squares over all pairs of steps.
    """
    horizon = errors.shape[1]
    there = np.isfinite(errors)
    known = np.where(there, errors, 0.0)
    count = there.sum(axis=0)
    scale = np.sqrt((known**2).sum(axis=0) / np.maximum(count, 1))
    ratio = known / np.where(scale > 0, scale, 1.0)
    pairs = there.T.astype(np.float64) @ there
    rows, columns = np.triu_indices(horizon, 1)
    weight = pairs[rows, columns]
    if not weight.sum() > 0:
        return walk(horizon)
    seen = (ratio.T @ ratio)[rows, columns] / np.maximum(weight, 1.0)
    best, least = np.eye(horizon), np.inf
    for carried in CARRIED:
        family = carried_over(horizon, carried)
        flat = family[rows, columns]
        room = 1 - flat
        common = float(np.clip((weight * room) @ (seen - flat) / max(float((weight * room) @ room), 1e-12), 0.0, MOST))
        off = float(weight @ (seen - flat - common * room) ** 2)
        if off < least * (1 - 1e-9):
            best, least = (1 - common) * family + common, off
    return np.asarray(best, dtype=np.float64)


def walk(horizon: int) -> FloatArray:
    """As strong as that of a random walk."""
    return carried_over(horizon, 1.0)


@lru_cache(maxsize=256)
def carried_over(horizon: int, carried: float) -> FloatArray:
    """Correlation of x_k = carried · x_{k−1} + noise from nothing on (a random walk where 1), over the steps."""
    steps = np.arange(1, horizon + 1)
    squares = np.cumsum(carried ** (2.0 * (steps - 1)))
    near = np.minimum(steps[:, None], steps[None, :]) - 1
    far = np.maximum(steps[:, None], steps[None, :]) - 1
    found: FloatArray = carried ** (far - near).astype(np.float64) * np.sqrt(squares[near] / squares[far])
    found.flags.writeable = False
    return found
