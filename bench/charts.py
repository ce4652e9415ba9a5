"""XmR limits and the eight Nelson rules on a million points, against the limits alone in numpy."""

from __future__ import annotations

import numpy as np

from bench.timing import Ratio, side_by_side
from opsmetrics import stats

POINTS = 1_000_000


def measure() -> Ratio:
    """Limits and every hit of every rule, above two passes of numpy over the same values."""
    values = np.random.default_rng(1).normal(50, 4, POINTS)

    def ours() -> int:
        return len(stats.signals(stats.xmr(values), stats.RULE_SETS["nelson"]))

    def floor() -> tuple[float, float]:
        centre, sigma = values.mean(), np.abs(np.diff(values)).mean() / stats.d2(2)
        return centre - 3 * sigma, centre + 3 * sigma

    return Ratio(f"XmR and 8 Nelson rules, {POINTS:,} points", *side_by_side(ours, floor), "numpy limits alone")
