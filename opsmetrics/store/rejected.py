"""Records that a batch did not take: kept with it, so that they can be fetched, mended and loaded later."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pyarrow as pa

from opsmetrics.measurements import Batch, Mended, Mends, Notice, ReadAs, counted
from opsmetrics.store.ledger import frame_of
from opsmetrics.store.statements import statement

if TYPE_CHECKING:
    from opsmetrics.store.store import Store

#: So many rejects of a batch are kept, and so many characters of their texts; the file as loaded holds the others.
MOST, MOST_TEXT = 10_000, 4_000_000

_SCHEMA = pa.schema(
    [
        ("number", pa.int32()),
        ("line", pa.int64()),
        *((name, pa.string()) for name in ("text", "column", "code", "reason", "mend")),
        ("of_batch", pa.int32()),
        ("of_number", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Rejected:
    """What is known of the rejects of a batch: how many there were, are kept and are settled by a batch in force.

    mends: the batch whose rejects this one's file stated again, None for any other file. version: of the template that
    the file was read by, "" where it was not read by one. whole: why they cannot be mended alone.
    """

    batch: int
    rejected: int
    kept: int
    settled: int
    mends: int | None = None
    version: str = ""
    whole: str = ""

    @property
    def left(self) -> int:
        """Those that are not settled."""
        return self.rejected - self.settled


def read_as(store: Store, batch: int) -> ReadAs | None:
    """How the file of a batch was read; None of one that was typed, or that is not known."""
    with store.cursor() as cursor:
        found = cursor.execute(statement("rejected", "read_as"), {"batch": batch}).fetchall()
    if not found:
        return None
    header, raw, units, delimiter, quote, template, version, answers, whole, styles = found[0]
    columns = tuple(header), tuple(raw), tuple(units)
    told = json.loads(styles)
    return ReadAs(*columns, delimiter, quote, template, version, json.loads(answers), whole, styles=told)


def last_read_as(store: Store, template: str) -> ReadAs | None:
    """How the last file in force was read by the template of this name; None where there is none."""
    with store.cursor() as cursor:
        found = cursor.execute(statement("rejected", "last_of"), {"template": template}).fetchall()
    return None if found[0][0] is None else read_as(store, found[0][0])


def rejects_of(store: Store, batch: int) -> pd.DataFrame:
    """The rejects that are kept of a batch, in the order of its file: batch and number (of the record that they stand
    for), line, text, column, code, reason, mend, settled."""
    with store.cursor() as cursor:
        return frame_of(cursor, statement("rejected", "rejects"), {"batch": batch})


def rejected(store: Store, batch: int | None = None) -> dict[int, Rejected]:
    """Of each batch (or of one) what became of its rejects."""
    with store.cursor() as cursor:
        return _state(cursor, batch)


def keep(cursor: duckdb.DuckDBPyConnection, number: int, batch: Batch) -> tuple[Mended | None, tuple[Notice, ...]]:
    """Keeps how the file of a batch was read, its rejects, and what it settles, inside an open transaction."""
    if batch.read_as is None:
        return None, ()
    told, mends = batch.read_as, batch.mends
    cursor.execute(
        statement("rejected", "record"),
        {
            "batch": number,
            "header": list(told.header),
            "raw": list(told.raw),
            "units": list(told.units),
            "delimiter": told.delimiter,
            "quote": told.quote,
            "template": told.template,
            "version": told.version,
            "answers": json.dumps(dict(told.answers), ensure_ascii=False),
            "whole": told.whole,
            "mends": mends.batch if mends else None,
            "styles": json.dumps(dict(told.styles), ensure_ascii=False),
        },
    )
    notices = _keep_rejects(cursor, number, batch)
    if mends is None:
        return None, notices
    if mends.settled:
        values = {"batch": number, "of_batch": mends.batch, "numbers": list(mends.settled)}
        cursor.execute(statement("rejected", "settle"), values)
    after = _state(cursor, mends.batch)[mends.batch]
    return Mended(mends.batch, len(mends.settled), after.settled, after.left), notices


def _state(cursor: duckdb.DuckDBPyConnection, batch: int | None) -> dict[int, Rejected]:
    rows = cursor.execute(statement("rejected", "state"), {"batch": batch}).fetchall()
    return {row[0]: Rejected(row[0], row[1], row[2], row[3], row[4], row[5] or "", row[6]) for row in rows}


def _keep_rejects(cursor: duckdb.DuckDBPyConnection, number: int, batch: Batch) -> tuple[Notice, ...]:
    found, mends = batch.rejects, batch.mends
    if found.empty:
        return ()
    sizes = found["text"].str.len().cumsum()
    count = min(MOST, int((sizes <= MOST_TEXT).sum()))
    kept = found.head(count)
    table = pa.table(
        {
            "number": range(1, count + 1),
            **{name: kept[name].tolist() for name in ("line", "text", "column", "code", "reason", "mend")},
            **dict(zip(("of_batch", "of_number"), _earlier(mends, count), strict=True)),
        },
        schema=_SCHEMA,
    )
    cursor.register("incoming", table)
    cursor.execute(statement("rejected", "keep"), {"batch": number})
    cursor.unregister("incoming")
    left = len(found) - count
    if not left:
        return ()
    told = counted(left, "one more was rejected and is", "{n} more were rejected and are")
    text = f"{counted(count, 'The first rejected record is', 'The first {n} rejected records are')} kept with the batch"
    return (Notice("rejects_not_kept", f"{text}; {told} in the file as it was loaded."),)


def _earlier(mends: Mends | None, count: int) -> tuple[list[int | None], list[int | None]]:
    """Of which batch each reject is, and its number there; None where it is the file's own."""
    if mends is None:
        return [None] * count, [None] * count
    numbers = list(mends.still[:count])
    return [None if number is None else mends.batch for number in numbers], numbers
