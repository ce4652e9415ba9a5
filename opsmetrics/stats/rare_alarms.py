"""How many new episodes chance alone gives on a rare series: its own model, simulated.

Each period departs from the usual value or not, by the same probability, whatever came before. The rules are those of
`rare.departures`, judged at every point from the twelfth on with what was known then.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray
from opsmetrics.stats.rare import ONE_SIDED, WINDOWS

Numbers: TypeAlias = npt.ArrayLike

#: The first point that is judged: fewer cannot be told from chance.
FIRST = 12

#: Series simulated for each share and length; shares and lengths in between take the nearest one.
SERIES = 2000
SEED = 20261129
_SHARES = np.array([0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])
_LENGTHS = (12, 20, 30, 45, 60, 90, 120, 180, 250, 365, 730)


def expected_rare_episodes(share: Numbers, n: Numbers, new: Numbers) -> FloatArray:
    """New episodes among the last `new` of n judged points, a `share` (0 to 1) of which departs by chance.

    One number or array each, of one shape. Rates are those of 2,000 simulated series of about that length and share.
    """
    shares, points, fresh = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (share, n, new))
    )
    found = np.zeros(shares.shape)
    for place, (part, length, last) in enumerate(zip(shares, points, np.minimum(fresh, points), strict=True)):
        if part > 0 and length >= FIRST:
            rates = _rates(int(np.abs(np.log(_SHARES / part)).argmin()), _nearest(length))
            found[place] = last * rates[-max(1, min(int(last), len(rates))) :].mean()
    return found


def _nearest(length: float) -> int:
    return min(_LENGTHS, key=lambda other: abs(np.log(other / length)))


@lru_cache(maxsize=256)
def _rates(share: int, length: int) -> FloatArray:
    """New episodes a series at each of its points."""
    generator = np.random.default_rng([SEED, share, length])
    departed = generator.random((SERIES, length)) < _SHARES[share]
    opened = np.zeros(length)
    for hits, reach in _hits(departed):
        opened += _new(hits, reach).sum(axis=0)
    return opened / SERIES


def _hits(departed: BoolArray) -> list[tuple[BoolArray, IntArray]]:
    """Of too many departures, and of a gap that is too long: where they are found, and the first point of each."""
    length = departed.shape[1]
    place = np.arange(length)
    so_far: IntArray = np.cumsum(departed, axis=1)
    last = np.maximum.accumulate(np.where(departed, place, -1), axis=1)
    smallest, first = np.ones(departed.shape), np.broadcast_to(place, departed.shape).copy()
    for window in WINDOWS:
        here = place[2 * window - 1 :]
        if not len(here):
            continue
        before = so_far[:, here - window]
        count = so_far[:, here] - before
        rate = (before + 0.5) / (here - window + 2)
        many = count > window * rate + 1  # fewer are never too many
        chance = np.ones(count.shape)
        chance[many] = bdtrc(count[many] - 1, window, rate[many])
        better = chance < smallest[:, here]
        smallest[:, here] = np.where(better, chance, smallest[:, here])
        # The first member is the first departure in the window.
        following = _next_departure(departed)[:, here - window + 1]
        first[:, here] = np.where(better, following, first[:, here])
    judged = place >= FIRST - 1
    many = (smallest < ONE_SIDED) & judged
    gap = place - last
    rate = (so_far + 0.5) / (place + 2)
    limit = np.maximum(0, np.ceil(np.log(ONE_SIDED) / np.log1p(-rate) - 1 - 1e-12))
    long = (last >= 0) & (gap > limit) & judged & ~many
    return [(many, first), (long, last + 1)]


def _next_departure(departed: BoolArray) -> IntArray:
    length = departed.shape[1]
    place = np.where(departed, np.arange(length), length)
    return np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]


def _new(hits: BoolArray, first: IntArray) -> BoolArray:
    """Hits that open an episode: their points begin beyond the reach of all hits before them."""
    length = hits.shape[1]
    reach = np.maximum.accumulate(np.where(hits, np.arange(length), -2), axis=1)
    before = np.concatenate([np.full((len(hits), 1), -2), reach[:, :-1]], axis=1)
    return hits & (first > before + 1)
