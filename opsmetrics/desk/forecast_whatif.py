"""What if: a scenario laid over a forecast. Effects of events are learned from the times that they happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Grain, Kpi, NotUnderstood
from opsmetrics.desk.desk import Desk
from opsmetrics.desk.forecast_events import Span as Days
from opsmetrics.desk.forecast_events import holidays, past_spans
from opsmetrics.desk.forecast_holidays import estimated
from opsmetrics.desk.forecast_scenario import Amount, Item, Scenario, exposure
from opsmetrics.desk.forecasting import Column, KpiForecast, chances, seasons_of, slots_with
from opsmetrics.desk.landing_slots import Arranged, running
from opsmetrics.review import KpiReview
from opsmetrics.series import Stretch as Span
from opsmetrics.stats.forecast import Forecast, effects
from opsmetrics.stats.forecast.effects import Change, Effect
from opsmetrics.stats.landing import Joint

Floats = npt.NDArray[np.float64]

#: No work at all.
_NOTHING = effects.given(-1.0, multiplied=True)

_STATES = ("judged", "excluded")


@dataclass(frozen=True)
class Planned:
    """An item of a scenario with what is known of it. effect: None for a ceiling and for closed days; ceiling: in
    stored units; past: when it happened before."""

    item: Item
    effect: Effect | None = None
    ceiling: float | None = None
    past: tuple[Days, ...] = ()


@dataclass(frozen=True)
class WhatIf:
    """A scenario that can be laid over any forecast of its KPI slice, whatever the grain."""

    planned: tuple[Planned, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.planned)

    def applied(self, found: KpiForecast) -> KpiForecast:
        """The forecast under the scenario; closed periods are left out of what is ahead."""
        if found.forecast is None or not self.planned:
            return found
        kpi, grain, steps = found.review.kpi, found.review.series.grain, found.forecast.horizon
        where = found.ahead["step"].to_numpy(dtype=int) - 1
        parts = [np.zeros(steps) for _ in self.planned]
        for part, each in zip(parts, self.planned, strict=True):
            part[where] = self.parts(found, each)
        shut = self._shut(parts)
        altered = self._laid(found.forecast, parts, per_slot(kpi, grain))
        if kpi.kind == "count" and shut.any():
            altered = effects.changed(altered, [Change(_NOTHING, np.where(shut < 1, shut, 0.0))])
        ahead = found.ahead[shut[where] < 1].reset_index(drop=True)
        if not found.distrust:
            ahead = ahead.assign(chance=chances(altered, ahead))
        return replace(found, forecast=altered, ahead=ahead, open_share=1 - shut)

    def over(self, review: KpiReview, span: Span) -> Callable[[Arranged, Joint], tuple[Arranged, Joint]]:
        """The scenario as `landing` of this review lays it over what is to come in a month, quarter or year."""
        last = (running(review, span).end - pd.Timedelta(microseconds=1)).date()

        def laid(found: Arranged, joint: Joint) -> tuple[Arranged, Joint]:
            parts = [
                exposure([(p.item.first, p.item.last)], found.ahead, review.kpi, found.grain) for p in self.planned
            ]
            within = [
                exposure([(p.item.first, min(p.item.last or last, last))], found.ahead, review.kpi, found.grain)
                for p in self.planned
            ]
            weight = np.maximum(found.stretch.weight - self._shut(within), 0.0)
            value = self._laid(joint.value, parts, per_slot(review.kpi, found.grain))
            return replace(found, stretch=replace(found.stretch, weight=weight)), replace(joint, value=value)

        return laid

    def _shut(self, parts: Sequence[Floats]) -> Floats:
        """The closed share of each slot."""
        closed = [part for part, each in zip(parts, self.planned, strict=True) if each.item.kind == "closed"]
        found: Floats = np.max(closed, axis=0) if closed else np.zeros_like(parts[0])
        return found

    def _laid(self, found: Forecast, parts: Sequence[Floats], per_slot: float) -> Forecast:
        """Effects and ceilings over a forecast; what is in a count's unit holds for each period it is operated by."""
        changes, ceiling = list[Change](), np.full(found.horizon, np.inf)
        for part, each in zip(parts, self.planned, strict=True):
            if each.effect is not None:
                changes.append(Change(each.effect if each.effect.multiplied else each.effect.times(per_slot), part))
            if each.ceiling is not None:
                ceiling = np.where(part > 0, np.minimum(ceiling, each.ceiling * per_slot), ceiling)
        return effects.changed(found, changes, ceiling if np.isfinite(ceiling).any() else None)

    def parts(self, found: KpiForecast, each: Planned) -> Floats:
        """The share of each period ahead that an item covers."""
        spans = [(each.item.first, each.item.last)]
        return exposure(spans, found.ahead, found.review.kpi, found.review.series.grain)


