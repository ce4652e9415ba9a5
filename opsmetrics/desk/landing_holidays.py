"""Worked holidays in a landing: past ones are no ordinary days of its history, nor of its backtest; coming ones get the
effect that past ones had, on the value and on its size.

Closed days that stayed closed need neither: they are no part of what is to come.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from opsmetrics.catalog import Grain
from opsmetrics.desk.forecast_events import holidays
from opsmetrics.desk.forecast_holidays import LEAST
from opsmetrics.desk.forecast_scenario import exposure
from opsmetrics.desk.forecast_whatif import learned, per_slot, periods_in
from opsmetrics.desk.landing_slots import Arranged, is_sum
from opsmetrics.review import KpiReview
from opsmetrics.series import to_local
from opsmetrics.stats.forecast import Forecast, effects, forecast
from opsmetrics.stats.forecast.effects import Change, Effect
from opsmetrics.stats.landing import Joint

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Worked:
    """exposure: of each slot ahead to holidays (empty: none is known). value, size: what a whole slot of one does; None
    where too little is known, or nothing changes."""

    exposure: Floats = field(default_factory=lambda: np.empty(0))
    value: Effect | None = None
    size: Effect | None = None

    def over(self, joint: Joint) -> Joint:
        """The forecasts with the holidays to come."""
        if not self.exposure.any():
            return joint
        value, size = joint.value, joint.size
        if self.value is not None:
            value = effects.changed(value, [Change(self.value, self.exposure)])
        if self.size is not None:
            same = size if isinstance(size, Forecast) else forecast([size] * LEAST, joint.horizon, lower=0.0)
            size = effects.changed(same, [Change(self.size, self.exposure)])
        return replace(joint, value=value, size=size)


def apart(review: KpiReview, found: Arranged) -> tuple[Arranged, Worked]:
    """A landing's history without its worked holidays, and what is laid over those to come.

    Slots that are mostly a holiday become gaps, others lose its effect. Where hardly an ordinary slot would be left,
    the history stays as it is.
    """
    kpi, grain = review.kpi, found.grain
    days = sorted(_days(review, grain))
    past, ahead = (exposure([(day, day) for day in days], slots, kpi, grain) for slots in (found.past, found.ahead))
    there = np.isfinite(found.values)
    touched = there & (past > 0)
    if (not touched.any() and not ahead.any()) or (there & ~touched).sum() < LEAST:
        return found, Worked()
    today = to_local([review.series.as_of], kpi.calendar.time_zone)[0].date()
    spans = [(day, day) for day in days if day < today]
    value = learned(review, spans)
    if value is not None and not value.multiplied:
        value = value.times(per_slot(kpi, grain))
    size = None if is_sum(kpi, review.points) else learned(review, spans, "size")
    if size is not None and not size.multiplied:
        size = size.times(periods_in(kpi, grain))
    values, sizes = effects.set_apart(found.values, past, value), effects.set_apart(found.sizes, past, size)
    return replace(found, values=values, sizes=sizes), Worked(ahead, value, size)


def _days(review: KpiReview, grain: Grain) -> frozenset[dt.date]:
    """Those of a forecast by this grain; closed dates are left out of weeks that are put together of days."""
    return holidays(review.kpi, grain) if grain in ("day", review.series.grain) else review.kpi.calendar.holidays
