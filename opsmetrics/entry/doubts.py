"""What a careful colleague would ask about a typed number before it is saved."""

from __future__ import annotations

import math

from opsmetrics.entry.lines import EntryRow, entry_grain
from opsmetrics.entry.typed import Typed
from opsmetrics.review import KpiReview
from opsmetrics.verdict import wording
from opsmetrics.verdict.assurance import SIZED_CHARTS, limits_for_size

#: A number this many times the last one (or its inverse) is asked about, limits or not.
LEAP = 10.0


def unusual(row: EntryRow, typed: Typed, review: KpiReview) -> list[str]:
    """What a careful colleague would ask about this line before it is saved; [] where nothing is unusual."""
    asked = []
    if row.stored and row.stored != typed.text:
        becomes = (
            f"it would become {typed.text}"
            if row.kpi.counts
            else f"what you type ({typed.text}) replaces as many of them, from the first on"
        )
        asked.append(f"{row.label} already holds {row.stored}: {becomes}.")
    if row.beside:
        noun = "another record" if row.beside == 1 else f"{row.beside} other records"
        asked.append(f"{row.label} already holds {noun}: this one would be added.")
    usual = None if math.isnan(typed.value) else usual_range(review, typed.size)
    if usual and not usual[0] <= typed.value <= usual[1]:
        shown = wording.limits(row.kpi, *usual, unit=True)
        asked.append(f"{wording.value(row.kpi, typed.value)} is outside its usual range {shown}.")
    else:
        asked += _leap("The value", typed.value, row.last_value)
    if row.kpi.counts:
        asked += _leap(f"The number of {row.kpi.denominator or 'all'}", typed.size, row.last_size)
    return asked


def _leap(what: str, now: float | None, before: float | None) -> list[str]:
    if not now or not before or math.isnan(now) or now * before < 0:
        return []
    ratio = now / before
    if 1 / LEAP < ratio < LEAP:
        return []
    times = ratio if ratio >= 1 else 1 / ratio
    return [f"{what} is {wording.number(times, 0)} times {'what it was last' if ratio >= 1 else 'smaller than last'}."]


def usual_range(review: KpiReview, size: float | None) -> tuple[float, float] | None:
    """The present limits for a point of this size (stored units), clamped to the KPI's bounds; None without limits."""
    judged = review.points[review.points["state"] == "judged"]
    if judged.empty or review.chart is None:
        return None
    if review.chart.kind not in SIZED_CHARTS and review.series.grain != entry_grain(review.kpi):
        return None  # limits of weeks say nothing about a day
    last = judged.iloc[-1]
    follows = size if size and review.chart.kind in SIZED_CHARTS else None
    centre, error = float(last["centre"]), float(last["standard_error"])
    return limits_for_size(review.kpi, centre, error, float(last["size"]), follows)
