"""Verdicts that were shown to somebody, kept so that an episode once shown is closed and never just gone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from opsmetrics.catalog import Slice
from opsmetrics.store.decisions import slice_json
from opsmetrics.store.errors import StoreError
from opsmetrics.store.ledger import frame_of
from opsmetrics.store.schema import utc_now
from opsmetrics.store.statements import statement

COLUMNS = (
    "kpi",
    "slice",
    "grain",
    "as_of",
    "data_version",
    "decisions_version",
    "definitions_version",
    "as_of_period",
    "value",
    "verdict",
    "episodes",
    "at",
    "channel",
)


def keep(cursor: duckdb.DuckDBPyConnection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Adds the rows inside an open transaction; `at` defaults to now, `slice` may be a Slice or its JSON."""
    now = utc_now()
    for given in rows:
        row = {"at": now, **given}
        wrong = sorted(set(COLUMNS) ^ set(row))
        if wrong:
            raise StoreError(
                f"A shown verdict differs from the store's columns in: {', '.join(wrong)}. "
                f"Wanted are {', '.join(COLUMNS)}."
            )
        part = row["slice"]
        row["slice"] = part if isinstance(part, str) else slice_json(part)
        row["as_of"] = pd.Timestamp(row["as_of"]).to_pydatetime()
        cursor.execute(statement("shown", "record"), row)


def shown(cursor: duckdb.DuckDBPyConnection, kpi: str, part: Slice, grain: str) -> pd.DataFrame:
    """The verdicts shown of one KPI slice at one grain, oldest first, with the columns of COLUMNS."""
    values: dict[str, object] = {"kpi": kpi, "slice": slice_json(part), "grain": grain}
    return frame_of(cursor, statement("shown", "of"), values)


def told(cursor: duckdb.DuckDBPyConnection, series: Sequence[tuple[str, Slice, str]]) -> list[pd.DataFrame]:
    """What was said of each of these KPI slices at a grain, in the order in which it was first said: as_of (the first),
    as_of_period, value, episodes (JSON)."""
    kpis, parts, grains = zip(*series, strict=True) if series else ((), (), ())
    asked = {"place": pa.array(range(len(series)), pa.int32()), "kpi": pa.array(kpis, pa.string())}
    asked |= {"slice": pa.array(map(slice_json, parts), pa.string()), "grain": pa.array(grains, pa.string())}
    cursor.register("asked", pa.table(asked))
    frame = frame_of(cursor, statement("shown", "told"))
    ends = np.searchsorted(frame.pop("place").to_numpy(), np.arange(len(series) + 1))
    return [frame.iloc[begin:end].reset_index(drop=True) for begin, end in itertools.pairwise(ends)]
