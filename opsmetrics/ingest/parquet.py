"""Parquet files: their columns keep their types, so that no date and no number is interpreted."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from opsmetrics.ingest.binary import BinaryTable
from opsmetrics.ingest.header import Head, distinct_names
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.marks import BREAK, CELL, EXACT
from opsmetrics.ingest.origin import Origin
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.readable import too_many_records, write_lines
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.workbook import SAMPLE_ROWS

MAGIC = b"PAR1"
PIECE = 50_000
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_REALS = ("FLOAT", "DOUBLE")
_MEND = "write the file again with plain columns, or export it as CSV"


def is_parquet(head: bytes) -> bool:
    """True for the first bytes of a Parquet file."""
    return head.startswith(MAGIC)


def read_parquet(path: Path, limits: Limits) -> BinaryTable:
    """The table of a Parquet file. Stamps with a zone are in UTC and say so.

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
            columns = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            names = distinct_names([str(name) for name, *_ in columns])
            cells = _cells([(str(name), str(kind)) for name, kind, *_ in columns], limits)
            aliases = ", ".join(f"k{i}" for i in range(len(columns)))
            line = f"SELECT concat_ws('{CELL}', {', '.join(cells)}) AS t FROM {source} AS given({aliases})"
            sample = connection.execute(f"{line} LIMIT {SAMPLE_ROWS}").fetchall()
            readable, count = write_lines(_lines(connection, line), limits)
        except duckdb.OutOfMemoryException:
            found = f"the file needs more than {limits.memory} of memory"
            raise IngestRefused("too_much_memory", found, "a smaller file", "split it by month") from None
        except duckdb.Error as error:
            raise _damaged(error) from None
    return BinaryTable(
        form="Parquet",
        readable=readable,
        lines=count,
        head=Head(names, names, 0, 1),
        rows=tuple(tuple(_plain(line).split(CELL)) for (line,) in sample),
        origin=Origin(),
    )


def _one(path: Path) -> bool:
    """Names that a reader would expand are refused: uploads have generated names."""
    if any(mark in str(path.resolve()) for mark in "*?[]"):
        mend = "rename the file"
        raise IngestRefused("file_unreadable", "a path with * ? [ or ]", "a path without such marks", mend)
    return True


def _refuse_large(connection: duckdb.DuckDBPyConnection, path: Path, limits: Limits) -> None:
    """What the file says of itself, before any of its data is unpacked."""
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


def _cells(columns: list[tuple[str, str]], limits: Limits) -> list[str]:
    """Each column as text, empty where there is no value."""
    nested = [
        name for name, kind in columns if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "BLOB", "UNION"))
    ]
    if nested:
        found = f"the columns {listed(nested)} hold lists, records or bytes"
        raise IngestRefused("nested_columns", found, "columns of one value in each row", _MEND)
    return [f"coalesce({_cell(f'k{i}', kind)}, '')" for i, (_, kind) in enumerate(columns)]


def _cell(column: str, kind: str) -> str:
    if kind in _NUMBERS or kind.startswith("DECIMAL"):
        return f"'{EXACT}' || {column}::VARCHAR"
    if kind in _REALS:  # not a number is no value
        return f"CASE WHEN isfinite({column}) THEN '{EXACT}' || {column}::VARCHAR END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(timezone('UTC', {column}), '%Y-%m-%d %H:%M:%S.%f') || 'Z'"
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
