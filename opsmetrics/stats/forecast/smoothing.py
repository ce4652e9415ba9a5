"""Exponential smoothing: simple, Theta and damped Holt, and one whose season goes on learning; all origins at once.

Level and trend follow Gardner and McKenzie (1985); Theta is simple smoothing with half the slope of a straight line as
drift (Assimakopoulos and Nikolopoulos 2000; Hyndman and Billah 2003); the evolving season is that of the additive
Holt-Winters method in its error form (Hyndman, Koehler, Ord and Snyder 2008, 2.4). Parameters minimise the squared
one-step errors before each origin over a grid; all errors of one parameter set are one filter of the series.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.forecast.filters import filtered, moving

SIMPLE = np.array([0.02, 0.05, 0.1, 0.17, 0.25, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0])
#: Weights of level and trend (the latter from shares of the former) and damping.
DAMPED = np.array(
    [(a, a * b, phi) for a, b, phi in product((0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9), (0.05, 0.2), (0.85, 0.96))]
)
_DAMPINGS = tuple(float(phi) for phi in np.unique(DAMPED[:, 2]))
#: Weights of the season, and weights of the level tried with them, as shares of the best one without.
SEASONAL, _SHARES = (0.05, 0.15, 0.3), (1.0, 0.5)

#: Long series forget: weight of an error against the next one.
_LONG, _FORGET = 100, 0.999

#: Each parameter more must earn this much of the logarithm of the squared errors, over the number of values.
_PRICE = 1.0

#: A longer season learns too slowly to be worth the time.
_LONGEST = 60


@dataclass(frozen=True, eq=False)
class Errors:
    """One-step errors of one parameter set: (n − 1) × rows, the first one of slot 1. trend_0: by row."""

    alpha: float
    beta: float
    phi: float
    values: FloatArray
    level_0: FloatArray
    trend_0: FloatArray

    def states(self, known: IntArray, row: IntArray) -> tuple[FloatArray, FloatArray]:
        """Level and trend after so many values (at least 1) of each row; shapes alike."""
        n = len(self.values) + 1
        trend = np.empty((n, self.values.shape[1]))
        trend[0] = self.trend_0
        trend[1:] = self.beta * self.values
        if self.beta or self.trend_0.any():
            trend = filtered([1.0, -self.phi], trend)
        level = np.empty_like(trend)
        level[0] = self.level_0
        level[1:] = self.phi * trend[:-1] + self.alpha * self.values
        return np.cumsum(level, axis=0)[known - 1, row], trend[known - 1, row]


def errors_of(values: FloatArray, alpha: float, beta: float = 0.0, phi: float = 0.0) -> Errors:
    """One-step errors of smoothing with these weights; simple smoothing where phi is 0. values: rows × n."""
    return _errors(_start(values, phi), alpha, beta, phi)


def smoothed(values: FloatArray, row: IntArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """Two members at each origin: the mean of three methods, and the better of them with a season that learns.

    values: rows × n without gaps and without their season; row: which of them an origin (values known, at least 1,
    ascending) looks at, ascending too. Returns 2 × origins × horizon, without the season that was taken out.
    """
    starts = {phi: _start(values, phi) for phi in (0.0, *_DAMPINGS)}
    found = [_errors(starts[0.0], a) for a in SIMPLE]
    found += [_errors(starts[phi], a, b, phi) for a, b, phi in DAMPED]
    sums = _sums(found, origins, row)
    simple = np.argmin(sums[: len(SIMPLE)], axis=0)
    damped = len(SIMPLE) + np.argmin(sums[len(SIMPLE) :], axis=0)
    three = _mean_of_three(values, found, (simple, damped), origins, row, horizon)
    learning = np.empty_like(three)
    for each in np.unique(row):
        mine = np.flatnonzero(row == each)
        first = mine[0]
        price = np.exp(2 * _PRICE / origins[first])
        better = sums[simple[first], first] <= sums[damped[first], first] * price
        chosen = found[simple[first] if better else damped[first]]
        learning[mine] = _learning(chosen, values[each : each + 1], origins[mine], horizon, season)
    return np.array([three, learning])


@dataclass(frozen=True, eq=False)
class _Start:
    """What all parameter sets of one damping share: level and trend before the first error, and the filter's input."""

    level: FloatArray
    trend: FloatArray
    changes: FloatArray


def _start(values: FloatArray, phi: float) -> _Start:
    series = values.T
    if not phi:
        level, slope = series[:4].mean(axis=0), np.zeros(series.shape[1])
        return _Start(level, slope, moving([1, -1], series[1:] - level))
    level, head = series[0], np.diff(series[:10], axis=0)
    slope = np.median(head, axis=0) if len(head) else np.zeros(series.shape[1])
    path = level + np.cumsum(phi ** np.arange(1, len(series)))[:, None] * slope
    return _Start(level, slope, moving(_differences(phi), series[1:] - path))


def _errors(start: _Start, alpha: float, beta: float = 0.0, phi: float = 0.0) -> Errors:
    return Errors(alpha, beta, phi, filtered(_filter(alpha, beta, phi), start.changes), start.level, start.trend)


def _differences(phi: float) -> list[float]:
    """The filter that takes level and trend away."""
    return [1.0, -1 - phi, phi] if phi else [1.0, -1.0]


def _filter(alpha: float, beta: float, phi: float) -> list[float]:
    """That of the errors: with the one of the differences it says what smoothing does."""
    return [1.0, alpha + phi * beta - 1 - phi, phi * (1 - alpha)] if phi else [1.0, alpha - 1]


