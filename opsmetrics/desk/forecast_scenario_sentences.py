"""What a scenario and the effects behind it say, in sentences and cells."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from opsmetrics.catalog import Kpi
from opsmetrics.desk import landing_sentences
from opsmetrics.desk.forecast_scenario import Item
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.forecast_whatif import Planned
from opsmetrics.desk.forecast_words import say, say_of
from opsmetrics.desk.landing import Landing, of_span
from opsmetrics.stats.forecast.effects import Effect
from opsmetrics.verdict import wording

Cells = list[str]


def item_lines(told: Told) -> list[str]:
    """Each item of the scenario with what it does, and on how much that rests."""
    if told.under is None:
        return []
    kpi, lines = told.found.review.kpi, []
    for each in told.under.what_if.planned:
        line = item_text(kpi, each)
        if not told.under.what_if.parts(told.found, each).any():
            line = say("item_outside", item=line, n=told.periods(len(told.found.ahead)))
        lines.append(line)
    return lines


def item_text(kpi: Kpi, planned: Planned) -> str:
    """One item: "campaign, 1–14 Dec 2026: −31 % (−45 to −12), seen 2 times before"."""
    item, effect = planned.item, planned.effect
    days = days_text(item)
    if item.kind == "closed":
        return say("item_closed", days=days)
    if item.kind == "capacity":
        most = wording.value(kpi, planned.ceiling)
        if kpi.kind == "count":
            most = say("each_period", effect=most, one=say(f"each_{kpi.operate}"))
        return say("item_capacity", days=days, most=most)
    assert effect is not None
    if item.kind == "level":
        return say("item_level", days=days, effect=effect_text(kpi, effect))
    if not effect.seen:
        return say("event_given", name=item.name, days=days, effect=effect_text(kpi, effect))
    values = {"name": item.name, "days": days, "n": wording.number(effect.seen)}
    if effect.size == 0.0:
        return say_of(effect.seen, "event_none", range=_range(kpi, effect), **values)
    return say_of(effect.seen, "event_seen", effect=effect_text(kpi, effect), **values)


def learned_text(kpi: Kpi, effect: Effect | None) -> str:
    """What is known of an event before it is put into a scenario; None: it was never seen."""
    if effect is None:
        return say("learned_new")
    n = wording.number(effect.seen)
    if effect.size == 0.0:
        return say_of(effect.seen, "learned_none", n=n, range=_range(kpi, effect))
    return say_of(effect.seen, "learned", n=n, effect=effect_text(kpi, effect))


def effect_text(kpi: Kpi, effect: Effect) -> str:
    """An effect with its 95 % interval where it was learned: "−31 % (−45 to −12)", "−3.1 points"."""
    shown = effect.shown(effect.size)
    if effect.multiplied:
        text = f"{signed(100 * shown, 0 if abs(shown) >= 0.0995 else 1)}{wording.NBSP}%"
    else:
        unit = say("points") if kpi.unit == "%" else kpi.unit
        text = f"{signed(shown * kpi.multiplier, kpi.decimals)}{wording.NBSP}{unit}".rstrip()
        if kpi.kind == "count":
            text = say("each_period", effect=text, one=say(f"each_{kpi.operate}"))
    return say("effect_range", effect=text, range=_range(kpi, effect)) if effect.error > 0 else text


def _range(kpi: Kpi, effect: Effect) -> str:
    scale, decimals = (100.0, 0) if effect.multiplied else (kpi.multiplier, kpi.decimals)
    low, high = (signed(effect.shown(end) * scale, decimals) for end in effect.interval())
    return f"{low} to {high}"


def signed(x: float, decimals: int) -> str:
    """A number that always has its sign, but for nothing at all: "+3.1", "−0.4", "0.0"."""
    text = wording.number(x, decimals)
    return f"+{text}" if x > 0 and float(f"{x:.{decimals}f}") != 0 else text


def days_text(item: Item) -> str:
    """The days of an item: "24 Dec 2026", "1 Dec 2026 – 14 Dec 2026", "from 1 Jan 2027 on", "sample 15"."""
    first = _day(item.first)
    if item.last is None:
        return say("from_on", day=first)
    return first if item.last == item.first else f"{first} – {_day(item.last)}"


def _day(day: dt.date | int) -> str:
    return f"sample {day}" if isinstance(day, int) else wording.date(day)


def lead(told: Told) -> str:
    """The one line of a scenario: where the year lands, else what the last period holds that it changes."""
    under = told.under
    if under is None or under.found.forecast is None:
        return ""
    there = of_span(under.landed, "year")
    if there.likely is not None and told.year.likely is not None:
        value, usual = told.value(there.likely), told.value(told.year.likely)
        chance = landing_sentences.chance_text(there.probability)
        code = "what_if_year" if value != usual else "what_if_year_same"
        code += "_no_chance" if there.probability is None else ""
        return say(code, year=there.label, value=value, usual=usual, chance=chance)
    points = under.found.points
    if points.empty:
        return say("what_if_closed")
    usually = told.found.points.set_index("step")["mean"].reindex(points["step"])
    pairs = [(told.value(new), told.value(old)) for new, old in zip(points["mean"], usually, strict=True)]
    changed = [place for place, (new, old) in enumerate(pairs) if new != old]
    if not changed:
        return say("what_if_same")
    value, usual = pairs[changed[-1]]
    return say("what_if_lead", when=told.when(points.iloc[changed[-1]]), value=value, usual=usual)


def compared_head(told: Told) -> Cells:
    """Headings of `compared_rows`."""
    return ["", say("as_it_goes"), say("what_if")]


def compared_rows(told: Told) -> list[Cells]:
    """Both courses beside each other: the periods that differ most, the last one, the year and its chance."""
    under = told.under
    if under is None:
        return []
    usual = told.found.points
    altered = under.found.points.set_index("step")
    rows = []
    for place in _shown(told):
        row = usual.iloc[place]
        there = altered.loc[row["step"]] if row["step"] in altered.index else None
        changed = say("closed") if there is None else _value_range(told, there)
        rows.append([str(row["label"]), _value_range(told, row), changed])
    for span, usually in told.landed.items():
        there_too = under.landed[span]
        if usually.likely is None:
            continue
        rows.append([usually.label, *(_landing_range(told, each) for each in (usually, there_too))])
        if usually.probability is not None:
            chances = (landing_sentences.chance_cell(each) for each in (usually, there_too))
            rows.append([say("chance_of", label=usually.label), *chances])
    return rows


def _landing_range(told: Told, found: Landing) -> str:
    kpi = told.found.review.kpi
    return f"{told.value(found.likely, unit=False)} ({landing_sentences.range_text(kpi, found)})"


def _shown(told: Told, count: int = 4) -> list[int]:
    """The places of the periods that differ, spread evenly, and of the last one."""
    under = told.under
    assert under is not None
    assert told.found.forecast is not None
    assert under.found.forecast is not None
    steps = told.found.ahead["step"].to_numpy(dtype=int) - 1
    off = abs(under.found.forecast.mean - told.found.forecast.mean)[steps] > 1e-12
    off |= under.found.open_share[steps] < 1
    differ = [int(place) for place in off.nonzero()[0]]
    keep = (
        differ if len(differ) <= count else [differ[int(at * (len(differ) - 1) / (count - 1))] for at in range(count)]
    )
    return sorted({*keep, len(steps) - 1})


def _value_range(told: Told, row: Any) -> str:
    span = wording.limits(told.found.review.kpi, row["lower_80"], row["upper_80"])
    return f"{told.value(row['mean'], unit=False)} ({span})"


def events_used(told: Told) -> list[Cells]:
    """Rows of the model card: the holidays of the calendar, and the events of the scenario."""
    found, rows = told.found, []
    days = found.holidays
    if days.past or days.coming:
        text = say("used_holidays_new", coming=days.coming)
        if days.past:
            known = f": {effect_text(found.review.kpi, days.effect)}" if days.effect is not None else ""
            text = say("used_holidays_seen", past=days.past, effect=known, coming=days.coming)
        rows.append([say("used_holidays"), text])
    lines = item_lines(told)
    return [*rows, *([say("used_events") if not place else "", line] for place, line in enumerate(lines))]


def as_dict(told: Told) -> dict[str, Any] | None:
    """The items of the scenario as plain values; sizes as a share of change, or in the shown unit."""
    if told.under is None:
        return None
    return {
        "items": [_item_dict(told, each) for each in told.under.what_if.planned],
        "lead": lead(told),
        "landings": landing_sentences.as_dict(told.found.review.kpi, told.under.landed),
    }


def _item_dict(told: Told, planned: Planned) -> dict[str, Any]:
    kpi, item, effect = told.found.review.kpi, planned.item, planned.effect
    answer: dict[str, Any] = {
        "text": item.text,
        "kind": item.kind,
        "name": item.name,
        "first": str(item.first),
        "last": None if item.last is None else str(item.last),
        "says": item_text(kpi, planned),
        "ceiling": None if planned.ceiling is None else planned.ceiling * kpi.multiplier,
        "effect": None if effect is None else effect_dict(kpi, effect),
        "seen": [[str(first), str(last)] for first, last in planned.past],
    }
    return answer


def effect_dict(kpi: Kpi, effect: Effect) -> dict[str, Any]:
    """One effect: its size with its 95 % interval, whether that is a share of change, and how often it was seen."""
    scale = 1.0 if effect.multiplied else kpi.multiplier
    low, high = effect.interval()
    sizes = {name: effect.shown(size) * scale for name, size in (("size", effect.size), ("low", low), ("high", high))}
    clean = {name: size if math.isfinite(size) else None for name, size in sizes.items()}
    return {**clean, "relative": effect.multiplied, "seen": effect.seen}
