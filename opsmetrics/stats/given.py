"""Historical parameters: a centre line or a σ that the caller gives in place of an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import FloatArray, floats

#: One number for every phase, or one for each.
Given: TypeAlias = float | Sequence[float] | npt.NDArray[np.generic]


def given(wanted: str | Given | None, phases: int, name: str, lowest: float = -np.inf) -> FloatArray | None:
    """The given numbers, one per phase; None where `wanted` names an estimator, or nothing is given.

    Raises ValueError for numbers below `lowest`, for gaps, and unless there is one number or one per phase.
    """
    if wanted is None or isinstance(wanted, str):
        return None
    numbers = floats([wanted] if isinstance(wanted, int | float) else wanted, name)
    if len(numbers) not in (1, phases):
        raise ValueError(f"{name}: found {len(numbers)} numbers for {phases} phases; wanted one, or one per phase")
    wrong = numbers[~(numbers >= lowest)]
    if wrong.size:
        above = "" if np.isinf(lowest) else f" of at least {lowest:g}"
        raise ValueError(f"{name}: found {wrong[0]:g}; wanted a number{above}")
    return np.broadcast_to(numbers, (phases,)).copy()


def spoken(wanted: str | Given) -> str:
    """The name of the estimator for `ControlChart.methods`, or "given"."""
    return wanted if isinstance(wanted, str) else "given"
