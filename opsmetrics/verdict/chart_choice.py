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
#: … once the value has come that often: one of two values is half of them.
REPEATED = 3
#: Denominators within this part of their mean do without limits of their own (AIAG, Statistical Process Control).
ALIKE = 0.25
#: Typical expected counts below which there is no chart, and below which zones are not to be trusted.
NO_CHART, FEW = 1.0, 5.0


@dataclass(frozen=True)
class Choice:
    """The chart taken and why: a kind, a code of `sentences.explain_choice`, and the figures behind it.

    automatic: (kind, code) of what would have been taken without the catalogue's chart. coarser: the counts are too
    small for this grain.
    """

    kind: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    automatic: tuple[str, str] = ("", "")
    small_numbers: bool = False
    coarser: bool = False


def choose(kpi: Kpi, grain: Grain, basis: Measures, judged: Numbers | None = None) -> Choice:
    """The chart for these points: those that the limits come from, in slots with gaps as NaN.

    judged: all judged values of their phase, where a lock makes these more than the basis. Whether values are equal
    (verdict.md 6) is asked of all of them: else a baseline without an event would be blind to every later one.
    """
    found = _automatic(kpi, grain, basis, basis.value[~np.isnan(basis.value)] if judged is None else judged)
    values = {"kpi": kpi, **found.values}
    automatic = (found.kind, found.code)
    if kpi.chart is None:
        small = found.small_numbers and found.kind != "rare"  # a strip of periods has no limits to be unsure of
        return replace(found, values=values, automatic=automatic, small_numbers=small)
    kind, code = _pinned(kpi, kpi.chart, basis)
    shown = values if automatic[0] == kind else {**values, "automatic": automatic}
    small = found.small_numbers or found.coarser
    return Choice(kind, code, shown, automatic, small and kind in OF_COUNTS, found.coarser)


#: Charts whose limits come from what counts do by chance.
OF_COUNTS = ("p", "p_prime", "np", "u", "u_prime", "c")


def _pinned(kpi: Kpi, chart: str, basis: Measures) -> tuple[str, str]:
    """The catalogue's chart, or the nearest to it that these points allow, with the reason."""
    if chart in ("g", "t"):
        return "rare", "override"  # the strip of periods; the g or t chart stands beneath it
    sizes = basis.size[~np.isnan(basis.value)]
    if chart == "np" and len(sizes) and not all_equal(sizes):
        return "p", "np_varies"
    if chart == "xbar_s" and kpi.statistic != "mean":
        return "xmr", "not_means"
    return chart, "override"


def _automatic(kpi: Kpi, grain: Grain, basis: Measures, present: Numbers) -> Choice:
    if len(present) > 1 and all_equal(present):
        return Choice("constant", "all_equal", {"n": len(present)})
    if kpi.kind == "rare":
        return Choice("rare", "rare_kind")
    if len(present) < 2:
        return Choice(_FIRST.get(kpi.kind, "xmr"), "too_few")
    usual, share = most_frequent(present)
    rest = _of_kind(kpi, grain, basis)
    if share < MOSTLY or share * len(present) < REPEATED:
        return rest
    rival = rest.values["rejected"] if rest.kind == "rare" else rest.kind
    values = {"share": share, "n": len(present), "usual": usual, "rejected": rival}
    return Choice("rare", "mostly_equal", values, small_numbers=rest.small_numbers, coarser=rest.coarser)


#: The chart of counts by kind before there is anything to choose from; all others begin with the XmR chart.
_FIRST = {"proportion": "p", "rate": "u", "count": "c"}


def _of_kind(kpi: Kpi, grain: Grain, basis: Measures) -> Choice:
    if basis.counts is not None:
        return _of_amounts(basis) if basis.law is None else _of_counts(kpi, basis.counts, basis)
    if kpi.kind == "derived":
        return Choice("xmr", "derived")
    return _of_readings(grain, basis) if kpi.statistic == "mean" else Choice("xmr", "statistic", {"grain": grain})


def usual_value(kpi: Kpi, values: Numbers) -> float:
    """The value that a rare series departs from: none of its events, or else what it shows most often."""
    return 0.0 if kpi.kind == "rare" else most_frequent(values)[0]


def all_equal(values: Numbers) -> bool:
    """True where nothing varies: the range is at most 1e-9 of the values' size."""
    return bool(np.ptp(values) <= EQUAL * np.max(np.abs(values))) if len(values) else False


def most_frequent(values: Numbers) -> tuple[float, float]:
    """The value that occurs most often (the lowest of several) and its share."""
    found, times = np.unique(values, return_counts=True)
    return float(found[np.argmax(times)]), float(times.max() / len(values))


#: Plain chart, chart for more than counting noise, and the statistics' name of the law, by kind.
_CHARTS = {"proportion": ("p", "p_prime", "p"), "rate": ("u", "u_prime", "u"), "count": ("c", "xmr", "c")}


def _of_counts(kpi: Kpi, counts: Numbers, basis: Measures) -> Choice:
    within, beyond, law = _CHARTS[kpi.kind]
    ratio = sigma_z(counts, None if law == "c" else basis.size, law)
    plain = _by_spread(ratio, basis, (within, "counting_noise"), (beyond, "overdispersed"))
    expected = _expected(counts, basis)
    if expected < NO_CHART:
        return Choice("rare", "small_counts", {"expected": expected, "rejected": plain.kind}, coarser=True)
    return replace(plain, small_numbers=expected < FEW)


def _of_amounts(basis: Measures) -> Choice:
    """Amounts are no counts: their own spread makes the limits, which follow the denominators where these differ."""
    sizes = basis.size[~np.isnan(basis.value)]
    if all_equal(sizes):
        return Choice("xmr", "amounts")
    vary = bool((np.abs(sizes - sizes.mean()) > ALIKE * sizes.mean()).any())
    kind, code, rejected = ("i_prime", "sizes_vary", "xmr") if vary else ("xmr", "sizes_alike", "i_prime")
    return Choice(kind, code, {"part": ALIKE, "rejected": rejected})


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


def _expected(counts: Numbers, basis: Measures) -> float:
    """Median over the points of the expected count: of trials, the smaller of n·p̄ and n·(1−p̄)."""
    here = ~np.isnan(counts)
    size = basis.size[here]
    rate = counts[here].sum() / size.sum()
    return float(np.median(size * (min(rate, 1 - rate) if basis.law == "binomial" else rate)))
