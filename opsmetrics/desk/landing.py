"""Will we make it? Where the running month, quarter and fiscal year of a KPI land, and the chance that they meet their
targets.

A landing is a pure function of one review at the grain that the KPI is operated at. Its paths go by day for the month
and by week for quarter and year (by the review's own grain where that is coarser): see docs/conventions.md.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import GRAINS, Grain
from opsmetrics.desk.forecasting import ENOUGH_ORIGINS, GOOD_BRIER, HORIZONS, STALE, bounds_for, seasons_of
from opsmetrics.desk.kept import Kept, OncePer
from opsmetrics.desk.landing_holidays import apart
from opsmetrics.desk.landing_slots import Arranged, Running, arrange, counting, is_sum, running
from opsmetrics.review import KpiReview
from opsmetrics.series import Stretch as Span
from opsmetrics.series import periods, to_local, to_utc
from opsmetrics.stats import landing as stats
from opsmetrics.stats.landing import Joint
from opsmetrics.verdict.lead import lead_grain, poolable
from opsmetrics.verdict.targets import attach

#: The stretches that are landed, in order.
SPANS: tuple[Span, ...] = ("month", "quarter", "year")

#: Chances are rounded to this, and never told as certain.
STEP = 0.05

#: A breach that is less likely than this has no day.
LIKELY = 0.5

#: Judged points from which a value that never changed is taken to stay.
CONSTANT = 12

Floats = npt.NDArray[np.float64]

_Ends = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Landing:
    """Where a running stretch of a KPI slice lands. Values are in stored units, None where there is none.

    probability: that it meets its target, rounded to 5 % within 5 … 95 %; None where it cannot be told, and reason
        says why: "no_target", "no_points", "stale", "few_origins" (too few earlier starts to check it by), "no_skill"
        (not clearly better than its base rate), "grain" (numbered samples), "kind" (values that do not add up), "over"
        (nothing is left to come).
    span, label: "month", "quarter" or "year", and its name. ends: its last day.
    so_far: its value to date, with above and below the sums behind it (below NaN for a sum, which `total` says).
    likely, low, high: the landing in the middle and its 80 % range; likely_above, likely_below: the sums behind it.
    breach: where a miss is more likely than not, the period after which the figure to date misses until the end, in
        words; "" where it does so already (`breached`), and None where a breach is not likely, or has no day.
    grain: that of the paths; left: open periods of the review still to come.
    starts: at how many earlier starts the chance was checked. unmeasured: periods of a sum that were over without a
        value: neither what it comes to nor its target holds them.
    """

    probability: float | None
    reason: str = ""
    span: Span = "year"
    label: str = ""
    ends: dt.date | None = None
    grain: Grain | None = None
    left: int = 0
    total: bool = False
    so_far: float | None = None
    above: float | None = None
    below: float | None = None
    likely: float | None = None
    low: float | None = None
    high: float | None = None
    likely_above: float | None = None
    likely_below: float | None = None
    target_low: float | None = None
    target_high: float | None = None
    breach: str | None = None
    starts: int = 0
    unmeasured: int = 0

    @property
    def breached(self) -> bool:
        """True where it misses already and nothing that is likely mends it."""
        return self.breach == ""

    @property
    def aimed(self) -> bool:
        """True where the stretch has a target."""
        return self.target_low is not None or self.target_high is not None


Landed = Mapping[Span, Landing]

#: Lays a scenario over the forecasts of a landing: what is arranged, and the forecasts, as they are to be in its place.
Under = Callable[[Arranged, Joint], tuple[Arranged, Joint]]

_JOINTS: Kept[tuple[object, ...], Joint] = Kept(1_000)
_LANDED: Kept[tuple[Span, bytes], Landing] = Kept(3_000)


def landings(review: KpiReview, under: Under | None = None) -> Landed:
    """The landings of month, quarter and year that are not finer than the review; kept by what they follow from.

    Never raises for what the data hold: what cannot be told has its reason. The review is one at the operate grain.
    under: a scenario that what is to come runs under; whether a chance may be told is that of what is likely without.
    """
    return MappingProxyType({span: landing(review, span, under) for span in spans_of(review)})


def landing(review: KpiReview, span: Span, under: Under | None = None) -> Landing:
    """The landing of one of `spans_of`, as in `landings`."""
    if under is not None:
        return _landing(review, span, under)
    return _LANDED.of(_key(review, span), lambda: _landing(review, span, None))


def landed_already(review: KpiReview, spans: Iterable[Span] = SPANS) -> bool:
    """True where `landing` answers at once for these spans."""
    return all(_key(review, span) in _LANDED for span in spans_of(review) if span in spans)


def spans_of(review: KpiReview) -> tuple[Span, ...]:
    """The stretches that are not finer than a review; none for numbered samples."""
    own = review.series.grain
    if own == "sample":
        return ()
    return tuple(span for span in SPANS if span == "year" or GRAINS.index(span) >= GRAINS.index(own))


def rounded(probability: float) -> float:
    """To 5 %, and never certain: 0.05 and 0.95 stand for "at most" and "at least"."""
    return float(np.clip(round(probability / STEP) * STEP, STEP, 1 - STEP))


def _key(review: KpiReview, span: Span) -> tuple[Span, bytes]:
    return span, digest_of(review)


@OncePer
def digest_of(review: KpiReview) -> bytes:
    """A digest of all that landings follow from: the points, the definition, the targets that were decided, and the
    site's day; made once for each review."""
    points, series = review.points, review.series
    found = hashlib.blake2b(digest_size=16)
    for name in ("value", "size", "phase") if len(points) else ():
        found.update(points[name].to_numpy(dtype=float).tobytes())
    targets = [(d.start, d.value) for d in review.decisions if d.kind == "target"]
    states = ",".join(points["state"]) if len(points) else ""
    first = points["period"].iloc[0] if len(points) else None
    day = to_local([series.as_of], review.kpi.calendar.time_zone)[0].date()
    found.update(repr((review.kpi, series.slice, series.grain, targets, states, first, day)).encode())
    return found.digest()


