"""A derived KPI: its formula, from what its components are worth in the same period and slice."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Grain, Kpi, Slice, parse_formula
from opsmetrics.catalog.formula import Component, Expression, Number, Operation, components
from opsmetrics.series.model import Flags, KpiSeries, Stretch

Numbers = npt.NDArray[np.float64]

_SHARED = ("period", "ends_at", "label")
_FLAGS = ("ended", "from_start", "reaches_end")


def derive(kpi: Kpi, slice_: Slice, grain: Stretch, parts: Mapping[str, KpiSeries], as_of: pd.Timestamp) -> KpiSeries:
    """The series of a derived KPI from those of its components, by key, all of this slice, grain and `as_of`.

    A period is known where each component has a value; a division by zero leaves it undefined. It has arrived where
    each component has: its flags are those of all of them, and a reporter is present where it is in each component in
    which it ever reports. It is late when the slowest of them would be. Raises ValueError where a component is missing.
    """
    expression = parse_formula(kpi.formula or "")
    needed = components(expression)
    if missing := [key for key in needed if key not in parts]:
        raise ValueError(f"{kpi.key} is derived from {', '.join(missing)}, whose series are not given")
    own = [parts[key] for key in needed]
    periods = _periods(own)
    frames = [part.points.set_index("period").reindex(periods["period"]) for part in own]
    values = {key: frame["value"].to_numpy(dtype="float64") for key, frame in zip(needed, frames, strict=True)}
    value = evaluate(expression, values, len(periods))
    rows = np.column_stack([frame["rows"].fillna(0).to_numpy(dtype="int64") for frame in frames])
    known = ~np.column_stack([np.isnan(each) for each in values.values()]).any(axis=1)
    points = periods.assign(
        value=np.where(known, value, np.nan),
        size=np.where(known, 1.0, np.nan),
        numerator=np.nan,
        denominator=np.nan,
        spread=np.nan,
        # Known without a row, as a count of 0 is, and yet undefined here: that is no gap.
        rows=np.where(known, np.maximum(rows.sum(axis=1), np.isnan(value)), 0).astype("int64"),
    )
    for flag in _FLAGS:
        points[flag] = np.all([frame[flag].fillna(False).to_numpy(dtype=bool) for frame in frames], axis=0)
    seen, others = _presence(own, periods["period"]), _others(own, periods["period"])
    first = int(np.argmax(known)) if known.any() else len(points)
    columns = [*_SHARED, "value", "size", "numerator", "denominator", "spread", "rows", *_FLAGS]
    points = points[columns].iloc[first:].reset_index(drop=True)
    seen = None if seen is None else seen.iloc[first:].reset_index(drop=True)
    others = None if others is None else others[first:]
    after = max((part.expected_after for part in own if part.expected_after is not None), default=None)
    return KpiSeries(kpi, slice_, cast(Grain, grain), as_of, points, seen, others, inherited_after=after)


def evaluate(expression: Expression, values: Mapping[str, Numbers], length: int) -> Numbers:
    """The formula for each position; NaN where a value is missing or a step is not a finite number."""
    if isinstance(expression, Number):
        return np.full(length, expression.value)
    if isinstance(expression, Component):
        return values[expression.key]
    return _apply(expression, [evaluate(part, values, length) for part in expression.parts])


def _apply(operation: Operation, parts: list[Numbers]) -> Numbers:
    with np.errstate(all="ignore"):
        if operation.sign == "neg":
            found = -parts[0]
        elif operation.sign in ("min", "max"):
            found = reduce(np.minimum if operation.sign == "min" else np.maximum, parts)
        else:
            left, right = parts
            found = _JOINED[operation.sign](left, right)
    finite: Numbers = np.where(np.isfinite(found), found, np.nan)
    return finite


_JOINED = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.float_power}


def _periods(own: list[KpiSeries]) -> pd.DataFrame:
    """The periods that all components have, in order. One that is missing in a component lies before its first facts,
    or is closed and holds none."""
    shared = own[0].points[list(_SHARED)]
    for part in own[1:]:
        shared = shared[shared["period"].isin(part.points["period"])]
    return shared.reset_index(drop=True)


def _others(own: list[KpiSeries], periods: pd.Series) -> Flags | None:
    """Where others have reported each component of which the slice is one reporter's; None where it is of none."""
    told = [pd.Series(part.others, index=part.points["period"]) for part in own if part.others is not None]
    found = [each.reindex(periods, fill_value=False).to_numpy(dtype=bool) for each in told]
    return np.logical_and.reduce(found) if found else None


def _presence(own: list[KpiSeries], periods: pd.Series) -> pd.DataFrame | None:
    """Periods × reporters of all components; None where none of them has reporters."""
    found: dict[str, npt.NDArray[np.bool_]] = {}
    told = [part for part in own if part.presence is not None]
    by = {part.kpi.reported_by for part in told}
    for part in told:
        assert part.presence is not None
        seen = part.presence.set_index(pd.Index(part.points["period"])).reindex(periods, fill_value=False)
        for name in seen.columns:
            label = f"{name}" if len(by) == 1 else f"{name} ({part.kpi.reported_by or part.kpi.key})"
            here = seen[name].to_numpy(dtype=bool)
            found[label] = found[label] & here if label in found else here
    return pd.DataFrame(found, index=pd.RangeIndex(len(periods)), dtype=bool) if told else None
