"""What is written on a control chart: the ends of its lines, its phases, its notes, its signals."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from opsmetrics.figures.plotted import Mask, Plotted
from opsmetrics.figures.text import phase_reasons, plain, short
from opsmetrics.figures.tokens import Tokens
from opsmetrics.review import KpiReview
from opsmetrics.stats.results import ControlChart
from opsmetrics.verdict import wording

#: Labels at the line's end stay at least this far apart, in pixels.
APART = 14.0

#: A usual chart's width and that of a letter of its labels, in pixels: what fits is known before anything is drawn.
WIDTH = 800.0
LETTER = 6.5

#: Notes that are written out; older ones become ticks on the axis.
NOTES = 5
#: Letters of a note: as many as fit beside its point on a phone, to its left where it lies in the right half.
NOTE_LETTERS = 30
RUN_LEFT = 0.55
#: Notes stand in lines of this height above the plot, the lowest clear of a value above the highest point, in pixels.
LINE, LINE_BASE = 16, 32
SIGNAL_LABELS = 12

Annotation = dict[str, Any]

_STILL = {"showarrow": False}


def end_labels(series: Plotted, domain: tuple[float, float], height: float, colours: Tokens) -> list[Annotation]:
    """The limits, the centre and the target named at the right end, pushed apart where they would overlap."""
    ends = [*_limits(series), *_targets(series)]
    shifts = pushed_apart([_pixels(value, domain, height) for _, value in ends])
    return [
        {
            "text": plain(f"{wording.figure(word)} {series.text(value)}"),
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 8,
            "y": value,
            "yshift": shift,
            "font": {"size": 12, "color": colours.ink if word == "target" else colours.muted},
            **_STILL,
        }
        for (word, value), shift in zip(ends, shifts, strict=True)
    ]


def _limits(series: Plotted) -> list[tuple[str, float]]:
    """The limits of the last judged period: those that the verdict names."""
    judged = np.flatnonzero((series.state == "judged") & np.isfinite(series.centre))
    if len(judged) == 0:
        return []
    named = [(name, float(series.level(name)[judged[-1]])) for name in ("upper", "centre", "lower")]
    names = {"centre": series.centre_word}
    return [(names.get(name, name), level) for name, level in named if np.isfinite(level)]


def _targets(series: Plotted) -> list[tuple[str, float]]:
    levels = [series.level(name) for name in ("target_low", "target_high")]
    return [("target", float(level[np.isfinite(level)][-1])) for level in levels if np.isfinite(level).any()]


def _pixels(value: float, domain: tuple[float, float], height: float) -> float:
    return (value - domain[0]) / (domain[1] - domain[0]) * height


def pushed_apart(heights: list[float], apart: float = APART) -> list[float]:
    """Shifts (pixels, upward) that keep labels at these heights at least `apart` from each other.

    Groups that overlap spread evenly about their own middle; the order stays.
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    groups: list[list[int]] = []
    for index in order:
        groups.append([index])
        while len(groups) > 1 and _bottom(groups[-1], heights, apart) < _top(groups[-2], heights, apart) + apart:
            last = groups.pop()
            groups[-1] += last
    shifts = [0.0] * len(heights)
    for group in groups:
        start = _bottom(group, heights, apart)
        for place, index in enumerate(group):
            shifts[index] = round(start + place * apart - heights[index], 1)
    return shifts


def _bottom(group: list[int], heights: list[float], apart: float) -> float:
    middle = sum(heights[i] for i in group) / len(group)
    return middle - (len(group) - 1) * apart / 2


def _top(group: list[int], heights: list[float], apart: float) -> float:
    return _bottom(group, heights, apart) + (len(group) - 1) * apart


def phase_labels(
    source: KpiReview | ControlChart, series: Plotted, colours: Tokens, *, written: bool = True
) -> tuple[list[Annotation], list[dict[str, Any]]]:
    """A rule where a phase starts and, at its top, the centre, with the reason where `written`; nothing for a single
    phase."""
    places = [0, *(np.flatnonzero(np.diff(series.phase)) + 1).tolist()]
    if len(places) < 2:
        return [], []
    reasons = phase_reasons(source)
    starts = [int(series.position[place]) for place in places]
    labels = [
        _phase_label(series, place, _since(series, place, reasons.get(start, "")) if written else "", colours)
        for place, start in zip(places, starts, strict=True)
    ]
    return _fitting(labels, series), [_rule(start - 0.5, colours) for start in starts[1:]]


def _fitting(labels: list[Annotation], series: Plotted) -> list[Annotation]:
    """The labels that do not lie over a newer one; the first to go is the oldest."""
    slot = WIDTH / max(float(series.position[-1] - series.position[0]) + 1.0, 1.0)
    kept: list[Annotation] = []
    free = math.inf  # the newest may run on into the margin
    for label in reversed(labels):
        start = (label["x"] - float(series.position[0])) * slot
        if start + len(label["text"]) * LETTER <= free:
            kept.append(label)
            free = start
    return kept[::-1]


def _rule(x: float, colours: Tokens) -> dict[str, Any]:
    line = {"width": 1, "color": colours.limit}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1.06, "yref": "paper", "line": line}