def of_span(landed: Landed, span: Span) -> Landing:
    """The landing of a span; of one that there is none of, that its grain is not one that lands."""
    return landed.get(span, Landing(None, "grain", span))


def _bare(within: Running, reason: str) -> Landing:
    last = (within.end - pd.Timedelta(microseconds=1)).date()
    return Landing(None, reason, within.span, within.label, last)


def _grain(review: KpiReview, span: Span) -> Grain:
    """Days for a month, weeks for a quarter or year; never finer than the review."""
    wanted: Grain = "day" if span == "month" else "week"
    return max(wanted, review.series.grain, key=GRAINS.index)


def _landing(review: KpiReview, span: Span, under: Under | None) -> Landing:
    within = running(review, span)
    if not poolable(review.kpi):
        return _bare(within, "kind")
    grain, bare = _grain(review, span), _bare(within, "no_points")
    found = arrange(review, within, grain)
    if found is None or not np.isfinite(found.values).any():
        return replace(bare, grain=grain)
    whole = _target(review, within)
    known = _known(review, bare, found, within, whole)
    if found.coming == 0:
        return replace(known, reason="over")
    if found.waiting > STALE * HORIZONS[review.series.grain]:
        return replace(known, reason="stale")
    return _told(review, known, found, whole, under)


def _known(review: KpiReview, bare: Landing, found: Arranged, within: Running, whole: _Ends) -> Landing:
    """What needs no forecast: the figure to date and the target, of a sum that of the periods it is made of."""
    total, shown = is_sum(review.kpi, review.points), found.stretch
    above = float(shown.above + shown.begun_above.sum())
    below = float(shown.below + shown.begun_below.sum())
    there = below > 0  # of a sum the periods with a value
    (low, high), unmeasured = whole, 0
    if total:
        counts, unmeasured = counting(review, within)
        low, high = _added(review, within, counts)
    return replace(
        bare,
        grain=found.grain,
        left=found.coming,
        total=total,
        so_far=(above if total else above / below) if there else None,
        above=above if there else None,
        below=None if total or not there else below,
        target_low=None if np.isnan(low) else low,
        target_high=None if np.isnan(high) else high,
        unmeasured=unmeasured,
    )


def _told(review: KpiReview, known: Landing, found: Arranged, whole: _Ends, under: Under | None) -> Landing:
    """whole: the target of all periods of the stretch, by which its chances were checked."""
    found, holidays = apart(review, found)
    joint = joint_of(review, found)
    reason, starts = _distrust(joint, found, *whole, total=known.total)
    low, high = (np.nan if end is None else end for end in (known.target_low, known.target_high))
    joint = holidays.over(joint)
    if under is not None:
        found, joint = under(found, joint)
    landed = stats.land(joint, found.stretch, total=known.total)
    values = landed.total if known.total else landed.ratio
    if not np.isfinite(values).any():  # no path counts anything
        return replace(known, reason="no_points")
    middle, least, most = (float(x) for x in np.nanquantile(values, (0.5, 0.1, 0.9)))
    told = replace(
        known,
        likely=middle,
        low=least,
        high=most,
        likely_above=float(np.median(landed.total)),
        likely_below=None if known.total else float(np.median(landed.below[:, -1])),
        starts=starts,
    )
    bounds = joint.value.lower, joint.value.upper
    if reason and (reason == "no_target" or not stats.decided(landed, low, high, *bounds, total=known.total)):
        return replace(told, reason=reason)
    met = float(stats.met(values, low, high).mean())
    return replace(told, probability=rounded(met), reason="", breach=_breach(landed, found, known.total, low, high))


