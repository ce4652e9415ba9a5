"""Seasons: whether there is one, what it looks like, and filling gaps without breaking it.

A season is `length` slots; slot t stands at t modulo length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray

#: 90 % test of one autocorrelation (two-sided), as in the M4 competition.
_CRITICAL = 1.645

#: A season must have been seen this often before it can be found.
SEEN = 3

#: A season that is not found is believed as far as it stands out from noise, once it was seen this often.
_WEAK = 2

#: Seasons of more slots than these are drawn towards none.
_DRAWN = 3

#: Weight of one season against the next one when indices are averaged.
_DECAY = 0.9


@dataclass(frozen=True, eq=False)
class Season:
    """Indices of a season by slot of it: factors (mean 1) where `multiplied`, else terms (mean 0)."""

    indices: FloatArray
    multiplied: bool

    @property
    def length(self) -> int:
        """Slots of a season."""
        return len(self.indices)

    @property
    def moves(self) -> bool:
        """False where nothing of it was left."""
        return bool(np.ptp(self.indices) > 0)

    def at(self, slots: IntArray) -> FloatArray:
        """The index of each slot."""
        found: FloatArray = self.indices[slots % self.length]
        return found

    def removed(self, values: FloatArray) -> FloatArray:
        """The values without their season; the first one stands at slot 0."""
        index = self.at(np.arange(len(values)))
        return values / index if self.multiplied else values - index

    def restored(self, values: FloatArray, slots: IntArray) -> FloatArray:
        """Values at these slots with their season; shapes alike."""
        return values * self.at(slots) if self.multiplied else values + self.at(slots)


def nested(lengths: Sequence[int]) -> tuple[int, int] | None:
    """The shortest and the longest of these lengths where a season holds another, as a week its hours: (24, 168)."""
    return (min(lengths), max(lengths)) if len(set(lengths)) > 1 else None


def find(values: FloatArray, lengths: Sequence[int]) -> int:
    """Of these lengths that at which the autocorrelation is beyond its 90 % test; 1 where there is none.

    Of several the one whose values change least from one season to the next: a week holds seven days of any pattern,
    but says more than the day before only where days differ. values: without gaps. The standard error is Bartlett's
    (1946), √((1 + 2Σr²) / n) over the shorter lags.
    """
    found = [length for length in lengths if length > 1 and _present(values, length)]
    return min(found, key=lambda length: float(np.abs(values[length:] - values[:-length]).mean()), default=1)


def _present(values: FloatArray, length: int) -> bool:
    n = len(values)
    around = values - values.mean()
    total = float(around @ around)
    if n < SEEN * length or total <= 0:
        return False
    r = np.array([around[lag:] @ around[:-lag] for lag in range(1, length + 1)]) / total
    return bool(r[-1] > _CRITICAL * np.sqrt((1 + 2 * (r[:-1] ** 2).sum()) / n))


def estimate(values: FloatArray, length: int) -> Season:
    """The season by the ratio (or difference) to a centred moving average, newer seasons weighing more.

    Outlying ratios are pulled in to 2.5 robust standard deviations; all indices are shrunk towards none as James and
    Stein (1961) do (Miller and Williams 2003 for seasons), so that a season within the noise does little.
    """
    multiplied = bool(values.min() > 0)
    neutral = 1.0 if multiplied else 0.0
    found, noise = _weighted(_pulled_in(_by_slot(*_around_the_trend(values, length, multiplied), length)))
    found = found / found.mean() if multiplied else found - found.mean()
    spread = float(((found - neutral) ** 2).mean())
    drawn = spread > 0 and length > _DRAWN
    kept = 1 - (length - 3) / (length - 1) * float(noise.mean()) / spread if drawn else 1.0
    return Season(neutral + (found - neutral) * max(kept, 0.0), multiplied)


def weak(values: FloatArray, lengths: Sequence[int]) -> Season | None:
    """Where none is found: the shortest season, drawn towards none by how well it is known.

    None where it was seen too little or is too short to be drawn (James and Stein need four slots).
    """
    length = min((length for length in lengths if length > _DRAWN), default=0)
    if not length or len(values) < _WEAK * length:
        return None
    return estimate(values, length) if len(values) >= SEEN * length else _seen_twice(values, length)


def _seen_twice(values: FloatArray, length: int) -> Season:
    """Terms of a season seen too little for a moving average: each is drawn towards none (empirical Bayes).

    Noise is what values of the same slot differ by once the change from season to season, their median one, is gone.
    """
    n = len(values)
    phase = np.arange(n) % length
    rest = values - float(np.median(values[length:] - values[:-length])) / length * np.arange(n)
    rest = rest - rest.mean()
    counts = np.bincount(phase, minlength=length)
    terms = np.bincount(phase, weights=rest, minlength=length) / counts
    noise = float(((rest - terms[phase]) ** 2).sum()) / (n - length)
    real = max(float((terms**2).mean()) - noise / float(counts.mean()), 0.0)
    terms = terms * real / (real + noise / counts) if real > 0 else np.zeros(length)
    return Season(terms - terms.mean(), False)


def _around_the_trend(values: FloatArray, length: int, multiplied: bool) -> tuple[FloatArray, int]:
    """Ratios (differences) to the centred moving average, and the slot of the first one."""
    window = np.full(length, 1 / length) if length % 2 else np.r_[0.5, np.ones(length - 1), 0.5] / length
    trend = np.convolve(values, window, "valid")
    start = (len(window) - 1) // 2
    inner = values[start : start + len(trend)]
    return (inner / trend if multiplied else inner - trend), start


def _by_slot(ratio: FloatArray, start: int, length: int) -> FloatArray:
    """Seasons × slots, NaN before the first ratio and after the last one."""
    before = start % length
    whole = np.full(-(-(before + len(ratio)) // length) * length, np.nan)
    whole[before : before + len(ratio)] = ratio
    return whole.reshape(-1, length)


def _pulled_in(ratio: FloatArray) -> FloatArray:
    """Each slot within 2.5 robust standard deviations of its median, where 5 seasons are known."""
    many = np.isfinite(ratio).sum(axis=0) >= 5
    middle = medians(ratio)
    reach = 2.5 * 1.4826 * medians(np.abs(ratio - middle))
    return np.where(many, np.clip(ratio, middle - reach, middle + reach), ratio)


def medians(columns: FloatArray) -> FloatArray:
    """Median of each column's numbers, at least one each; NaN are sorted behind them."""
    ordered, counts = np.sort(columns, axis=0), np.isfinite(columns).sum(axis=0)
    place = np.arange(columns.shape[1])
    found: FloatArray = (ordered[(counts - 1) // 2, place] + ordered[counts // 2, place]) / 2
    return found


def _weighted(ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean of each column with newer ones weighing more, and the variance of that mean."""
    there = np.isfinite(ratio)
    known, n = np.where(there, ratio, 0.0), there.sum(axis=0)
    weight = np.where(there, _DECAY ** np.arange(len(ratio))[::-1, None], 0.0)
    weight = weight / weight.sum(axis=0)
    mean = (weight * known).sum(axis=0)
    variance = (weight * (known - mean) ** 2).sum(axis=0) * n / np.maximum(n - 1, 1)
    return mean, variance * (weight**2).sum(axis=0)


def filled(values: FloatArray, length: int) -> FloatArray:
    """The values with gaps filled by a straight line between neighbours, plus the typical season where one is known.

    The ends are carried on. The first slot must have a value.
    """
    there = np.isfinite(values)
    if there.all():
        return values.copy()
    slots = np.arange(len(values))
    line = np.interp(slots, slots[there], values[there])
    if length < 2 or there.sum() < 2 * length or len(values) < SEEN * length:
        return line
    padded = np.pad(line, (length // 2, length - 1 - length // 2), mode="edge")
    away = values - np.convolve(padded, np.full(length, 1 / length), "valid")
    phase = slots % length
    typical = np.zeros(length)
    for slot in range(length):
        own = away[(phase == slot) & there]
        typical[slot] = np.median(own) if len(own) else 0.0
    flat = values - typical[phase]
    lifted = np.interp(slots, slots[there], flat[there]) + typical[phase]
    return np.where(there, values, lifted)
