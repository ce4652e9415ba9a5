"""What an open episode came to: the excess over the centre line in what is counted, and in money."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from opsmetrics.catalog import Kpi
from opsmetrics.verdict.lead import poolable
from opsmetrics.verdict.model import Episode


def excess_of(kpi: Kpi, points: pd.DataFrame, episode: Episode | None) -> tuple[float | None, float | None]:
    """Σ (observed − centre)·size over the episode's judged members, and its cost; None where it has none.

    In what the KPI counts (defects, falls, minutes); of a mean the sum of its readings in the shown unit. Negative
    below the centre line. Medians, percentiles and formulas add up to nothing: None. Money only with a cost per unit.
    """
    if episode is None or not episode.members or not poolable(kpi):
        return None, None
    rows = points.iloc[list(episode.members)]
    rows = rows[(rows["state"] == "judged").to_numpy(dtype=bool)]
    units = float(np.sum((rows["value"] - rows["centre"]).to_numpy(dtype=float) * rows["size"].to_numpy(dtype=float)))
    if not math.isfinite(units):
        return None, None
    if not kpi.counts and not kpi.share:
        units *= kpi.multiplier
    return units, None if kpi.cost_per_unit is None else units * kpi.cost_per_unit
