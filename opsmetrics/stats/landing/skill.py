"""Whether a chance may be told: the same chance at earlier origins, against what came and against the base rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Values, floats
from opsmetrics.stats.forecast import Forecast
from opsmetrics.stats.forecast.fan import bounded
from opsmetrics.stats.landing.joint import Joint, paths, stretches_of
from opsmetrics.stats.landing.totals import Stretch, added, met

#: Paths for each earlier origin.
_PATHS = 400

#: An origin counts where what came is known of this share of the slots ahead.
_SEEN = 0.5


@dataclass(frozen=True)
class Skill:
    """score: mean squared error of the chances at earlier origins (Brier 1950); base: that of the share of like
    stretches that had met the target until then. ranked, ranked_base: the same for all targets at once, the continuous
    ranked probability score of the landing and of the landings of like stretches (Gneiting and Raftery 2007). origins:
    how many; stretches: how many of the horizon's length fit into the time that they span. NaN without any."""

    origins: int
    score: float
    base: float
    ranked: float
    ranked_base: float
    stretches: float

    @property
    def earned(self) -> bool:
        """True where the chances were better than the base rate, and by more than luck gives.

        Neighbouring origins share most of what came, so that one target is met or missed a few times in all, and a
        chance of it wins as often as not where nothing can be known. Whether a landing is foretold better than by what
        like stretches were is seen from where it came to lie: what that saved over all stretches has to exceed what
        one of them cost.
        """
        saved = (self.ranked_base - self.ranked) * self.stretches
        return self.score < self.base and saved > self.ranked


_NONE = Skill(0, float("nan"), float("nan"), float("nan"), float("nan"), 0.0)


def skill(joint: Joint, values: Values, sizes: Values, stretch: Stretch, before: int, low: float, high: float) -> Skill:
    """The backtest of the chance that Σ value·size / Σ size of a stretch lies within low … high (NaN: open side). For
    a sum, whose sizes are 1, these are its target divided by the slots of the stretch.

    values, sizes: the history that `joint` was made of. before: complete slots of the stretch. At each origin of the
    backtest a stretch of the same make is looked at: so many slots before it as they were, and the slots after it as
    far as they are known, at least half of them, by the paths of today around what was forecast then.
    """
    history = _History(floats(values, "values"), floats(sizes, "sizes"))
    slots = len(stretch.weight)
    origins, told_values, known = _grid(joint.value.backtest, slots)
    told_sizes = _sizes(joint, history.sizes, origins, slots)
    spread = _spread(joint)
    scores = []
    for place, origin in enumerate(origins.tolist()):
        steps = np.flatnonzero(known[place])
        began = max(origin - before, 0)
        came = history.landed(np.concatenate([np.arange(began, origin), origin + steps]))
        like, apart = history.like(origin, origin - began + len(steps))
        if len(steps) < max(1, math.ceil(_SEEN * slots)) or not np.isfinite(came) or not len(like):
            continue
        drawn = bounded(told_values[place, steps] + spread[0][:, steps], joint.value.lower, joint.value.upper)
        weights = np.maximum(told_sizes[place, steps] + spread[1][:, steps], 0.0)
        reached = added(drawn, weights, Stretch.of_whole(len(steps), *history.sums(slice(began, origin)))).ratio
        usual = (float(met(like, low, high).mean()) * apart + 0.5) / (apart + 1.0)
        told, happened = float(met(reached, low, high).mean()), float(met(np.array([came]), low, high)[0])
        scores.append(((told - happened) ** 2, (usual - happened) ** 2, _ranked(reached, came), _ranked(like, came)))
    if not scores:
        return _NONE
    score, base, ranked, ranked_base = (float(column) for column in np.mean(scores, axis=0))
    return Skill(len(scores), score, base, ranked, ranked_base, stretches_of(joint.value))


def _ranked(drawn: FloatArray, came: float) -> float:
    """The continuous ranked probability score of equally likely values (Gneiting and Raftery 2007, 4.2)."""
    ordered = np.sort(drawn[np.isfinite(drawn)])
    count = len(ordered)
    if not count:
        return float("nan")
    among = float(ordered @ (2.0 * np.arange(1, count + 1) - count - 1)) / count**2
    return float(np.abs(ordered - came).mean()) - among


def _grid(table: pd.DataFrame, slots: int) -> tuple[IntArray, FloatArray, BoolArray]:
    """Origins of a backtest in order, what was forecast at each for each slot, and where it is known what came."""
    origin, step = table["origin"].to_numpy(dtype=np.int64), table["step"].to_numpy(dtype=np.int64) - 1
    kept = step < slots
    origins = np.unique(origin[kept])
    told = np.full((len(origins), slots), np.nan)
    told[np.searchsorted(origins, origin[kept]), step[kept]] = table["forecast"].to_numpy(dtype=np.float64)[kept]
    return origins, told, np.isfinite(told)


def _sizes(joint: Joint, known: FloatArray, origins: IntArray, slots: int) -> FloatArray:
    """What the sizes were forecast to be at each origin; those that came where the size was not forecast from it."""
    longer = np.concatenate([known, np.full(slots, np.nan)])
    came: FloatArray = longer[origins[:, None] + np.arange(slots)].reshape(len(origins), slots)
    if not isinstance(joint.size, Forecast):
        return np.full(came.shape, joint.size)
    own, told, _ = _grid(joint.size.backtest, slots)
    _, here, there = np.intersect1d(origins, own, return_indices=True)
    found = np.full(came.shape, np.nan)
    found[here] = told[there]
    return np.where(np.isfinite(found), found, came)


@dataclass(frozen=True, eq=False)
class _History:
    values: FloatArray
    sizes: FloatArray

    def sums(self, slots: slice | IntArray) -> tuple[float, float]:
        """Σ value·size and Σ size of the slots that are known."""
        value, size = self.values[slots], self.sizes[slots]
        known = np.isfinite(value) & np.isfinite(size)
        return float(value[known] @ size[known]), float(size[known].sum())

    def landed(self, slots: IntArray) -> float:
        """The landing of these slots; NaN where nothing was counted."""
        above, below = self.sums(slots)
        return above / below if below > 0 else float("nan")

    def like(self, until: int, length: int) -> tuple[FloatArray, float]:
        """The landings of all stretches of this length up to a slot, what one would go by without a forecast, and how
        many of them do not overlap; where none is over yet, of those half as long as what is known."""
        length = length if length <= until else max(until // 2, 1)
        known = np.isfinite(self.values[:until]) & np.isfinite(self.sizes[:until])
        size = np.where(known, self.sizes[:until], 0.0)
        above = _windows(np.where(known, self.values[:until], 0.0) * size, length)
        below = _windows(size, length)
        return above[below > 0] / below[below > 0], until / length


def _windows(values: FloatArray, length: int) -> FloatArray:
    """Sums of all stretches of a length."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    found: FloatArray = running[length:] - running[:-length]
    return found


def _spread(joint: Joint) -> tuple[FloatArray, FloatArray]:
    """How far the paths of value and size lie from what is most likely: paths × slots each."""
    values, sizes = paths(joint, _PATHS, seed=5)
    middle = joint.size.mean if isinstance(joint.size, Forecast) else np.full(joint.horizon, joint.size)
    return values - joint.value.mean, sizes - middle
