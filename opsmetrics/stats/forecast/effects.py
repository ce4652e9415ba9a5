"""What a known event does to a series: estimated from the times it happened, and laid over a forecast.

An event has an exposure in each slot, from 0 (not at all) to 1 (the whole slot). Each occurrence, a run of slots with
exposure, is compared with what its neighbourhood and the season would have given. How far such a comparison is off
where nothing happened is measured at ordinary slots of the same length (placebos: Abadie, Diamond and Hainmueller,
2010, Journal of the American Statistical Association 105, section 2.4), so neither autocorrelation nor the filling of a
long gap is forgotten. The estimate is shrunk towards none by how well it is known (positive part of James and Stein,
1961): what happened once, within the noise, moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from opsmetrics.stats.arrays import BoolArray, FloatArray
from opsmetrics.stats.forecast import fan, seasons
from opsmetrics.stats.forecast.model import COVERAGES, Forecast

#: Comparisons at ordinary slots, and for how many occurrences they count at most when the noise is pooled.
_PLACEBOS, _PRIOR = 24, 6

#: Slots on each side that make up the neighbourhood.
_AROUND = 7

#: Fewer ordinary slots than this say nothing of what is usual.
_LEAST = 8

#: The share of change that an event is at least taken for: a part of a slot cannot lose more than itself.
_LOWEST = -0.99

#: The effect of an event in a fan: equally likely values of it, and of the forecast.
_ATOMS, _LEVELS = 41, 200


@dataclass(frozen=True)
class Effect:
    """What one whole slot of an event does. seen: how often it happened with a value (0: given by a person).

    size, error: logarithm of the factor where `multiplied`, else units of the values; error: standard error, with
    `freedom` degrees of freedom (0 and infinity where it was given). raw: the same before shrinking.
    """

    seen: int
    size: float
    raw: float
    error: float
    freedom: float
    multiplied: bool

    def interval(self, coverage: float = 0.95) -> tuple[float, float]:
        """Its ends, on the scale of `size`: around what was seen, not around what was shrunk."""
        reach = self.error * float(stdtrit(self.freedom, (1 + coverage) / 2)) if self.error > 0 else 0.0
        return self.raw - reach, self.raw + reach

    def factor(self, exposure: FloatArray) -> FloatArray:
        """What it multiplies a slot by that it covers in part."""
        found: FloatArray = 1 + exposure * np.expm1(self.size)
        return found

    def times(self, count: float) -> Effect:
        """The shift of a sum of so many slots."""
        return replace(self, size=self.size * count, raw=self.raw * count, error=self.error * count)

    def shown(self, size: float) -> float:
        """A size on that scale as a share of change (−0.31 is 31 % less) where multiplied, else as it is."""
        return float(np.expm1(size)) if self.multiplied else size


@dataclass(frozen=True, eq=False)
class Change:
    """One event ahead: its effect, and its exposure in each step of a forecast (horizon, 0 to 1)."""

    effect: Effect
    exposure: FloatArray


def given(size: float, *, multiplied: bool) -> Effect:
    """An effect that a person names: a share of change where multiplied (−1: nothing is left), else units of the
    values."""
    if multiplied and size < -1:
        raise ValueError(f"effect: found {size:.0%}, wanted -100 % or more")
    own = (float(np.log1p(size)) if size > -1 else float("-inf")) if multiplied else size
    return Effect(0, own, own, 0.0, float("inf"), multiplied)


def estimate(
    values: FloatArray, exposure: FloatArray, *, seasons_tried: Sequence[int] = (), multiplied: bool
) -> Effect | None:
    """The effect of an event on a series; None where no occurrence has a value, or too little is ordinary.

    values: one per slot, NaN for a gap (above 0 where `multiplied`); exposure: alike, 0 to 1.
    """
    own = np.log(values) if multiplied else values.copy()
    touched = exposure > 0
    ordinary = np.isfinite(own) & ~touched
    runs = [run for run in _runs(touched) if np.isfinite(own[run]).any()]
    if not runs or ordinary.sum() < _LEAST:
        return None
    length = _season(own, ordinary, seasons_tried)
    usual = _expected(own, ordinary, length)
    found = [_compared(own - usual, exposure, run, multiplied) for run in runs]
    sizes, weights = (np.array(column) for column in zip(*found, strict=True))
    placebos = _placebos(own, ordinary, exposure, runs, length, multiplied)
    raw = float(sizes @ weights / weights.sum())
    scatter = float(weights @ (sizes - raw) ** 2)
    prior = min(len(placebos) - 1, _PRIOR) if len(placebos) > 1 else 0
    freedom = prior + len(runs) - 1
    if freedom < 1:
        return None
    noise = float(np.mean(placebos)) if prior else 0.0
    error = float(np.sqrt((prior * noise + scatter) / freedom / weights.sum()))
    kept = max(0.0, 1 - error**2 / raw**2) if raw else 0.0
    return Effect(len(runs), raw * kept, raw, error, float(freedom), multiplied)


def set_apart(values: FloatArray, exposure: FloatArray, effect: Effect | None) -> FloatArray:
    """The values as if the event had not happened: slots mostly of it become gaps, the others lose its effect."""
    ordinary = np.where(exposure >= 0.5, np.nan, values)
    if effect is None:
        return ordinary
    part = np.where(exposure >= 0.5, 0.0, exposure)
    return ordinary / effect.factor(part) if effect.multiplied else ordinary - effect.size * part


def changed(found: Forecast, changes: Sequence[Change], ceiling: FloatArray | None = None) -> Forecast:
    """The forecast with events laid over it: their effects, and how little is known of them, in every range.

    ceiling: by step, what no value can exceed (infinity: none). The backtest stays that of the forecast as it was.
    """
    quantiles, mean, ranges = found.quantiles, found.mean, _ranges_of(found)
    spread = [np.zeros(found.horizon) for _ in changes]
    for place, change in enumerate(changes):
        effect, part = change.effect, change.exposure
        quantiles = np.array([_mixed(row, effect, x) for row, x in zip(quantiles, part, strict=True)])
        for coverage, ends in ranges.items():
            wide = fan.ends(quantiles, fan.LEVELS, coverage / 100, found.lower, found.upper)
            moved = (_moved(end, effect, part) for end in ends)
            ranges[coverage] = tuple(
                np.where((part > 0) & (effect.error > 0), uncertain, certain)
                for uncertain, certain in zip(wide, moved, strict=True)
            )
        spread[place] = effect.error * part * (np.abs(mean) * np.exp(effect.size) if effect.multiplied else 1.0)
        mean = _moved(mean, effect, part)
    cut = np.full(found.horizon, np.inf) if ceiling is None else ceiling
    quantiles = fan.bounded(np.minimum(quantiles, cut[:, None]), found.lower, found.upper)
    mean = fan.bounded(np.minimum(mean, cut), found.lower, found.upper)
    columns: dict[str, object] = {"step": np.arange(1, found.horizon + 1), "mean": mean}
    for coverage, ends in ranges.items():
        low, high = (fan.bounded(np.minimum(end, cut), found.lower, found.upper) for end in ends)
        columns |= {f"lower_{coverage}": np.minimum(low, mean), f"upper_{coverage}": np.maximum(high, mean)}
    correlation = _shared(found, quantiles, spread)
    return replace(found, points=pd.DataFrame(columns), quantiles=quantiles, correlation=correlation)


def _ranges_of(found: Forecast) -> dict[int, tuple[FloatArray, ...]]:
    return {coverage: found.interval(coverage) for coverage in COVERAGES}


def _moved(values: FloatArray, effect: Effect, part: FloatArray) -> FloatArray:
    """Values with the effect as it is, one part for each."""
    found: FloatArray = values * effect.factor(part) if effect.multiplied else values + effect.size * part
    return found


# What is usual


def _season(own: FloatArray, ordinary: BoolArray, tried: Sequence[int]) -> int:
    first = int(np.argmax(ordinary))
    calm = np.where(ordinary, own, np.nan)[first:]
    return seasons.find(seasons.filled(calm, 1), tuple(tried))


def _expected(own: FloatArray, ordinary: BoolArray, length: int) -> FloatArray:
    """For each slot what its ordinary neighbours, and its place in the season, would have given."""
    calm = np.where(ordinary, own, np.nan)
    typical = np.zeros(len(own))
    if length > 1 and ordinary.sum() >= seasons.SEEN * length:
        away = calm - _level(calm, max(length // 2, 1))
        phase = np.arange(len(own)) % length
        known = [away[(phase == slot) & ordinary] for slot in range(length)]
        middles = np.array([np.median(part) if len(part) else 0.0 for part in known])
        typical = middles[phase]
    expected: FloatArray = _level(calm - typical, _AROUND) + typical
    return expected


def _level(calm: FloatArray, around: int) -> FloatArray:
    """Mean of the known values up to `around` slots away; between such stretches a straight line."""
    there = np.isfinite(calm)
    sums = np.concatenate([[0.0], np.cumsum(np.where(there, calm, 0.0))])
    counts = np.concatenate([[0], np.cumsum(there)])
    slots = np.arange(len(calm))
    low, high = np.maximum(slots - around, 0), np.minimum(slots + around + 1, len(calm))
    count = counts[high] - counts[low]
    mean = (sums[high] - sums[low]) / np.maximum(count, 1)
    known = count > 0
    level: FloatArray = np.interp(slots, slots[known], mean[known])
    return level


# Occurrences


def _runs(touched: BoolArray) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], touched, [False]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _compared(off: FloatArray, exposure: FloatArray, run: slice, multiplied: bool) -> tuple[float, float]:
    """Effect of a whole slot by least squares over one occurrence, and the weight of it: Σxr / Σx², Σx².

    A factor f on a part x of a slot makes 1 − x + x·f of the whole.
    """
    there = np.isfinite(off[run])
    x, r = exposure[run][there], off[run][there]
    weight = float(x @ x)
    if multiplied:
        r = x * np.log1p(np.maximum(np.expm1(r) / x, _LOWEST))
    return float(x @ r) / weight, weight


def _placebos(
    own: FloatArray, ordinary: BoolArray, exposure: FloatArray, runs: list[slice], length: int, multiplied: bool
) -> list[float]:
    """Weighted squares of the effects that are found where nothing happened: each occurrence moved elsewhere."""
    found: list[float] = []
    each = max(_PLACEBOS // len(runs), 1)
    for run in runs[:_PLACEBOS]:
        wide = run.stop - run.start
        counts = np.convolve(ordinary, np.ones(wide), "valid")
        free = np.flatnonzero(counts == wide)
        chosen = free[np.linspace(0, len(free) - 1, min(each, len(free))).astype(int)] if len(free) else free
        for start in np.unique(chosen):
            hidden, moved = ordinary.copy(), np.zeros(len(own))
            hidden[start : start + wide] = False
            if hidden.sum() < _LEAST:
                continue
            moved[start : start + wide] = exposure[run]
            place = slice(int(start), int(start) + wide)
            size, weight = _compared(own - _expected(own, hidden, length), moved, place, multiplied)
            found.append(size**2 * weight)
    return found


# Laying over


def _mixed(row: FloatArray, effect: Effect, part: float) -> FloatArray:
    """The quantiles of one step with an effect that is itself uncertain."""
    if part <= 0:
        return row
    if effect.error <= 0:
        return _moved(row, effect, np.full(len(row), part))
    sizes = effect.size + effect.error * stdtrit(effect.freedom, (np.arange(_ATOMS) + 0.5) / _ATOMS)
    atoms = np.interp((np.arange(_LEVELS) + 0.5) / _LEVELS, fan.LEVELS, row)
    both = np.outer(atoms, 1 + part * np.expm1(sizes)) if effect.multiplied else np.add.outer(atoms, part * sizes)
    mixed: FloatArray = np.quantile(both.ravel(), fan.LEVELS)
    return mixed


def _shared(found: Forecast, quantiles: FloatArray, spread: list[FloatArray]) -> FloatArray:
    """Correlation of the steps: an effect that is off is off in every step of its event."""
    if not any(part.any() for part in spread):
        return found.correlation
    low, high = (int(np.argmin(np.abs(fan.LEVELS - level))) for level in (0.16, 0.84))
    own = np.maximum((found.quantiles[:, high] - found.quantiles[:, low]) / 2, 1e-12)
    scale = np.maximum((quantiles[:, high] - quantiles[:, low]) / 2, 1e-12)
    own = np.minimum(own, scale)
    joint = found.correlation * np.outer(own, own) + sum(np.outer(part, part) for part in spread)
    size = np.sqrt(np.diag(joint))
    shared: FloatArray = joint / np.outer(size, size)
    return shared
