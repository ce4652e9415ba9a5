"""Autoregression with seasonal lags: the lags by corrected Akaike (Hurvich and Tsai 1989), refitted at each origin.

One matrix of products serves all sets of lags and is only added to from origin to origin; one call solves for all
origins, and one step ahead is taken at all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray

Lags = tuple[int, ...]

_ORDERS = (1, 2, 3, 4, 6, 8)

#: A set of lags needs this share of the values before the first origin.
_ROOM = 0.75

#: Roots are looked for of no longer lags than this.
_ROOTS = 32

#: Against lags that say the same.
_RIDGE = 1e-6


def autoregressed(
    values: FloatArray, row: IntArray, origins: IntArray, horizon: int, season: int
) -> tuple[FloatArray, int]:
    """Forecasts at each origin (origins × horizon; NaN where nothing could be fitted), and fits that failed.

    values: rows × n without gaps; row: which of them an origin looks at; both ascending. A forecast stays within the
    range seen, widened by itself on both sides.
    """
    first = int(origins[0])
    sets = [lags for lags in candidates(season) if max(lags) + len(lags) + 4 < _ROOM * first]
    centre, spread = values[:, :first].mean(axis=1), values[:, :first].std(axis=1)
    if not sets or (spread <= 1e-12 * np.abs(centre)).any():
        return np.full((len(origins), horizon), np.nan), 0
    scaled = (values - centre[:, None]) / spread[:, None]
    used = sorted({lag for lags in sets for lag in lags})
    products, behind = _products(scaled, row, origins, used)
    least = np.full(len(origins), np.inf)
    chosen = np.zeros((len(origins), 1 + len(used)))
    failures = 0
    for lags in sets:
        columns = [0, *(1 + used.index(lag) for lag in lags)]
        found = fit(products, columns, behind)
        if found is None:
            failures += len(origins)
            continue
        better = found.criterion < least
        least[better] = found.criterion[better]
        chosen[better] = 0.0
        chosen[np.flatnonzero(better)[:, None], columns] = found.coefficients[better]
    # A shock that has more than doubled at the end of the horizon has exploded.
    result = _continued(
        scaled, row, origins, settled(chosen, np.array(used), 2 ** (1 / horizon)), np.array(used), horizon
    )
    result = result * spread[row, None] + centre[row, None]
    result[~np.isfinite(least)] = np.nan
    return result, failures


def candidates(season: int) -> list[Lags]:
    """The sets of lags to choose from."""
    plain = [tuple(range(1, order + 1)) for order in _ORDERS if order < season or season == 1]
    if season == 1:
        return plain
    found = list(plain)
    for lags in plain[:5]:
        found += [(*lags, season), (*lags, season, season + 1), (*lags, season, season + 1, 2 * season)]
    whole = [tuple(range(1, season + 2))] if season <= 60 else []
    found += [
        (season,),
        *whole,
        (1, season, 2 * season, 3 * season),
        (1, season, season + 1, 2 * season, 2 * season + 1),
    ]
    return [tuple(sorted(set(lags))) for lags in found]


def _products(values: FloatArray, row: IntArray, origins: IntArray, used: list[int]) -> tuple[FloatArray, IntArray]:
    """Products of all columns (1, lags, value itself) before each origin: origins × columns², and rows behind them."""
    longest, n = max(used), int(origins[-1])
    behind = origins - longest
    total = np.empty((len(origins), len(used) + 2, len(used) + 2))
    before, running, matrix = 0, np.zeros(total.shape[1:]), np.empty((0, 0))
    for place, end in enumerate(behind):
        if not place or row[place] != row[place - 1]:
            line = values[row[place], :n]
            columns = [np.ones(n - longest), *(line[longest - lag : n - lag] for lag in used), line[longest:]]
            before, running, matrix = 0, np.zeros(total.shape[1:]), np.column_stack(columns)
        part = matrix[before:end]
        running = running + part.T @ part
        before, total[place] = int(end), running
    return total, behind


@dataclass(frozen=True, eq=False)
class Fit:
    """Least squares at each origin: corrected Akaike criterion (∞: no answer), and coefficients (origins × columns)."""

    criterion: FloatArray
    coefficients: FloatArray


def fit(products: FloatArray, columns: list[int], rows: IntArray) -> Fit | None:
    """One set of columns at every origin; None where the equations have no answer at one of them."""
    free = len(columns) + 1
    lags = np.arange(1, len(columns))
    left = products[:, columns][:, :, columns]
    left[:, lags, lags] += _RIDGE * rows[:, None]
    right = products[:, columns, -1]
    try:
        found: FloatArray = np.asarray(np.linalg.solve(left, right[:, :, None])[:, :, 0], dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    squares = products[:, -1, -1]
    rest = np.maximum(squares - (found * right).sum(axis=1), 1e-12 * squares + 1e-300)
    over = rows - free - 1
    enough = over > 3
    criterion = rows * np.log(rest / rows) + 2 * free * rows / np.where(enough, over, 1)
    return Fit(np.where(enough & np.isfinite(criterion), criterion, np.inf), found)


def settled(coefficients: FloatArray, used: IntArray, most: float) -> FloatArray:
    """Coefficients (origins × (1 + lags)) whose answer to a shock does not explode.

    One wild value late in a calm series can make a fit that answers it with ever wilder ones. Where the largest root of
    its characteristic polynomial (Hamilton 1994, 1.2) is above `most`, each coefficient is divided by that root to the
    power of its lag, which divides all roots by it. Smaller ones above 1 are a trend.
    """
    result = coefficients.copy()
    for place in np.flatnonzero(np.abs(coefficients[:, 1:]).sum(axis=1) > 1):  # else no root can be above 1
        there = np.flatnonzero(coefficients[place, 1:])
        longest = int(used[there].max())
        if longest > _ROOTS:
            continue
        companion = np.eye(longest, k=-1)
        companion[0, used[there] - 1] = coefficients[place, 1 + there]
        root = float(np.abs(np.linalg.eigvals(companion)).max())
        if root > most:
            result[place, 1:] /= root ** used.astype(np.float64)
    return result


def _continued(
    values: FloatArray, row: IntArray, origins: IntArray, coefficients: FloatArray, used: IntArray, horizon: int
) -> FloatArray:
    """Step by step at all origins; each stays within twice the range that was seen before it."""
    longest = int(used.max())
    lines = np.empty((len(origins), longest + horizon))
    lines[:, :longest] = values[row[:, None], origins[:, None] + np.arange(-longest, 0)]
    low = np.minimum.accumulate(values, axis=1)[row, origins - 1]
    high = np.maximum.accumulate(values, axis=1)[row, origins - 1]
    floor, ceiling = 2 * low - high, 2 * high - low
    weights, back = coefficients[:, 1:], longest - used
    for step in range(horizon):
        following = coefficients[:, 0] + (weights * lines[:, back + step]).sum(axis=1)
        lines[:, longest + step] = np.minimum(np.maximum(following, floor), ceiling)
    return lines[:, longest:]
