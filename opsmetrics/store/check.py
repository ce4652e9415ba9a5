"""Does the store hold what it acknowledged? The notes beside it, its ledger and its facts are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from opsmetrics.store import cells
from opsmetrics.store.acknowledged import Noted
from opsmetrics.store.errors import StoreNotWhole
from opsmetrics.store.schema import data_version
from opsmetrics.store.shape import FACT_TABLES, Shape
from opsmetrics.store.statements import quoted, statement


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit: a code, and a sentence that says what was found and what to do."""

    code: str
    text: str


_RELOAD = "Put the store aside, restore a backup, and load the files since then again."


def check(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], noted: Noted) -> tuple[Finding, ...]:
    """Everything that does not fit; empty where all is well. Reads every value of every table: DuckDB compares the
    checksum of a part of the file when that is read, and raises duckdb.Error for one that was altered."""
    for (table,) in cursor.execute(statement("schema", "tables")).fetchall():
        cursor.execute(statement("check", "read_through", table=quoted(table))).fetchall()
    facts = (*_lost(cursor, noted), *_twice(cursor, dimensions), *_counted(cursor))
    return facts or tuple(_totals(cursor, dimensions))


def refuse_one_that_lacks(cursor: duckdb.DuckDBPyConnection, path: Path, noted: Noted, *, doubts: bool) -> None:
    """Compares the ledger with what was acknowledged, and with the facts where nobody knows how the last owner ended
    (doubts): in milliseconds for each million of facts, so at each opening. Raises StoreNotWhole."""
    found = tuple(_lost(cursor, noted)) or (tuple(_counted(cursor)) if doubts else ())
    if found:
        raise StoreNotWhole(path, found[0].text)


def refuse_one_that_is_gone(path: Path, noted: Noted) -> None:
    """A new store in the place of one that has acknowledged batches would hide that they are lost. Raises
    StoreNotWhole."""
    if noted.batches:
        raise StoreNotWhole(
            path,
            f"The file is gone, and {len(noted.batches)} batches in it were acknowledged. Restore a backup; "
            f"to begin anew, remove {path.name}.receipts too.",
        )


def _counted(cursor: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Where the facts are not as many as the ledger says. Reads one column of them."""
    yield from _foreign(cursor)
    yield from _amounts(cursor)


def _lost(cursor: duckdb.DuckDBPyConnection, noted: Noted) -> Iterator[Finding]:
    """Acknowledged batches that the ledger does not have: the end of the database's log is gone."""
    held = {batch for (batch,) in cursor.execute(statement("check", "held")).fetchall()}
    lost = sorted(noted.batches - held)
    if lost:
        told = ", ".join(map(str, lost[:8])) + (f" and {len(lost) - 8} more" if len(lost) > 8 else "")
        yield Finding("lost_batches", f"Acknowledged and no longer in the store: batches {told}. {_RELOAD}")
    elif data_version(cursor) < noted.data_version:
        yield Finding(
            "older",
            f"The store is at change {data_version(cursor)}, and change {noted.data_version} was acknowledged: an undo "
            f"or a load is lost. {_RELOAD}",
        )


def _foreign(cursor: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    for table in (*FACT_TABLES, "events", "states", "logs"):
        for fact, batch, facts in cursor.execute(statement("check", "foreign", table=table)).fetchall():
            yield Finding(
                "foreign", f"{facts} rows of {fact} belong to batch {batch}, which is not in force. {_RELOAD}"
            )


def _twice(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...]) -> Iterator[Finding]:
    for table in FACT_TABLES:
        query = statement("check", "twice", **Shape(table, dimensions).parts())
        for kpi, at, facts in cursor.execute(query).fetchall():
            yield Finding("twice", f"{kpi} of {at:%Y-%m-%d %H:%M} UTC is stored {facts} times in {table}. {_RELOAD}")
    for stream, reference, facts in cursor.execute(statement("check", "twice_events")).fetchall():
        yield Finding("twice", f"The event {reference!r} of {stream} is stored {facts} times. {_RELOAD}")


def _amounts(cursor: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Loads of which less or more is there than the ledger says.

    A batch of facts is there with what it wrote, one of events with all that it states; one that brought both lies
    between the two.
    """
    for batch, source, written, stating, facts, events in cursor.execute(statement("check", "owned")).fetchall():
        least, most = (written if facts or not events else stating), (stating if events else written)
        if not least <= facts + events <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            yield Finding(
                "amount",
                f"Batch {batch} ({source}) wrote {wanted} values, and {facts + events} of them are there. {_RELOAD}",
            )


def _totals(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...]) -> Iterator[Finding]:
    """Totals that are not what the facts add up to."""
    for table in FACT_TABLES:
        shape = Shape(table, dimensions)
        query = statement("cells", "differing", cells=cells.query(shape), **shape.cell_parts())
        for kpi, at in cursor.execute(query).fetchall():
            yield Finding(
                "totals",
                f"The totals of {kpi} from {at:%Y-%m-%d %H:%M} UTC are not what its facts add up to. The facts are "
                "whole: `opsmetrics compact` makes all totals anew from them.",
            )
