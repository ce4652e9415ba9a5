"""The trend of a KPI, and what goes with it: regressions of its judged points at one grain.

Only points of the phase in force count, as in a forecast. Time runs in months (in tens of samples), so that a slope is
one that people can picture; by day the days of the week are told apart where there are enough of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Kpi, slice_of
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.desk.forecasting import judged_in_force
from opsmetrics.review import KpiReview
from opsmetrics.stats.regression import PER_COLUMN, Cannot, Fit, Kind, Term, regress

Floats = npt.NDArray[np.float64]

#: Names of terms that are no KPI.
TIME, WEEKDAY, MONTH, VOLUME = "time", "weekday", "month", "volume"

#: KPIs that may stand beside it: more could not be told apart.
MOST = 5

_MONTH = np.timedelta64(2_629_800, "s")  # 30.4375 days; a multiple of one day would lose the fraction
_TENS = 10.0


@dataclass(frozen=True, eq=False)
class Regressed:
    """A regression of a KPI slice. Values are in stored units.

    table: one row per judged point of the phase in force: label, value, size, position (row of the review's points).
    fit: over these rows; None where `cannot` says why. others: the reviews of the KPIs it is set against.
    """

    review: KpiReview
    table: pd.DataFrame
    fit: Fit | None = None
    cannot: Cannot | None = None
    others: tuple[KpiReview, ...] = field(default_factory=tuple)

    @property
    def kind(self) -> Kind:
        """How the KPI varies."""
        return kind_of(self.review.kpi) if self.fit is None else self.fit.kind


def trend_of(review: KpiReview) -> Regressed:
    """The trend of a reviewed series; never raises for what the data hold."""
    table = _table(review)
    terms = [_time(table, review)]
    rhythm = _rhythm(table, review)
    if rhythm is not None and len(table) >= PER_COLUMN * (1 + rhythm.columns.shape[1]):
        terms.append(rhythm)
    return _regressed(review, table, terms)


def drivers_of(review: KpiReview, others: Sequence[KpiReview] = ()) -> Regressed:
    """What goes with a KPI: other KPIs in the same periods, its own volume, the day of the week (or the month), each
    beyond the trend that they share. Never raises for what the data hold."""
    table = _table(review)
    terms = [_beside(table, other) for other in others]
    sizes = table["size"].to_numpy(dtype=float)
    seen = sizes[np.isfinite(sizes)]
    if review.kpi.counts and review.kpi.kind != "count" and len(seen) and np.ptp(seen) > 0:
        terms.append(Term.of(VOLUME, sizes))
    terms.append(_time(table, review))
    rhythm = _rhythm(table, review)
    width = sum(term.columns.shape[1] for term in terms)
    if rhythm is not None and len(table) >= PER_COLUMN * (width + rhythm.columns.shape[1]):
        terms.append(rhythm)
    return _regressed(review, table, terms, tuple(others))


def reviewed_beside(
    desk: Desk, review: KpiReview, keys: Sequence[str], *, as_of: AsOf = None, viewer: Viewer = OPEN
) -> list[KpiReview]:
    """The reviews of other KPIs at the grain of this one, each for as much of its slice as it has dimensions for."""
    part = dict(review.series.slice)
    return [
        desk.review(
            key,
            slice_of({name: value for name, value in part.items() if name in desk.catalog[key].dimensions}),
            grain=review.series.grain,
            as_of=as_of,
            viewer=viewer,
        )
        for key in keys
    ]


def kind_of(kpi: Kpi) -> Kind:
    """Shares and counts have models of their own; all else is a mean."""
    if kpi.kind == "proportion" or (kpi.kind == "measured" and kpi.statistic == "share_within"):
        return "share"
    return "rate" if kpi.kind in ("rate", "count", "rare") else "mean"


def _regressed(
    review: KpiReview, table: pd.DataFrame, terms: Sequence[Term], others: tuple[KpiReview, ...] = ()
) -> Regressed:
    values = table["value"].to_numpy(dtype=float)
    kind = kind_of(review.kpi)
    if (values < 0).any() or (kind == "share" and (values > 1).any()):
        kind = "mean"  # amounts that were called counts
    sizes = None if kind == "mean" else table["size"].to_numpy(dtype=float)
    try:
        fit = regress(values, terms, kind=kind, sizes=sizes)
    except Cannot as cannot:
        return Regressed(review, table, None, cannot, others)
    return Regressed(review, table, fit, None, others)


def _table(review: KpiReview) -> pd.DataFrame:
    points = review.points
    if points.empty:
        return pd.DataFrame(columns=["period", "label", "value", "size", "position"])
    chosen = judged_in_force(points)
    table = points.loc[chosen, ["period", "label", "value", "size"]].assign(position=np.flatnonzero(chosen))
    whole = table["size"].fillna(1.0) if kind_of(review.kpi) == "rate" else table["size"]
    found: pd.DataFrame = table.assign(size=whole).reset_index(drop=True)
    return found


def _time(table: pd.DataFrame, review: KpiReview) -> Term:
    if review.series.grain == "sample":
        return Term.of(TIME, (table["period"].to_numpy(dtype=float) - table["period"].min()) / _TENS)
    return Term.of(TIME, ((table["period"] - table["period"].min()).to_numpy() / _MONTH).astype(float))


def _rhythm(table: pd.DataFrame, review: KpiReview) -> Term | None:
    """The days of the week by shift and day, the months of the year by week and month; None where all are one."""
    grain = review.series.grain
    if table.empty or grain in ("sample", "quarter"):
        return None
    days = grain in ("shift", "day")
    codes = table["period"].dt.day_of_week if days else table["period"].dt.month - 1
    if codes.nunique() < 2:
        return None
    named = [f"{code:02d}" for code in codes]
    return Term.factor(WEEKDAY if days else MONTH, named)


def _beside(table: pd.DataFrame, other: KpiReview) -> Term:
    """The judged values of another KPI in the same periods, in its shown unit."""
    points = other.points[other.points["state"] == "judged"].set_index("period")["value"]
    return Term.of(other.kpi.key, points.reindex(table["period"]).to_numpy(dtype=float) * other.kpi.multiplier)
