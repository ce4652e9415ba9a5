"""Do periods differ by more than what happens within them explains? One σ_z for counts and for readings."""

from __future__ import annotations

import math

import numpy as np

from opsmetrics.stats.arrays import Values
from opsmetrics.stats.attributes import sigma_z
from opsmetrics.stats.factors import Source
from opsmetrics.stats.individuals import moving_range_sigma
from opsmetrics.stats.layout import layout, neighbours
from opsmetrics.stats.subgroups import xbar_s_summary

__all__ = ["overdispersion_limit", "sigma_z", "sigma_z_means"]


def sigma_z_means(means: Values, sds: Values, sizes: Values, *, constants: Source = "exact") -> float:
    """σ_z of subgroup means: the moving-range σ of (mean − grand mean) / (s/√n), with s pooled within the subgroups.

    1 where the readings explain how the means vary. NaN where it is not defined (no spread within, or fewer than two
    neighbours). Raises ValueError as `xbar_s_summary` does.
    """
    points = xbar_s_summary(means, sds, sizes, constants=constants).points
    error = points["standard_error"].to_numpy(dtype=np.float64)
    offset = (points["value"] - points["centre"]).to_numpy(dtype=np.float64)
    z = np.divide(offset, error, out=np.full(len(error), np.nan), where=error > 0)
    present = np.isfinite(z)
    if not present.any():
        return float("nan")
    slots = layout(present, None, None, None)
    left, right = neighbours(present, slots)
    return float(moving_range_sigma(np.abs(z[right] - z[left]), slots.phase[right], 1, "mr", constants)[0])


def overdispersion_limit(n: int) -> float:
    """Upper 97.5 % point of σ_z over n points when nothing but within-period noise is at work: 1 + 1.9/√(n−1).

    A fit to simulated points (1.40, 1.24 and 1.10 at n 24, 60 and 365). Infinite below two points.
    """
    return 1 + 1.9 / math.sqrt(n - 1) if n > 1 else math.inf
