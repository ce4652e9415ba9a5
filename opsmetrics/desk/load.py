"""Today's load: how much is expected today and this week, what has come of it, and what of it is likely to go wrong.

The volume of a share or rate is its denominator (visits, pieces, tickets), that of a count without a better side the
count itself (arrivals). Its paths are those of landings, by day: weekdays, closed days and the running day count alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opsmetrics.catalog import Kpi
from opsmetrics.desk.forecasting import HORIZONS, STALE
from opsmetrics.desk.kept import Kept, OncePer
from opsmetrics.desk.landing import digest_of, joint_of
from opsmetrics.desk.landing_holidays import apart
from opsmetrics.desk.landing_slots import Arranged, arrange, running
from opsmetrics.review import KpiReview
from opsmetrics.stats import landing as stats

#: Kinds whose denominator is a volume. That of a ratio (minutes planned, tonnes) may be anything.
_OF_WHOLE = ("proportion", "rate", "rare")

#: Judged days from which a volume is told.
_FEWEST = 7

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Volume:
    """An amount that is expected of a day or week: the middle, its 80 % range, and what has come so far."""

    so_far: float
    likely: float
    low: float
    high: float


@dataclass(frozen=True)
class Part:
    """A day or week. volume: of everything; wrong: of what went wrong, None for an arrival. Both None: closed."""

    volume: Volume | None = None
    wrong: Volume | None = None


@dataclass(frozen=True, eq=False)
class Load:
    """What a KPI slice has to expect today and this week.

    missed: True where what went wrong is what the numerator leaves out (a better share is a higher one).
    """

    review: KpiReview
    today: Part
    week: Part
    missed: bool = False

    @property
    def noun(self) -> str:
        """What is counted: "attendances"; of an arrival its own name."""
        kpi = self.review.kpi
        return (kpi.numerator if kpi.kind == "count" else kpi.denominator) or kpi.name


_LOADS: Kept[bytes, Load | None] = Kept(1_000)


@OncePer
def has_volume(review: KpiReview) -> bool:
    """True where a KPI counts something by the day or finer that its review knows enough of."""
    kpi, points = review.kpi, review.points
    if review.series.grain not in ("shift", "day") or int((points["state"] == "judged").sum()) < _FEWEST:
        return False
    if kpi.events is not None and kpi.events.role == "downtime":
        return False
    arrival = kpi.kind == "count" and kpi.better == "neither"
    return arrival or (kpi.kind in _OF_WHOLE and bool(points["denominator"].notna().any()))


def load(review: KpiReview) -> Load | None:
    """The load of a review by shift or day, kept by what it follows from; None where there is none to tell."""
    return _LOADS.of(digest_of(review), lambda: _load(review)) if has_volume(review) else None


def loaded_already(review: KpiReview) -> bool:
    """True where `load` answers at once."""
    return not has_volume(review) or digest_of(review) in _LOADS


def loads(reviews: Iterable[KpiReview]) -> list[list[Load]]:
    """One group for each volume among these that is known already, in their order: KPIs that count the same thing of
    the same slice stand together, and of each KPI the first of its slices."""
    groups: dict[tuple[str, str], list[Load]] = {}
    seen = set()
    for review in reviews:
        if review.kpi.key in seen or not loaded_already(review):
            continue
        found = load(review)
        if found is not None:
            seen.add(review.kpi.key)
            groups.setdefault((found.noun, review.kpi.calendar.key), []).append(found)
    return list(groups.values())


def _load(review: KpiReview) -> Load | None:
    week = arrange(review, running(review, "week"), "day")
    day = arrange(review, running(review, "day"), "day")
    if week is None or day is None or week.waiting > STALE * HORIZONS[review.series.grain]:
        return None
    if not np.isfinite(week.values).any() or not len(week.stretch.weight):
        return None
    ordinary, holidays = apart(review, week)
    values, sizes = stats.paths(holidays.over(joint_of(review, ordinary)))
    missed = review.kpi.better == "higher"
    today, in_week = (_part(review.kpi, each, values, sizes, missed=missed) for each in (day, week))
    return Load(review, today, in_week, missed)


def _part(kpi: Kpi, found: Arranged, values: Floats, sizes: Floats, *, missed: bool) -> Part:
    shown = found.stretch
    if found.coming == 0 and not shown.above and not shown.below and not shown.begun_below.any():
        return Part()
    above = shown.above + shown.begun_above.sum()
    if kpi.kind == "count":
        return Part(_volume(above, stats.of_sums(values, shown).total))
    landed, below = stats.added(values, sizes, shown), shown.below + shown.begun_below.sum()
    whole = landed.below[:, -1]
    wrong = whole - landed.total if missed else landed.total
    return Part(_volume(below, whole), _volume(below - above if missed else above, wrong))


def _volume(so_far: float, paths: Floats) -> Volume:
    likely, low, high = (float(x) for x in np.quantile(paths, (0.5, 0.1, 0.9)))
    return Volume(float(so_far), likely, low, high)