def joint_of(review: KpiReview, found: Arranged) -> Joint:
    """The forecasts of value and size, kept by the numbers that they are made of."""
    kpi, horizon = review.kpi, len(found.stretch.weight)
    seasons, bounds = seasons_of(kpi, found.grain), bounds_for(kpi, found.values)
    digest = hashlib.blake2b(found.values.tobytes() + found.sizes.tobytes(), digest_size=16).digest()
    return _JOINTS.of(
        (digest, horizon, seasons, bounds, kpi.share),
        lambda: stats.forecasts(
            found.values,
            found.sizes,
            horizon,
            seasons_tried=seasons,
            lower=bounds[0],
            upper=bounds[1],
            share=kpi.share,
        ),
    )


def _distrust(joint: Joint, found: Arranged, low: float, high: float, *, total: bool) -> tuple[str, int]:
    """ "no_target", "few_origins", "no_skill" or "": may the chance be told? And at how many starts it was checked."""
    if np.isnan(low) and np.isnan(high):
        return "no_target", 0
    if joint.value.method == "constant":  # it was always right, and there is nothing to test it on
        return ("" if joint.value.known >= CONSTANT else "few_origins"), 0
    slots = found.length if total else 1.0  # a sum is tested by its mean of a slot
    tested = stats.skill(joint, found.values, found.sizes, found.stretch, found.before, low / slots, high / slots)
    if tested.origins < ENOUGH_ORIGINS:
        return "few_origins", tested.origins
    return ("" if tested.earned or tested.score <= GOOD_BRIER else "no_skill"), tested.origins


def _breach(landed: stats.Landings, found: Arranged, total: bool, low: float, high: float) -> str | None:
    """The period after which the target is lost, where losing it is more likely than not."""
    if total:
        if np.isnan(high):
            return None  # it falls short until it gets there
        low = float("nan")
    lost = stats.breach(landed.above if total else landed.ratios, low, high)
    if lost.slot is None or lost.chance < LIKELY:
        return None
    return "" if lost.slot < 0 else str(found.ahead["label"].iloc[lost.slot])


# Targets


def _target(review: KpiReview, within: Running) -> _Ends:
    """The target of the stretch in stored units, NaN an open side: the one in force at its end; of a sum, those of its
    open periods added up."""
    kpi = review.kpi
    if is_sum(kpi, review.points):
        return _added(review, within)
    last = to_utc(pd.DatetimeIndex([within.end]), kpi.calendar.time_zone)[0]
    ends = pd.DataFrame({"period": [within.start], "ends_at": [last], "value": [np.nan], "ended": [False]})
    row = attach(kpi, review.decisions, review.series.slice, ends).iloc[0]
    return float(row["target_low"]), float(row["target_high"])


def _added(review: KpiReview, within: Running, counts: pd.Series | None = None) -> _Ends:
    """Σ of the targets of the periods to which a target of the sum applies: those of the operate grain for a count,
    those of the lead grain for rare events; NaN where the stretch is shorter than one, or one has no target.

    counts: starts of the periods that it is made of; one of the lead grain is aimed at where it holds any of them."""
    kpi, own = review.kpi, review.series.grain
    grain = lead_grain(kpi, own) if kpi.kind == "rare" else own
    if within.span != "year" and GRAINS.index(grain) > GRAINS.index(within.span):
        return float("nan"), float("nan")
    first, after = to_utc(pd.DatetimeIndex([within.start, within.end]), kpi.calendar.time_zone)
    table = periods(kpi.calendar, grain, first, after)
    table = table[~table["closed"] & (table["period"] >= within.start) & (table["period"] < within.end)]
    if counts is not None:
        place = table["period"].searchsorted(counts, side="right") - 1
        table = table.iloc[np.unique(place[place >= 0])]
    table = table.reset_index(drop=True).assign(value=np.nan, ended=False)
    if table.empty:
        return float("nan"), float("nan")
    aimed = attach(kpi, review.decisions, review.series.slice, table, grain if kpi.kind == "count" else None)
    low, high = (float(aimed[name].sum(skipna=False)) for name in ("target_low", "target_high"))
    return low, high
