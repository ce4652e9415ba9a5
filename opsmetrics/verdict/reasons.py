"""Hits of rules as plain values, and the reasons of a verdict: the deciding hits at the last judged point, in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.verdict.model import Reason, Side

#: Rules of rare events (verdict.md 16 and 17), beside those of `opsmetrics.stats`.
FIRST_EVENT, DEPARTURES, GAP = "first_event", "departures", "gap"

_ORDER: tuple[str | tuple[str, ...], ...] = (
    *(FIRST_EVENT, DEPARTURES, GAP),
    *("beyond_limits", "two_of_three", "four_of_five", tuple("123456789"), "long_run", "run_of_", "trend_of_"),
)


@dataclass(frozen=True)
class Hit:
    """One rule completed at a row by its members (positions in the series' points)."""

    position: int
    rule: str
    side: Side
    members: tuple[int, ...]


def deciding_hits(signals: pd.DataFrame) -> list[Hit]:
    """The signals that decide, in their order."""
    return _hits(signals, signals["decides"].to_numpy(dtype=bool))


def _hits(signals: pd.DataFrame, wanted: npt.NDArray[np.bool_]) -> list[Hit]:
    rows = np.flatnonzero(wanted)
    if not len(rows):
        return []
    columns = (signals[name].iloc[rows].tolist() for name in ("position", "rule", "side", "members"))
    return [Hit(*row) for row in zip(*columns, strict=True)]


def by_weight(rule: str) -> tuple[int, str]:
    """Sort key of a rule: rule 1, 2 of 3, 4 of 5, more zones, run, trend, others (verdict.md 23); rare events alone."""
    place = next((place for place, start in enumerate(_ORDER) if rule.startswith(start)), len(_ORDER))
    return place, rule


def reasons_at(signals: pd.DataFrame, position: int) -> tuple[Reason, ...]:
    """The deciding hits that a row completes."""
    here = _hits(signals, signals["decides"].to_numpy(dtype=bool) & (signals["position"].to_numpy() == position))
    return tuple(
        Reason(hit.rule, hit.side, hit.members) for hit in sorted(here, key=lambda h: (by_weight(h.rule), h.side))
    )
