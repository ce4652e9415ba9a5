"""detection: what a chart would notice, how soon, and how often it calls without a cause."""

from __future__ import annotations

import argparse
import math
from typing import Any

from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk.detection import (
    HORIZONS,
    KINDS,
    NUMBERS,
    RULE_SETS,
    USUAL_RULES,
    Detection,
    Detector,
    Scale,
    own_rules,
    scale_of,
)
from opsmetrics.desk.detection_sentences import ToldDetection
from opsmetrics.desk.detection_words import say


def detection(given: argparse.Namespace, console: Console) -> int:
    """The detection of one chart as text, or as JSON; with a KPI in its unit and by its rules."""
    scale, rules = _of_kpi(given, console) if given.kpi is not None else (None, USUAL_RULES)
    if given.change is not None and scale is None:
        raise Refused("Found --change without a KPI whose chart has limits, wanted --shift, which is in σ.")
    shift = given.shift if scale is None or given.change is None else given.change / scale.one
    detector = _detector(given, rules)
    found = Detection(detector, abs(_within("shift", shift, NUMBERS["shift"][2])))
    told = ToldDetection(found, scale)
    if console.as_json:
        console.answer(as_dict(told, given.kpi))
    else:
        console.say(full(told))
    return 0


def _of_kpi(given: argparse.Namespace, console: Console) -> tuple[Scale, str]:
    with owner.reading(given, console) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        part = desks.slice_in(desk, kpi, given.slice)
        review = desk.review(kpi.key, part, grain=given.grain, as_of=given.as_of)
    scale = scale_of(review)
    if scale is None:
        raise Refused(f"The chart of {review.name} has no limits to measure shifts by; leave the KPI out to use σ.")
    return scale, own_rules(review)


def _detector(given: argparse.Namespace, rules: str) -> Detector:
    kind = _one_of("chart", given.chart or KINDS[0], KINDS)
    chosen = _one_of("rules", given.rules or rules, RULE_SETS)
    if given.rules is not None and kind != "shewhart":
        raise Refused(f"Found --rules for {say(kind)}, wanted them for --chart shewhart only.")
    if given.n is not None and given.kpi is not None:
        raise Refused("Found -n with a KPI, whose points are as its chart has them; wanted one or the other.")
    weight, width, k, h, n = (
        _within(name, getattr(given, name), NUMBERS[name][2]) for name in ("weight", "width", "k", "h", "n")
    )
    return Detector(kind, chosen if kind == "shewhart" else USUAL_RULES, int(n), weight, width, k, h)


def _one_of(name: str, found: str, wanted: tuple[Any, ...]) -> Any:
    if found not in wanted:
        raise Refused(f"Found --{name} {found}, wanted one of {', '.join(wanted)}.")
    return found


def _within(name: str, found: float | None, usual: float) -> float:
    least, most, _ = NUMBERS[name]
    if found is None:
        return usual
    if not least <= found <= most:
        raise Refused(f"Found a {say(f'called_{name}')} of {found:g}, wanted {least:g} to {most:g}.")
    return found


def full(told: ToldDetection) -> str:
    """One detection in words: headline, rivals, waits by size of the shift."""
    head = [wrapped(told.scale.name)] if told.scale else []
    head.append(wrapped(f"{told.headline()} {told.lead()}".strip()))
    named = (say("col_chart"), say("col_wait"))
    parts = [table(told.rival_rows(), named, right=named[1:])] if len(told.found.charts) > 1 else []
    parts.append(table(told.shift_rows(), told.shift_head(), right=told.shift_head()[1:]))
    return "\n\n".join([*head, *parts, wrapped(say("caption"))])


def as_dict(told: ToldDetection, kpi: str | None) -> dict[str, Any]:
    """The detection as plain values: waits in points, shifts in σ; null where a wait is endless."""
    found, scale = told.found, told.scale
    charts = [_chart(chart) | {"wait": _number(wait)} for chart, wait in zip(found.charts, found.waits, strict=True)]
    curves = found.curves
    return {
        "kpi": kpi,
        "headline": told.headline(),
        "lead": told.lead(),
        "shift": found.shift,
        "sigma": None if scale is None else scale.one,
        "unit": None if scale is None else scale.unit,
        "grain": None if scale is None else scale.grain,
        "false_alarm_every": _number(found.false_alarm),
        "noticed_within": {"chance": 0.9, "points": found.noticed_by(0.9)},
        "charts": charts,
        "by_shift": [
            {
                "shift": float(row["shift"]),
                "waits": [_number(float(row[f"arl_{place}"])) for place in range(len(charts))],
                "unnoticed": {str(t): float(row[f"missed_{t}"]) for t in HORIZONS},
            }
            for _, row in curves.iterrows()
        ],
    }


def _chart(chart: Detector) -> dict[str, Any]:
    numbers = {"shewhart": ("rules", "width"), "ewma": ("weight", "width"), "cusum": ("k", "h")}[chart.kind]
    return {"chart": chart.kind, "n": chart.n} | {name: getattr(chart, name) for name in numbers}


def _number(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None
