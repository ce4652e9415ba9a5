"""Many slices read at once: what is asked for goes to the engine as a table, and one query answers all of one shape.

The keys, values of slices and moments are rows of that table, so a query is compiled once for its shape and not for
each KPI, and a page of 300 series is read by a handful of queries. One slice is a page of one: there is no second way.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from opsmetrics.catalog import Kpi, Slice, Stream
from opsmetrics.store import Store

#: What a viewer may see, in a form that a cache can keep: dimension and allowed values, sorted.
Scope = tuple[tuple[str, tuple[str, ...]], ...]

ShapeT = TypeVar("ShapeT", bound=Hashable)

#: Stands for "no bound" in the table of what is asked for.
_EVER = dt.datetime(9999, 12, 31)


@dataclass(frozen=True)
class Asked:
    """One slice of a KPI whose facts are wanted.

    by: dimensions by which they are told apart. until: only what lies before this instant (naive UTC; None: all).
    stream: where the events that feed the KPI are wanted, the stream that they are in.
    """

    kpi: Kpi
    slice: Slice = ()
    by: tuple[str, ...] = ()
    until: pd.Timestamp | None = None
    stream: Stream | None = None

    @property
    def limited(self) -> tuple[str, ...]:
        """The dimensions that the slice limits, in its order."""
        return tuple(name for name, _ in self.slice)


def answers(
    store: Store,
    asked: Sequence[Asked],
    shapes: Sequence[ShapeT],
    sql_of: Callable[[ShapeT], str],
    order: Callable[[ShapeT], Sequence[str]],
) -> list[pd.DataFrame]:
    """The rows that belong to each of the slices, in the order in which they were asked for.

    shapes: of each slice, all on which its query depends beside its own row. sql_of: the query over rows `joined` with
    what is asked for; its answer has the column `_place`. order: the columns by which the rows of a slice are sorted,
    missing values last.
    """
    alike: dict[ShapeT, list[int]] = {}
    for place, shape in enumerate(shapes):
        alike.setdefault(shape, []).append(place)
    found: dict[int, pd.DataFrame] = {}
    for shape, places in alike.items():
        rows = store.read(sql_of(shape), asked=_as_arrow([asked[place] for place in places]))
        found |= zip(places, _parted(rows, len(places), order(shape)), strict=True)
    return [found[place] for place in range(len(asked))]


def joined(rows: Any, key: str, limited: Sequence[str], instant: str = "observed_at") -> Any:
    """Each row with every slice that asks for it: `_place`, `_until`, `_within` (limit of a share of readings),
    `_categories` (of events; none: all). `key` is the column that names the KPI or stream, `instant` the one that lies
    before `_until`. No dimension begins with an underscore."""
    import ibis

    fields = {"_place": "int32", "_key": "string", "_until": "timestamp(6)", "_within": "float64"}
    values = _columns_of_slice(limited)
    asked = ibis.table({**fields, "_categories": "array<string>", **dict.fromkeys(values, "string")}, name="asked")
    same = [rows[name] == asked[column] for name, column in zip(limited, values, strict=True)]
    both = rows.join(asked, [rows[key] == asked["_key"], *same])
    return both.filter(both[instant] < both["_until"])


def _columns_of_slice(limited: Sequence[str]) -> list[str]:
    return [f"_slice_{place}" for place in range(len(limited))]


def _as_arrow(asked: Sequence[Asked]) -> pa.Table:
    untils = [_EVER if one.until is None else instant(one.until).to_pydatetime() for one in asked]
    columns: dict[str, pa.Array] = {
        "_place": pa.array(range(len(asked)), pa.int32()),
        "_key": pa.array([one.kpi.key if one.stream is None else one.stream.key for one in asked], pa.string()),
        "_until": pa.array(untils, pa.timestamp("us")),
        "_within": pa.array([one.kpi.within for one in asked], pa.float64()),
        "_categories": pa.array([_categories(one.kpi) for one in asked], pa.list_(pa.string())),
    }
    for place, column in enumerate(_columns_of_slice(asked[0].limited)):
        columns[column] = pa.array([one.slice[place][1] for one in asked], pa.string())
    return pa.table(columns)


def _categories(kpi: Kpi) -> list[str]:
    return [] if kpi.events is None else list(kpi.events.categories)


def instant(stamp: pd.Timestamp) -> pd.Timestamp:
    """The same instant in the store's resolution. Raises ValueError where it carries a time zone."""
    if stamp.tzinfo is not None:
        raise ValueError(f"{stamp} carries a time zone; wanted is a naive instant in UTC. Convert it first.")
    return stamp.as_unit("us")


def _parted(rows: pd.DataFrame, parts: int, order: Sequence[str]) -> list[pd.DataFrame]:
    """The rows of each place, sorted."""
    place = rows["_place"].to_numpy(dtype="int64")
    sorting = np.lexsort([*(_sortable(rows[name]) for name in reversed(order)), place])
    rows = rows.drop(columns="_place").take(sorting)
    ends = np.searchsorted(place[sorting], np.arange(parts + 1))
    return [rows.iloc[begin:end].reset_index(drop=True) for begin, end in itertools.pairwise(ends)]


def _sortable(column: pd.Series) -> np.ndarray:
    """The column as numbers in the order of its values, what is missing last."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype="float64", na_value=np.nan)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return column.to_numpy().astype("int64")
    codes, names = pd.factorize(column, sort=True)
    return np.where(codes < 0, len(names), codes)
