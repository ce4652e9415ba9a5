"""decide: what a person decided about a KPI, and the list of it."""

from __future__ import annotations

import argparse
import math
from typing import Any

from opsmetrics.catalog import Calendar, Decision, Grain, Kpi, Moment, parse_moment, parse_range, slice_text
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table
from opsmetrics.desk import Desk
from opsmetrics.desk.refusing import refusal
from opsmetrics.review import KpiReview
from opsmetrics.verdict import restarts, sentences

RANGES = ("exclude", "lock")  # decided for a stretch of periods; the others for one moment
OFF = ("off", "no", "false")


def decide(given: argparse.Namespace, console: Console) -> int:
    """Record one decision and say what the verdict is from now on."""
    with desks.opened(given) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        start, end = _when(given.kind, given.at, given.grain or kpi.operate, kpi.calendar)
        decision = Decision(
            kpi=kpi.key,
            kind=given.kind,
            slice=desks.slice_in(desk, kpi, given.slice),
            grain=given.grain,
            start=start,
            end=end,
            value=_value(kpi, given),
            by=desks.person(given),
            why=given.why,
            supersedes=_replaced(desk, kpi, given.replaces),
        )
        shown = desk.review(kpi.key, decision.slice, grain=given.grain)
        if said := refusal(shown, decision):
            raise Refused(said)
        often = ""
        if decision.kind == "phase" and decision.value is True and decision.supersedes is None:
            often = restarts.warning(shown.decisions, decision, shown.series.grain)
        number = desk.decide(decision)
        recorded = next(d for d in desk.store.decisions(kpi.key) if d.id == number)
        verdict = desk.review(kpi.key, decision.slice, grain=given.grain).verdict
    text = "" if verdict is None else sentences.render(verdict.sentence)
    if console.as_json:
        console.answer({**as_dict(recorded), "now": text, "warning": often or None})
    else:
        console.say(f"Decision {number} is recorded: {kpi.key}, {given.kind}, {_moments(recorded)}.")
        for line in (often, text):
            if line:
                console.say(line)
    return 0


def weekday(given: argparse.Namespace, console: Console) -> int:
    """Let the limits of one KPI follow the day of the week, or those of every chart for which that is proposed."""
    if (given.kpi is None) is not given.all_proposed or (given.all_proposed and given.slice):
        raise WrongUsage("Name one KPI, with --slice where one is meant, or all of them by --all-proposed.")
    with desks.opened(given) as desk:
        charts = _proposed(desk) if given.all_proposed else [_one_chart(desk, given)]
        made = [
            Decision(
                kpi=chart.kpi.key,
                kind="weekday",
                slice=chart.series.slice,
                grain=chart.series.grain,
                value=_value(chart.kpi, given),
                by=desks.person(given),
                why=given.why,
            )
            for chart in charts
        ]
        first = desk.decide(*made) if made else 0
        recorded = [d for d in desk.store.decisions() if first and d.id is not None and d.id >= first]
        after = [desk.review(d.kpi, d.slice, grain=d.grain) for d in recorded]
    if console.as_json:
        console.answer([as_dict(decision) for decision in recorded])
    elif not recorded:
        console.say("It is proposed for no chart: the days of the week explain less than a fifth of the spread.")
    for decision, chart in zip(recorded, after, strict=True):
        text = "" if chart.verdict is None else f" {sentences.render(chart.verdict.sentence)}"
        if not console.as_json:
            console.say(f"Decision {decision.id} is recorded: {chart.name}, weekday.{text}")
    return 0


def _proposed(desk: Desk) -> list[KpiReview]:
    return [chart for chart in desk.watched() if "weekday" in chart.proposed]


def _one_chart(desk: Desk, given: argparse.Namespace) -> KpiReview:
    kpi = desks.kpi_of(desk.catalog, given.kpi)
    chart = desk.review(kpi.key, desks.slice_in(desk, kpi, given.slice))
    if chart.series.grain not in ("day", "shift"):
        raise Refused(f"Weekday limits belong to a chart by day or by shift; {kpi.key} is by {chart.series.grain}.")
    return chart


