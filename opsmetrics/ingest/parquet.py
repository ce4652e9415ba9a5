"""Parquet files: their columns keep their types, so that no date and no number is interpreted."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from opsmetrics.ingest.binary import BinaryTable
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.header import Head, distinct_names
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.marks import BREAK, CELL, EXACT
from opsmetrics.ingest.origin import Origin
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.readable import too_many_records, write_lines
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.workbook import SAMPLE_ROWS
from opsmetrics.measurements import Notice

MAGIC = b"PAR1"
PIECE = 50_000
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_REALS = ("FLOAT", "DOUBLE")
_MANY = ("STRUCT", "MAP", "BLOB", "UNION", "INTERVAL", "VARIANT")
_MEND = "write the file again with plain columns, or export it as CSV"
#: Where Arrow keeps what Parquet has no type for, and the units of its durations in a minute.
_ARROW = b"ARROW:schema"
_IN_A_MINUTE = {"s": 60, "ms": 60_000, "us": 60_000_000, "ns": 60_000_000_000}


@dataclass(frozen=True)
class _Column:
    """A column: its name in the file, the engine's type, and how many of its units are a minute, of a duration."""

    name: str
    kind: str
    in_a_minute: int | None = None

    @property
    def plain(self) -> bool:
        """True for one value in each row."""
        return not (self.kind.endswith("]") or self.kind.startswith(_MANY))


def is_parquet(head: bytes) -> bool:
    """True for the first bytes of a Parquet file."""
    return head.startswith(MAGIC)


def read_parquet(path: Path, limits: Limits, needed: Sequence[str] = ()) -> BinaryTable:
    """The table of a Parquet file. Stamps with a zone are in UTC and say so; durations are minutes.

    Columns of lists, records or bytes are left out, unless they are among the headers that are `needed`.
    Raises IngestRefused (`damaged`, `protected`, `too_many_columns`, `too_many_records`, `unpacks_too_large`,
    `nested_columns`, `too_much_memory`).
    """
    source = f"read_parquet({text(str(path.resolve()))}, hive_partitioning = false)" if _one(path) else ""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": limits.memory,
        "autoload_known_extensions": False,
        "threads": 2,
    }
    with duckdb.connect(config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        try:
            _refuse_large(connection, path, limits)
            columns = _columns(connection, path, source)
            taken = _taken(columns, needed)
            cells = [f"coalesce({_cell(f'k{i}', columns[i])}, '')" for i in taken]
            aliases = ", ".join(f"k{i}" for i in range(len(columns)))
            line = f"SELECT concat_ws('{CELL}', {', '.join(cells)}) AS t FROM {source} AS given({aliases})"
            sample = connection.execute(f"{line} LIMIT {SAMPLE_ROWS}").fetchall()
            readable, count = write_lines(_lines(connection, line), limits)
        except duckdb.OutOfMemoryException:
            found = f"the file needs more than {limits.memory} of memory"
            raise IngestRefused("too_much_memory", found, "a smaller file", "split it by month") from None
        except duckdb.Error as error:
            raise _damaged(error) from None
    raw = tuple(columns[i].name for i in taken)
    return BinaryTable(
        form="Parquet",
        readable=readable,
        lines=count,
        head=Head(distinct_names(raw), raw, 0, 1),
        rows=tuple(tuple(_plain(line).split(CELL)) for (line,) in sample),
        origin=Origin(),
        notices=_notices(columns),
    )


def _one(path: Path) -> bool:
    """Names that a reader would expand are refused: uploads have generated names."""
    if any(mark in str(path.resolve()) for mark in "*?[]"):
        mend = "rename the file"
        raise IngestRefused("file_unreadable", "a path with * ? [ or ]", "a path without such marks", mend)
    return True


def _refuse_large(connection: duckdb.DuckDBPyConnection, path: Path, limits: Limits) -> None:
    """What the file says of itself, before any of its data is unpacked."""
    if (footer := _footer(path)) > limits.footer:
        wanted = f"at most {limits.columns:,}"
        found = f"{footer / 1024**2:,.0f} MB that tell of its columns"
        raise IngestRefused("too_many_columns", found, wanted, "keep only the columns that are needed")
    name = text(str(path.resolve()))
    (rows,) = connection.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({name})").fetchall()[0]
    if rows and rows > limits.records:
        raise too_many_records(f"{rows:,} rows", limits)
    told = "sum(total_uncompressed_size), max(column_id) + 1"
    ((unpacked, columns),) = connection.execute(f"SELECT {told} FROM parquet_metadata({name})").fetchall()
    if unpacked and unpacked > limits.unpacked:
        found = f"the file becomes {unpacked / 1024**2:,.0f} MB when unpacked"
        wanted = f"at most {limits.unpacked / 1024**2:,.0f} MB"
        raise IngestRefused("unpacks_too_large", found, wanted, "split the file, for example by month")
    if columns and columns > limits.columns:
        wanted = f"at most {limits.columns:,}"
        raise IngestRefused("too_many_columns", f"{columns:,} columns", wanted, "keep only the columns that are needed")


def _footer(path: Path) -> int:
    """How many bytes at its end tell what is in the file: all of them are read to find out anything.

    0 of a damaged one, as the reader will say.
    """
    size = path.stat().st_size
    if size < 12:
        return 0
    with path.open("rb") as file:
        file.seek(-8, os.SEEK_END)
        told, mark = int.from_bytes(file.read(4), "little"), file.read(4)
        return told if mark == MAGIC and told < size else 0


def _columns(connection: duckdb.DuckDBPyConnection, path: Path, source: str) -> list[_Column]:
    """The columns in order, under the names that the file gives them: the engine makes doubled names distinct."""
    name = text(str(path.resolve()))
    kinds = [str(kind) for _, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    tree = connection.execute(f"SELECT name, num_children FROM parquet_schema({name})").fetchall()
    names = [str(tree[at][0]) for at in _children(tree, 0)]
    kept = connection.execute(f"SELECT value FROM parquet_kv_metadata({name}) WHERE key = ?", [_ARROW]).fetchall()
    durations = _durations(bytes(kept[0][0])) if kept else {}
    return [_Column(name, kind, durations.get(i)) for i, (name, kind) in enumerate(zip(names, kinds, strict=True))]


def _children(tree: Sequence[tuple[str, int | None]], root: int) -> list[int]:
    """Where the children of a node stand in a schema that lists each node before its children."""
    found, at = [], root + 1
    for _ in range(tree[root][1] or 0):
        found.append(at)
        below = 1
        while below:
            below += (tree[at][1] or 0) - 1
            at += 1
    return found


def _durations(kept: bytes) -> dict[int, int]:
    """Position of each column that Arrow calls a duration → how many of its units are a minute."""
    try:
        schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(kept)))
    except (ValueError, pa.ArrowException):
        return {}  # a note of another program: the file is read by its own types
    return {i: _IN_A_MINUTE[field.type.unit] for i, field in enumerate(schema) if pa.types.is_duration(field.type)}


