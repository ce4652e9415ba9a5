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


def weighed(kpi: Kpi, points: pd.DataFrame, episode: Episode) -> float:
    """How much an episode came to, for its rank: Σ (observed − centre)·size over its judged members in what is counted
    or else in the shown unit, times the KPI's cost per unit (1 where it has none). A value without a size counts once.

    Unlike `excess_of` also of what does not add up (medians, formulas): as a weight it is right enough. NaN where there
    is no centre line.
    """
    if not episode.members:
        return math.nan
    rows = points.iloc[list(episode.members)]
    rows = rows[(rows["state"] == "judged").to_numpy(dtype=bool)]
    away = (rows["value"] - rows["centre"]).to_numpy(dtype=float)
    size = np.nan_to_num(rows["size"].to_numpy(dtype=float), nan=1.0)
    unit = 1.0 if kpi.counts or kpi.share else kpi.multiplier
    return float(np.sum(away * size)) * unit * (1.0 if kpi.cost_per_unit is None else kpi.cost_per_unit)