def _when(kind: str, text: str, grain: Grain, calendar: Calendar) -> tuple[Moment, Moment | None]:
    """Start and end of a decision. A target holds from a day on, whatever the grain."""
    with desks.usage("--at"):
        if kind in RANGES:
            return parse_range(text, grain, calendar)
        by = "day" if kind == "target" and grain != "sample" else grain
        return parse_moment(text, by, calendar), None


def _value(kpi: Kpi, given: argparse.Namespace) -> Any:
    text = given.value
    if given.kind == "target":
        return _target(kpi, text)
    if given.kind == "annotate":
        return text or given.why
    if text is None:
        return True
    if text.casefold() in OFF:
        return False
    raise WrongUsage(f"--value found {text!r}, wanted off (not any more) or nothing, for {given.kind}.")


def _target(kpi: Kpi, text: str) -> dict[str, float]:
    """A target as it is kept: one bound, a range, or none; in the shown unit."""
    if text.casefold() == "none":
        return {}
    low, dots, high = text.partition("..")
    if dots:
        bounds = {"low": _number(kpi, low), "high": _number(kpi, high)}
        if bounds["low"] > bounds["high"]:
            raise WrongUsage(f"--value found {text!r}, wanted the lower end of the range first.")
        return bounds
    if kpi.better == "neither":
        raise Refused(f"{kpi.key} has no better side, so its target is a range: --value LOW..HIGH, or none.")
    return {"value": _number(kpi, text)}


def _number(kpi: Kpi, text: str) -> float:
    bare = text.strip().removesuffix(kpi.unit).strip() if kpi.unit else text
    try:
        number = float(bare)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        unit = f" in {kpi.unit}" if kpi.unit else ""
        raise WrongUsage(f"--value found {text!r}, wanted a number{unit}, a range LOW..HIGH, or none.")
    return number


def _replaced(desk: Desk, kpi: Kpi, number: int | None) -> int | None:
    if number is not None and number not in {d.id for d in desk.store.decisions(kpi.key)}:
        raise Refused(f"{kpi.key} has no decision {number}. `decide list {kpi.key}` shows their numbers.")
    return number


def listing(given: argparse.Namespace, console: Console) -> int:
    """List the decisions of one KPI or of all, oldest first."""
    with owner.reading(given, console) as desk:
        key = None if given.kpi is None else desks.kpi_of(desk.catalog, given.kpi).key
        decisions = desk.store.decisions(*([key] if key else []))
    if console.as_json:
        console.answer([as_dict(decision) for decision in decisions])
    elif not decisions:
        console.say("Nothing has been decided yet.")
    else:
        console.say(
            table((_line(d) for d in decisions), ("no.", "KPI", "slice", "decision", "at", "value", "by", "why"))
        )
    return 0


def _line(decision: Decision) -> list[object]:
    named = [decision.id, decision.kpi, slice_text(decision.slice), decision.kind, _moments(decision)]
    value = decision.value
    if isinstance(value, dict):
        value = "..".join(f"{number:g}" for number in value.values()) or "none"
    return [*named, {True: "", None: "", False: "off"}.get(value, value), decision.by, decision.why]


def _moments(decision: Decision) -> str:
    ends = [_iso(moment) for moment in (decision.start, decision.end) if moment is not None]
    return "..".join(dict.fromkeys(str(end) for end in ends)) or "always"


def as_dict(decision: Decision) -> dict[str, Any]:
    """A decision as a JSON object; moments on the site's own clock."""
    return {
        "id": decision.id,
        "kpi": decision.kpi,
        "kind": decision.kind,
        "slice": dict(decision.slice),
        "grain": decision.grain,
        "from": _iso(decision.start),
        "to": _iso(decision.end),
        "value": decision.value,
        "by": decision.by,
        "at": None if decision.at is None else decision.at.isoformat(),
        "why": decision.why,
        "supersedes": decision.supersedes,
    }


def _iso(moment: Moment | None) -> str | int | None:
    if moment is None or isinstance(moment, int):
        return moment
    return moment.isoformat().removesuffix("T00:00:00")