def _taken(columns: Sequence[_Column], needed: Sequence[str]) -> list[int]:
    """The positions of the columns that can be read. Raises IngestRefused (`nested_columns`) where one is needed that
    cannot, or none can be read."""
    wanted = {fold(name) for name in needed}
    taken = [i for i, column in enumerate(columns) if column.plain]
    nested = [column.name for column in columns if not column.plain and (not taken or fold(column.name) in wanted)]
    if nested:
        found = _nested(nested)
        raise IngestRefused("nested_columns", found, "columns of one value in each row", _MEND)
    return taken


def _nested(names: Sequence[str]) -> str:
    holds = "the column {} holds" if len(names) == 1 else "the columns {} hold"
    return f"{holds.format(listed(names))} lists, records, bytes or calendar spans"


def _notices(columns: Sequence[_Column]) -> tuple[Notice, ...]:
    found = []
    if nested := [column.name for column in columns if not column.plain]:
        said = _nested(nested)
        left = "was" if len(nested) == 1 else "were"
        found.append(Notice("nested_columns", f"{said[0].upper()}{said[1:]} and {left} left out."))
    if durations := [column.name for column in columns if column.in_a_minute]:
        found.append(Notice("durations", f"The durations in {listed(durations)} are read as minutes."))
    return tuple(found)


def _cell(at: str, given: _Column) -> str:
    """The column as text, null where there is no value."""
    column, kind = at, given.kind
    if given.in_a_minute:
        return f"'{EXACT}' || ({column}::DOUBLE / {given.in_a_minute})::VARCHAR"
    if kind in _NUMBERS or kind.startswith("DECIMAL"):
        return f"'{EXACT}' || {column}::VARCHAR"
    if kind in _REALS:  # not a number is no value
        return f"CASE WHEN isfinite({column}) THEN '{EXACT}' || {column}::VARCHAR END"
    if kind in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"):
        return f"strftime(timezone('UTC', {column}::TIMESTAMPTZ), '%Y-%m-%d %H:%M:%S.%f') || 'Z'"
    if kind.startswith("TIMESTAMP"):
        return f"CASE WHEN isfinite({column}) THEN strftime({column}::TIMESTAMP, '%Y-%m-%d %H:%M:%S.%f') END"
    if kind == "DATE":
        return f"CASE WHEN isfinite({column}) THEN strftime({column}, '%Y-%m-%d') END"
    if kind == "BOOLEAN":
        return f"CASE WHEN {column} THEN 'TRUE' WHEN NOT {column} THEN 'FALSE' END"
    broken = f"replace(replace({column}::VARCHAR, chr(13), ''), chr(10), '{BREAK}')"
    return f"regexp_replace({broken}, '[\\x00-\\x08\\x0b-\\x1b\\x1d-\\x1f]', '', 'g')"


def _lines(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[str]:
    for batch in connection.sql(query).to_arrow_reader(PIECE):
        yield from batch.column(0).to_pylist()


def _plain(line: str) -> str:
    return line.replace(EXACT, "").replace(BREAK, "\n")


def _damaged(error: duckdb.Error) -> IngestRefused:
    said = str(error).splitlines()[0].lower()
    if "encrypt" in said:
        mend = "write it again without encryption"
        return IngestRefused("protected", "the Parquet file is encrypted", "an open file", mend)
    mend = "write it again, or export the table as CSV"
    return IngestRefused("damaged", "the Parquet file is damaged or written in an unknown way", "a sound file", mend)
