"""What a chart shows at each point beyond its value: side, signal, tone and note."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from opsmetrics.catalog import Decision
from opsmetrics.series import KpiSeries
from opsmetrics.verdict.model import Episode, Variation
from opsmetrics.verdict.moments import at_or_after, covered, of_kind

#: The later of these wins where a point belongs to several episodes.
_TONES: tuple[Variation, ...] = ("improving", "changed", "concerning")


def mark_points(
    points: pd.DataFrame, series: KpiSeries, decisions: Sequence[Decision], toned: Sequence[tuple[Episode, Variation]]
) -> pd.DataFrame:
    """The points with side ("high", "low", "none"), signal (member of an episode), tone (the episode's word) and note.

    toned: each episode with its word. decisions: those in force.
    """
    n = len(points)
    side, tone, signal = np.full(n, "none", dtype="<U4"), np.full(n, "", dtype="<U10"), np.zeros(n, dtype=bool)
    for episode, word in sorted(toned, key=lambda pair: _TONES.index(pair[1])):
        rows = list(episode.members)
        side[rows], tone[rows], signal[rows] = episode.side, word, True
    return points.assign(
        side=pd.Series(side, index=points.index, dtype="str"),
        signal=signal,
        tone=pd.Series(tone, index=points.index, dtype="str"),
        note=pd.Series(_notes(series, decisions), index=points.index, dtype="str"),
    )


def _notes(series: KpiSeries, decisions: Sequence[Decision]) -> list[str]:
    """What people wrote about each period: annotations, and why they excluded it, completed it or began a phase."""
    texts: list[list[str]] = [[] for _ in range(len(series.points))]
    for decision in decisions:
        text = decision.value if isinstance(decision.value, str) else decision.why
        if text:
            for row in _rows(series, decision):
                texts[row].append(text)
    return [" · ".join(found) for found in texts]


def _rows(series: KpiSeries, decision: Decision) -> list[int]:
    if not of_kind(series, [decision], decision.kind):
        return []
    if decision.kind in ("annotate", "exclude", "complete"):
        return [int(row) for row in np.flatnonzero(covered(series, decision))]
    if decision.kind == "phase":
        begun = at_or_after(series.points["period"], decision.start).to_numpy(dtype=bool)
        return [int(row) for row in np.flatnonzero(begun)[:1]]
    return []
