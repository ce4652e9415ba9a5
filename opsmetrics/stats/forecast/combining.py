"""The members of the combination at many origins, and the combination itself.

Half of it is the median of members of different families (smoothing, autoregression, recent average); the other half is
their average, each weighing by its own backtest. The median keeps one bad member out; the weights let the series say
what suits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.forecast import seasons
from opsmetrics.stats.forecast.autoregression import autoregressed
from opsmetrics.stats.forecast.averages import recent_average, weekday_profile
from opsmetrics.stats.forecast.model import MEMBERS
from opsmetrics.stats.forecast.smoothing import smoothed
from opsmetrics.stats.forecast.step import last_step
from opsmetrics.stats.forecast.year import echo

#: From this many values on more than the last value is used.
FIRST = 7

#: Seasons that a short series gets a shrunk profile for: a week of five to seven working days.
WEEKS = range(5, 8)

#: A profile of the week is all there is below three weeks, and fades until the members stand alone after so many.
_FADED = 12

#: Origins share their season in this many groups; each group's season is what was known at its first origin.
_GROUPS = 3

#: Weight of a member: its mean absolute error to this power.
_POWER = -6.0

#: With so many errors in the backtest only half of that power: luck over a few of them is no merit.
_HALF = 20.0


@dataclass(frozen=True, eq=False)
class Fitted:
    """Forecasts of the members at each origin: members × origins × horizon, NaN where a member has none.

    A series too short for the members has one forecast, which stands in the place of the first. lengths: that of the
    season that the members had at each origin, found or weak; 1: none. latest: that of the last origin.
    """

    values: FloatArray
    lengths: IntArray
    latest: seasons.Season | None
    failures: int


def stage(known: int, lengths: Sequence[int]) -> str:
    """The rung of the ladder for this many values: "last_value", "weekday_profile" or "combination"."""
    if known < FIRST:
        return "last_value"
    week = _week(lengths)
    return "weekday_profile" if week and week <= known < seasons.SEEN * week else "combination"


def _week(lengths: Sequence[int]) -> int:
    """Slots of a week, 0 where none is among the lengths."""
    return next((length for length in lengths if length in WEEKS), 0)


def fitted(values: FloatArray, origins: IntArray, horizon: int, lengths: Sequence[int]) -> Fitted:
    """All members at these ascending origins, each from what was known then. values: without gaps."""
    result = np.full((len(MEMBERS), len(origins), horizon), np.nan)
    rungs = np.array([stage(int(origin), lengths) for origin in origins])
    had, latest, failures = np.ones(len(origins), dtype=np.int64), None, 0
    for place in np.flatnonzero(rungs == "last_value"):
        result[0, place] = values[origins[place] - 1]
    for place in np.flatnonzero(rungs == "weekday_profile"):
        week = _week(lengths)
        result[0, place], had[place] = weekday_profile(values[: origins[place]], horizon, week), week
    full = np.flatnonzero(rungs == "combination")
    if len(full):
        result[:, full], had[full], latest, failures = _members(values, origins[full], horizon, lengths)
        step = last_step(values, latest)
        late = full[:0] if step is None else full[origins[full] >= step.known]
        for group in _groups(late):
            moved = _on_new_level(values, int(origins[group[0]]), lengths)
            if moved is not None:
                result[:, group], had[group], latest, failed = _members(moved, origins[group], horizon, lengths)
                failures += failed
        if week := _week(lengths):
            result[:, full] += echo(values, origins[full], horizon, week)
    return Fitted(result, had, latest, failures)


def _members(
    values: FloatArray, origins: IntArray, horizon: int, lengths: Sequence[int]
) -> tuple[FloatArray, IntArray, seasons.Season | None, int]:
    """All members, with the season that was known at the first origin of each group; the last origin is a group."""
    groups = _groups(np.arange(len(origins)))
    found = [_without_season(values, int(origins[group[0]]), lengths) for group in groups]
    row = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    length_of = np.array([length for length, _, _ in found])
    result = np.empty((len(MEMBERS), len(origins), horizon))
    failures = 0
    plain = np.array([rest for _, _, rest in found])
    for length in np.unique(length_of):
        mine = np.flatnonzero(length_of[row] == length)
        own = origins[mine]
        same_rows = np.flatnonzero(length_of == length)
        where = np.searchsorted(same_rows, row[mine])
        result[0:2, mine] = smoothed(plain[same_rows], where, own, horizon, int(length))
        result[2, mine], failed = autoregressed(values[None, :], np.zeros_like(own), own, horizon, int(length))
        result[4, mine] = recent_average(values, own, horizon, int(length))
        failures += failed
    result[3], failed = autoregressed(plain, row, origins, horizon, 1)
    for place, group in enumerate(groups):
        season = found[place][1]
        if season is not None:
            ahead = origins[group][:, None] + np.arange(horizon)
            for member in (0, 1, 3):
                result[member, group] = season.restored(result[member, group], ahead)
    week = _week(lengths)
    for early in np.flatnonzero(origins < _FADED * week):
        known = values[: origins[early]]
        share = (_FADED * week - len(known)) / ((_FADED - seasons.SEEN) * week)
        result[:, early] = (1 - share) * result[:, early] + share * weekday_profile(known, horizon, week)
    had = np.array([1 if season is None else season.length for _, season, _ in found])[row]
    return result, had, found[-1][1], failures + failed


def _groups(places: IntArray) -> list[IntArray]:
    """Origins that share what the first of them knew; the last is a group of its own."""
    return [group for group in (*np.array_split(places[:-1], _GROUPS), places[-1:]) if len(group)]


def _on_new_level(values: FloatArray, known: int, lengths: Sequence[int]) -> FloatArray | None:
    """All values, those before the last step on its new level, by what was known after so many; None without one."""
    _, season, _ = _without_season(values, known, lengths)
    step = last_step(values[:known], season)
    return None if step is None else step.moved(values, multiplied=season is not None and season.multiplied)


def _without_season(
    values: FloatArray, known: int, lengths: Sequence[int]
) -> tuple[int, seasons.Season | None, FloatArray]:
    """The length found after so many values, the season known then, found or weak, and all values without it."""
    length = seasons.find(values[:known], lengths)
    season = seasons.estimate(values[:known], length) if length > 1 else seasons.weak(values[:known], lengths)
    return length, season, values if season is None else season.removed(values)


def combined(members: FloatArray, weights: FloatArray) -> FloatArray:
    """Half the median of the three families, half the weighted average of all; … over the first axis of `members`.

    weights: by member, or members × origins for members × origins × horizon. NaN members are left out.
    """
    there = np.isfinite(members)
    share = np.where(there, weights.reshape(weights.shape + (1,) * (members.ndim - weights.ndim)), 0.0)
    total = share.sum(axis=0)
    known = np.where(there, members, 0.0)
    plain = known.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    average = np.where(total > 0, (share * known).sum(axis=0) / np.where(total > 0, total, 1.0), plain)
    middle = np.nanmedian(members, axis=0)
    mixed: FloatArray = 0.5 * middle + 0.5 * average
    return mixed


def weights_of(errors: FloatArray) -> FloatArray:
    """Weights of the members from their backtest: errors (members × origins × horizon, absolute, NaN unknown).

    Members that were not there in the backtest get none, unless none was.
    """
    return _weights(np.nansum(errors, axis=(1, 2)), np.isfinite(errors).sum(axis=(1, 2)))


def weights_without_own(errors: FloatArray) -> FloatArray:
    """The same for each origin without its own errors: members × origins."""
    own, count = np.nansum(errors, axis=2), np.isfinite(errors).sum(axis=2)
    totals, counts = own.sum(axis=1, keepdims=True) - own, count.sum(axis=1, keepdims=True) - count
    return np.column_stack([_weights(totals[:, k], counts[:, k]) for k in range(errors.shape[1])])


def _weights(totals: FloatArray, counts: IntArray) -> FloatArray:
    there = counts > 0
    if not there.any():
        return np.full(len(totals), 1 / len(totals))
    mean = np.where(there, totals / np.maximum(counts, 1), np.inf)
    least = mean.min()
    power = _POWER * counts.max() / (counts.max() + _HALF)
    raw = np.where(mean <= least, 1.0, (mean / least) ** power) if least > 0 else np.where(mean <= 0, 1.0, 0.0)
    shares: FloatArray = raw / raw.sum()
    return shares
