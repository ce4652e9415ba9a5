"""Box-Cox and Yeo-Johnson: the power under which readings look most like a normal distribution."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import boxcox, inv_boxcox

from opsmetrics.stats.arrays import FloatArray

#: Powers looked at. Minitab looks at the same stretch.
POWERS = (-5.0, 5.0)

#: A power this near to 0 is the logarithm: it makes no difference to any digit, and far below it rounding takes over.
_NO_POWER = 1e-12

Power = Callable[[FloatArray, float], FloatArray]


def box_cox(values: FloatArray, power: float) -> FloatArray:
    """(xᵖ − 1)/p, ln x at p = 0; readings above 0 (Box and Cox, J. Royal Statistical Society B 26, 1964)."""
    return np.asarray(boxcox(values, _power(power)), dtype=np.float64)


def box_cox_back(values: FloatArray, power: float) -> FloatArray:
    """The readings whose transforms these are; NaN where there is none."""
    return np.asarray(inv_boxcox(values, _power(power)), dtype=np.float64)


def yeo_johnson(values: FloatArray, power: float) -> FloatArray:
    """Box-Cox of 1 + x with power p from 0 on, and of 1 − x with 2 − p, turned over, below 0; any readings (Yeo and
    Johnson, Biometrika 87, 2000)."""
    values = np.asarray(values, dtype=np.float64)
    size = np.abs(values)
    return np.where(values >= 0, box_cox(1 + size, power), -box_cox(1 + size, 2 - power))


def yeo_johnson_back(values: FloatArray, power: float) -> FloatArray:
    """The readings whose transforms these are; NaN where there is none."""
    values = np.asarray(values, dtype=np.float64)
    size = np.abs(values)
    return np.where(values >= 0, box_cox_back(size, power) - 1, 1 - box_cox_back(size, 2 - power))


def _power(power: float) -> float:
    return 0.0 if abs(power) < _NO_POWER else power


def best_power(name: str, values: FloatArray) -> float:
    """The power of greatest likelihood within POWERS. name: "box_cox" or "yeo_johnson".

    Raises ValueError for readings not above 0 (Box-Cox), fewer than 3, or all equal.
    """
    if name == "box_cox" and (values <= 0).any():
        raise ValueError(
            f"box_cox: found a reading of {values.min():g}; wanted readings above 0. Yeo-Johnson takes any readings."
        )
    if len(values) < 3 or float(np.ptp(values)) == 0:
        raise ValueError(f"{name}: found {len(np.unique(values))} different readings; wanted at least 3 to fit it")
    from scipy.optimize import minimize_scalar  # slow to load, and seldom wanted

    if name == "box_cox":
        # A power of x/g fits as well as one of x, and does not overflow.
        scaled = values / math.exp(float(np.mean(np.log(values))))
        slope = float(np.sum(np.log(scaled)))
        transform: Power = box_cox
    else:
        scaled, transform = values, yeo_johnson
        slope = float(np.sum(np.sign(values) * np.log1p(np.abs(values))))

    def unlikely(power: float) -> float:
        return len(scaled) / 2 * math.log(float(np.var(transform(scaled, power)))) - (power - 1) * slope

    return float(minimize_scalar(unlikely, bounds=POWERS, method="bounded", options={"xatol": 1e-10}).x)
