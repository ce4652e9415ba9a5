"""Capability of what is counted: shares of defective pieces, defects per unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import betaincinv, chdtri, ndtri

from opsmetrics.stats.arrays import Values, floats, not_negative, same_length
from opsmetrics.stats.capability.model import Estimate


@dataclass(frozen=True)
class AttributeCapability:
    """What is counted, over all periods together.

    kind: "defectives" (pieces of which each is good or bad) or "defects" (any number on a unit). count, size: how many
        were found, in how many pieces or units. share: defective pieces or defects for each one, with its interval.
    ppm: the same in a million pieces; of defects in a million opportunities (`opportunities` on a unit).
    z: the process Z of defectives, Φ⁻¹(1 − share), infinite without any; None for defects.
    share_without: expected share of units without any defect, e^(−share) (Poisson); of defectives 1 − share.
    """

    kind: Literal["defectives", "defects"]
    count: float
    size: float
    share: Estimate
    ppm: Estimate
    z: Estimate | None
    share_without: float
    opportunities: float
    confidence: float
    warnings: tuple[str, ...] = ()


def defectives(counts: Values, sizes: Values, *, confidence: float = 0.95) -> AttributeCapability:
    """The share of defective pieces, with the interval of Clopper and Pearson (Biometrika 26, 1934).

    Raises ValueError for lengths that differ, negative counts, more defectives than pieces, and no piece at all.
    """
    count, size = _summed(counts, sizes, confidence)
    if count > size:
        raise ValueError(f"found {count:g} defectives of {size:g} pieces; wanted no more defectives than pieces")
    tail = (1 - confidence) / 2
    low = float(betaincinv(count, size - count + 1, tail)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, size - count, 1 - tail)) if count < size else 1.0
    share = Estimate(count / size, low, high)
    z = Estimate(*(-_quantile(part) for part in (share.value, high, low)))
    ppm = Estimate(1e6 * share.value, 1e6 * low, 1e6 * high)
    return AttributeCapability("defectives", count, size, share, ppm, z, 1 - share.value, 1.0, confidence)


def defects(
    counts: Values, sizes: Values, *, opportunities: float = 1.0, confidence: float = 0.95
) -> AttributeCapability:
    """Defects per unit, with the interval of Garwood (Biometrika 28, 1936), and per million opportunities.

    Raises ValueError for lengths that differ, negative counts, no unit at all, and opportunities not above 0.
    """
    if not opportunities > 0:
        raise ValueError(f"opportunities: found {opportunities:g}; wanted a number above 0")
    count, size = _summed(counts, sizes, confidence)
    tail = (1 - confidence) / 2
    low = float(chdtri(2 * count, 1 - tail)) / 2 / size if count > 0 else 0.0
    high = float(chdtri(2 * count + 2, tail)) / 2 / size
    share = Estimate(count / size, low, high)
    ppm = Estimate(*(1e6 * part / opportunities for part in (share.value, low, high)))
    return AttributeCapability(
        "defects", count, size, share, ppm, None, math.exp(-share.value), opportunities, confidence
    )


def _summed(counts: Values, sizes: Values, confidence: float) -> tuple[float, float]:
    count, size = floats(counts, "counts"), floats(sizes, "sizes")
    same_length({"counts": count, "sizes": size})
    for array, name in ((count, "counts"), (size, "sizes")):
        not_negative(array, name)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: found {confidence}; wanted a share between 0 and 1, such as 0.95")
    there = np.isfinite(count) & np.isfinite(size)
    total = float(np.sum(size[there]))
    if total <= 0:
        raise ValueError("sizes: found nothing that was looked at; wanted at least one piece or unit")
    return float(np.sum(count[there])), total


def _quantile(share: float) -> float:
    return math.copysign(math.inf, share - 0.5) if share in (0.0, 1.0) else float(ndtri(share))
