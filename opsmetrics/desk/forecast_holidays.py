"""Holidays in a forecast: past ones are no ordinary days, coming ones get the effect that past ones had."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.desk.forecast_events import holidays
from opsmetrics.desk.forecast_scenario import exposure
from opsmetrics.review import KpiReview
from opsmetrics.stats.forecast import Forecast, effects
from opsmetrics.stats.forecast.effects import Change, Effect

Floats = npt.NDArray[np.float64]

#: So few ordinary values are left that setting holidays apart would leave nothing to forecast from.
LEAST = 7


@dataclass(frozen=True, eq=False)
class Holidays:
    """What was learned of the holidays of a series. exposure: of each slot, past and to come (empty: none).

    effect: None where none had a value, or too little is known beside. past, coming: how many slots they touch.
    """

    exposure: Floats = field(default_factory=lambda: np.empty(0))
    effect: Effect | None = None
    past: int = 0
    coming: int = 0

    def apart(self, known: Floats) -> Floats:
        """The values without what holidays did."""
        return effects.set_apart(known, self.exposure[: len(known)], self.effect) if self.past else known

    def laid_over(self, found: Forecast, known: Floats, last: int) -> Forecast:
        """The forecast with the holidays to come, and with its counts those of the values as they are."""
        if self.past:
            there = int(np.isfinite(known[: last + 1]).sum())
            gaps = last + 1 - int(np.flatnonzero(np.isfinite(known))[0]) - there
            found = replace(found, known=there, gaps=gaps, last=last)
        if self.effect is None or not self.coming:
            return found
        return effects.changed(found, [Change(self.effect, self.exposure[last + 1 :][: found.horizon])])


def holidays_of(review: KpiReview, slots: pd.DataFrame, known: Floats, seasons: tuple[int, ...]) -> Holidays:
    """The holidays of a review's slots and what they did; `known` holds the values (NaN: none) of the first of them."""
    grain = review.series.grain
    days = holidays(review.kpi, grain) if grain != "sample" else frozenset()
    if not days:
        return Holidays()
    found = exposure([(day, day) for day in sorted(days)], slots, review.kpi, grain)
    values = known[: len(slots)]
    last = int(np.flatnonzero(np.isfinite(values))[-1])
    there = np.isfinite(values) & (found[: len(values)] > 0)
    ahead = found[last + 1 :][~slots["closed"].to_numpy(dtype=bool)[last + 1 :]]
    past, coming = int(there.sum()), int((ahead > 0).sum())
    ordinary = int((np.isfinite(values) & ~there).sum())
    if ordinary < LEAST:
        return Holidays(found, None, 0, coming)
    effect = estimated(review.kpi.bounds[1], values[: last + 1], found[: last + 1], seasons) if past else None
    return Holidays(found, effect, past, coming)


def estimated(most: float | None, values: Floats, touched: Floats, seasons: tuple[int, ...]) -> Effect | None:
    """The effect of an event on values: as a factor where they have no upper end (`most`) and are above zero."""
    seen = values[np.isfinite(values)]
    multiplied = most is None and bool(len(seen) and seen.min() > 0)
    return effects.estimate(values, touched, seasons_tried=seasons, multiplied=multiplied)
