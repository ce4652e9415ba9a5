"""Three-way chart (I-MR-R/S, between/within): subgroups whose means vary by more than the readings within explain.

The means are charted as single values, with limits from their own moving ranges; the moving ranges and the spread
within (S or R) stand beneath (Wheeler, Advanced Topics in Statistical Process Control; Minitab, between/within chart).
σ²_between = max(0, σ²_MR − σ²_within · mean of 1/n), σ²_between/within = σ²_between + σ²_within.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from opsmetrics.stats.arrays import FloatArray, Labels, Slots
from opsmetrics.stats.factors import Source
from opsmetrics.stats.given import Given
from opsmetrics.stats.individuals import Centre, Sigma, xmr
from opsmetrics.stats.layout import optional, phase_mean
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.shewhart import shewhart
from opsmetrics.stats.subgroups import SigmaR, SigmaS, Subgroups


@dataclass(frozen=True, eq=False)
class ThreeWay:
    """means: the chart of the subgroup means as single values, its moving ranges as `spread`. within: S or R chart.

    sigma_within, sigma_between, sigma_total (between and within): per phase, of single readings; None where too little
    is known. The σ of the means themselves is `means.sigma`.
    """

    means: ControlChart
    within: ControlChart
    sigma_within: tuple[float | None, ...]
    sigma_between: tuple[float | None, ...]
    sigma_total: tuple[float | None, ...]


def three_way(
    subgroups: Subgroups,
    *,
    sigma: SigmaS | SigmaR | Given = "pooled",
    between: Sigma | Given = "mr",
    centre: Centre | Given = "mean",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ThreeWay:
    """The three charts of subgroups. The centre line is the mean of the subgroup means, each counting once.

    sigma: within, as for `xbar_s` or `xbar_r`; a name of the latter draws an R chart. between: from the moving ranges
    of the means, as for `xmr`. Numbers are historical figures. phase, exclude, baseline and constants as for `xmr`, per
    subgroup. Raises ValueError for readings that are not numbers and unknown options.
    """
    found = shewhart(subgroups, sigma=sigma, phase=phase, exclude=exclude, baseline=baseline, constants=constants)
    means = xmr(
        found.points["value"],
        sigma=between,
        centre=centre,
        phase=phase,
        exclude=exclude,
        baseline=baseline,
        constants=constants,
    )
    assert found.spread is not None  # subgroups have one
    size, slot_phase = (found.points[name].to_numpy() for name in ("size", "phase"))
    used = found.points["baseline"].to_numpy()
    share = phase_mean(1 / size[used], slot_phase[used], len(found.sigma))
    within, total = _floats(found.sigma), _floats(means.sigma)
    apart = np.sqrt(np.maximum(total**2 - within**2 * share, 0.0))
    points = means.points.assign(size=found.points["size"])
    return ThreeWay(
        means=replace(means, points=points, methods={**means.methods, "within": found.methods["sigma"]}),
        within=found.spread,
        sigma_within=found.sigma,
        sigma_between=optional(apart),
        sigma_total=optional(np.hypot(apart, within)),
    )


def _floats(sigma: tuple[float | None, ...]) -> FloatArray:
    return np.array([np.nan if number is None else number for number in sigma], dtype=np.float64)
