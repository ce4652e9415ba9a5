"""Autoregression with seasonal lags: the lags by corrected Akaike (Hurvich and Tsai 1989), refitted at each origin.

One matrix of products serves all sets of lags and is only added to from origin to origin.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray

Lags = tuple[int, ...]

_ORDERS = (1, 2, 3, 4, 6, 8)

#: A set of lags needs this share of the values before the first origin.
_ROOM = 0.75

#: Against lags that say the same.
_RIDGE = 1e-6


def autoregressed(values: FloatArray, origins: IntArray, horizon: int, season: int) -> tuple[FloatArray, int]:
    """Forecasts at ascending origins (origins × horizon; NaN where nothing could be fitted), and fits that failed.

    values: without gaps. A forecast stays within the range seen, widened by itself on both sides.
    """
    first = int(origins[0])
    sets = [lags for lags in candidates(season) if max(lags) + len(lags) + 4 < _ROOM * first]
    result = np.full((len(origins), horizon), np.nan)
    centre, spread = float(values[:first].mean()), float(values[:first].std())
    if not sets or spread <= 0:
        return result, 0
    scaled = (values - centre) / spread
    used = sorted({lag for lags in sets for lag in lags})
    failures = 0
    for place, (known, products, rows) in enumerate(_products(scaled, origins, used)):
        best = None
        for lags in sets:
            columns = [0, *(1 + used.index(lag) for lag in lags)]
            fitted = fit(products, columns, rows)
            if fitted is None:
                failures += 1
            elif best is None or fitted[0] < best[0]:
                best = (fitted[0], fitted[1], lags)
        if best is not None:
            result[place] = _continued(scaled[:known], best[1], best[2], horizon) * spread + centre
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


def _products(values: FloatArray, origins: IntArray, used: list[int]) -> Iterator[tuple[int, FloatArray, int]]:
    """For each origin: values known, products of all columns (1, lags, value itself), rows behind them."""
    longest, n = max(used), len(values)
    columns = [np.ones(n - longest), *(values[longest - lag : n - lag] for lag in used), values[longest:]]
    matrix = np.column_stack(columns)
    total, done = np.zeros((matrix.shape[1], matrix.shape[1])), 0
    for origin in origins:
        rows = int(origin) - longest
        part = matrix[done:rows]
        total = total + part.T @ part
        done = rows
        yield int(origin), total, rows


def fit(products: FloatArray, columns: list[int], rows: int) -> tuple[float, FloatArray] | None:
    """Corrected Akaike criterion and coefficients by least squares; None where the equations have no answer."""
    free = len(columns) + 1
    if rows - free - 1 <= 3:
        return None
    left = products[np.ix_(columns, columns)].copy()
    left[np.arange(1, len(columns)), np.arange(1, len(columns))] += _RIDGE * rows
    right = products[columns, -1]
    try:
        found: FloatArray = np.asarray(np.linalg.solve(left, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    squares = float(products[-1, -1])
    rest = max(squares - float(found @ right), 1e-12 * squares + 1e-300)
    return rows * float(np.log(rest / rows)) + 2 * free * rows / (rows - free - 1), found


def _continued(known: FloatArray, coefficients: FloatArray, lags: Lags, horizon: int) -> FloatArray:
    n, back = len(known), np.array(lags)
    low, high = float(known.min()), float(known.max())
    line = np.concatenate([known, np.zeros(horizon)])
    for slot in range(n, n + horizon):
        following = coefficients[0] + coefficients[1:] @ line[slot - back]
        line[slot] = min(max(following, 2 * low - high), 2 * high - low)
    return line[n:]
