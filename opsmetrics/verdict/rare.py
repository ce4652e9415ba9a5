"""Rare events (verdict.md 16 and 17): the first one ever, too many of late, or none for longer than chance gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opsmetrics.catalog import Better
from opsmetrics.stats import departures, first_event_probability, first_event_rate_probability
from opsmetrics.stats.rare import ONE_SIDED
from opsmetrics.verdict.chart_choice import EQUAL, most_frequent
from opsmetrics.verdict.measures import Measures, Numbers, Positions
from opsmetrics.verdict.model import Side
from opsmetrics.verdict.moments import Mask
from opsmetrics.verdict.phases import ENOUGH
from opsmetrics.verdict.reasons import DEPARTURES, FIRST_EVENT, GAP, Hit

__all__ = ["DEPARTURES", "FIRST_EVENT", "FURTHEST", "GAP", "first_event", "is_furthest", "rare_hits"]

#: The caveat of a departure that is no news by how often they come, and larger than any before it.
FURTHEST = "furthest_departure"


def is_furthest(value: Numbers, usual: float, better: Better) -> bool:
    """Whether the last of these values departs further from the usual one than any before it, towards the bad side.

    Where neither side is bad, towards its own. Departures are counted whatever their size, so nothing else would tell.
    """
    if len(value) < 2:
        return False
    slack = EQUAL * float(np.max(np.abs(value)))
    away = float(value[-1] - usual)
    side = np.sign(away)
    if abs(away) <= slack or side == {"higher": 1, "lower": -1}.get(better, 0):
        return False
    return bool(abs(away) > np.max(side * (value[:-1] - usual)) + slack)


def first_event(measures: Measures, rows: Positions) -> int | None:
    """The place among these judged points of the first count that is not 0 (or not all of its trials) after points
    that all were; None where there is none, and for readings, amounts or parts of counts."""
    if measures.counts is None or measures.law is None or len(rows) == 0:
        return None
    counts, size = measures.counts[rows], measures.size[rows]
    trials = measures.law == "binomial"
    if (counts != np.floor(counts)).any() or (trials and (size != np.floor(size)).any()):
        return None
    for other in (counts != 0, counts != size) if trials else (counts != 0,):
        if other.any() and not other[0]:
            return int(np.argmax(other))
    return None


def rare_hits(measures: Measures, rows: Positions, *, rare: bool, usual: float | None = None) -> list[Hit]:
    """All hits on the judged points of one phase, each with what was known then; none in its first 11 points.

    The first event of a count is tested on every chart; departures and gaps only where the series is `rare`. usual: the
    value departed from; None for the most frequent one.
    """
    first = first_event(measures, rows)
    hits = [] if first is None or first + 1 < ENOUGH else _of_first_event(measures, rows, first)
    if rare and len(rows) >= ENOUGH:
        hits += [hit for hit in _of_departures(measures, rows, usual) if first is None or hit.position != rows[first]]
    return hits


def _of_first_event(measures: Measures, rows: Positions, first: int) -> list[Hit]:
    assert measures.counts is not None
    counts, size = measures.counts[rows], measures.size[rows]
    if measures.law == "poisson":
        chance = first_event_rate_probability(float(size[:first].sum()), counts[first], size[first])
    else:
        chance = first_event_probability(counts[:first], size[:first], counts[first], size[first])
    side: Side = "high" if counts[:first].sum() == 0 else "low"
    row = int(rows[first])
    return [Hit(row, FIRST_EVENT, side, (row,))] if chance < ONE_SIDED else []


def _of_departures(measures: Measures, rows: Positions, given: float | None) -> Iterator[Hit]:
    """At each point, too many departures in a window that ends there, or else a gap that is too long."""
    value = measures.value[rows]
    usual = most_frequent(value)[0] if given is None else given
    departed: Mask = np.asarray(np.abs(value - usual) > EQUAL * np.max(np.abs(value)), dtype=bool)
    for place in range(ENOUGH - 1, len(rows)):
        shown = departures(departed[: place + 1])
        if shown.too_many:
            window = min(shown.p, key=lambda length: shown.p[length])
            members = np.flatnonzero(departed[: place + 1])
            members = members[members > place - window]
            side: Side = "high" if value[members].mean() > usual else "low"
            yield Hit(int(rows[place]), DEPARTURES, side, tuple(int(row) for row in rows[members]))
        elif shown.long_gap:
            usually = value[: place + 1][departed[: place + 1]].mean()
            gap = rows[place - shown.gap + 1 : place + 1]
            yield Hit(int(rows[place]), GAP, "low" if usually > usual else "high", tuple(int(row) for row in gap))
