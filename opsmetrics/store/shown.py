"""Verdicts that were shown to somebody: kept so that an episode once shown is closed and never just gone, and so that
the id which stands beside a verdict leads back to it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from opsmetrics.catalog import Slice
from opsmetrics.store.decisions import slice_json
from opsmetrics.store.errors import StoreError
from opsmetrics.store.ledger import frame_of
from opsmetrics.store.schema import utc_now
from opsmetrics.store.shape import columns
from opsmetrics.store.statements import statement

#: To whom: `store` after a change and `morning` by the morning run are said to all and bind what follows; the others
#: were looked at, and are kept for their id.
Channel = Literal["store", "morning", "page", "program", "terminal"]

#: The columns of a kept verdict. verdict and episodes are JSON; id is None where it has no name, program (its version)
#: where that was not noted.
SCHEMA = pa.schema(
    {
        "kpi": pa.string(),
        "slice": pa.string(),
        "grain": pa.string(),
        "as_of": pa.timestamp("us"),
        "data_version": pa.int64(),
        "decisions_version": pa.int64(),
        "definitions_version": pa.string(),
        "as_of_period": pa.string(),
        "value": pa.float64(),
        "verdict": pa.string(),
        "episodes": pa.string(),
        "at": pa.timestamp("us"),
        "channel": pa.string(),
        "id": pa.string(),
        "program": pa.string(),
    }
)
COLUMNS = tuple(SCHEMA.names)


def keep(cursor: duckdb.DuckDBPyConnection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Adds the rows that say something new, inside an open transaction, and returns how many. `at` defaults to now,
    `id` and `program` to none; `slice` may be a Slice or its JSON."""
    now = utc_now()
    table = pa.Table.from_pylist([_row(given, now) for given in rows], schema=SCHEMA)
    cursor.register("arriving", table)
    listed = columns(COLUMNS, "arriving.")
    return int(cursor.execute(statement("shown", "record", columns=listed)).fetchall()[0][0])


def _row(given: Mapping[str, Any], now: Any) -> dict[str, Any]:
    row = {"at": now, "id": None, "program": None, **given}
    wrong = sorted(set(COLUMNS) ^ set(row))
    if wrong:
        raise StoreError(
            f"A shown verdict differs from the store's columns in: {', '.join(wrong)}. Wanted are {', '.join(COLUMNS)}."
        )
    part = row["slice"]
    row["slice"] = part if isinstance(part, str) else slice_json(part)
    row["as_of"] = pd.Timestamp(row["as_of"]).to_pydatetime()
    return row


def shown(cursor: duckdb.DuckDBPyConnection, kpi: str, part: Slice, grain: str) -> pd.DataFrame:
    """The verdicts kept of one KPI slice at one grain, oldest first, with the columns of COLUMNS."""
    values: dict[str, object] = {"kpi": kpi, "slice": slice_json(part), "grain": grain}
    return frame_of(cursor, statement("shown", "of", columns=columns(COLUMNS)), values)


def found(cursor: duckdb.DuckDBPyConnection, id_: str) -> dict[str, Any] | None:
    """The kept verdict with this id, as it was first shown; None where there is none."""
    rows = frame_of(cursor, statement("shown", "found", columns=columns(COLUMNS)), {"id": id_}).to_dict("records")
    return {str(name): value for name, value in rows[0].items()} if rows else None


def forget(cursor: duckdb.DuckDBPyConnection, before: dt.datetime) -> int:
    """Forgets the words of the verdicts kept before an instant (naive UTC), inside an open transaction, and returns of
    how many: their ids are not found any more. What was said to all keeps what binds, and its last row whole."""
    values = {"before": before}
    return sum(int(cursor.execute(statement("shown", name), values).fetchall()[0][0]) for name in ("forget", "thin"))


def looked_at(cursor: duckdb.DuckDBPyConnection, since: dt.datetime) -> list[dict[str, Any]]:
    """The verdicts that the terminal has kept since an instant (naive UTC), with the columns of COLUMNS."""
    frame = frame_of(cursor, statement("shown", "since", columns=columns(COLUMNS)), {"at": since})
    rows: list[dict[str, Any]] = pa.Table.from_pandas(frame, schema=SCHEMA, preserve_index=False).to_pylist()
    return rows


def known(cursor: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> set[str]:
    """Which of these ids belong to a kept verdict."""
    rows = cursor.execute(statement("shown", "known"), {"ids": list(ids)}).fetchall()
    return {id_ for (id_,) in rows}


def told(cursor: duckdb.DuckDBPyConnection, series: Sequence[tuple[str, Slice, str]]) -> list[pd.DataFrame]:
    """What was said to all of each of these KPI slices at a grain, in the order in which it was first said: as_of (the
    first), as_of_period, value, episodes (JSON)."""
    kpis, parts, grains = zip(*series, strict=True) if series else ((), (), ())
    asked = {"place": pa.array(range(len(series)), pa.int32()), "kpi": pa.array(kpis, pa.string())}
    asked |= {"slice": pa.array(map(slice_json, parts), pa.string()), "grain": pa.array(grains, pa.string())}
    cursor.register("asked", pa.table(asked))
    frame = frame_of(cursor, statement("shown", "told"))
    ends = np.searchsorted(frame.pop("place").to_numpy(), np.arange(len(series) + 1))
    return [frame.iloc[begin:end].reset_index(drop=True) for begin, end in itertools.pairwise(ends)]
