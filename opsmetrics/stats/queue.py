"""Waits in a queue: Erlang C, its correction for other variation, and how many servers a wait takes.

One pool of servers, first come first served, nobody leaves, steady within the interval. Loads are in erlangs: arrivals
per unit of time, times the mean service in that unit. Allen and Cunneen multiply the wait by half the sum of the
squared coefficients of variation of the times between arrivals and of the service (Allen, Probability, Statistics and
Queueing Theory, 2nd edition 1990, 5.3); 1 and 1 give Erlang C itself.
"""

from __future__ import annotations

import math

import numpy as np

from opsmetrics.stats.arrays import FloatArray

#: More servers than this are no pool of people.
MOST = 2000


def blocked(load: float, servers: int) -> float:
    """Erlang B: the share of arrivals that find all servers busy where nobody waits; by its stable recursion (Cooper,
    Introduction to Queueing Theory, 2nd edition 1981, 3.3)."""
    share = 1.0
    for busy in range(1, servers + 1):
        share = load * share / (busy + load * share)
    return share


def waiting(load: float, servers: int) -> float:
    """Erlang C: the share of arrivals that wait at all; 1 from a load of as many erlangs as there are servers on."""
    if servers < 1:
        raise ValueError(f"servers: found {servers}, wanted at least 1")
    if not load >= 0:
        raise ValueError(f"load: found {load}, wanted at least 0 erlangs")
    if load >= servers:
        return 1.0
    share = blocked(load, servers)
    return share / (1 - load / servers * (1 - share))


def mean_wait(load: float, servers: int, service: float, variation: float = 1.0) -> float:
    """The mean wait of all arrivals in the unit of `service` (a mean); infinite where the load is too much.

    variation: (C_a² + C_s²) / 2; 1 is Erlang C.
    """
    if load >= servers:
        return math.inf
    return waiting(load, servers) * service / (servers - load) * variation


def within(load: float, servers: int, service: float, limit: float) -> float:
    """The share of arrivals that wait no longer than `limit` (unit of `service`), by Erlang C."""
    if load >= servers:
        return 0.0
    return 1 - waiting(load, servers) * math.exp(-(servers - load) * limit / service)


def overall_wait(loads: FloatArray, servers: int, service: float, variation: float = 1.0) -> float:
    """The mean wait of all who arrive over several intervals, each of which weighs by its load."""
    total = float(loads.sum())
    if total <= 0:
        return 0.0
    waits = np.array([mean_wait(float(load), servers, service, variation) for load in loads])
    return float((loads[loads > 0] * waits[loads > 0]).sum()) / total


def needed(loads: FloatArray, service: float, target: float, variation: float = 1.0) -> int | None:
    """The fewest servers with which the overall mean wait is at most `target`; None where MOST are not enough."""
    first = max(math.floor(float(loads.max(initial=0.0))) + 1, 1)
    low, high = first, first
    while high <= MOST and overall_wait(loads, high, service, variation) > target:
        low, high = high + 1, high * 2
    high = min(high, MOST)
    if overall_wait(loads, high, service, variation) > target:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if overall_wait(loads, middle, service, variation) <= target else (middle + 1, high)
    return low


def dispersion(counts: FloatArray, groups: np.ndarray) -> float:
    """Variance over mean of counts within groups of like intervals, pooled; 1 for Poisson arrivals, NaN for too few.

    Σ (x − group mean)² / group mean over its degrees of freedom (Fisher's index of dispersion); also what the squared
    variation of the times between arrivals comes to over long stretches.
    """
    total, freedom = 0.0, 0
    for group in np.unique(groups):
        own = counts[groups == group]
        mean = float(own.mean())
        if len(own) > 1 and mean > 0:
            total += float(((own - mean) ** 2).sum()) / mean
            freedom += len(own) - 1
    return total / freedom if freedom else float("nan")


def smoothed_rates(counts: FloatArray, groups: np.ndarray) -> FloatArray:
    """The mean count of each group (in their order), shrunk towards that of all by how much of the difference between
    groups is chance (empirical Bayes for Poisson counts: Carlin and Louis, Bayesian Methods for Data Analysis, 3rd
    edition, 5.2). A busy hour that is only luck would make the queue look far longer than it is."""
    names, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place).astype(np.float64)
    means = np.bincount(place, counts) / sizes
    overall = float(counts.mean())
    chance = float((overall / sizes).mean())
    real = max(float(means.var(ddof=1)) - chance, 0.0) if len(names) > 1 else 0.0
    kept = real / (real + overall / sizes) if real > 0 else np.zeros(len(names))
    found: FloatArray = overall + kept * (means - overall)
    return found
