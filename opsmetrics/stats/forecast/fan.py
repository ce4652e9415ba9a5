"""The fan: how far off forecasts were at earlier origins becomes how far off this one may be.

Widths are not those of a model but those of a backtest: absolute errors at rolling origins, smoothed over the horizon
by one power of the step, then one distribution of error over width for all steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from opsmetrics.stats.arrays import FloatArray

#: Probabilities at which a fan is kept: every half per cent, and the ends of the 95 % range.
LEVELS: FloatArray = np.unique(np.concatenate([np.arange(1, 200) / 200, [0.025, 0.975]]).round(4))

#: Share of the observed distribution of errors against the normal one of the same size.
_OBSERVED = 0.7

#: Widths grow with this power of the step at most; a random walk has one half.
_STEEPEST = 0.75

#: So many origins is what the values' own changes count for.
_PRIOR = 3.0

#: From this coverage on the wider of the two holds: few errors say little about the ends.
_ENDS = 0.95


@dataclass(frozen=True, eq=False)
class Widths:
    """Mean absolute error by step (horizon), and the size of errors over it by coverage (one for each of LEVELS)."""

    scale: FloatArray
    reach: FloatArray

    def fan(self, mean: FloatArray, lower: float | None, upper: float | None) -> FloatArray:
        """Quantiles at LEVELS for each step: horizon × levels, inside the bounds."""
        sides = np.sign(LEVELS - 0.5) * self.reach
        return bounded(mean[:, None] + self.scale[:, None] * sides, lower, upper)


def widths(errors: FloatArray, usual: float = 0.0) -> Widths | None:
    """From errors at earlier origins (origins × horizon, NaN unknown); None where they say too little.

    usual: the error to expect from the changes of the values alone (`expected_error`); it counts like a few origins,
    because few errors may all be small by chance.
    """
    size = np.abs(errors)
    counts = np.isfinite(size).sum(axis=0)
    seen = counts >= 2
    if seen.sum() < min(2, errors.shape[1]) or not np.nansum(size) > 0:
        return None
    scale: FloatArray = _smoothed(size, counts, seen)
    ratio = (size / scale)[np.isfinite(size)]
    origins = int(np.isfinite(size).any(axis=1).sum())
    if usual > 0:
        scale = np.asarray((origins * scale + _PRIOR * np.maximum(scale, usual)) / (origins + _PRIOR), dtype=np.float64)
    return Widths(scale, _reach(ratio, origins))


def expected_error(values: FloatArray, season: int) -> float:
    """Mean absolute error of a forecast of pure noise with these changes: its mean absolute change over √2."""
    changes = [np.abs(values[lag:] - values[:-lag]) for lag in {1, season} if len(values) > lag]
    means = [float(np.nanmean(change)) for change in changes if np.isfinite(change).any()]
    return min(means, default=0.0) / math.sqrt(2)


def _smoothed(size: FloatArray, counts: FloatArray, seen: FloatArray) -> FloatArray:
    """Mean absolute error by step on a line in logarithms, never falling."""
    steps = np.log(np.arange(1, size.shape[1] + 1))
    mean = np.nanmean(size[:, seen], axis=0)
    level = np.log(np.maximum(mean, 1e-9 * float(mean.max())))
    weight = counts[seen] / counts[seen].sum()
    around = steps[seen] - weight @ steps[seen]
    spread = float(weight @ around**2)
    slope = float(np.clip((weight * around) @ level / spread, 0.0, _STEEPEST)) if spread > 0 else 0.5
    line: FloatArray = np.exp(weight @ level + slope * (steps - weight @ steps[seen]))
    return line


def _reach(ratio: FloatArray, origins: int) -> FloatArray:
    """Size of |error| / width by coverage |2·level − 1|, never falling towards the ends; a little more when origins
    are few."""
    coverage = np.abs(2 * LEVELS - 1)
    observed = np.quantile(ratio, coverage)
    normal = ndtri((1 + coverage) / 2) * np.sqrt(np.mean(ratio**2))
    mixed = _OBSERVED * observed + (1 - _OBSERVED) * normal
    mixed = np.where(coverage >= _ENDS - 1e-9, np.maximum(mixed, normal), mixed) * (1 + 1 / (2 * origins))
    mixed[coverage < 1e-9] = 0.0
    upper = np.maximum.accumulate(mixed[LEVELS >= 0.5])
    return np.concatenate([upper[:0:-1], upper])


def guessed(known: FloatArray, horizon: int) -> Widths:
    """A wide band for a series too short for a backtest: the mean change from value to value, else a quarter of it."""
    changes = np.abs(np.diff(known))
    size = float(changes.mean()) if len(changes) and changes.max() > 0 else abs(float(known[-1])) / 4 or 1.0
    scale: FloatArray = size * np.arange(1, horizon + 1, dtype=np.float64) ** 0.4
    reach = 1.3 * np.abs(ndtri(LEVELS)) * np.sqrt(np.pi / 2)
    return Widths(scale, np.asarray(reach, dtype=np.float64))


def bounded(values: FloatArray, lower: float | None, upper: float | None) -> FloatArray:
    """The values moved onto the bounds that they leave."""
    if lower is None and upper is None:
        return values
    return np.clip(values, lower, upper)


def correlation(errors: FloatArray) -> FloatArray:
    """Correlation of the errors of the steps, pooled by their distance: horizon × horizon, positive definite.

    A forecast that was too high next week was mostly too high the week after: sums and means need that.
    """
    horizon = errors.shape[1]
    count = np.isfinite(errors).sum(axis=0)
    scale = np.sqrt(np.nansum(errors**2, axis=0) / np.maximum(count, 1))
    ratio = errors / np.where(scale > 0, scale, 1.0)
    lags = np.array([_pooled(ratio, lag) for lag in range(horizon)])
    lags[0] = 1.0
    falling = np.minimum.accumulate(np.clip(lags, 0.0, 1.0))
    steps = np.arange(horizon)
    return _definite(falling[np.abs(steps[:, None] - steps[None, :])])


def _pooled(ratio: FloatArray, lag: int) -> float:
    a, b = ratio[:, : ratio.shape[1] - lag], ratio[:, lag:]
    both = np.isfinite(a) & np.isfinite(b)
    squares = float((a[both] ** 2).sum() * (b[both] ** 2).sum())
    return float((a[both] * b[both]).sum() / np.sqrt(squares)) if both.sum() >= 3 and squares > 0 else 0.0


def _definite(matrix: FloatArray) -> FloatArray:
    """The nearest matrix of correlations by lifting negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    lifted = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    size = np.sqrt(np.diag(lifted))
    found: FloatArray = lifted / np.outer(size, size)
    return found