def _sums(found: list[Errors], origins: IntArray, row: IntArray) -> FloatArray:
    """Squared errors before each origin in its row, old ones forgotten: sets × origins."""
    n = len(found[0].values)
    keep = _FORGET if n >= _LONG else 1.0
    rising = keep ** -np.arange(n, dtype=np.float64)
    total = np.zeros((len(found), len(origins)))
    for each in np.unique(row):
        mine = np.flatnonzero(row == each)
        ends = origins[mine] - 1
        errors = np.array([one.values[: ends[-1], each] for one in found])
        squares = errors * errors * rising[: ends[-1]]
        parts = np.add.reduceat(squares, np.append(0, ends[:-1]), axis=1) if ends[0] else np.zeros_like(total[:, mine])
        total[:, mine] = np.cumsum(parts, axis=1) * keep**ends
    return total


def _mean_of_three(
    values: FloatArray,
    found: list[Errors],
    best: tuple[IntArray, IntArray],
    origins: IntArray,
    row: IntArray,
    horizon: int,
) -> FloatArray:
    """Simple smoothing, Theta and damped Holt, each with its best parameters at each origin."""
    simple, damped = best
    steps = np.arange(1, horizon + 1)
    level, _ = _states_of(found, simple, origins, row)
    with_drift = theta(level, _slopes(values, row, origins), SIMPLE[simple], origins, horizon)
    upper, slope = _states_of(found, damped, origins, row)
    phi = DAMPED[damped - len(SIMPLE), 2][:, None]
    holt = upper[:, None] + slope[:, None] * np.cumsum(phi**steps, axis=1)
    mean: FloatArray = (level[:, None] + with_drift + holt) / 3
    return mean


def theta(level: FloatArray, slope: FloatArray, weight: FloatArray, known: IntArray, horizon: int) -> FloatArray:
    """Theta from the level of simple smoothing and the slope of a straight line at each origin: origins × horizon."""
    steps, own = np.arange(1, horizon + 1), weight[:, None]
    drift = steps - 1 + (1 - (1 - own) ** known[:, None]) / own
    found: FloatArray = level[:, None] + slope[:, None] / 2 * drift
    return found


def _states_of(found: list[Errors], best: IntArray, origins: IntArray, row: IntArray) -> tuple[FloatArray, FloatArray]:
    level, trend = np.empty(len(origins)), np.empty(len(origins))
    for each in np.unique(best):
        mine = best == each
        level[mine], trend[mine] = found[each].states(origins[mine], row[mine])
    return level, trend


def _learning(chosen: Errors, values: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """The chosen method with the weight of the season that would have been best before the first of these origins."""
    steps = np.arange(1, horizon + 1)
    plain = errors_of(values, chosen.alpha, chosen.beta, chosen.phi)
    best, weight, cost = plain, 0.0, _cost(plain.values, int(origins[0]))
    tried = product(_SHARES, SEASONAL) if 1 < season <= _LONGEST else ()
    for share, gamma in tried:
        other = with_season(plain, share, gamma, season)
        price = np.exp(2 * _PRICE / origins[0])
        if (now := _cost(other.values, int(origins[0])) * price) < cost:
            best, weight, cost = other, gamma, now
    level, trend = best.states(origins, np.zeros(len(origins), dtype=np.int64))
    ahead = level[:, None] + trend[:, None] * np.cumsum(best.phi**steps)
    if weight:
        learned = _seasons(best.values[:, 0], weight, season)
        slots = origins[:, None] + np.arange(horizon)
        ahead = ahead + learned[slots - season * ((slots - origins[:, None]) // season + 1)]
    return ahead


def with_season(plain: Errors, share: float, gamma: float, season: int) -> Errors:
    """The errors with a season that starts at none and learns with this weight.

    With B one slot back, D the filter of the differences and F that of the errors, F·e = D·values without a season;
    with one, (F·(1 − B^m) + γ·B^m·D)·e = (1 − B^m)·D·values.
    """
    alpha, beta, phi = plain.alpha * share, plain.beta * share, plain.phi
    changes = moving(_filter(plain.alpha, plain.beta, phi), plain.values)
    lag = np.zeros(season + 1)
    lag[season] = 1.0
    whole = -lag
    whole[0] += 1.0
    both = np.convolve(_filter(alpha, beta, phi), whole) + gamma * np.convolve(_differences(phi), lag)
    return Errors(alpha, beta, phi, filtered(both, moving(whole, changes)), plain.level_0, plain.trend_0)


def _seasons(errors: FloatArray, gamma: float, season: int) -> FloatArray:
    """The season of each slot as it was learned up to it; slot 0 has no error."""
    n = len(errors) + 1
    padded = np.zeros(-(-n // season) * season)
    padded[1:n] = gamma * errors
    return np.cumsum(padded.reshape(-1, season), axis=0).ravel()


def _cost(errors: FloatArray, known: int) -> float:
    n = known - 1
    keep = _FORGET if len(errors) >= _LONG else 1.0
    return float((errors[:n, 0] ** 2) @ keep ** np.arange(n, dtype=np.float64)[::-1])


def _slopes(values: FloatArray, row: IntArray, origins: IntArray) -> FloatArray:
    """Slope of the straight line through the values before each origin, per slot; none below 3."""
    slots = np.arange(values.shape[1], dtype=np.float64)
    sums, moments = np.cumsum(values, axis=1), np.cumsum(values * slots, axis=1)
    n = origins.astype(np.float64)
    middle = (n - 1) / 2
    products = moments[row, origins - 1] - middle * sums[row, origins - 1]
    found: FloatArray = np.where(n >= 3, products / np.maximum(n * (n * n - 1) / 12, 1.0), 0.0)
    return found
