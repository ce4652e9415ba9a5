"""What a control chart is, once computed."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, eq=False)
class ControlChart:
    """A computed control chart.

    points: one row per slot, in order, with the columns
        position (int, 0-based), value (plotted statistic, NaN = gap), size (readings or trials, NaN where the chart
        has none), centre, lower, upper (after clamping), standard_error (of the plotted statistic, unclamped:
        upper = centre + 3·standard_error before clamping, on ewma and moving_average charts their width times; on a
        g chart about the mean, NaN on t and run charts),
        phase (int, 0-based), excluded (bool), baseline (bool, True where the point took part in the limits of its
        phase, as far as these are estimated). A chart may add columns of its own, as its function says.
    sigma: per phase, the process sigma of the individual values (p, u, c: None; i_prime: of a point of size 1; t: on
        the transformed scale).
    sigma_z: per phase, Laney's σ_z where the kind has one.
    methods: what was used, by name: {"sigma": "mr", "constants": "exact", "centre": "mean" …}.
    spread: the chart of the spread beneath (MR, S), or None.
    """

    # p, p_prime, np, u, u_prime, c, xmr, mr, i_prime, xbar_s, s, xbar_r, r, g, t, run, ewma, moving_average, z_mr,
    # trended, season_adjusted, residual; the verdict adds constant, rare
    kind: str
    points: pd.DataFrame
    sigma: tuple[float | None, ...]
    sigma_z: tuple[float | None, ...] = ()
    methods: dict[str, str] = field(default_factory=dict)
    spread: ControlChart | None = None
    warnings: tuple[str, ...] = ()