def plan(desk: Desk, review: KpiReview, scenario: Scenario, *, viewer: Viewer = OPEN) -> WhatIf:
    """The scenario with the effects of its events, learned at the grain that the KPI is operated at.

    Raises NotUnderstood where an event has neither happened before nor been given an effect.
    """
    kpi = review.kpi
    fine = review
    if any(item.kind == "event" and item.amount is None for item in scenario) and review.series.grain != kpi.operate:
        fine = desk.review(kpi.key, review.series.slice, as_of=_instant(review), viewer=viewer)
    return WhatIf(tuple(_planned(desk, fine, item, viewer) for item in scenario))


def _instant(review: KpiReview) -> pd.Timestamp:
    return review.series.as_of.tz_localize("UTC")


def _planned(desk: Desk, review: KpiReview, item: Item, viewer: Viewer) -> Planned:
    kpi, amount = review.kpi, item.amount
    if item.kind == "closed":
        return Planned(item)
    if item.kind == "capacity":
        assert amount is not None
        return Planned(item, ceiling=_capacity(review, amount))
    if amount is not None:
        return Planned(item, _given(kpi, amount))
    spans = past_spans(desk, review, item.name, viewer=viewer)
    effect = learned(review, spans)
    if effect is None:
        why = "No note, exclusion, holiday or stored event with a value carries that name" if not spans else (
            "It happened before, but too few values around it are known")  # fmt: skip
        raise NotUnderstood(f"the effect of “{item.name}”", f"{why}: write {item.text}:-10%, or an event seen before.")
    return Planned(item, effect, past=spans)


def learned(review: KpiReview, spans: Sequence[Days], column: Column = "value") -> Effect | None:
    """What an event did each time to the value or its size, from judged and excluded points of all phases; None where
    too little is known.

    Holidays and excluded periods are no ordinary ones: they count only where the event lies on them.
    """
    slots, values = slots_with(review, _STATES, column)
    if not len(slots) or not spans:
        return None
    grain = review.series.grain
    touched = exposure(spans, slots, review.kpi, grain)
    days = holidays(review.kpi, grain) if grain != "sample" else frozenset()
    unlike = exposure([(day, day) for day in sorted(days)], slots, review.kpi, grain) > 0
    position = slots["position"].to_numpy(dtype=int)
    unlike |= (position >= 0) & (review.points["state"] == "excluded").to_numpy(dtype=bool)[position]
    ordinary, seasons = np.where(unlike & (touched == 0), np.nan, values), seasons_of(review.kpi, grain)
    return estimated(review.kpi.bounds[1] if column == "value" else None, ordinary, touched, seasons)


def _given(kpi: Kpi, amount: Amount) -> Effect:
    value = amount.value if amount.relative else amount.value / kpi.multiplier
    return effects.given(value, multiplied=amount.relative)


def _capacity(review: KpiReview, amount: Amount) -> float:
    """A ceiling in stored units; a share is one of the highest judged value, with a sign a change of it."""
    if not amount.relative and not amount.signed:
        return amount.value / review.kpi.multiplier
    _, values = slots_with(review, ("judged",))
    if not np.isfinite(values).any():
        raise NotUnderstood("a capacity in the KPI's unit", "Nothing has been judged that a change could be one of.")
    most = float(np.nanmax(values))
    if amount.relative:
        return most * (1 + amount.value if amount.signed else amount.value)
    return most + amount.value / review.kpi.multiplier


def per_slot(kpi: Kpi, grain: Grain) -> float:
    """How many values of the operate grain a slot's value adds up: of counts only, and on average."""
    return periods_in(kpi, grain) if kpi.kind == "count" else 1.0


def periods_in(kpi: Kpi, grain: Grain) -> float:
    """How many periods of the operate grain a slot holds, on average."""
    return _length(kpi, grain) / _length(kpi, kpi.operate)


def _length(kpi: Kpi, grain: Grain) -> float:
    """Working days in a period of a grain."""
    week = 7 - len(kpi.calendar.closed_weekdays)
    found: dict[Grain, float] = {
        "sample": 1.0,
        "shift": 1 / max(len(kpi.calendar.shifts), 1),
        "day": 1.0,
        "week": week,
        "month": week * 365.25 / 7 / 12,
        "quarter": week * 365.25 / 7 / 4,
    }
    return found[grain]
