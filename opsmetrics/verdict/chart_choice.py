"""Which chart suits the series (verdict.md 6–8): the first rule that fits; a chart pinned in the catalogue wins."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from opsmetrics.catalog import Grain, Kpi
from opsmetrics.stats import overdispersion_limit, sigma_z, sigma_z_means
from opsmetrics.verdict.measures import Measures, Numbers

#: Values whose range is no more than this part of their size are equal (verdict.md 15).
EQUAL = 1e-9
#: From this share of equal values on, limits and runs mean nothing.
MOSTLY = 0.5
#: Typical expected counts below which there is no chart, and below which zones are not to be trusted.
NO_CHART, FEW = 1.0, 5.0


@dataclass(frozen=True)
class Choice:
    """The chart taken and why: a kind, a code of `sentences.explain_choice`, and the figures behind it.

    automatic: (kind, code) of what would have been taken without the catalogue's chart.
    """

    kind: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    automatic: tuple[str, str] = ("", "")
    small_numbers: bool = False


def choose(kpi: Kpi, grain: Grain, basis: Measures) -> Choice:
    """The chart for these points: those that the limits come from, in slots with gaps as NaN."""
    found = _automatic(kpi, grain, basis)
    values = {"kpi": kpi, **found.values}
    if kpi.chart is None:
        return replace(found, values=values, automatic=(found.kind, found.code))
    automatic = (found.kind, found.code)
    shown = values if automatic[0] == kpi.chart else {**values, "automatic": automatic}
    small = found.small_numbers or found.code == "small_counts"
    return Choice(kpi.chart, "override", shown, automatic, small and kpi.chart in ("p", "p_prime"))


def _automatic(kpi: Kpi, grain: Grain, basis: Measures) -> Choice:
    present = basis.value[~np.isnan(basis.value)]
    if len(present) < 2:
        return Choice("p" if kpi.counts else "xmr", "too_few")
    if all_equal(present):
        return Choice("constant", "all_equal", {"n": len(present)})
    usual, share = most_frequent(present)
    rest = _of_readings(grain, basis) if basis.counts is None else _of_counts(basis.counts, basis)
    if share < MOSTLY:
        return rest
    rival = rest.values["rejected"] if rest.kind == "rare" else rest.kind
    return Choice("rare", "mostly_equal", {"share": share, "n": len(present), "usual": usual, "rejected": rival})


def all_equal(values: Numbers) -> bool:
    """True where nothing varies: the range is at most 1e-9 of the values' size."""
    return bool(np.ptp(values) <= EQUAL * np.max(np.abs(values))) if len(values) else False


def most_frequent(values: Numbers) -> tuple[float, float]:
    """The value that occurs most often (the lowest of several) and its share."""
    found, times = np.unique(values, return_counts=True)
    return float(found[np.argmax(times)]), float(times.max() / len(values))


def _of_counts(counts: Numbers, basis: Measures) -> Choice:
    plain = _by_spread(sigma_z(counts, basis.size), basis, ("p", "counting_noise"), ("p_prime", "overdispersed"))
    expected = _expected(counts, basis.size)
    if expected < NO_CHART:
        return Choice("rare", "small_counts", {"expected": expected, "rejected": plain.kind})
    return replace(plain, small_numbers=expected < FEW)


def _of_readings(grain: Grain, basis: Measures) -> Choice:
    here = ~np.isnan(basis.value)
    if np.median(basis.size[here]) < 2:
        return Choice("xmr", "single_readings", {"grain": grain})
    ratio = sigma_z_means(basis.value, basis.spread, np.where(here, basis.size, 0.0))
    if np.nansum(basis.spread) == 0:
        ratio = np.inf  # readings that never differ within a period explain nothing between periods
    found = _by_spread(ratio, basis, ("xbar_s", "within_explains"), ("xmr", "between"))
    return replace(found, values={**found.values, "grain": grain})


def _by_spread(ratio: float, basis: Measures, within: tuple[str, str], beyond: tuple[str, str]) -> Choice:
    """σ_z against what chance within the periods alone would give. Verdict.md 7 and 8."""
    if np.isnan(ratio):
        return Choice(within[0], "too_few")
    limit = overdispersion_limit(int((~np.isnan(basis.value)).sum()))
    (kind, code), (rejected, _) = (beyond, within) if ratio > limit else (within, beyond)
    return Choice(kind, code, {"sigma_z": ratio, "limit": limit, "rejected": rejected})


def _expected(counts: Numbers, size: Numbers) -> float:
    """Median over the points of min(n·p̄, n·(1−p̄))."""
    here = ~np.isnan(counts)
    rate = counts[here].sum() / size[here].sum()
    return float(np.median(size[here] * min(rate, 1 - rate)))
