"""Taking a batch back, in any order: what it wrote goes, what later batches wrote stays.

Undoing b first re-points every later change whose old value was b's to what b itself had found (nothing, where b
brought the fact); then restores the facts that b still owns; then removes the rest that b owns. A later file that only
confirmed one of b's values wrote nothing, so the value goes with b: the receipt names such batches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from opsmetrics.measurements import Later, Notice, UndoReceipt
from opsmetrics.store import cells, events, states
from opsmetrics.store.errors import StoreError
from opsmetrics.store.schema import data_version, dimension_columns, utc_now
from opsmetrics.store.shape import FACT_TABLES, Shape, matching
from opsmetrics.store.statements import statement

if TYPE_CHECKING:
    from opsmetrics.store.store import Store


def undo(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], batch: int, by: str, why: str) -> UndoReceipt:
    """Takes the batch back inside an open transaction."""
    _refuse(cursor, batch)
    of_batch = {"batch": batch}
    kept = int(cursor.execute(statement("undo", "kept"), of_batch).fetchall()[0][0])
    later = tuple(Later(*row) for row in cursor.execute(statement("undo", "later"), of_batch).fetchall())
    confirmed = [number for (number,) in cursor.execute(statement("undo", "confirmed"), of_batch).fetchall()]
    every_key = (*Shape("counts", dimensions).keys, "sample")
    same = matching(every_key, "later", "own")
    cursor.execute(statement("undo", "repoint", match_later=same), of_batch)
    cursor.execute(statement("undo", "did_not_exist"), of_batch)
    of_events = events.undo(cursor, dimensions, batch)
    of_states = states.undo(cursor, dimensions, batch)
    restored, removed = of_events.restored + of_states.restored, of_events.removed + of_states.removed
    kept += of_events.kept
    for table in FACT_TABLES:
        sparse = cells.is_sparse(cursor, table, batch)  # no total is made of its facts, and they overwrote none
        parts = Shape(table, dimensions).parts()
        if not sparse:
            cells.touch(cursor, dimensions, table, batch)
        restored += cursor.execute(statement("undo", "restore", **parts), of_batch).fetchall()[0][0]
        removed += cursor.execute(statement("undo", "remove", **parts), of_batch).fetchall()[0][0]
        if not sparse:
            cells.renew(cursor, dimensions, table)
    cells.forget_sparse(cursor, batch)
    cursor.execute(statement("undo", "mark"), {**of_batch, "at": utc_now(), "by": by, "why": why})
    cursor.execute(statement("schema", "bump_data"))
    return UndoReceipt(
        batch, restored, removed, kept, data_version(cursor), _notices(batch, kept, later, confirmed), later
    )


def _refuse(cursor: duckdb.DuckDBPyConnection, batch: int) -> None:
    found = cursor.execute(statement("undo", "batch"), {"batch": batch}).fetchall()
    if not found:
        raise StoreError(f"There is no batch {batch}. The list of batches has the numbers that can be undone.")
    kind, undone_at, undone_by = found[0]
    if undone_at is not None:
        raise StoreError(
            f"Batch {batch} was undone already, on {undone_at:%Y-%m-%d %H:%M} UTC by {undone_by}. "
            "To have its values back, load its file again."
        )
    if kind == "fill":
        raise StoreError(
            f"Batch {batch} gave old rows the dimension that the definitions now ask for; it cannot be undone. "
            "To change the value, undo the batches that brought those rows and load their files again."
        )


def undo_effect(store: Store, batch: int) -> UndoReceipt:
    """What undoing the batch would do, found by doing it and rolling it back. Raises as the undo."""
    with store._engine.writing() as transaction:
        cursor = transaction.cursor
        told = undo(cursor, dimension_columns(cursor), batch, "", "")
        transaction.abandon()
    return told


def _notices(batch: int, kept: int, later: tuple[Later, ...], confirmed: list[int]) -> tuple[Notice, ...]:
    notices = []
    if kept:
        names = "; ".join(f"{each.values:,} by {each.text}" if len(later) > 1 else each.text for each in later)
        one = f"{{n}} value of batch {batch} was overwritten later; the later one stays: {names}."
        many = f"{{n}} values of batch {batch} were overwritten later; the later ones stay: {names}."
        notices.append(Notice.counting("kept", kept, one, many))
    if confirmed:
        listed = ", ".join(map(str, confirmed))
        notices.append(
            Notice(
                "confirmed_later",
                f"Later batches ({listed}) held unchanged values of the same KPIs and time. Where they only confirmed "
                "what was taken back, load their files again.",
            )
        )
    return tuple(notices)
