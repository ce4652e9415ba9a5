"""The values of a dimension and their total, forecast so that they agree.

Numerators and denominators are forecast apart, made coherent (`stats.forecast.reconcile`: MinT with the variances of
the backtests, or bottom-up), and only then divided: the share of the whole is what the parts bring, weighed by their
size. The range of each is the one of its own past errors, laid around the coherent value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Grain, Kpi, NotUnderstood, Slice, slice_text
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.desk.forecast_holidays import estimated
from opsmetrics.desk.forecast_many import kept
from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecasting import KpiForecast, seasons_of
from opsmetrics.desk.landing_slots import is_sum
from opsmetrics.review import KpiReview
from opsmetrics.stats.forecast import Forecast, forecast
from opsmetrics.stats.forecast.effects import Change, Effect, changed
from opsmetrics.stats.forecast.fan import bounded
from opsmetrics.stats.forecast.reconcile import How as How
from opsmetrics.stats.forecast.reconcile import Tree, error_variance, ratios, reconciled
from opsmetrics.verdict.lead import poolable

Floats = npt.NDArray[np.float64]

#: The range that is told of each part.
COVERAGE = 80


@dataclass(frozen=True, eq=False)
class Part:
    """One value of the dimension, or the total (an empty slice). Stored units, one number for each period ahead.

    alone: what it would be forecast to be on its own. value: coherent with the others, low and high its 80 % range.
    above, below: the sums behind it (below NaN for a sum, whose value is above); above_alone, below_alone: the same as
    they were forecast before they were made coherent.
    """

    slice: Slice
    review: KpiReview
    alone: Floats
    value: Floats
    low: Floats
    high: Floats
    above: Floats
    below: Floats
    above_alone: Floats
    below_alone: Floats


@dataclass(frozen=True, eq=False)
class Parts:
    """A KPI by one dimension. periods: label of each period ahead that all of them have; parts: the total first.

    left_out: slices of which nothing can be forecast, and which the parts lack: their share stays with no one.
    how: "mint" or "bottom_up". whole: values add up themselves, without anything below the line.
    """

    kpi: Kpi
    grain: Grain
    dimension: str
    periods: tuple[str, ...]
    parts: tuple[Part, ...]
    left_out: tuple[Slice, ...] = ()
    how: How = "mint"
    whole: bool = False


def parts(
    desk: Desk,
    kpi: Kpi,
    dimension: str,
    *,
    as_of: AsOf = None,
    horizon: int | None = None,
    viewer: Viewer = OPEN,
    how: How = "mint",
    between: Callable[[str, int, int], None] = lambda *_: None,
) -> Parts:
    """The coherent forecasts of a KPI in whole and by the values of a dimension, at the grain it is operated at.

    between: called before each slice with its name, how far it has come, and of how much; what it raises ends the work.
    Raises NotUnderstood where the KPI does not add up (a median, a formula), does not have the dimension, or has
    nothing to forecast from.
    """
    if not poolable(kpi):
        raise NotUnderstood(say("does_not_add_up"), say("choose_other", kpi=kpi.name))
    if dimension not in kpi.dimensions:
        names = ", ".join(kpi.dimensions)
        mend = say("there_are", names=names) if names else say("there_are_none")
        raise NotUnderstood(say("a_dimension", kpi=kpi.name), mend, repr(dimension))
    slices: list[Slice] = [(), *desk.slices(kpi, by=[dimension], viewer=viewer)]
    found = []
    for place, part in enumerate(slices):
        between(slice_text(part) or kpi.name, place, 2 * len(slices))
        found.append(kept(desk.review(kpi.key, part, as_of=as_of, viewer=viewer), horizon))
    if found[0].forecast is None:
        raise NotUnderstood(say("figures", kpi=kpi.name), say("load_some"))
    known = [one for one in found if one.forecast is not None]
    if len(known) < 2:
        raise NotUnderstood(say("figures", kpi=f"{kpi.name} by {dimension}"), say("load_some"))
    left_out = tuple(part for part, one in zip(slices, found, strict=True) if one.forecast is None)
    whole = all(is_sum(kpi, one.review.points) for one in known)
    sides = []
    for place, one in enumerate(known):
        between(slice_text(one.review.series.slice) or kpi.name, len(slices) + place, 2 * len(slices))
        sides.append(_sides(kpi, one, whole))
    steps, periods = _common(known)
    above = _stacked([side[0] for side in sides], steps)
    below = None if whole else _stacked([side[1] for side in sides], steps)
    made = _coherent(kpi, known, steps, above, below, how)
    return Parts(kpi, known[0].review.series.grain, dimension, periods, made, left_out, how, whole)


_Side = tuple[Floats, Floats]


def _coherent(
    kpi: Kpi,
    known: list[KpiForecast],
    steps: list[npt.NDArray[np.int_]],
    above: _Side,
    below: _Side | None,
    how: How,
) -> tuple[Part, ...]:
    """The parts from means and variances of their sums; below None: the values are sums themselves."""
    tree = Tree((-1, *[0] * (len(known) - 1)))
    least = kpi.bounds[0]
    nonnegative = least is not None and least >= 0
    if below is None:
        values = sums = reconciled(tree, *above, how=how, nonnegative=nonnegative)
        apart = belows = np.full(sums.shape, np.nan)
    else:
        values, sums, belows = ratios(tree, above, below, how=how, share=kpi.share, nonnegative=nonnegative)
        apart = below[0]
    rows = zip(known, steps, values, sums, belows, above[0], apart, strict=True)
    return tuple(_part(one, own, value, *behind) for one, own, value, *behind in rows)


def _part(found: KpiForecast, steps: npt.NDArray[np.int_], value: Floats, *behind: Floats) -> Part:
    own = found.forecast
    assert own is not None
    alone, review = own.mean[steps], found.review
    low, high = _around(own, steps, np.where(np.isfinite(value), value, alone))
    return Part(review.series.slice, review, alone, value, low, high, *behind)


def _around(own: Forecast, steps: npt.NDArray[np.int_], value: Floats) -> tuple[Floats, Floats]:
    """The range of a forecast moved to another value. What no error made stays where it is: an end on a bound, and
    the whole counts between which a rate lies; the value is inside in any case."""
    moved = value - own.mean[steps]
    ends: list[Floats] = []
    for end, bound in zip(own.interval(COVERAGE), (own.lower, own.upper), strict=True):
        there = end[steps]
        stays = own.is_rate or (np.abs(there - bound) < 1e-9 if bound is not None else False)
        ends.append(bounded(np.where(stays, there, there + moved), own.lower, own.upper))
    return np.minimum(ends[0], value), np.maximum(ends[1], value)


def _common(known: list[KpiForecast]) -> tuple[list[npt.NDArray[np.int_]], tuple[str, ...]]:
    """For each forecast its steps (from 0) of the periods that all of them have, and the labels of these."""
    shared = set(known[0].ahead["period"])
    for one in known[1:]:
        shared &= set(one.ahead["period"])
    rows = [one.ahead[one.ahead["period"].isin(shared)] for one in known]
    return [table["step"].to_numpy(dtype=int) - 1 for table in rows], tuple(str(x) for x in rows[0]["label"])


def _sides(kpi: Kpi, found: KpiForecast, whole: bool) -> tuple[Forecast, Forecast]:
    """The forecasts of what stands above and below the line, over the slots of the value's own forecast; of a sum the
    first alone counts."""
    assert found.forecast is not None
    points, grain, horizon = found.review.points, found.review.series.grain, found.forecast.horizon
    every = np.where(found.positions >= 0, points["size"].to_numpy(dtype=float)[found.positions], np.nan)
    size = np.where(np.isfinite(found.fitted), every, np.nan)
    value = found.fitted if whole else found.fitted * size
    lower = 0.0 if np.nanmin(value) >= 0 else None
    tried = seasons_of(kpi, grain)
    above = forecast(value, horizon, seasons_tried=tried, lower=lower)
    if whole:
        above = _changed(above, found.holidays.effect, _holidays_ahead(found))
        return above, above
    below = forecast(size, horizon, seasons_tried=tried, lower=0.0)
    if not _holidays_ahead(found).any():
        return above, below
    return _on_holidays(found, above, below, estimated(None, every, found.holidays.exposure[: len(every)], tried))


def _holidays_ahead(found: KpiForecast) -> Floats:
    """The share of each step that is a holiday; nothing where no calendar knows of any."""
    assert found.forecast is not None
    steps, exposure = found.forecast.horizon, found.holidays.exposure
    return exposure[len(found.fitted) :][:steps] if len(exposure) else np.zeros(steps)


def _changed(side: Forecast, effect: Effect | None, exposure: Floats) -> Forecast:
    return side if effect is None or not exposure.any() else changed(side, [Change(effect, exposure)])


def _on_holidays(
    found: KpiForecast, above: Forecast, below: Forecast, of_size: Effect | None
) -> tuple[Forecast, Forecast]:
    """Both sides on the holidays to come: the size by what holidays did to it, and above it the value by what they did
    to that. Only the most likely sums move; how far off they may be stays that of ordinary days."""
    part, of_value = _holidays_ahead(found), found.holidays.effect
    fewer = _changed(below, of_size, part)
    share = np.divide(fewer.mean, below.mean, out=np.ones(below.horizon), where=below.mean > 0)
    sums = above.mean * share
    if of_value is not None:
        sums = sums * of_value.factor(part) if of_value.multiplied else sums + of_value.size * part * fewer.mean
    sums = bounded(sums, above.lower, above.upper)
    return replace(above, points=above.points.assign(mean=sums)), fewer


def _stacked(found: list[Forecast], steps: list[npt.NDArray[np.int_]]) -> tuple[Floats, Floats]:
    """Means (nodes × periods) and the variances of their errors."""
    means = np.array([one.mean[own] for one, own in zip(found, steps, strict=True)])
    return means, np.array([error_variance(one) for one in found])