def _since(series: Plotted, place: int, why: str) -> str:
    return f" {wording.figure('since')} {short(why, 36) or series.label[place]}" if place else ""


def _phase_label(series: Plotted, place: int, since: str, colours: Tokens) -> Annotation:
    centre = series.centre[place:]
    centre = centre[np.isfinite(centre)]
    level = series.text(float(centre[0])) + wording.unit_text(series.unit) if len(centre) else wording.DASH
    return {
        "text": plain(level + since),
        "x": int(series.position[place]) - 0.5,
        "xanchor": "left",
        "xshift": 6,
        "y": 1.06,
        "yref": "paper",
        "yanchor": "top",
        "font": {"size": 12, "color": colours.muted},
        "bgcolor": colours.page,
        **_STILL,
    }


def note_labels(series: Plotted, domain: tuple[float, float], height: float, colours: Tokens) -> list[Annotation]:
    """The newest notes, one for each unbroken row of points with the same; exclusions say that they are excluded.

    Each stands in a line of its own above the plot, where it covers no point and no other note at any width, and a
    leader ties it to its point. Texts at the right run to the left, so that none leaves the figure.
    """
    noted = series.at(_middles(series, (series.note != "") | series.excluded)).last(NOTES)
    points = [(point, _share(series, point) < RUN_LEFT) for point in noted.each()]
    # A leader must cross no text below its own: texts that run left stand lowest, the left one of them first.
    lines = [point for point, rightward in points if not rightward]
    lines += [point for point, rightward in reversed(points) if rightward]
    placed = [(point, LINE_BASE + line * LINE) for line, point in enumerate(lines)]
    return [
        _note(point, height - _pixels(point["value"], domain, height) + up, _share(series, point), colours)
        for point, up in reversed(placed)
    ]


def _share(series: Plotted, point: dict[str, Any]) -> float:
    """How far to the right a point lies: 0 to 1."""
    first, last = float(series.position[0]), float(series.position[-1])
    return (float(point["position"]) - first) / max(last - first, 1.0)


def _middles(series: Plotted, noted: Mask) -> Mask:
    """Of each unbroken row of points whose notes read the same, the middle one."""
    places = np.flatnonzero(noted & series.present)
    said = [_written(str(note), str(state)) for note, state in zip(series.note, series.state, strict=True)]
    same = [a + 1 == b and said[a] == said[b] for a, b in pairwise(places.tolist())]
    starts = np.flatnonzero(np.r_[True, ~np.array(same, dtype=bool)])[: len(places)]
    chosen = np.zeros(len(series), dtype=bool)
    chosen[[int(row[(len(row) - 1) // 2]) for row in np.split(places, starts[1:]) if len(row)]] = True
    return chosen


def _written(note: str, state: str) -> str:
    """A note as it stands on the chart."""
    excluded = f", {wording.figure('excluded')}" if state == "excluded" else ""
    return (short(note, NOTE_LETTERS - len(excluded)) + excluded).removeprefix(", ")


def _note(point: dict[str, Any], rise: float, share: float, colours: Tokens) -> Annotation:
    """The note `rise` pixels above its point; the leader starts clear of the mark, and of the value above a signal."""
    named = point["tone"] and point["value"] >= point["centre"]
    rightward = share < RUN_LEFT
    return {
        "text": plain(_written(str(point["note"]), str(point["state"]))),
        "x": point["position"],
        "y": point["value"],
        "ax": 0,
        "ay": -round(rise, 1),
        "xanchor": "left" if rightward else "right",
        "align": "left",
        "font": {"size": 12, "color": colours.muted},
        "bgcolor": colours.page,
        "borderpad": 3,
        "showarrow": True,
        "arrowhead": 0,
        "arrowwidth": 1,
        "arrowcolor": colours.limit,
        "standoff": 26 if named else 8,
    }


def older_notes(series: Plotted) -> Plotted:
    """The points whose notes are not written out."""
    noted = series.at(_middles(series, series.note != ""))
    return noted.at(slice(0, max(len(noted) - NOTES, 0)))


def signal_labels(series: Plotted, tone: str, colour: str) -> list[Annotation]:
    """The value in bold at the newest signal, and at the farthest of each unbroken row beyond the limits."""
    marked = np.flatnonzero((series.tone != "") & series.present)
    beyond = np.flatnonzero(series.signals(tone) & ((series.value > series.upper) | (series.value < series.lower)))
    rows = np.split(beyond, np.flatnonzero(np.diff(beyond) > 1) + 1) if len(beyond) else []
    distance = np.abs(series.value - series.centre)
    farthest = {int(row[np.argmax(distance[row])]) for row in rows}
    named = [place for place in sorted(farthest | set(marked[-1:].tolist())) if series.tone[place] == tone]
    chosen = np.isin(np.arange(len(series)), named[-SIGNAL_LABELS:])
    return [_value_label(series, point, colour) for point in series.at(chosen).each()]


def _value_label(series: Plotted, point: dict[str, Any], colour: str) -> Annotation:
    below = point["value"] < point["centre"]
    text = f"<b>{plain(series.text(point['value']))}</b>"
    place = {"x": point["position"], "y": point["value"], "yshift": -17 if below else 17}
    return {"text": text, **place, "font": {"size": 13, "color": colour}, **_STILL}
