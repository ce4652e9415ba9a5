"""How many new episodes chance alone gives on one chart with skewed values: these values, drawn again and again."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.episodes import chains
from opsmetrics.stats.factors import d2
from opsmetrics.stats.hits import hits
from opsmetrics.stats.rules import rules_by_name

#: A chart more skewed than this, with at least so many points, follows its own values and not the normal law.
SKEWED, FEWEST = 1.0, 24

#: Charts drawn of one, at most so many points each, and the seed.
CHARTS, POINTS, SEED = 200, 365, 20261129

#: Points judged after a locked baseline, and at the end of a chart whose limits come from all of its points.
_JUDGED = 60


def skewness(z: FloatArray) -> float:
    """The third standardised moment; 0 where nothing varies."""
    kept = z[np.isfinite(z)]
    spread = float(kept.std()) if len(kept) else 0.0
    return float(((kept - kept.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0


def is_skewed(z: FloatArray) -> bool:
    """Whether the rates of normal values would mislead."""
    return int(np.isfinite(z).sum()) >= FEWEST and abs(skewness(z)) > SKEWED


def own_rate(z: FloatArray, n: int, rules: tuple[str, ...], *, locked: bool = False) -> float:
    """New episodes a judged point of charts in control that draw their values from these, with XmR limits from their
    own n points (or from a baseline as long). z: in any unit; gaps are left out."""
    kept = z[np.isfinite(z)]
    return _rate(kept.astype(np.float64).tobytes(), min(n, POINTS), tuple(sorted(rules_by_name(rules))), locked)


@lru_cache(maxsize=512)
def _rate(values: bytes, points: int, names: tuple[str, ...], locked: bool) -> float:
    kept = np.frombuffer(values, dtype=np.float64)
    wanted = [one for one in rules_by_name(names).values() if one is not None]
    length = points + (_JUDGED if locked else 0)
    drawn = np.random.default_rng([SEED, points]).choice(kept, (CHARTS, length))
    basis = drawn[:, :points]
    spread = np.abs(np.diff(basis, axis=1)).mean(axis=1, keepdims=True) / d2(2)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = (drawn - basis.mean(axis=1, keepdims=True)) / spread
    found = hits(np.concatenate([apart, np.full((CHARTS, 1), np.nan)], axis=1).ravel(), wanted)
    if not len(found):
        return 0.0
    chain = chains(found.side.astype(np.int64) + 1, found.start, found.end)
    place = found.position[np.unique(chain, return_index=True)[1]] % (length + 1)
    judged = min(_JUDGED, length)
    return float(np.count_nonzero(place >= length - judged)) / (CHARTS * judged)
