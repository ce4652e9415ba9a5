"""Words on a figure: escaped, short, and in the wording of the verdict."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from opsmetrics.figures.plotted import Plotted
from opsmetrics.review import KpiReview
from opsmetrics.stats.results import ControlChart
from opsmetrics.verdict import wording
from opsmetrics.verdict.between import Between
from opsmetrics.verdict.moments import at_or_after, of_kind
from opsmetrics.verdict.second_look import SecondLook

_YEAR = re.compile(r" (\d{4})\b")

#: Marks that stand before the verdict in a hover, as in the drawing.
_SIGNS = {"concerning": "◆ ", "improving": "● ", "changed": "□ "}


def plain(text: str) -> str:
    """Text that Plotly shows as it is: it would draw `<b>` and make a link of `<a>`."""
    return escape(text, quote=False)


def short(text: str, length: int) -> str:
    """At most `length` characters, the last one an ellipsis where something was left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def hovers(source: KpiReview | ControlChart, series: Plotted) -> list[str]:
    """For each drawn point: its period and value, what stands behind it with its limits, and what it means."""
    rows = source.points.iloc[series.position].to_dict("records")
    behind = [{str(name): value for name, value in row.items()} for row in rows]
    return [_hover(source, series, point, row) for point, row in zip(series.each(), behind, strict=True)]


def _hover(source: KpiReview | ControlChart, series: Plotted, point: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    unit = wording.unit_text(series.unit)
    lines = [f"<b>{plain(str(point['label']))}</b>  {series.text(point['value'])}{plain(unit)}"]
    behind = wording.behind(source.kpi, row) if isinstance(source, KpiReview) else ""
    if math.isfinite(point["lower"]) and math.isfinite(point["upper"]):
        span = wording.range_text({"low": point["lower"], "high": point["upper"], "decimals": series.decimals})
        span = f"{wording.figure('limits')} {span}"
        behind = f"{behind} · {span}" if behind else span
    lines += [plain(behind)] if behind else []
    lines.append(_SIGNS.get(str(point["tone"]), "") + _meaning(point))
    lines += [plain(short(str(point["note"]), 90))] if point["note"] else []
    return "<br>".join(lines)


def _meaning(point: Mapping[str, Any]) -> str:
    if point["silent"] and not point["tone"]:
        return f"◇ {wording.figure('silent')}"
    limited = math.isfinite(point["lower"]) or math.isfinite(point["upper"])
    if point["state"] == "judged" and not point["tone"] and not limited:
        return wording.state("judged")  # too few points, or a rare event: there is nothing to be inside of
    return wording.point_state({**point, "signal": bool(point["tone"])})


def between_hovers(between: Between, series: Plotted) -> list[str]:
    """For each event: its period and its distance from the one before, the limits, and whether chance explains it."""
    sides = [*between.points["side"], "none"]
    since = f"{wording.figure('now')}, {wording.figure('since')} {between.points['label'].iloc[-1]}"
    return [_between(series, point, side, since) for point, side in zip(series.each(), sides, strict=False)]


def _between(series: Plotted, point: Mapping[str, Any], side: str, since: str) -> str:
    distance = f"{series.text(point['value'])}{wording.unit_text(series.unit)}"
    if point["state"] == "running":
        return f"<b>{plain(distance)}</b><br>{plain(since)}"
    lines = [f"<b>{plain(str(point['label']))}</b>  {plain(distance)} {plain(wording.figure('between'))}"]
    if math.isfinite(point["lower"]) and math.isfinite(point["upper"]):
        span = wording.range_text({"low": point["lower"], "high": point["upper"], "decimals": series.decimals})
        lines.append(plain(f"{wording.figure('limits')} {span}"))
        meaning = {"high": "rarer", "low": "closer"}.get(side, "ordinary")
        lines.append(("◇ " if side != "none" else "") + plain(wording.figure(meaning)))
    return "<br>".join(lines)


def look_hovers(look: SecondLook, series: Plotted) -> list[str]:
    """For each drawn point of a second look: its period and value (of a CUSUM both sums), and where it lies."""
    rows = look.points.iloc[series.position].to_dict("records")
    return [_look(look, series, point, row) for point, row in zip(series.each(), rows, strict=True)]


def _look(look: SecondLook, series: Plotted, point: Mapping[str, Any], row: Mapping[Any, Any]) -> str:
    value = f"{series.text(point['value'])}{wording.unit_text(series.unit)}"
    if look.own_scale:
        sums = (("above", point["value"]), ("below", -row["opposite"]))
        value = ", ".join(f"{wording.figure(word)} {series.text(abs(number))}" for word, number in sums)
    span = wording.range_text({"low": point["lower"], "high": point["upper"], "decimals": series.decimals})
    outside = row["side"] != "none"
    lines = [f"<b>{plain(str(point['label']))}</b>  {plain(value)}", plain(f"{wording.figure('limits')} {span}")]
    return "<br>".join([*lines, ("◇ " if outside else "") + wording.figure("outside" if outside else "inside")])


def tick_labels(labels: list[str]) -> list[str]:
    """Period labels for an axis: a shift below its day, the year below, only where it changes; no words that repeat on
    each tick."""
    years = [next(iter(_YEAR.findall(label)), "") for label in labels]
    names = [plain(_YEAR.sub("", wording.bare_label(label), count=1)).replace(", ", "<br>") for label in labels]
    if len(set(years)) <= 1:
        return names
    before = ["", *years]
    return [
        f"{name}{' ' if '<br>' in name else '<br>'}{year}" if year != last else name
        for name, year, last in zip(names, years, before, strict=False)
    ]


def phase_reasons(source: KpiReview | ControlChart) -> dict[int, str]:
    """Why a phase starts, by the position of its first period."""
    if isinstance(source, ControlChart):
        return {}
    starts = source.points["period"]
    reasons = {}
    for decision in of_kind(source.series, source.decisions, "phase"):
        inside = at_or_after(starts, decision.start).to_numpy(dtype=bool)
        if inside.any():
            reasons[int(inside.argmax())] = decision.why
    return reasons
