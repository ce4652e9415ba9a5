"""Charts of counts: p, np, u, c, and Laney's p′ and u′ for counts that vary more than counting alone explains.

Standard errors: p √(p̄(1−p̄)/n), np √(np̄(1−p̄)), u √(ū/n), c √c̄ (Montgomery, Introduction to Statistical Quality
Control, attributes charts); p′ and u′ multiply them by σ_z (Laney, Quality Engineering 14, 2002). The centre line is
the sum of the counts over the sum of the sizes, never a mean of ratios.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from opsmetrics.stats.arrays import BoolArray, FloatArray, Labels, Slots, Values, floats, not_negative, same_length
from opsmetrics.stats.factors import Source, check_source
from opsmetrics.stats.given import Given, given
from opsmetrics.stats.individuals import moving_range_sigma
from opsmetrics.stats.layout import Layout, chart, layout, neighbours, phase_ratio
from opsmetrics.stats.results import ControlChart

Law = Literal["binomial", "poisson"]


@dataclass(frozen=True, eq=False)
class _Counts:
    rate: FloatArray  # count / size, NaN in a gap
    size: FloatArray  # NaN in a gap
    centre: FloatArray  # per slot: sum of counts / sum of sizes of the phase's baseline
    standard_error: FloatArray  # per slot, of the rate
    slots: Layout
    limited: BoolArray  # per phase: whether it has limits
    methods: dict[str, str]


def p(
    counts: Values,
    sizes: Values,
    *,
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of proportions counts / sizes, limits within 0 and 1.

    A missing count, a missing size or a size of 0 is a gap. centre: a historical proportion (of u and c a rate), one or
    one per phase, in place of Σ counts / Σ sizes. phase, exclude and baseline as for `xmr`. Raises ValueError
    for negative numbers and counts above their size.
    """
    return _rates("p", _counts(counts, sizes, "binomial", centre, phase, exclude, baseline, constants), 1.0)


