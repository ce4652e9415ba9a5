"""What a forecast is: plain numbers, frozen. Positions count the slots of the values that were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import FloatArray, IntArray

Method = Literal["combination", "weekday_profile", "last_value", "constant", "intermittent", "saturated"]

#: The members of the combination, in order.
MEMBERS = ("smoothing", "learning", "autoregression", "adjusted", "average")

#: Coverages of the fans, in per cent.
COVERAGES = (50, 80, 95)

#: A smaller gain over a naive forecast is none.
REAL_GAIN = 0.05


@dataclass(frozen=True)
class Member:
    """One member of the combination with its share in the weighted half of it (0 to 1)."""

    name: str
    weight: float


@dataclass(frozen=True)
class Rival:
    """A simpler or other forecast at the same origins, on the same pairs of origin and step.

    name: "seasonal_naive", "last_value" or "exponential_smoothing"; mae: mean absolute error in the units of the
    values (NaN: nothing to compare); own: that of the combination on the same pairs; origins: how many of them.
    """

    name: str
    mae: float
    own: float
    origins: int
    warnings: int = 0
    failures: int = 0

    @property
    def gain(self) -> float:
        """Share of the rival's error that the combination saves; below 0 it is worse; NaN where nothing compares."""
        return 1.0 - self.own / self.mae if self.mae > 0 else float("nan")


@dataclass(frozen=True)
class Coverage:
    """How often the backtest lay inside a range of this nominal coverage (per cent), each fifth left out in turn."""

    nominal: int
    inside: int
    of: int

    @property
    def share(self) -> float:
        """Measured coverage, 0 to 1; NaN without a backtest."""
        return self.inside / self.of if self.of else float("nan")


@dataclass(frozen=True)
class Accuracy:
    """The backtest in a few numbers, over all pairs of origin and step whose value is known.

    mae: mean absolute error, in the units of the values; mase: it over the mean absolute change from one season
    before (Hyndman and Koehler 2006); rivals: naive ones first; NaN and empty where there is no backtest.
    """

    origins: int
    pairs: int
    mae: float
    mase: float
    rivals: tuple[Rival, ...]
    coverage: tuple[Coverage, ...]

    @property
    def naive(self) -> Rival | None:
        """The rival that counts: the seasonal naive where a season was found, else the last value."""
        return self.rivals[0] if self.rivals else None


@dataclass(frozen=True, eq=False)
class Forecast:
    """The next periods of one series.

    points: one row per step: step (1 …), mean, lower_50, upper_50, lower_80, upper_80, lower_95, upper_95.
    backtest: one row per pair: origin (slots known then), step, forecast, actual, naive, last, inside_80, inside_95.
    levels, quantiles: the whole fan, horizon × levels, of whole numbers where all values are; correlation: of the
        errors of the steps, horizon × horizon.
    season: its length in slots, 1 = none found. weak_season: that of one that is not beyond chance and was used as far
        as it stands out from noise, 1 = none. profile: a typical season, on average 0, in the units of the values,
        from the slot after the last one on; empty without a season.
    known: slots with a value; gaps: slots without one between the first and the last of them; first, last: positions
        of those two.
    failures: fits that gave no answer and were left out. warnings: those of borrowed code, counted, never printed.
    """

    method: Method
    points: pd.DataFrame
    backtest: pd.DataFrame
    accuracy: Accuracy
    members: tuple[Member, ...]
    season: int
    profile: FloatArray
    known: int
    gaps: int
    first: int
    last: int
    levels: FloatArray
    quantiles: FloatArray
    correlation: FloatArray
    lower: float | None = None
    upper: float | None = None
    failures: int = 0
    warnings: int = 0
    weak_season: int = 1

    @property
    def horizon(self) -> int:
        """How many steps."""
        return len(self.points)

    @property
    def mean(self) -> FloatArray:
        """The most likely values: as often exceeded as not (counts that are mostly nothing: their total)."""
        return self.points["mean"].to_numpy(dtype=np.float64)

    @property
    def is_rate(self) -> bool:
        """True where the mean is a rate per period, of whole counts that are mostly nothing, or mostly all there is."""
        return self.method in ("intermittent", "saturated")

    def interval(self, coverage: int) -> tuple[FloatArray, FloatArray]:
        """Lower and upper end of one of COVERAGES."""
        low, high = (self.points[f"{end}_{coverage}"].to_numpy(dtype=np.float64) for end in ("lower", "upper"))
        return low, high

    def probability_below(self, step: int, value: float) -> float:
        """Chance (0 to 1) that the value of a step (1 …) is at most `value`; ends of the table are 0.5 %."""
        return float(self.probabilities_below(np.array([step]), np.array([value]))[0])

    def probabilities_below(self, steps: IntArray, values: FloatArray) -> FloatArray:
        """The same for each step beside its value; both n."""
        rows, whole = self.quantiles[steps - 1], (self.quantiles % 1 == 0).all(axis=1)[steps - 1]
        asked = np.where(whole, np.floor(values), values)
        position = np.count_nonzero(rows <= asked[:, None], axis=1)
        end, each = len(self.levels) - 1, np.arange(len(rows))
        before, after = np.maximum(position - 1, 0), np.minimum(position, end)
        low, high = rows[each, before], rows[each, after]
        share = np.divide(asked - low, high - low, out=np.ones(len(rows)), where=high > low)
        between = self.levels[before] + share * (self.levels[after] - self.levels[before])
        found: FloatArray = np.where(position == 0, 0.0, np.where(position > end, 1.0, between))
        return found
