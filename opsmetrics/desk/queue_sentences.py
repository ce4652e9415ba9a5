"""What a queue says, in sentences and cells: for the page and the command line alike."""

from __future__ import annotations

import math
from typing import Any

from opsmetrics.desk.forecast_sentences import percent
from opsmetrics.desk.queue import ARRIVALS, CALM, HOUR, LEAVE, LOAD, NEAR, Condition, Queue
from opsmetrics.desk.queue_words import say
from opsmetrics.verdict import wording

Cells = list[str]

#: Minutes: stamps this far apart carry no time of day.
DAY = 24 * HOUR


def headline(found: Queue) -> str:
    """How many it takes, or which condition fails."""
    if not found.offered:
        return say("refused", why=wording.listed([_why(found, each) for each in found.failed]))
    target = _minutes(found.asks.target)
    if found.needed is None:
        return say("needs_none", target=target)
    return say("needs", n=wording.number(found.needed), target=target)


def lead(found: Queue) -> str:
    """The prediction beside what was observed, and which formula it is."""
    if not math.isfinite(found.observed):
        return ""
    values = {"predicted": _minutes(found.predicted), "observed": _minutes(found.observed)}
    text = say("lead", staff=wording.number(found.asks.staff), **values)
    if not found.offered:
        return text
    return f"{text} {say(f'model_{found.offered}', factor=wording.number(found.variation, 2))}"


def condition_head() -> Cells:
    """Headings of `condition_rows`."""
    return [say(f"head_{name}") for name in ("condition", "wanted", "found", "holds")]


def condition_rows(found: Queue) -> list[Cells]:
    """Each condition, what is wanted, what was found, and whether it holds."""
    mended = "corrected" if found.offered == "corrected" else "fails"
    return [
        [say(f"condition_{each.code}"), _wanted(each.code), _found(each), say("holds" if each.holds else mended)]
        for each in found.conditions
    ]


def hour_head(found: Queue) -> Cells:
    """Headings of `hour_rows`."""
    names = [say(f"head_{name}") for name in ("hour", "arrivals", "load", "wait")]
    return [*names, say("head_needed", target=_minutes(found.asks.target))] if found.offered else names[:3]


def hour_rows(found: Queue) -> list[Cells]:
    """Each hour of the day: arrivals, load of those on duty now; where the formula may be used its wait and the number
    that the hour takes."""
    rows = []
    for hour in found.hours.to_dict("records"):
        cells = [
            f"{hour['hour']:02d}:00",
            wording.number(hour["arrivals"], 1),
            percent(hour["load"] / found.asks.staff),
        ]
        if found.offered:
            known = hour["needed"] is not None and math.isfinite(hour["needed"])
            cells += [_minutes(hour["wait"]), wording.number(hour["needed"]) if known else wording.DASH]
        rows.append(cells)
    return rows


def as_dict(found: Queue) -> dict[str, Any]:
    """The queue as plain values, times in minutes; null where there is none."""
    asks = found.asks
    return {
        "waits": asks.waits.key,
        "service": asks.service.key,
        "arrivals_kpi": None if asks.arrivals is None else asks.arrivals.key,
        "slice": dict(asks.slice),
        "staff": asks.staff,
        "target": asks.target,
        "headline": headline(found),
        "lead": lead(found),
        "offered": found.offered or None,
        "failed": [each.code for each in found.failed],
        "needed": found.needed,
        "variation": _number(found.variation),
        "mean_service": _number(found.service),
        "arrivals": found.arrivals,
        "observed": _number(found.observed),
        "predicted": {"erlang_c": _number(found.plain), "corrected": _number(found.corrected)},
        "conditions": [
            {"condition": each.code, "found": _number(each.found), "holds": each.holds} for each in found.conditions
        ],
        "hours": [
            {name: _number(value) if name != "hour" else int(value) for name, value in hour.items()}
            for hour in found.hours.to_dict("records")
        ],
    }


def _why(found: Queue, condition: Condition) -> str:
    code = f"why_{condition.code}"
    if condition.code == "abandoned" and not math.isfinite(condition.found):
        code = "why_abandoned_unknown"
    if condition.code == "times" and condition.found < DAY:
        code = "why_times_coarse"
    values = {"predicted": _minutes(found.plain), "observed": _minutes(found.observed), "found": _found(condition)}
    return say(code, **values)


def _found(condition: Condition) -> str:
    if not math.isfinite(condition.found):
        return say("endless") if math.isinf(condition.found) else wording.DASH
    if condition.code == "times":
        fine = condition.found <= HOUR
        return say("found_times_fine") if fine else say("found_times", n=wording.number(condition.found / HOUR))
    if condition.code == "enough":
        return wording.number(condition.found, 0)
    if condition.code in ("load", "abandoned"):
        return percent(condition.found)
    return wording.number(condition.found, 2)


def _wanted(code: str) -> str:
    if code in ("dispersion", "predicted"):
        low, high = CALM if code == "dispersion" else (1 - NEAR, 1 + NEAR)
        return say(f"wanted_{code}", low=wording.number(low, 2), high=wording.number(high, 2))
    amounts = {"enough": wording.number(ARRIVALS), "load": percent(LOAD), "abandoned": percent(LEAVE)}
    return say(f"wanted_{code}", n=amounts.get(code, ""))


def _minutes(x: float) -> str:
    if math.isinf(x):
        return say("endless")
    return f"{wording.number(x, 1)}{wording.NBSP}min" if math.isfinite(x) else wording.DASH


def _number(x: float | None) -> float | None:
    return None if x is None or not math.isfinite(x) else float(x)
