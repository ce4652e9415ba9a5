"""What is charted, row by row: values with the counts or the spread behind them, free of the weekday where decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Decision, Kpi
from opsmetrics.series import KpiSeries
from opsmetrics.stats import season_offsets, weekday_share
from opsmetrics.verdict.judged import Judged
from opsmetrics.verdict.moments import Mask, of_kind

Numbers = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

#: What counts follow when chance alone is at work: so many of their trials, or so many over an exposure.
Law = Literal["binomial", "poisson"]

#: Weekdays are compared where at least this many weeks hold a judged value of each (verdict.md 10).
FULL_WEEKS = 8
EXPLAINED = 0.20


@dataclass(frozen=True, eq=False)
class Measures:
    """One number per row of the series, NaN where the row is not drawn.

    value: less its weekday's offset. counts, size: numerator and denominator, likewise adjusted (size 1 where the kind
    has no denominator); for readings counts is None, size their number and spread their standard deviation. offset:
    what was taken off. law: what the counts follow; None for readings and for amounts (minutes, money, weights), whose
    spread no count explains.
    """

    value: Numbers
    size: Numbers
    counts: Numbers | None
    spread: Numbers
    offset: Numbers
    law: Law | None = None

    def stretch(self, rows: Positions) -> Measures:
        """The slots from the first of these rows to the last. Rows between them that are not drawn stay as gaps;
        drawn rows that are not among them (excluded, outside a lock) are passed over."""
        if len(rows) == 0:
            return self.at(rows)
        slots = np.arange(rows[0], rows[-1] + 1)
        return self.at(slots[np.isin(slots, rows) | np.isnan(self.value[slots])])

    def at(self, rows: Positions) -> Measures:
        """These rows only."""
        counts = None if self.counts is None else self.counts[rows]
        return Measures(self.value[rows], self.size[rows], counts, self.spread[rows], self.offset[rows], self.law)


def law_of(kpi: Kpi) -> Law | None:
    """What the numerators of a KPI follow by chance: trials that come off, events over an exposure, or neither."""
    if kpi.kind == "proportion" or (kpi.kind == "measured" and kpi.statistic == "share_within"):
        return "binomial"
    counted = kpi.events is None or kpi.events.measure == "count"
    return "poisson" if kpi.kind in ("rate", "count", "rare") and counted else None


def measure(series: KpiSeries, judged: Judged, offset: Numbers | None = None) -> Measures:
    """The drawn rows of a series, with these weekday offsets (one per row) taken off."""
    points, drawn = series.points, judged.drawn
    off = np.zeros(len(points)) if offset is None else offset
    value, size, spread = (np.where(drawn, points[name].to_numpy(dtype=float), np.nan) for name in _DRAWN)
    if not series.kpi.counts:
        return Measures(value - off, size, None, spread, off)
    numerator = np.where(drawn, points["numerator"].to_numpy(dtype=float), np.nan)
    counts = numerator if offset is None else numerator - off * size
    counted = judged.judged  # what is excluded must not decide what the others follow
    law = law_of(series.kpi)
    amounts = _fractions(numerator[counted]) or (law == "binomial" and _fractions(size[counted]))
    if amounts or _no_counts(numerator, size, law):
        law = None
    return Measures(value - off, size, counts, spread, off, law)


def _no_counts(counts: Numbers, sizes: Numbers, law: Law | None) -> bool:
    """True where a number lies below 0 or above all of its trials. Only older stores hold that, in which amounts were
    called counts later."""
    return bool((counts < 0).any()) or (law == "binomial" and bool((counts > sizes).any()))


def _fractions(numbers: Numbers) -> bool:
    """True where some are no whole numbers: kilograms or hours, of which no count is a sample."""
    return bool((np.nan_to_num(numbers) % 1 != 0).any())


_DRAWN = ("value", "size", "spread")


@dataclass(frozen=True, eq=False)
class Weekday:
    """How much the day of the week explains (0 to 1), each row's offset, and what became of it.

    state: "none" (too little to say, or nothing to gain), "proposed", "adjusted" (decided and done) or
    "not_adjusted" (decided, but it would push a count below 0 or a proportion above all of its trials).
    """

    share: float
    offset: Numbers
    state: str


def weekday(series: KpiSeries, decisions: Iterable[Decision], judged: Judged, basis: Positions) -> Weekday:
    """The weekday of a day or shift series, from the judged points of `basis`. Verdict.md 10."""
    nothing = np.zeros(len(series.points))
    if series.grain not in ("day", "shift") or len(basis) == 0:
        return Weekday(0.0, nothing, "none")
    days = pd.DatetimeIndex(series.points["period"]).day_of_week.to_numpy()
    value = series.points["value"].to_numpy(dtype=float)
    full = [day for day in range(7) if (days[basis] == day).sum() >= FULL_WEEKS]
    compared = basis[np.isin(days[basis], full)]
    share = weekday_share(value[compared], days[compared]) if len(full) > 1 else 0.0
    offset = season_offsets(value, days, used=basis, fewest=FULL_WEEKS)
    if not of_kind(series, decisions, "weekday"):
        return Weekday(share, nothing, "proposed" if share >= EXPLAINED else "none")
    if not offset.any():
        return Weekday(share, nothing, "none")
    impossible = _impossible(measure(series, judged, offset))
    if (impossible & judged.judged).any():
        return Weekday(share, nothing, "not_adjusted")
    return Weekday(share, np.where(impossible, 0.0, offset), "adjusted")  # an excluded row stays as it was counted


def _impossible(adjusted: Measures) -> Mask:
    """Rows whose adjusted count is negative or above its trials; readings have no such ends."""
    if adjusted.counts is None:
        return np.zeros(len(adjusted.value), dtype=bool)
    above = (adjusted.counts > adjusted.size) & (adjusted.law == "binomial")
    return np.asarray((adjusted.counts < 0) | above, dtype=bool)
