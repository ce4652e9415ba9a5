"""Smoothing by statsmodels 0.15.0 with the starts that ours has: what both test files hold ours against."""

from __future__ import annotations

from typing import Any

import numpy as np
from statsmodels.tsa.holtwinters import ExponentialSmoothing, SimpleExpSmoothing


def simple(values: np.ndarray, alpha: float) -> Any:
    """Results of simple smoothing; the first value is what it starts from."""
    model = SimpleExpSmoothing(values[1:], initialization_method="known", initial_level=values[:4].mean())
    return model.fit(smoothing_level=alpha, optimized=False)


def damped(values: np.ndarray, alpha: float, beta: float, phi: float) -> Any:
    """Results of Holt's damped trend."""
    model = ExponentialSmoothing(
        values[1:],
        trend="add",
        damped_trend=True,
        initialization_method="known",
        initial_level=values[0],
        initial_trend=np.median(np.diff(values[:10])),
    )
    return model.fit(smoothing_level=alpha, smoothing_trend=beta / alpha, damping_trend=phi, optimized=False)
