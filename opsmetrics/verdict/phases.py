"""Phases and the points their limits come from (verdict.md 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opsmetrics.catalog import Decision
from opsmetrics.series import KpiSeries
from opsmetrics.verdict.judged import Judged
from opsmetrics.verdict.moments import Mask, at_or_after, covered, of_kind

#: Fewer judged points than this cannot be told from chance (verdict.md 14).
ENOUGH = 12

#: Fewer judged points than this give no limits, so that they cannot be locked.
FEWEST_LOCKED = 2


@dataclass(frozen=True, eq=False)
class Phases:
    """Phase of every row (0, 1, …), the rows its limits come from, and whether a person locked them.

    judged: rows that count, in order of the series; current: the number of the last phase.
    """

    label: npt.NDArray[np.int64]
    judged: Mask
    baseline: Mask
    locked: tuple[bool, ...]

    @property
    def current(self) -> int:
        """The phase after the last accepted phase start."""
        return int(self.label[-1]) if len(self.label) else 0

    def points(self, phase: int) -> npt.NDArray[np.intp]:
        """Positions of the judged points of a phase."""
        return np.flatnonzero(self.judged & (self.label == phase))

    def basis(self, phase: int) -> npt.NDArray[np.intp]:
        """Positions of the points that the limits of a phase come from."""
        return np.flatnonzero(self.baseline & (self.label == phase))

    def basis_of_choice(self) -> npt.NDArray[np.intp]:
        """Positions on which the chart is chosen: the newest phase with enough of them, else all judged points.

        A phase that began last week says too little: the chart must not change its kind with every restart.
        """
        phase = self._of_choice()
        return np.flatnonzero(self.judged) if phase is None else self.basis(phase)

    def judged_of_choice(self) -> npt.NDArray[np.intp]:
        """Positions of the judged points among which those are, also beyond a locked baseline: a baseline that never
        varied says nothing of what came after it."""
        phase = self._of_choice()
        return np.flatnonzero(self.judged) if phase is None else self.points(phase)

    def _of_choice(self) -> int | None:
        return next((phase for phase in range(self.current, -1, -1) if len(self.basis(phase)) >= ENOUGH), None)


def split(series: KpiSeries, decisions: Iterable[Decision], judged: Judged) -> Phases:
    """A phase begins with the first period that starts at the decision's moment or after it."""
    decisions = tuple(decisions)
    starts = series.points["period"]
    begun = [at_or_after(starts, d.start).to_numpy(dtype=bool) for d in of_kind(series, decisions, "phase")]
    first_rows = sorted({int(np.argmax(rows)) for rows in begun if rows.any()} - {0})
    label = np.zeros(len(starts), dtype=np.int64)
    for row in first_rows:
        label[row:] += 1
    baseline, locked = _baseline(series, decisions, judged.judged, label)
    return Phases(label, judged.judged, baseline, locked)


def _baseline(
    series: KpiSeries, decisions: tuple[Decision, ...], judged: Mask, label: npt.NDArray[np.int64]
) -> tuple[Mask, tuple[bool, ...]]:
    """All judged points of a phase, or those that its latest lock covers. A lock to which exclusions, say, have left
    fewer than two locks nothing: one point gives no limits, and without limits nothing would ever be unusual."""
    baseline = judged.copy()
    phases = range(int(label[-1]) + 1) if len(label) else range(0)
    locked = [False] * len(phases)
    for lock in of_kind(series, decisions, "lock"):
        if lock.end is None:
            continue
        kept = judged & covered(series, lock)
        for phase in phases:
            own = label == phase
            if np.count_nonzero(kept & own) >= FEWEST_LOCKED:
                baseline[own] = kept[own]
                locked[phase] = True
    return baseline, tuple(locked)
