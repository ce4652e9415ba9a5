"""σ of single readings from the standard deviations or ranges of subgroups of any sizes."""

from __future__ import annotations

import numpy as np

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.factors import Source, by_size, c4, d2, d3
from opsmetrics.stats.given import Given, given
from opsmetrics.stats.layout import Layout, phase_ratio

SIGMAS = {"S": ("pooled", "sbar", "sbar_mvlue", "rms_montgomery"), "R": ("rbar", "rbar_mvlue")}


def within_sigma(
    kind: str, sigma: str | Given, spread: FloatArray, size: FloatArray, slots: Layout, source: Source
) -> tuple[FloatArray, FloatArray]:
    """σ per phase as estimated, and σ per slot as it enters the limits (NaN where a phase has too few subgroups).

    kind: "S" or "R", what `spread` holds. The two differ for "rms_montgomery" only, whose root mean square is divided
    by each subgroup's own c4. A `sigma` that is a number, or one per phase, is taken as it is. Raises ValueError for
    an unknown `sigma`.
    """
    known = given(sigma, slots.phases, "sigma", lowest=0.0)
    if known is not None:
        return known, slots.spread_out(known)
    sigma = str(sigma)
    if sigma not in SIGMAS[kind]:
        raise ValueError(f"sigma: found {sigma!r}; wanted one of {', '.join(SIGMAS[kind])}, or a number")
    use = slots.used & np.isfinite(spread)
    values, sizes, phase = (spread, size, slots.phase) if use.all() else (spread[use], size[use], slots.phase[use])
    if sigma in ("pooled", "rms_montgomery"):
        estimate = np.sqrt(phase_ratio((sizes - 1) * values**2, sizes - 1, phase, slots.phases))
    else:
        unit, weight = _units(kind, sigma, sizes, source)
        estimate = phase_ratio(weight * values / unit, weight, phase, slots.phases)
    if sigma == "pooled":
        freedom = np.bincount(phase, weights=sizes - 1, minlength=slots.phases).astype(np.float64)
        estimate = estimate / by_size(c4, freedom + 1, source)
    estimate = np.where(slots.enough, estimate, np.nan)
    at = slots.spread_out(estimate)
    return estimate, at / by_size(c4, size, source) if sigma == "rms_montgomery" else at


def _units(kind: str, sigma: str, sizes: FloatArray, source: Source) -> tuple[FloatArray, FloatArray]:
    """What each spread measures in σ, and its weight: 1, or the inverse variance of its estimate of σ (MVLUE)."""
    if kind == "S":
        unit = by_size(c4, sizes, source)
        variance = 1 - unit**2
    else:
        unit = by_size(d2, sizes, source)
        variance = by_size(d3, sizes, source) ** 2
    return unit, unit**2 / variance if sigma.endswith("mvlue") else np.ones(len(sizes))
