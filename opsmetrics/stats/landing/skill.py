"""Whether a chance may be told: the same chance at earlier origins, against what came and against the base rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Values, floats
from opsmetrics.stats.forecast import Forecast
from opsmetrics.stats.landing.joint import Joint, paths
from opsmetrics.stats.landing.totals import Stretch, added, met, of_sums

#: Paths for each earlier origin.
_PATHS = 400

#: An origin counts where what came is known of this share of the slots ahead.
_SEEN = 0.5


@dataclass(frozen=True)
class Skill:
    """score: mean squared error of the chances at earlier origins (Brier 1950); base: that of the share of like
    stretches that had met the target until then; origins: how many. NaN without any."""

    origins: int
    score: float
    base: float


def skill(
    joint: Joint, values: Values, sizes: Values, stretch: Stretch, before: int, low: float, high: float, *, total: bool
) -> Skill:
    """The backtest of the chance that a stretch lands within low … high (NaN: open side).

    values, sizes: the history that `joint` was made of. before: complete slots of the stretch. At each origin of the
    backtest a stretch of the same make is looked at: so many slots before it as they were, and the slots after it as
    far as they are known, at least half of them, by the paths of today around what was forecast then. total: the target
    is one of the sum; it is then scaled to the slots that are known.
    """
    history = _History(floats(values, "values"), floats(sizes, "sizes"), total)
    slots = len(stretch.weight)
    origins, told_values, known = _grid(joint.value.backtest, slots)
    told_sizes = _sizes(joint, history.sizes, origins, slots)
    spread = _spread(joint)
    scores = []
    for place, origin in enumerate(origins.tolist()):
        steps = np.flatnonzero(known[place])
        if len(steps) < max(1, math.ceil(_SEEN * slots)):
            continue
        began = max(origin - before, 0)
        part = (origin - began + len(steps)) / (before + slots) if total else 1.0
        drawn = _within(joint, joint.turned(told_values[place, steps]) + spread[0][:, steps])
        weights = np.maximum(told_sizes[place, steps] + spread[1][:, steps], 0.0)
        whole = Stretch.of_whole(len(steps), *history.sums(slice(began, origin)))
        reached = of_sums(drawn, whole).total if total else added(drawn, weights, whole).ratio
        told = float(met(reached, low * part, high * part).mean())
        came = history.landed(np.concatenate([np.arange(began, origin), origin + steps]))
        happened = float(met(np.array([came]), low * part, high * part)[0])
        usual = history.share(origin, origin - began + len(steps), low * part, high * part)
        scores.append(((told - happened) ** 2, (usual - happened) ** 2))
    if not scores:
        return Skill(0, float("nan"), float("nan"))
    score, base = np.mean(scores, axis=0)
    return Skill(len(scores), float(score), float(base))


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
    total: bool

    def sums(self, slots: slice) -> tuple[float, float]:
        """Σ value·size and Σ size of the slots that are known."""
        value, size = self.values[slots], self.sizes[slots]
        known = np.isfinite(value) & np.isfinite(size)
        return float(value[known] @ size[known]), float(size[known].sum())

    def landed(self, slots: np.ndarray) -> float:
        """The landing of these slots."""
        value, size = self.values[slots], self.sizes[slots]
        known = np.isfinite(value) & np.isfinite(size)
        above, below = float(value[known] @ size[known]), float(size[known].sum())
        if self.total:
            return above
        return above / below if below > 0 else float("nan")

    def share(self, until: int, length: int, low: float, high: float) -> float:
        """The share of all stretches of this length up to a slot that met the target, with half a case of either kind
        added (Jeffreys): what one would have said without a forecast."""
        known = np.isfinite(self.values[:until]) & np.isfinite(self.sizes[:until])
        size = np.where(known, self.sizes[:until], 0.0)
        above = _windows(np.where(known, self.values[:until], 0.0) * size, length)
        below = _windows(size, length)
        quotient = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
        landed = above if self.total else quotient
        landed = landed[np.isfinite(landed)]
        return (float(met(landed, low, high).sum()) + 0.5) / (len(landed) + 1.0)


def _windows(values: FloatArray, length: int) -> FloatArray:
    """Sums of all stretches of a length."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    found: FloatArray = running[length:] - running[:-length] if length < len(running) else np.empty(0)
    return found


def _spread(joint: Joint) -> tuple[FloatArray, FloatArray]:
    """How far the paths of value and size lie from what is most likely: paths × slots each."""
    values, sizes = paths(joint, _PATHS, seed=5)
    middle = joint.size.mean if isinstance(joint.size, Forecast) else np.full(joint.horizon, joint.size)
    return values - joint.mean, sizes - middle


def _within(joint: Joint, values: FloatArray) -> FloatArray:
    low, high = joint.value.lower, joint.value.upper
    if joint.ceiling is not None:
        low, high = (None if high is None else joint.ceiling - high), joint.ceiling
    return values if low is None and high is None else np.clip(values, low, high)
