"""Recursive filters by one call of LAPACK: what a loop over time would do in Python is a banded system of equations.

Exponential smoothing in its error form is such a filter of the series (Box, Jenkins, Reinsel and Ljung 2015, 5.3), and
so are the sums that forget.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg.lapack import dtbtrs

from opsmetrics.stats.arrays import FloatArray


def filtered(below: Sequence[float] | FloatArray, values: FloatArray) -> FloatArray:
    """x with Σ below[j]·x[t−j] = values[t], nothing before the start; below[0] is 1. values: time × series."""
    taps = np.asarray(below, dtype=np.float64)[: len(values)]
    band = np.empty((len(taps), len(values)), order="F")
    band[:] = taps[:, None]
    found, _ = dtbtrs(band, values, uplo="L", diag="U")
    answer: FloatArray = found
    return answer


def moving(above: Sequence[float] | FloatArray, values: FloatArray) -> FloatArray:
    """Σ above[j]·values[t−j], nothing before the start. values: time × series."""
    found = np.zeros_like(values)
    for lag, tap in enumerate(above):
        if tap and lag < len(values):
            found[lag:] += tap * values[: len(values) - lag]
    return found
