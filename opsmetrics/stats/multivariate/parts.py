"""Which variables make a T² large: the terms of Mason, Young & Tracy.

T² = T²₁ + T²₂.₁ + … : an unconditional term is a variable's own squared distance in standard errors; a conditional one
is what a variable adds once others are known, that is, how far it lies from what they predict. The term given all the
others is T² less the T² without the variable (Mason, Tracy & Young, Journal of Quality Technology 27, 1995; 29, 1997).
A large unconditional term means a variable out of its own range, a large conditional one alone a broken relation.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.multivariate.results import MultivariateChart

_MOST_SUBSETS = 12


def contributions(chart: MultivariateChart, position: int, *, alpha: float = 0.0027) -> pd.DataFrame:
    """One row per variable, largest conditional term first, of one slot.

    Columns: name, offset (mean of the slot less the mean in force), z (offset in standard errors, signed),
    unconditional (z²), unconditional_limit, conditional (T² less the T² without it), conditional_limit, rank (from 1).
    Limits are those of new rows after k known variables: (1 + n/N + T² of these / f)·f/(f−k)·F(1, f−k), or χ²(1) where
    the covariance is known. Mason, Young & Tracy leave out the middle term, which makes 0.10 into 0.13 for 3 variables
    and 15 rows: how far off the others are makes what they predict less certain.
    Raises ValueError for a slot without a T² and for a chart of another kind.
    """
    found = _Slot(chart, position)
    p = len(chart.names)
    whole = found.t2(range(p))
    rows = []
    for j, name in enumerate(chart.names):
        z = float(found.offset[j] * np.sqrt(found.size / found.matrix[j, j]))
        others = [i for i in range(p) if i != j]
        rows.append(
            {
                "name": name,
                "offset": float(found.offset[j]),
                "z": z,
                "unconditional": z * z,
                "unconditional_limit": found.limit([], alpha),
                "conditional": whole - found.t2(others),
                "conditional_limit": found.limit(others, alpha),
            }
        )
    table = pd.DataFrame(rows).sort_values("conditional", ascending=False, kind="stable", ignore_index=True)
    return table.assign(rank=np.arange(1, p + 1))


def ordered_terms(chart: MultivariateChart, position: int, order: Sequence[str] | None = None) -> pd.DataFrame:
    """The terms of one order of the variables, which add up to T²: name, given (names before it), term.

    order: all names of the chart; by default as they stand in it. Raises ValueError for other names.
    """
    found = _Slot(chart, position)
    names = list(chart.names if order is None else order)
    if sorted(names) != sorted(chart.names):
        raise ValueError(f"order: found {', '.join(names)}; wanted each of {', '.join(chart.names)} once")
    index = [chart.names.index(name) for name in names]
    sums = [0.0] + [found.t2(index[: number + 1]) for number in range(len(index))]
    return pd.DataFrame(
        {"name": names, "given": [tuple(names[:number]) for number in range(len(names))], "term": np.diff(sums)}
    )


def subsets(chart: MultivariateChart, position: int) -> pd.DataFrame:
    """T² of every subset of the variables at one slot: names, t2. By size, then as the names stand in the chart.

    Raises ValueError for more than 12 variables (4,095 subsets).
    """
    p = len(chart.names)
    if p > _MOST_SUBSETS:
        raise ValueError(f"found {p} variables; wanted at most {_MOST_SUBSETS} for all their subsets")
    found = _Slot(chart, position)
    groups = [group for count in range(1, p + 1) for group in combinations(range(p), count)]
    return pd.DataFrame(
        {
            "names": [tuple(chart.names[j] for j in group) for group in groups],
            "t2": [found.t2(group) for group in groups],
        }
    )


class _Slot:
    """One slot of a T² chart with the mean and covariance of its phase."""

    def __init__(self, chart: MultivariateChart, position: int) -> None:
        if chart.kind != "t2":
            raise ValueError(f"found a chart of kind {chart.kind!r}; wanted 't2', whose slots stand for themselves")
        if not 0 <= position < len(chart.points):
            raise ValueError(f"position: found {position}; wanted 0 to {len(chart.points) - 1}")
        row = chart.points.iloc[position]
        if not np.isfinite(row["value"]):
            raise ValueError(f"position: found {position}, which has no T²; wanted a slot with one")
        number = int(row["phase"])
        self.offset: FloatArray = chart.offsets[position]
        self.matrix: FloatArray = chart.covariance[number]
        self.size = float(row["size"])
        self.degrees = chart.degrees[number]
        here = chart.points["phase"].eq(number) & chart.points["baseline"]
        total = float(chart.points.loc[here, "size"].sum())
        known = chart.methods["mean"] == "given" or not total
        self.share = 0.0 if known else self.size / total

    def t2(self, variables: Sequence[int] | range) -> float:
        """T² of some of the variables."""
        if len(variables) == 0:
            return 0.0
        index = list(variables)
        scale = np.sqrt(np.diag(self.matrix))[index]
        part = self.matrix[np.ix_(index, index)] / np.outer(scale, scale)
        z = self.offset[index] / scale
        return float(self.size * z @ np.linalg.solve(part, z))

    def limit(self, known: Sequence[int], alpha: float) -> float:
        """Limit of one variable's term after others are known; NaN where there are too few degrees of freedom."""
        from scipy.special import chdtri, fdtri

        if self.degrees is None:
            return float((1 + self.share) * chdtri(1, alpha))
        rest = self.degrees - len(known)
        if rest <= 0:
            return float("nan")
        factor = 1 + self.share + self.t2(known) / self.degrees
        return float(factor * self.degrees / rest * fdtri(1, rest, 1 - alpha))
