"""The fan: how far off forecasts were at earlier origins becomes how far off this one may be.

Widths are not those of a model but those of a backtest: absolute errors at rolling origins, over what goes with the
level that was forecast and with its place in the season, smoothed over the horizon by one power of the step, then one
distribution of error over width for all steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy.special import gammaln, ndtri, stdtrit

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray
from opsmetrics.stats.forecast import places
from opsmetrics.stats.forecast.spread import Spread, spread_of

#: Probabilities at which a fan is kept: every half per cent, and the ends of the 95 % range.
LEVELS: FloatArray = np.unique(np.concatenate([np.arange(1, 200) / 200, [0.025, 0.975]]).round(4))

#: Widths grow with this power of the step at most; a random walk has one half.
_STEEPEST = 0.75

#: The power is drawn towards this one, which counts as so many horizons of backtest.
_RISE, _RISE_COUNTS = 0.15, 2.0

#: So many origins is what the values' own changes count for.
_PRIOR = 3.0

#: From this coverage on the wider of what was observed and Student's t holds: few errors say little about the ends.
_ENDS = 0.95

#: A backtest of so many horizons counts as much as the shape of Student's t, and makes ranges wider by this share.
_SHAPE, _WIDER = 0.7, 0.12

#: Degrees of freedom without a backtest, and more of them for each horizon of it.
_FREE, _FREE_MORE = 2.0, 0.5

#: Horizons of backtest from which on half of what was seen of lopsided errors is believed, in a range of 80 %.
_LOPSIDED = 5.0

#: Values that a forecast spends on what it estimates: earlier origins knew less and were wrong by more.
_SPENT = 4.0

#: So many origins is what all of them count for beside those that knew as much of the season as is known now.
_UNLIKE = 2.0


@dataclass(frozen=True, eq=False)
class Past:
    """What was forecast and how far off it was, at earlier origins; all origins × horizon.

    origins: slots known at each of them, ascending. errors: value − forecast, NaN unknown. alike: the origins whose
    forecast had the season that today's has, or none as that.
    """

    origins: IntArray
    forecasts: FloatArray
    errors: FloatArray
    alike: BoolArray

    def without(self, block: IntArray) -> Past:
        """The other origins."""
        others = np.delete(np.arange(len(self.origins)), block)
        return Past(self.origins[others], self.forecasts[others], self.errors[others], self.alike[others])


@dataclass(frozen=True)
class Series:
    """What is known of the series: slots, season, bounds, the error to expect from its changes alone.

    tried: lengths of a season that it may have, the shortest within the longest: (168, 24) for the hours of a week.
    """

    known: int
    season: int = 1
    lower: float | None = None
    upper: float | None = None
    usual: float = 0.0
    tried: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Widths:
    """Mean absolute error by step (horizon), and the size of errors over it at each of the levels, never below 0.

    spread, profiles: what the former is to be multiplied by at the level that is forecast, and in its place in the
    season. known: slots known now.
    """

    scale: FloatArray
    reach: FloatArray
    levels: FloatArray
    spread: Spread = field(default_factory=Spread)
    profiles: tuple[places.Profile, ...] = ()
    known: int = 0

    def at(self, starts: IntArray | int) -> FloatArray:
        """The scale of forecasts made after so many slots (…) at the usual level: … × horizon."""
        scale = self.scale
        for profile in self.profiles:
            scale = scale * profile.at(starts, len(self.scale))
        return scale

    def fan(
        self, mean: FloatArray, lower: float | None, upper: float | None, starts: IntArray | None = None
    ) -> FloatArray:
        """Quantiles at the levels for each step: … × horizon × levels for means … × horizon, inside the bounds.

        starts: slots known at each forecast (…); all that are known now where not given.
        """
        sides = np.sign(self.levels - 0.5) * self.reach
        scale = self.at(self.known if starts is None else starts) * self.spread.at(mean)
        return bounded(mean[..., None] + scale[..., None] * sides, lower, upper)


def widths(past: Past, series: Series, levels: FloatArray = LEVELS) -> Widths | None:
    """Of the next forecast, from the errors at earlier origins; None: they say too little.

    The error to expect from the changes of the values counts like a few origins, because few errors may all be small
    by chance. levels: of the reach, ascending.
    """
    origins, known = past.origins, series.known
    horizon = past.errors.shape[1]
    off = past.errors * np.sqrt((1 + _SPENT / known) / (1 + _SPENT / origins))[:, None]
    there = np.isfinite(off)
    counts = there.sum(axis=0)
    seen = counts >= 2
    if seen.sum() < min(2, horizon) or not np.abs(off[there]).sum() > 0:
        return None
    horizons = max(float(known - origins[0]) / horizon, 0.5)
    smooth = partial(_smoothed, counts=counts, seen=seen, horizons=horizons)
    spread = spread_of(past.forecasts, np.abs(off) / smooth(np.abs(off)), horizons, series.lower, series.upper)
    level = spread.at(past.forecasts)
    off = off / level
    found = places.found_in(np.abs(off), smooth, origins, known, series.season, series.tried)
    for profile in found:
        off = off / profile.at(origins, horizon)
    scale = smooth(np.abs(off))
    reach = _reach((off / scale)[there], min(horizons, float(there.any(axis=1).sum())), levels)
    scale = scale * _of_those_alike(np.abs(off) / scale, past.alike)
    if series.usual > 0:
        count = int(there.any(axis=1).sum())
        usual = series.usual / float(level.mean())
        scale = (count * scale + _PRIOR * np.maximum(scale, usual)) / (count + _PRIOR)
    return Widths(np.asarray(scale, dtype=np.float64), reach, levels, spread, found, known)


def _of_those_alike(ratio: FloatArray, alike: BoolArray) -> float:
    """How much smaller (below 1) or larger errors were at the origins that are alike, drawn towards 1 by how few."""
    there = np.isfinite(ratio)
    chosen = there & alike[:, None]
    count = int(alike.sum())
    if not chosen.any() or chosen.sum() == there.sum():
        return 1.0
    own = float(ratio[chosen].mean() / ratio[there].mean())
    return (count * own + _UNLIKE) / (count + _UNLIKE)


def expected_error(values: FloatArray, season: int) -> float:
    """Mean absolute error of a forecast of pure noise with these changes: its mean absolute change over √2."""
    changes = [np.abs(values[lag:] - values[:-lag]) for lag in {1, season} if len(values) > lag]
    means = [float(np.nanmean(change)) for change in changes if np.isfinite(change).any()]
    return min(means, default=0.0) / math.sqrt(2)


def _smoothed(size: FloatArray, counts: IntArray, seen: BoolArray, horizons: float) -> FloatArray:
    """Mean absolute error by step on a line in logarithms, never falling."""
    steps = np.log(np.arange(1, size.shape[1] + 1))
    mean = np.nansum(size[:, seen], axis=0) / counts[seen]
    level = np.log(np.maximum(mean, 1e-9 * float(mean.max())))
    weight = counts[seen] / counts[seen].sum()
    around = steps[seen] - weight @ steps[seen]
    variance = float(weight @ around**2)
    own = float((weight * around) @ level) / variance if variance > 0 else 0.5
    rise = float(np.clip((horizons * own + _RISE_COUNTS * _RISE) / (horizons + _RISE_COUNTS), 0.0, _STEEPEST))
    line: FloatArray = np.exp(weight @ level + rise * (steps - weight @ steps[seen]))
    return line


def _reach(ratio: FloatArray, horizons: float, levels: FloatArray) -> FloatArray:
    """Size of errors over their width at each level, never falling towards the ends.

    What was observed and Student's t of the same mean absolute error, mixed by how many horizons the backtest holds.
    That is no more than it has origins: of one step ahead it holds a hundred horizons, and two dozen errors. Observed
    are absolute errors, and those of each side the more, the more of them lie beyond the level; the k-th of n stands at
    k / (n + 1), as the next one is below it so often (type 6 of Hyndman and Fan 1996).
    """
    coverage = np.abs(2 * levels - 1)
    sizes = np.abs(ratio)
    free = _FREE + _FREE_MORE * horizons
    student = stdtrit(free, (1 + coverage) / 2) * sizes.mean() / _mean_of_t(free)
    alike = np.quantile(sizes, coverage, method="weibull")
    side = np.maximum(np.sign(levels - 0.5) * np.quantile(ratio, levels, method="weibull"), 0.0)
    share = horizons / (horizons + _LOPSIDED * 0.2 / (1 - coverage))
    seen = (1 - share) * alike + share * side
    own = horizons / (horizons + _SHAPE)
    mixed = own * seen + (1 - own) * student
    ends = (1 - share) * student + share * np.minimum(student, side)
    mixed = np.where(coverage >= _ENDS - 1e-9, np.maximum(mixed, ends), mixed) * (1 + _WIDER / horizons)
    mixed[coverage < 1e-9] = 0.0
    low, high = mixed[levels < 0.5], mixed[levels >= 0.5]
    return np.concatenate([np.maximum.accumulate(low[::-1])[::-1], np.maximum.accumulate(high)])


def _mean_of_t(free: float) -> float:
    """Mean absolute value of Student's t (Johnson, Kotz and Balakrishnan 1995, 28.7)."""
    ratio = np.exp(gammaln((free + 1) / 2) - gammaln(free / 2))
    return float(2 * np.sqrt(free / np.pi) * ratio / (free - 1))


