"""Where errors are larger: in a slot of the season, on a day of the week, or from an hour of the day on.

A forecast made at midnight knows the whole day that was, one made at noon has just seen what the next hours undo: of
hourly temperatures the latter errs four times as much over the same two days. Each is believed as far as was seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.forecast import seasons

#: Seasons from which on half of a slot's own size of errors is believed, and half of that of a whole day of the week.
_SLOT, _DAY = 16.0, 1.0

#: Origins up to this share of the day apart count, the nearer the more, for the size of errors from an hour on.
_NEAR = 0.25

#: Fewer origins say nothing about the hour.
_FEWEST = 8


@dataclass(frozen=True, eq=False)
class Profile:
    """Size of errors by place in a season, 1 in the middle of them; from_start: of the place where a forecast starts,
    else of the place that is forecast."""

    sizes: FloatArray
    from_start: bool = False

    def at(self, starts: IntArray | int, horizon: int) -> FloatArray:
        """For forecasts after so many slots (…): … × horizon."""
        steps = np.zeros(horizon, dtype=np.int64) if self.from_start else np.arange(horizon)
        found: FloatArray = self.sizes[(np.asarray(starts)[..., None] + steps) % len(self.sizes)]
        return found


def found_in(
    off: FloatArray, widths: Callable[[FloatArray], FloatArray], origins: IntArray, known: int, season: int,
    tried: tuple[int, ...],
) -> tuple[Profile, ...]:  # fmt: skip
    """The profiles of absolute errors (origins × horizon, NaN unknown), each of what those before it leave.

    widths: usual errors by step. tried: lengths of a season that the values may have: where one holds another, days of
    the week and hours of the day differ too, whatever season the values have.
    """
    profiles: list[Profile] = []
    horizon = off.shape[1]
    slots = origins[:, None] + np.arange(horizon)
    nested = seasons.nested(tried)
    asked = [(season, 1, _SLOT)] if season > 1 else []
    asked += [(nested[1], nested[0], _DAY)] if nested else []
    for length, around, half in asked:
        seen = (known - float(origins[0])) / length
        profiles.append(_by_slot(off / widths(off), slots % length, length, around, seen / (seen + half)))
        off = off / profiles[-1].at(origins, horizon)
    if nested:
        day, horizons = nested[0], (known - float(origins[0])) / horizon
        profiles.append(_by_start(off / widths(off), origins % day, day, horizons))
    return tuple(profiles)


def _by_slot(ratio: FloatArray, slots: IntArray, length: int, around: int, belief: float) -> Profile:
    """Of each slot of the season and so many around it, drawn towards 1 by disbelief.

    ratio: errors over their width, NaN unknown; slots: that of each of them.
    """
    there = np.isfinite(ratio)
    sums = _around(np.bincount(slots[there], weights=ratio[there], minlength=length), around)
    counts = _around(np.bincount(slots[there], minlength=length), around)
    own = np.where(counts > 0, sums / np.maximum(counts, 1) / ratio[there].mean(), 1.0)
    profile = 1 + (own - 1) * belief
    return Profile(profile / profile.mean())


def _around(totals: FloatArray | IntArray, window: int) -> FloatArray:
    """Sums over so many slots around each, the last followed by the first."""
    sums = np.convolve(np.concatenate([totals, totals[: window - 1]]), np.ones(window), mode="valid")
    found: FloatArray = np.roll(sums, window // 2)
    return found


def _by_start(ratio: FloatArray, hours: IntArray, day: int, horizons: float) -> Profile:
    """Of each hour of the day that a forecast starts at (hours: by origin), by the mean error over its horizon.

    Means of logarithms over hours near by, drawn towards all of them as their spread beyond what chance would give
    says (Efron and Morris 1973). Of neighbours that share what came only `horizons` are independent.
    """
    count = np.isfinite(ratio).sum(axis=1)
    seen = count > 0
    if seen.sum() < _FEWEST:
        return Profile(np.ones(day), from_start=True)
    mean = np.nansum(ratio[seen], axis=1) / count[seen]
    size, weight, hour = np.log(np.maximum(mean, 1e-3)), count[seen] / ratio.shape[1], hours[seen]
    reach = max(_NEAR * day, 1.0)
    apart = np.abs((np.arange(day)[:, None] - hour + day / 2) % day - day / 2)
    near = np.maximum(1 - apart / reach, 0.0) * weight
    total, middle = near.sum(axis=1), float(weight @ size / weight.sum())
    own = np.where(total > 0, near @ size / np.maximum(total, 1e-9), middle)
    shares = weight / weight.sum()
    within = float(shares @ (size - own[hour]) ** 2) * len(size) / max(len(size) - day / reach, 1.0)
    between = float(shares @ (own[hour] - middle) ** 2)
    chance = float(shares @ (within / np.minimum(total, horizons)[hour]))
    belief = max(1 - chance / between, 0.0) if between > 0 else 0.0
    return Profile(np.exp((own - middle) * belief), from_start=True)
