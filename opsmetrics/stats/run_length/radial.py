"""Average run lengths of MEWMA and MCUSUM, whose states only matter by their distance from the target.

MEWMA with the asymptotic covariance: the integral equations of Rigdon (Journal of Statistical Computation and
Simulation 52, 1995; 47 of Statistics & Probability Letters for a shift) solved by Nyström's method; Runger & Prabhu
(Journal of the American Statistical Association 91, 1996) use a Markov chain. A shift leaves two numbers to follow: z
along the shift, and its distance across it. MCUSUM of Crosier in control likewise, with an atom at 0.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.special import chndtr, ive

from opsmetrics.stats.arrays import FloatArray, one_of
from opsmetrics.stats.run_length.ewma import ewma_arl
from opsmetrics.stats.run_length.kernel import Kernel, normal_density, on, solved


def mewma_arl(p: int, weight: float, upper: float, *, distance: float = 0.0) -> float:
    """Average run length of the MEWMA chart of p variables with a limit on T², asymptotic covariance, zero state.

    distance: of a lasting shift, √(δ′ Σ⁻¹ δ). Raises ValueError for numbers outside their range.
    """
    _checked(p)
    if not 0 < weight <= 1:
        raise ValueError(f"weight: found {weight!r}; wanted a number above 0, up to 1")
    if not upper > 0 or distance < 0:
        raise ValueError(f"found a limit of {upper!r} and a distance of {distance!r}; wanted above 0, and 0 or more")
    radius = math.sqrt(upper * weight / (2 - weight))
    if p == 1:
        return ewma_arl(distance, weight, math.sqrt(upper))
    if distance == 0:
        nodes = int(min(max(24 + 5 * radius / weight, 40), 800))
        r, weights = on(0.0, radius, nodes)
        return Kernel(*_split(_scaled(np.r_[0.0, r], r, p, weight) * weights)).arl
    return _shifted(p, weight, radius, distance)


def _shifted(p: int, weight: float, radius: float, distance: float) -> float:
    along, across = int(min(14 + 4 * radius / weight, 90)), int(min(8 + 2 * radius / weight, 40))
    x, x_weights = on(-radius, radius, along)
    reach = np.sqrt(radius**2 - x**2)
    unit, unit_weights = on(0.0, 1.0, across)
    z = np.repeat(x, across)
    r = (reach[:, None] * unit).ravel()
    weights = (x_weights[:, None] * reach[:, None] * unit_weights).ravel()
    before_z, before_r = np.r_[0.0, z], np.r_[0.0, r]
    step = normal_density((z - (1 - weight) * before_z[:, None]) / weight - distance) / weight
    return Kernel(*_split(step * _scaled(before_r, r, p - 1, weight) * weights)).arl


@lru_cache(maxsize=256)
def mewma_limit(p: int, weight: float, arl: float = 200.0) -> float:
    """Limit on T² whose average run length in control is `arl`. Raises ValueError where there is none."""
    _checked(p)
    return solved(lambda upper: mewma_arl(p, weight, upper), arl, 0.02 * p, 30.0 + 12.0 * p)


def mcusum_arl(p: int, k: float, h: float) -> float:
    """Average run length in control of Crosier's MCUSUM of p variables, zero state."""
    _checked(p)
    if not k >= 0 or not h > 0:
        raise ValueError(f"found k of {k!r} and h of {h!r}; wanted k of 0 or more and h above 0")
    y, weights = on(0.0, h, int(min(max(24 + 6 * h, 40), 800)))
    before = np.r_[0.0, y]
    zero = chndtr(k**2, p, before**2)
    chances = np.hstack([zero[:, None], _noncentral_chi(before, y + k, p) * weights])
    return Kernel(chances[0], chances).arl


@lru_cache(maxsize=256)
def mcusum_limit(p: int, k: float, arl: float = 200.0) -> float:
    """h of Crosier's MCUSUM whose average run length in control is `arl`. Raises ValueError where there is none."""
    return solved(lambda h: mcusum_arl(p, k, h), arl, 0.05, 40.0 + 4.0 * p)


def mcusum_simulated(
    p: int, k: float, h: float, *, distance: float = 0.0, method: str = "crosier", runs: int = 10_000, seed: int = 1
) -> tuple[float, float]:
    """Average run length by simulation from a seed, and its standard error: for shifts, and for Pignatiello & Runger.

    method: "crosier" or "pignatiello_runger". The shift lies along the first variable, which is no restriction.
    """
    one_of(method, ("crosier", "pignatiello_runger"), "method")
    _checked(p)
    draw = np.random.default_rng(seed)
    lengths, state, rows = np.zeros(runs), np.zeros((runs, p)), np.zeros(runs)
    going = np.arange(runs)
    while going.size:
        lengths[going] += 1
        state = state + draw.standard_normal((going.size, p))
        state[:, 0] += distance
        rows = rows + 1
        size = np.sqrt((state**2).sum(axis=1))
        value = size - k * (1 if method == "crosier" else rows)
        below = value <= 0
        if method == "crosier":
            state = state * np.where(below, 0.0, value / np.where(size > 0, size, 1.0))[:, None]
        else:
            state, rows = np.where(below[:, None], 0.0, state), np.where(below, 0.0, rows)
        on_going = value <= h
        going, state, rows = going[on_going], state[on_going], rows[on_going]
    return float(lengths.mean()), float(lengths.std(ddof=1) / math.sqrt(runs))


def _scaled(before: FloatArray, r: FloatArray, p: int, weight: float) -> FloatArray:
    """Density at r of ‖λx + (1 − λ)z‖ for ‖z‖ = before: before × r."""
    return _noncentral_chi((1 - weight) * before / weight, r / weight, p) / weight


def _noncentral_chi(centre: FloatArray, y: FloatArray, p: int) -> FloatArray:
    """Density at y of the distance ‖x + a‖ of p standard normals for ‖a‖ = centre: centre × y."""
    order = p / 2 - 1
    a = np.maximum(centre, 1e-6)[:, None]
    chance = y * (y / a) ** order * np.exp(-((y - a) ** 2) / 2) * ive(order, a * y)
    return np.asarray(chance, dtype=np.float64)


def _split(chances: FloatArray) -> tuple[FloatArray, FloatArray]:
    return chances[0], chances[1:]


def _checked(p: int) -> None:
    if p < 1 or int(p) != p:
        raise ValueError(f"p: found {p!r}; wanted the number of variables, 1 or more")
