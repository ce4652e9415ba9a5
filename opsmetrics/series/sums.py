"""Quarter-hour sums become sums of periods, and these one value each: the only division there is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Kpi

Positions = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.float64]

MEASURES = ("value", "size", "numerator", "denominator", "spread", "rows")

#: Statistics that need every reading, and the part of the readings that lies below them.
QUANTILES = {"median": 0.5, "p90": 0.9}


def needs_readings(kpi: Kpi) -> bool:
    """True where the statistic needs single readings (`facts.readings`), not sums (`facts.binned`)."""
    return kpi.kind == "measured" and kpi.statistic in QUANTILES


def columns(kpi: Kpi) -> frozenset[str]:
    """The columns that the facts of this KPI have beside the dimensions."""
    if needs_readings(kpi):
        return frozenset({"bin", "value"})
    if kpi.kind == "measured" and kpi.statistic == "mean":
        return frozenset({"bin", "n", "mean", "m2", "rows"})
    return frozenset({"bin", "numerator", "denominator", "rows"})


def values(kpi: Kpi, facts: pd.DataFrame, position: Positions, periods: int) -> pd.DataFrame:
    """One row for each of `periods` positions with the columns MEASURES, in stored units; NaN in a gap.

    `position` says to which period each row of `facts` belongs. Quotients add numerators and denominators and then
    divide; readings combine count, mean and squared deviations (Chan, Golub and LeVeque, The American Statistician
    37, 1983, equation 2.1); quantiles are of type 7 (Hyndman and Fan, The American Statistician 50, 1996).
    """
    if needs_readings(kpi):
        summed = _quantiles(facts, position, periods, QUANTILES[kpi.statistic])
    elif kpi.kind == "measured" and kpi.statistic == "mean":
        summed = _readings(facts, position, periods)
    elif without_size(kpi, facts):
        summed = _counts(facts, position, periods)
    else:
        summed = _quotients(facts, position, periods)
    rows = add(facts, "rows", position, periods).astype("int64")
    told = {name: np.where(rows == 0, np.nan, summed[name].to_numpy(dtype="float64")) for name in MEASURES[:-1]}
    return pd.DataFrame({**told, "rows": rows})


def without_size(kpi: Kpi, facts: pd.DataFrame) -> bool:
    """True where a period's value is its bare count: counts, and rare events without opportunities on record."""
    return kpi.kind == "count" or (kpi.kind == "rare" and bool(facts["denominator"].isna().all()))


def _counts(facts: pd.DataFrame, position: Positions, periods: int) -> pd.DataFrame:
    count = add(facts, "numerator", position, periods)
    return pd.DataFrame({"value": count, "size": 1.0, "numerator": count, "denominator": np.nan, "spread": np.nan})


def _quotients(facts: pd.DataFrame, position: Positions, periods: int) -> pd.DataFrame:
    numerator = add(facts, "numerator", position, periods)
    denominator = add(facts, "denominator", position, periods)
    value = np.divide(numerator, denominator, out=np.full(periods, np.nan), where=denominator > 0)
    return pd.DataFrame(
        {"value": value, "size": denominator, "numerator": numerator, "denominator": denominator, "spread": np.nan}
    )


def _readings(facts: pd.DataFrame, position: Positions, periods: int) -> pd.DataFrame:
    count = add(facts, "n", position, periods)
    mean = _column(facts, "mean")
    anchor = np.zeros(periods)
    anchor[position[::-1]] = mean[::-1]  # the first mean of each period: equal readings keep their exact value
    weight = _column(facts, "n")
    offset = np.bincount(position, weights=weight * (mean - anchor[position]), minlength=periods)
    value = anchor + np.divide(offset, count, out=np.full(periods, np.nan), where=count > 0)
    within = add(facts, "m2", position, periods)
    between = np.bincount(position, weights=weight * (mean - value[position]) ** 2, minlength=periods)
    variance = np.divide(within + between, count - 1, out=np.full(periods, np.nan), where=count > 1)
    return pd.DataFrame(
        {"value": value, "size": count, "numerator": np.nan, "denominator": np.nan, "spread": np.sqrt(variance)}
    )


def _quantiles(facts: pd.DataFrame, position: Positions, periods: int, part: float) -> pd.DataFrame:
    """A quantile of the single readings, linear between neighbours, and their standard deviation."""
    grouped = facts["value"].astype("float64").groupby(position)
    frame = pd.DataFrame({"value": grouped.quantile(part), "size": grouped.size(), "spread": grouped.std()})
    frame = frame.reindex(np.arange(periods)).astype("float64")
    return frame.assign(numerator=np.nan, denominator=np.nan)


def add(facts: pd.DataFrame, column: str, position: Positions, periods: int) -> Numbers:
    """The column summed by position; where nothing is recorded nothing is added."""
    weights = np.nan_to_num(_column(facts, column), nan=0.0)
    return np.bincount(position, weights=weights, minlength=periods).astype("float64")


def _column(facts: pd.DataFrame, column: str) -> Numbers:
    return facts[column].to_numpy(dtype="float64")


def presence(facts: pd.DataFrame, reporter: str, position: Positions, periods: int) -> pd.DataFrame:
    """Periods × reporters (sorted by name): True where the reporter has facts in the period."""
    if facts.empty:
        return pd.DataFrame(index=pd.RangeIndex(periods))
    named = (facts[reporter].notna() & (facts[reporter] != "")).to_numpy() & (facts["rows"] > 0).to_numpy()
    codes, names = pd.factorize(facts.loc[named, reporter].astype(str), sort=True)
    seen = np.zeros((periods, len(names)), dtype=bool)
    seen[position[named], codes] = True
    return pd.DataFrame(seen, index=pd.RangeIndex(periods), columns=list(names))