def guessed(known: FloatArray, horizon: int) -> Widths:
    """A wide band for a series too short for a backtest: the mean change from value to value, else a quarter of it."""
    changes = np.abs(np.diff(known))
    size = float(changes.mean()) if len(changes) and changes.max() > 0 else abs(float(known[-1])) / 4 or 1.0
    scale: FloatArray = size * np.arange(1, horizon + 1, dtype=np.float64) ** 0.4
    reach = 1.3 * np.abs(ndtri(LEVELS)) * np.sqrt(np.pi / 2)
    return Widths(scale, np.asarray(reach, dtype=np.float64), LEVELS)


def ends(
    quantiles: FloatArray, levels: FloatArray, coverage: float, lower: float | None, upper: float | None
) -> tuple[FloatArray, FloatArray]:
    """The range that holds this share (0 to 1), from quantiles … × levels: … each.

    It leaves out the same on both sides, except where a bound cuts it: nothing lies beyond a bound, so that all that is
    left out lies on the other side.
    """

    def at(level: float) -> FloatArray:
        found: FloatArray = quantiles[..., int(np.argmin(np.abs(levels - level)))]
        return found

    low, high = at((1 - coverage) / 2), at((1 + coverage) / 2)
    cut_low = low <= lower if lower is not None else np.zeros(low.shape, dtype=bool)
    cut_high = high >= upper if upper is not None else np.zeros(low.shape, dtype=bool)
    return np.where(cut_high & ~cut_low, at(1 - coverage), low), np.where(cut_low & ~cut_high, at(coverage), high)


def bounded(values: FloatArray, lower: float | None, upper: float | None) -> FloatArray:
    """The values moved onto the bounds that they leave."""
    if lower is None and upper is None:
        return values
    return np.clip(values, lower, upper)
