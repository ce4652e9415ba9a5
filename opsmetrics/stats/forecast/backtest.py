"""Rolling origins: the same method as it would have forecast then, against what came and against naive rivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray
from opsmetrics.stats.forecast import fan, seasons
from opsmetrics.stats.forecast.model import Accuracy, Coverage, Rival

#: Origins spread over this last share of the series, and each of the last few slots as origin.
_SHARE, _SPREAD, _LAST = 0.3, 14, 12

#: Where a season holds another: origins over two of the longer, at more of its places.
_NESTED, _NESTED_SPREAD = 2, 36

#: Half of the values, and never fewer than this, come before the first origin.
_BEFORE = 7

#: Coverages measured.
MEASURED = (80, 95)

#: Levels at which their ranges may end.
_ENDS: FloatArray = np.unique([end for c in MEASURED for end in (50 - c / 2, 50 + c / 2, c, 100 - c)]) / 100

#: Origins are judged in so many blocks of neighbours, which share most of the values that came.
_BLOCKS = 5


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts at earlier origins (ascending; slots known then) with what came: all origins × horizon.

    errors: value − forecast, NaN where no value is known. inside: for each of MEASURED, whether the value lay in a
    range made without its own origin and its neighbours. seasonal: the seasonal naive, None without a season. last:
    the last value.
    """

    origins: IntArray
    forecasts: FloatArray
    errors: FloatArray
    inside: tuple[BoolArray, ...]
    seasonal: FloatArray | None
    last: FloatArray

    @property
    def naive(self) -> FloatArray:
        """The rival that counts."""
        return self.last if self.seasonal is None else self.seasonal

    def table(self, size: float, first: int) -> pd.DataFrame:
        """One row for each pair whose value is known; values times `size`, origins counted from `first` slots on."""
        place, step = np.nonzero(np.isfinite(self.errors))
        pick = (place, step)
        columns: dict[str, object] = {
            "origin": self.origins[place] + first,
            "step": step + 1,
            "forecast": self.forecasts[pick] * size,
            "actual": (self.forecasts[pick] + self.errors[pick]) * size,
            "naive": self.naive[pick] * size,
            "last": self.last[pick] * size,
        }
        marks = {f"inside_{nominal}": flags[pick] for nominal, flags in zip(MEASURED, self.inside, strict=True)}
        return pd.DataFrame(columns | marks)

    def accuracy(self, observed: FloatArray, season: int, size: float) -> Accuracy:
        """The backtest in numbers; `observed` and errors are in units of `size`."""
        known = np.isfinite(self.errors)
        pairs, count = int(known.sum()), int(known.any(axis=1).sum())
        if not pairs:
            return Accuracy(0, 0, float("nan"), float("nan"), (), ())
        own = float(np.abs(self.errors[known]).mean())
        actual = self.forecasts + self.errors
        named = [("seasonal_naive", self.seasonal), ("last_value", self.last)]
        rivals = tuple(
            Rival(name, float(np.abs(actual - line)[known].mean()) * size, own * size, count)
            for name, line in named
            if line is not None
        )
        held = tuple(
            Coverage(nominal, int(flags[known].sum()), pairs)
            for nominal, flags in zip(MEASURED, self.inside, strict=True)
        )
        change = _usual_change(observed, season)
        return Accuracy(count, pairs, own * size, own / change if change > 0 else float("nan"), rivals, held)


def origins_of(n: int, horizon: int, lengths: Sequence[int] = ()) -> IntArray:
    """Where to stand: spread over the last part of the series and at each of the last slots; none for a short one.

    lengths: of a season that the values may have. Where one holds another, each hour of the day and each day of the
    week is to be seen: 14 origins a day apart would all stand at one hour, and the last 30 % may be one week.
    """
    least = max(n // 2, _BEFORE) if n >= 2 * _BEFORE else _BEFORE
    nested = seasons.nested(lengths)
    both = _NESTED * nested[1] if nested else 0
    start = max(min(int(n * (1 - _SHARE)), n - horizon - _SPREAD + 1, n - both), least)
    if n - start < 3:
        return np.empty(0, dtype=np.int64)
    count = min(_NESTED_SPREAD if nested else _SPREAD, n - start)
    spread = np.linspace(start, n - 1, count).astype(np.int64)
    recent = np.arange(max(n - _LAST, start), n, dtype=np.int64)
    return np.unique(np.concatenate([spread, recent]))


def after_values(origins: IntArray, observed: FloatArray) -> IntArray:
    """Each moved back to right after a value: in a gap stands what lies between both its ends, and the later one was
    not known then. The first slot has a value."""
    there = np.flatnonzero(np.isfinite(observed))
    moved: IntArray = np.unique(there[np.searchsorted(there, origins - 1, side="right") - 1] + 1)
    return moved


def coming(observed: FloatArray, origins: IntArray, horizon: int) -> FloatArray:
    """What came after each origin: origins × horizon, NaN where it is not known."""
    longer = np.concatenate([observed, np.full(horizon, np.nan)])
    came: FloatArray = longer[origins[:, None] + np.arange(horizon)].reshape(len(origins), horizon)
    return came


def seasonal_naive(filled: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """The value of the same slot of the last season before each origin."""
    back = season - np.arange(horizon) % season
    before: FloatArray = filled[np.maximum(origins[:, None] - back, 0)]
    return before


def judged_without_own(past: fan.Past, series: fan.Series) -> tuple[BoolArray, ...]:
    """For each of MEASURED: whether a value lay inside the range that the origins of the other blocks give."""
    inside = [np.zeros(past.errors.shape, dtype=bool) for _ in MEASURED]
    lower, upper = series.lower, series.upper
    for block in np.array_split(np.arange(len(past.errors)), min(_BLOCKS, len(past.errors))):
        if len(block) == len(past.errors):
            continue
        found = fan.widths(past.without(block), series, _ENDS)
        if found is None:
            continue
        forecasts = past.forecasts[block]
        quantiles = found.fan(forecasts, lower, upper, past.origins[block])
        came = forecasts + past.errors[block]
        for nominal, flags in zip(MEASURED, inside, strict=True):
            low, high = fan.ends(quantiles, _ENDS, nominal / 100, lower, upper)
            flags[block] = (came >= np.minimum(low, forecasts)) & (came <= np.maximum(high, forecasts))
    return tuple(inside)


def nothing(horizon: int) -> Backtest:
    """The backtest of a series that is too short for one."""
    empty = np.empty((0, horizon))
    flags = tuple(np.empty((0, horizon), dtype=bool) for _ in MEASURED)
    return Backtest(np.empty(0, dtype=np.int64), empty, empty, flags, None, empty)


def _usual_change(observed: FloatArray, season: int) -> float:
    """Mean absolute change from one season before, over pairs of known values."""
    changes = np.abs(observed[season:] - observed[:-season])
    changes = changes[np.isfinite(changes)]
    return float(changes.mean()) if len(changes) else 0.0
