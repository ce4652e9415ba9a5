"""Rare events and nearly constant processes: exact probabilities in place of limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc, betainc, betaln, gammaln

from opsmetrics.stats.arrays import FloatArray, Values, floats, not_negative, same_length, whole

#: Upper tail of a normal distribution beyond 3σ: the level at which a rare-event rule speaks.
ONE_SIDED = 0.00135
WINDOWS = (7, 28)


@dataclass(frozen=True)
class Departures:
    """What a series of departures (True = not the usual value) shows at its last point.

    p: by window length, the chance of as many departures in the last periods as there were; only windows with at least
    as many periods before them. gap: periods since the last departure; gap_limit: the 0.99865 quantile of such gaps.
    """

    p: dict[int, float]
    gap: int
    gap_limit: int | None

    @property
    def too_many(self) -> bool:
        """Whether some window holds more departures than chance gives."""
        return any(chance < ONE_SIDED for chance in self.p.values())

    @property
    def long_gap(self) -> bool:
        """Whether the present gap is longer than chance gives."""
        return self.gap_limit is not None and self.gap > self.gap_limit


def first_event_probability(earlier_counts: Values, earlier_sizes: Values, count: float, size: float) -> float:
    """Chance of a last count as far from the earlier ones as it is, when those were all 0 or all equal to their size.

    Beta-binomial: the earlier totals update a Jeffreys prior Beta(½, ½); P(X ≥ count) after all 0, P(X ≤ count) after
    all n. Gaps among the earlier points are left out. Raises ValueError for mixed earlier points, fractions, and counts
    above their size.
    """
    counts, sizes = floats(earlier_counts, "earlier_counts"), floats(earlier_sizes, "earlier_sizes")
    same_length({"earlier_counts": counts, "earlier_sizes": sizes})
    last = np.array([count, size], dtype=np.float64)
    for name, array in (("earlier_counts", counts), ("earlier_sizes", sizes), ("count and size", last)):
        not_negative(array, name)
        whole(array, name)
    if not (np.isfinite(last).all() and count <= size):
        raise ValueError(f"count and size: found {count:g} of {size:g}; wanted a count no larger than its size")
    kept = np.isfinite(counts) & np.isfinite(sizes)
    events, trials = float(np.sum(counts[kept])), float(np.sum(sizes[kept]))
    if events == 0:
        return _beta_binomial_upper(int(count), int(size), 0.5, trials + 0.5)
    if events == trials:
        return _beta_binomial_upper(int(size - count), int(size), 0.5, trials + 0.5)
    raise ValueError(f"earlier_counts: found {events:g} of {trials:g}; wanted all 0 or all equal to their size")


def first_event_rate_probability(earlier_exposure: float, count: float, exposure: float) -> float:
    """P(X ≥ count) for a count over `exposure` after none over `earlier_exposure`.

    Gamma–Poisson: the Jeffreys prior of a rate, Gamma(½, 0), updated by no event, predicts a negative binomial whose
    upper tail is the incomplete beta function. Raises ValueError for fractions, and exposures that are not above 0.
    """
    last = np.array([count], dtype=np.float64)
    not_negative(last, "count")
    whole(last, "count")
    if not (math.isfinite(earlier_exposure) and earlier_exposure > 0 and math.isfinite(exposure) and exposure > 0):
        raise ValueError(f"exposures: found {earlier_exposure:g} before and {exposure:g} now; wanted both above 0")
    if count == 0:
        return 1.0
    return float(betainc(count, 0.5, exposure / (earlier_exposure + exposure)))


def binomial_upper(count: int, trials: int, probability: float) -> float:
    """P(X ≥ count) for X binomial. Raises ValueError for a probability outside 0 to 1 or a negative number."""
    if not 0 <= probability <= 1:
        raise ValueError(f"probability: found {probability}; wanted 0 to 1")
    if count < 0 or trials < 0:
        raise ValueError(f"found {count} of {trials}; wanted numbers of at least 0")
    if count == 0:
        return 1.0
    return float(bdtrc(count - 1, trials, probability)) if count <= trials else 0.0


def geometric_quantile(probability: float, quantile: float = 1 - ONE_SIDED) -> int:
    """Smallest gap g with P(gap ≤ g) ≥ quantile, for gaps of periods without an event of this probability a period.

    P(gap > g) = (1 − probability)^(g+1). Raises ValueError for a probability or quantile outside 0 to 1 (both open).
    """
    if not 0 < probability < 1 or not 0 < quantile < 1:
        raise ValueError(f"found probability {probability}, quantile {quantile}; wanted both between 0 and 1")
    return max(0, math.ceil(math.log1p(-quantile) / math.log1p(-probability) - 1 - 1e-12))


def departures(departed: Sequence[bool] | npt.NDArray[np.bool_], windows: Sequence[int] = WINDOWS) -> Departures:
    """Too many departures lately, or a gap too long? One bool per judged point, oldest first.

    Rates are (departures + ½) / (points + 1), so that none so far is not taken for never: over the points before the
    window for the one-sided binomial, over all points for the gap.
    """
    flags = np.asarray(departed, dtype=np.bool_)
    if flags.ndim != 1:
        raise ValueError(f"departed: found {flags.ndim} dimensions, wanted one bool per point")
    n = len(flags)
    chances = {}
    for window in windows:
        if n >= 2 * window:
            rate = _rate(flags[: n - window])
            chances[window] = binomial_upper(int(flags[n - window :].sum()), window, rate)
    last = np.flatnonzero(flags)
    gap = n - 1 - int(last[-1]) if last.size else n
    return Departures(p=chances, gap=gap, gap_limit=geometric_quantile(_rate(flags)) if last.size else None)


def zero_bound(trials: float, confidence: float = 0.95) -> float:
    """Upper bound for a rate of which no event was seen in `trials`: 1 − 0.05^(1/trials), about 3/trials.

    Hanley & Lippman-Hand, JAMA 249 (1983). 1 for no trials; raises ValueError for a negative number.
    """
    if trials < 0:
        raise ValueError(f"trials: found {trials}; wanted at least 0")
    return -math.expm1(math.log1p(-confidence) / trials) if trials > 0 else 1.0


def zero_bound_rate(exposure: float, confidence: float = 0.95) -> float:
    """Upper bound for a rate of which no event was seen in `exposure`: −ln(0.05)/exposure, about 3/exposure.

    Hanley & Lippman-Hand, JAMA 249 (1983). Infinite for no exposure; raises ValueError for a negative one.
    """
    if exposure < 0:
        raise ValueError(f"exposure: found {exposure}; wanted at least 0")
    return -math.log1p(-confidence) / exposure if exposure > 0 else math.inf


def exposure_needed(bound: float, confidence: float = 0.95) -> float:
    """Exposure without an event that it takes to put the rate at `bound`. Raises ValueError unless it is above 0."""
    if not bound > 0:
        raise ValueError(f"bound: found {bound}; wanted a rate above 0")
    return -math.log1p(-confidence) / bound


def trials_needed(bound: float, confidence: float = 0.95) -> int:
    """How many trials without an event it takes to put the rate below `bound`; raises ValueError outside 0 to 1."""
    if not 0 < bound < 1:
        raise ValueError(f"bound: found {bound}; wanted between 0 and 1")
    return math.ceil(math.log1p(-confidence) / math.log1p(-bound) - 1e-9)


def _rate(flags: npt.NDArray[np.bool_]) -> float:
    return (float(flags.sum()) + 0.5) / (len(flags) + 1)


#: From this many terms on a sum is not written out: a share of so many trials follows its beta law closely.
_MOST_TERMS = 100_000


def _beta_binomial_upper(count: int, size: int, a: float, b: float) -> float:
    """P(X ≥ count) for X beta-binomial(size, a, b): the shorter of the two sums, in logarithms.

    For large counts the share X/size is as good as its own beta law, and that is taken at count − ½.
    """
    if count <= 0:
        return 1.0
    if min(count, size - count + 1) > _MOST_TERMS:
        return float(betainc(b, a, 1 - (count - 0.5) / size))
    if count > size - count:
        return float(min(1.0, np.exp(_log_masses(np.arange(count, size + 1.0), size, a, b)).sum()))
    return float(max(0.0, 1 - np.exp(_log_masses(np.arange(0.0, count), size, a, b)).sum()))


def _log_masses(k: FloatArray, size: int, a: float, b: float) -> FloatArray:
    ways = gammaln(size + 1) - gammaln(k + 1) - gammaln(size - k + 1)
    return np.asarray(ways + betaln(k + a, size - k + b) - betaln(a, b), dtype=np.float64)
