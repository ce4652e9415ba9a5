"""What acting on every miss would cost (methods, "Cost of tampering"): meetings that a red light would have called over
the last 12 months of a KPI in its usual range, beside those that its limits called.

Deming's funnel: whoever corrects a stable process for each ordinary value makes it vary more. Counted are two lights
that dashboards have: red at each period that missed its own target, and red at each period worse than the one before
it, once at any difference and once beyond a tenth of it. Every red period is one meeting; periods in a row that are red
are also counted as one stretch. On the side of the limits every episode is one meeting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Kpi
from opsmetrics.verdict.languages import language as _language
from opsmetrics.verdict.model import Episode, Sentence, Verdict
from opsmetrics.verdict.moments import Mask
from opsmetrics.verdict.phases import ENOUGH
from opsmetrics.verdict.rendering import render
from opsmetrics.verdict.wording import words

MONTHS = 12

#: Worse by more than this part of the period before.
MUCH = 0.1


@dataclass(frozen=True)
class Tampering:
    """Meetings over so many judged periods. missed: their target (None: they had none); worse: than the period before,
    worse_much: by more than a tenth (None: no side is worse); *_stretches: in a row as one; signals: episodes."""

    periods: int
    missed: int | None
    missed_stretches: int | None
    worse: int | None
    worse_stretches: int | None
    worse_much: int | None
    signals: int


def tampering(kpi: Kpi, points: pd.DataFrame, episodes: Sequence[Episode], verdict: Verdict | None) -> Tampering | None:
    """The count for a KPI in its usual range, over the judged periods of the 12 months up to the last one (of samples:
    all). points: those of a review. None out of its usual range, below 12 periods, and where no light could be red."""
    if verdict is None or verdict.variation not in ("common_cause", "constant"):
        return None
    judged = np.flatnonzero((points["state"] == "judged").to_numpy(dtype=bool))
    rows = judged[_lately(points, judged)]
    missed, worse, much = _missed(points, rows), *_worse(kpi, points, judged, rows)
    if len(rows) < ENOUGH or (missed is None and worse is None):
        return None
    first = int(rows[0])
    return Tampering(
        periods=len(rows),
        missed=_count(missed),
        missed_stretches=_stretches(missed),
        worse=_count(worse),
        worse_stretches=_stretches(worse),
        worse_much=_count(much),
        signals=sum(1 for episode in episodes if episode.closed_because is None and episode.detected >= first),
    )


def _lately(points: pd.DataFrame, judged: npt.NDArray[np.intp]) -> Mask:
    ends = points["ends_at"].iloc[judged]
    if ends.isna().any() or not len(judged):
        return np.ones(len(judged), dtype=bool)
    return np.asarray(ends > ends.iloc[-1] - pd.DateOffset(months=MONTHS), dtype=bool)


def _missed(points: pd.DataFrame, rows: npt.NDArray[np.intp]) -> Mask | None:
    """Which periods missed the target that was in force; None where none was."""
    met = points["met"].iloc[rows]
    return None if met.isna().all() else np.asarray(met.eq(False).fillna(False), dtype=bool)


def _worse(
    kpi: Kpi, points: pd.DataFrame, judged: npt.NDArray[np.intp], rows: npt.NDArray[np.intp]
) -> tuple[Mask | None, Mask | None]:
    """Which periods were worse than the judged one before them, at all and by more than a tenth of it."""
    if kpi.better == "neither":
        return None, None
    value = points["value"].to_numpy(dtype=float)[judged]
    before = np.concatenate([[np.nan], value[:-1]])
    fall = (before - value) * (1.0 if kpi.better == "higher" else -1.0)
    late = np.isin(judged, rows)
    return (fall > 0)[late], (fall > MUCH * np.abs(before))[late]


def _count(red: Mask | None) -> int | None:
    return None if red is None else int(np.count_nonzero(red))


def _stretches(red: Mask | None) -> int | None:
    return None if red is None else int(np.count_nonzero(red & ~np.concatenate([[False], red[:-1]])))


def tampering_sentence(found: Tampering, grain: str, language: str = "en") -> str:
    """ "Of 365 days, a red light at each missed target would have called a meeting 41 times, and one at each day worse
    than the one before 170 times; the limits called 2." """
    parts = [name for name in ("missed", "worse") if getattr(found, name) is not None]
    values = {"n": found.periods, "one": 1, "grain": grain, "signals": found.signals}
    values |= {name: getattr(found, name) for name in parts}
    return render((Sentence(f"tampering_{'_'.join(parts)}", values),), language)


def tampering_title(language: str = "en") -> str:
    """The words before that sentence."""
    return words("term", "tampering", _language(language))
