"""What a chart of several variables watched together is, once computed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import FloatArray, tolerance


@dataclass(frozen=True, eq=False)
class MultivariateChart:
    """A computed chart of p variables.

    points: one row per slot, in order, with the columns position (int, 0-based), value (the plotted statistic, NaN in a
        gap), size (observations behind it), upper (its limit, NaN where there is none), phase (int, 0-based), excluded
        and baseline (bools, as for `ControlChart`).
    names: of the p variables. offsets: slots × p, each mean less the mean in force; NaN in a gap.
    mean, covariance: per phase, p and p × p, of single observations; NaN where a phase has too few.
    degrees: per phase, degrees of freedom of the covariance; None where it was given.
    methods: what was used, by name. warnings: sentences.
    """

    kind: str  # t2, mewma, mcusum
    points: pd.DataFrame
    names: tuple[str, ...]
    offsets: FloatArray
    mean: FloatArray
    covariance: FloatArray
    degrees: tuple[float | None, ...]
    methods: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def signals(self) -> tuple[int, ...]:
        """Slots whose statistic is beyond its limit, strictly."""
        value = self.points["value"].to_numpy(dtype=np.float64)
        upper = self.points["upper"].to_numpy(dtype=np.float64)
        with np.errstate(invalid="ignore"):
            beyond = value > upper + tolerance(np.abs(upper), upper)
        return tuple(np.flatnonzero(beyond).tolist())
