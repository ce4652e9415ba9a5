"""Quarter-hour sums become sums of periods, and these one value each: the only division there is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Kpi

Positions = npt.NDArray[np.intp]

MEASURES = ("value", "size", "numerator", "denominator", "spread", "rows")


def values(kpi: Kpi, facts: pd.DataFrame, position: Positions, periods: int) -> pd.DataFrame:
    """One row for each of `periods` positions with the columns MEASURES, in stored units; NaN in a gap.

    `position` says to which period each row of `facts` belongs. Proportions add numerators and denominators and then
    divide; readings combine count, mean and squared deviations (Chan, Golub and LeVeque, The American Statistician
    37, 1983, equation 2.1).
    """
    summed = _counts(facts, position, periods) if kpi.counts else _readings(facts, position, periods)
    summed["rows"] = _add(facts, "rows", position, periods).astype("int64")
    summed.loc[summed["rows"] == 0, list(MEASURES[:-1])] = np.nan
    return summed[list(MEASURES)]


def _counts(facts: pd.DataFrame, position: Positions, periods: int) -> pd.DataFrame:
    numerator = _add(facts, "numerator", position, periods)
    denominator = _add(facts, "denominator", position, periods)
    value = np.divide(numerator, denominator, out=np.full(periods, np.nan), where=denominator > 0)
    return pd.DataFrame(
        {"value": value, "size": denominator, "numerator": numerator, "denominator": denominator, "spread": np.nan}
    )


def _readings(facts: pd.DataFrame, position: Positions, periods: int) -> pd.DataFrame:
    count = _add(facts, "n", position, periods)
    mean = _column(facts, "mean")
    anchor = np.zeros(periods)
    anchor[position[::-1]] = mean[::-1]  # the first mean of each period: equal readings keep their exact value
    weight = _column(facts, "n")
    offset = np.bincount(position, weights=weight * (mean - anchor[position]), minlength=periods)
    value = anchor + np.divide(offset, count, out=np.full(periods, np.nan), where=count > 0)
    within = _add(facts, "m2", position, periods)
    between = np.bincount(position, weights=weight * (mean - value[position]) ** 2, minlength=periods)
    variance = np.divide(within + between, count - 1, out=np.full(periods, np.nan), where=count > 1)
    return pd.DataFrame(
        {"value": value, "size": count, "numerator": np.nan, "denominator": np.nan, "spread": np.sqrt(variance)}
    )


def _add(facts: pd.DataFrame, column: str, position: Positions, periods: int) -> npt.NDArray[np.float64]:
    return np.bincount(position, weights=_column(facts, column), minlength=periods).astype("float64")


def _column(facts: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    return facts[column].to_numpy(dtype="float64")


def presence(facts: pd.DataFrame, reporter: str, position: Positions, periods: int) -> pd.DataFrame:
    """Periods × reporters (sorted by name): True where the reporter has facts in the period."""
    if facts.empty:
        return pd.DataFrame(index=pd.RangeIndex(periods))
    named = facts[reporter].notna().to_numpy() & (facts["rows"] > 0).to_numpy()
    codes, names = pd.factorize(facts.loc[named, reporter].astype(str), sort=True)
    seen = np.zeros((periods, len(names)), dtype=bool)
    seen[position[named], codes] = True
    return pd.DataFrame(seen, index=pd.RangeIndex(periods), columns=list(names))