def p_prime(
    counts: Values,
    sizes: Values,
    *,
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Laney's p′ chart: the p chart with its standard errors times σ_z, which may be below 1. Arguments as for `p`."""
    return _laney("p_prime", _counts(counts, sizes, "binomial", centre, phase, exclude, baseline, constants), 1.0)


def np_chart(
    counts: Values,
    sizes: Values,
    *,
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of the counts themselves, limits within 0 and the size. Arguments as for `p`."""
    found = _counts(counts, sizes, "binomial", centre, phase, exclude, baseline, constants)
    return chart(
        "np",
        found.rate * found.size,
        found.centre * found.size,
        found.standard_error * found.size,
        found.slots,
        None,
        found.methods,
        size=found.size,
        floor=0.0,
        ceiling=found.size,
    )


def u(
    counts: Values,
    sizes: Values,
    *,
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of rates: events counted over areas of opportunity (any positive number). Arguments as for `p`."""
    return _rates("u", _counts(counts, sizes, "poisson", centre, phase, exclude, baseline, constants), np.inf)


def u_prime(
    counts: Values,
    sizes: Values,
    *,
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Laney's u′ chart: the u chart with its standard errors times σ_z. Arguments as for `u`."""
    return _laney("u_prime", _counts(counts, sizes, "poisson", centre, phase, exclude, baseline, constants), np.inf)


def c(
    counts: Values,
    *,
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of counts over equal areas of opportunity; σ is the standard error √c̄. Arguments as for `p`."""
    found = _counts(counts, None, "poisson", centre, phase, exclude, baseline, constants)
    sigma = np.full(found.slots.phases, np.nan)
    sigma[found.slots.phase] = np.sqrt(found.centre)
    return chart(
        "c",
        found.rate,
        found.centre,
        found.standard_error,
        found.slots,
        np.where(found.limited, sigma, np.nan),
        found.methods,
        floor=0.0,
    )


def sigma_z(counts: Values, sizes: Values | None = None, kind: str = "p", *, constants: Source = "exact") -> float:
    """Laney's σ_z of one stretch of counts: the moving-range σ of their z values; 1 where only counting noise stands.

    kind: "p" (counts of sizes), "u" (counts over areas), "c" (counts alone; `sizes` None). NaN where it is not defined
    (fewer than two neighbours, or nothing ever counted). Raises ValueError as `p` does.
    """
    if kind not in ("p", "u", "c"):
        raise ValueError(f"kind: found {kind!r}; wanted 'p', 'u' or 'c'")
    if (sizes is None) != (kind == "c"):
        raise ValueError(f"sizes: kind {kind!r} wants {'none' if kind == 'c' else 'one per count'}")
    law: Law = "binomial" if kind == "p" else "poisson"
    found = _counts(counts, sizes, law, None, None, None, None, constants)
    return float(_sigma_z(found)[0]) if found.slots.phases else float("nan")


def _counts(
    counts: Values,
    sizes: Values | None,
    law: Law,
    wanted: Given | None,
    phase: Labels | None,
    exclude: Slots | None,
    baseline: Slots | None,
    constants: str,
) -> _Counts:
    count, size = _checked(counts, sizes, law)
    present = np.isfinite(count) & (size > 0)
    slots = layout(present, phase, exclude, baseline)
    size = np.where(present, size, np.nan)
    used = slots.used
    levels = given(wanted, slots.phases, "centre", lowest=0.0)
    if levels is not None and law == "binomial" and (levels > 1).any():
        raise ValueError(f"centre: found {levels.max():g}; wanted a proportion from 0 to 1")
    limited = slots.enough if levels is None else np.ones(slots.phases, dtype=np.bool_)
    if levels is None:
        levels = phase_ratio(count[used], size[used], slots.phase[used], slots.phases)
    centre = slots.spread_out(levels)
    variance = centre * (1 - centre) if law == "binomial" else centre
    error = np.where(limited[slots.phase], np.sqrt(variance / size), np.nan)
    methods = {"constants": check_source(constants)} | ({} if wanted is None else {"centre": "given"})
    return _Counts(count / size, size, centre, error, slots, limited, methods)


def _checked(counts: Values, sizes: Values | None, law: Law) -> tuple[FloatArray, FloatArray]:
    count = floats(counts, "counts")
    size = np.ones(len(count)) if sizes is None else floats(sizes, "sizes")
    same_length({"counts": count, "sizes": size})
    not_negative(count, "counts")
    not_negative(size, "sizes")
    above = np.flatnonzero(count > size) if law == "binomial" else np.zeros(0, dtype=np.int64)
    if above.size:
        first = above[0]
        raise ValueError(
            f"counts: found {count[first]:g} of {size[first]:g} at position {first}; wanted no more than the size"
        )
    return count, size


def _rates(kind: str, found: _Counts, ceiling: float) -> ControlChart:
    return chart(
        kind,
        found.rate,
        found.centre,
        found.standard_error,
        found.slots,
        None,
        found.methods,
        size=found.size,
        floor=0.0,
        ceiling=ceiling,
    )


def _laney(kind: str, found: _Counts, ceiling: float) -> ControlChart:
    ratio = _sigma_z(found)
    # Nothing counted anywhere: z is not defined, and the limits lie on the centre line as on the plain chart.
    scale = np.where(found.standard_error == 0, 1.0, found.slots.spread_out(ratio))
    return chart(
        kind,
        found.rate,
        found.centre,
        found.standard_error * scale,
        found.slots,
        None,
        {"sigma": "mr of z", **found.methods},
        size=found.size,
        floor=0.0,
        ceiling=ceiling,
        sigma_z=ratio,
    )


def _sigma_z(found: _Counts) -> FloatArray:
    slots = found.slots
    positive = np.where(found.standard_error > 0, found.standard_error, np.nan)
    z = (found.rate - found.centre) / positive
    left, right = neighbours(slots.used & np.isfinite(z), slots)
    return moving_range_sigma(
        np.abs(z[right] - z[left]), slots.phase[right], slots.phases, "mr", check_source(found.methods["constants"])
    )
