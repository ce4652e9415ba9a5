"""When a target is lost: the first slot after which the figure to date misses it until the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.landing.totals import met


@dataclass(frozen=True)
class Breach:
    """chance: that the stretch misses (0 to 1). slot: of the paths that do, in the middle, the slot ahead (0 …) after
    which the figure to date misses to the end; −1: it does so already; None where no path misses."""

    chance: float
    slot: int | None


def breach(to_date: FloatArray, low: float, high: float) -> Breach:
    """From the figure to date of each path after each slot (paths × (1 + slots), the first is now), and the target
    low … high (NaN: open side).

    The first slot beyond the target would say little of a noisy figure; the last return does: from then on nothing that
    came mended it. For a sum with an upper limit both are the day on which it passes the limit. Not for sums with
    a lower target: they fall short of it until they reach it.
    """
    missed = ~met(to_date, low, high)
    lost = missed[missed[:, -1]]
    if not len(lost):
        return Breach(0.0, None)
    back = np.argmin(lost[:, ::-1], axis=1)  # slots from the end to the last one that met
    since = np.where(lost.all(axis=1), 0, lost.shape[1] - back)
    return Breach(float(missed[:, -1].mean()), int(np.median(since)) - 1)
