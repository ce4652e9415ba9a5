"""Average run length of the CUSUM C(i) = max(0, C(i−1) + x(i) − k), signal above h, of values in standard errors.

Page's integral equation with an atom at 0, solved by Nyström's method (Goel & Wu, Technometrics 13, 1971; R package
spc). The two-sided chart follows from its arms: where one signals the other stands at 0 if the head start is below
h/2 + k (Lucas & Crosier, Technometrics 24, 1982).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import ndtr

from opsmetrics.stats.arrays import FloatArray, one_of
from opsmetrics.stats.run_length.kernel import Kernel, normal_density, on, solved

Sided = Literal["two", "upper", "lower"]


def cusum_arl(shift: float, k: float, h: float, *, sided: Sided = "two", head_start: float = 0.0) -> float:
    """Average run length at a lasting shift of the mean, in standard errors, from the start (zero state).

    k, h, head_start in standard errors. Raises ValueError for numbers outside their range.
    """
    _checked(k, h, sided, head_start)
    if sided != "two":
        return arm(shift if sided == "upper" else -shift, k, h, head_start).arl
    up, down = arm(shift, k, h, 0.0).arl, arm(-shift, k, h, 0.0).arl
    if head_start == 0:
        return 1 / (1 / up + 1 / down)
    up_early, down_early = arm(shift, k, h, head_start).arl, arm(-shift, k, h, head_start).arl
    return (up_early * down + down_early * up - up * down) / (up + down)


def cusum_survival(
    shift: float, k: float, h: float, horizon: int, *, sided: Sided = "two", head_start: float = 0.0
) -> FloatArray:
    """Chance of no signal in the first t points, for t = 0 … horizon. Arguments as for `cusum_arl`.

    Two-sided by renewal: an arm's own first passage is either the chart's first signal, or begins anew from 0 where the
    other arm was first.
    """
    _checked(k, h, sided, head_start)
    if sided != "two":
        return arm(shift if sided == "upper" else -shift, k, h, head_start).survival(horizon)
    early = [_passages(sign * shift, k, h, head_start, horizon) for sign in (1, -1)]
    anew = [_passages(sign * shift, k, h, 0.0, horizon) for sign in (1, -1)]
    first = np.zeros((2, horizon + 1))
    for t in range(1, horizon + 1):
        for side in (0, 1):
            later = first[1 - side, 1:t] @ anew[side][t - 1 : 0 : -1]
            first[side, t] = early[side][t] - later
    return np.asarray(1 - np.cumsum(first.sum(axis=0)), dtype=np.float64)


def cusum_h(k: float, arl: float, *, sided: Sided = "two", head_start: float = 0.0) -> float:
    """h whose average run length without a shift is `arl`. Raises ValueError where none from 0.1 to 60 has it."""
    lowest = max(0.1, 2 * (head_start - k) + 1e-6 if sided == "two" else head_start)
    return solved(lambda h: cusum_arl(0.0, k, h, sided=sided, head_start=head_start), arl, lowest, 60.0)


def arm(shift: float, k: float, h: float, head_start: float) -> Kernel:
    """One arm as a chain: the first state is 0, the others are nodes between 0 and h."""
    y, weights = on(0.0, h, int(min(max(24 + 6 * h, 40), 1500)))
    places = np.r_[head_start, 0.0, y][:, None]
    zero = ndtr(k - places - shift)
    chances = np.hstack([zero, normal_density(y - places + k - shift) * weights])
    return Kernel(chances[0], chances[1:])


def _passages(shift: float, k: float, h: float, head_start: float, horizon: int) -> FloatArray:
    """Chance that an arm on its own first signals at t = 0 … horizon."""
    chances = arm(shift, k, h, head_start).survival(horizon)
    return np.concatenate([np.zeros(1), chances[:-1] - chances[1:]])


def _checked(k: float, h: float, sided: str, head_start: float) -> None:
    one_of(sided, ("two", "upper", "lower"), "sided")
    if not k >= 0:
        raise ValueError(f"k: found {k!r}; wanted zero or more")
    if not h > 0:
        raise ValueError(f"h: found {h!r}; wanted a number above 0")
    most = h / 2 + k if sided == "two" else h
    if not 0 <= head_start <= most:
        raise ValueError(f"head_start: found {head_start!r}; wanted 0 to {most:g} (two-sided h/2 + k, else h)")
