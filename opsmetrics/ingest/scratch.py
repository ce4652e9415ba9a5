"""The scratch database in which one file is read: private, one per preparation, closed to the outside afterwards."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pyarrow as pa

from opsmetrics.ingest.cells import BLANKS, ZERO_WIDTH
from opsmetrics.ingest.date_forms import plainly_sql
from opsmetrics.ingest.faults import Fault
from opsmetrics.ingest.marks import EXACT
from opsmetrics.ingest.problems import IngestRefused, no_room
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.ingest.sql import text
from opsmetrics.measurements import any_twice
from opsmetrics.working import stoppable

if TYPE_CHECKING:
    from opsmetrics.ingest.numbered_times import Numbered

#: A file of so many lines is a long one. Its records are kept in a private file: there they are compressed as they
#: arrive and take a tenth of the memory, and names are looked at once for each block instead of once for each record.
LONG = 50_000
#: What a full disk is told as: while a file is written, at the end of a statement, and by all that follows.
_NO_ROOM = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
#: Never in a readable file, so that the reader sees each line as one cell.
NEVER = "\x01"
#: From so many columns on one thread reads: each holds 2,048 lines with all of their cells, which no limit counts.
_WIDE = 500
#: Signs of other scripts and fonts → the ordinary ones: minus, apostrophe, digits, marks and the per cent sign.
_SIGNS = {
    **dict.fromkeys("−‐‑‒–—﹣－", "-"),
    **dict.fromkeys("’‘´′ʼ", "'"),
    **{chr(zero + digit): str(digit) for zero in (0xFF10, 0x660, 0x6F0, 0x966) for digit in range(10)},
    **dict(zip("＋．，％（）٫٬٪", "+.,%().,%", strict=True)),
}


class Scratch:
    """One DuckDB of its own with the file's lines; each call runs on its own cursor."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rewritten: dict[int, tuple[int, ...]] = {}  # columns of dates → the rules by which they become plain
        self.joined: dict[int, str] = {}  # columns → the expression that joins what stands beside them
        self.unread: list[tuple[str, Fault, int]] = []  # cells beside a date that cannot be read: condition, column
        self.zones: tuple[str, ...] = ()  # names of zones in a column beside the stamps
        self.carries = False  # an empty cell of the column of dates is the date above it
        self.numbered: Numbered | None = None  # hours or quarters numbered through the day, beside a date
        self._most: int | None = None
        folder = Path(tempfile.mkdtemp(prefix="ingest-"))
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": sheet.limits.memory,
            "temp_directory": str(folder),
            "autoload_known_extensions": False,
            "allocator_flush_threshold": "1MB",  # what the reader of a long file held goes back at once
            "allocator_bulk_deallocation_flush_threshold": "1MB",
        }
        if len(sheet.headers) > _WIDE:
            config["threads"] = 1
        self._connection = duckdb.connect(config=config)
        weakref.finalize(self, _dispose, self._connection, folder)
        self._file = folder / "records.duckdb"
        self._listed: set[str] = set()  # columns of names that hold positions in a list
        self._attach(self._file if sheet.lines >= LONG else None)

    def hold_in_memory(self) -> None:
        """The records of a long file lie in memory from here on; what there was of them is gone."""
        self._hold(None)

    def hold_in_file(self) -> None:
        """The records lie in the private file again; what there was of them is gone."""
        self._hold(self._file)

    def _hold(self, file: Path | None) -> None:
        self._connection.execute("DETACH records")
        self._file.unlink(missing_ok=True)
        self._listed.clear()
        self._attach(file)

    def _attach(self, file: Path | None) -> None:
        with self._told():
            self._connection.execute(f"ATTACH {text(str(file or ':memory:'))} AS records")

    def list_names(self, name: str, listed: Sequence[str]) -> None:
        """Create the type by which a column of the stage, called the same, holds positions in a list of names."""
        self.run(f"CREATE TYPE {name} AS ENUM ({', '.join(map(text, listed))})")
        self._listed.add(name)

    def is_listed(self, name: str) -> bool:
        """True where this column of the stage holds positions in a list of names."""
        return name in self._listed

    def distinct(self, name: str) -> str:
        """A query for the names in a column of the stage, as `name`: of a list all that are in it, which is more than
        most files have left of it and costs nothing."""
        if name in self._listed:
            return f"SELECT unnest(enum_range(NULL::{name}))::VARCHAR AS name"
        return f"SELECT DISTINCT {name} AS name FROM stage WHERE {name} IS NOT NULL"

    def rename(self, name: str, value: str, condition: str) -> None:
        """Put other names into a column of the stage; the condition is about the name alone. A column that holds
        positions in a list gets texts first."""
        if name in self._listed:
            listed = f"SELECT name AS {name} FROM ({self.distinct(name)})"  # few, where the records are many
            if not self.rows(f"SELECT 1 FROM ({listed}) WHERE {condition} LIMIT 1"):
                return
            self.run(f"ALTER TABLE stage ALTER {name} TYPE VARCHAR")
            self._listed.discard(name)
        self.run(f"UPDATE stage SET {name} = {value} WHERE {condition}")

    def run(self, sql: str) -> None:
        """Run statements that answer nothing."""
        with self.cursor() as cursor:
            cursor.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer as tuples."""
        with self.cursor() as cursor:
            return cursor.execute(sql).fetchall()

    def table(self, sql: str) -> pa.Table:
        """The answer as Arrow."""
        with self.cursor() as cursor:
            return cursor.sql(sql).to_arrow_table()

    def frame(self, sql: str) -> pd.DataFrame:
        """The answer as a frame."""
        frame: pd.DataFrame = self.table(sql).to_pandas()
        return frame

    def repeats(self, of: str, source: str) -> bool:
        """True where rows of the source (FROM … WHERE …) may agree in these columns; False is certain."""
        with self.cursor() as cursor:
            return any_twice(cursor.sql(f"SELECT hash({of}) AS hash {source}").to_arrow_table()["hash"].to_numpy())

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own. Raises IngestRefused (`too_much_memory`, `no_room`, `changed_while_read`)."""
        cursor = self._connection.cursor()
        try:
            with stoppable(cursor.interrupt), self._told():
                cursor.execute("USE records")
                yield cursor
        finally:
            cursor.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the engine cannot do, in words. Raises IngestRefused (`too_much_memory`, `no_room`,
        `changed_while_read`)."""
        try:
            yield
        except duckdb.OutOfMemoryException:
            raise IngestRefused(
                "too_much_memory",
                f"the file needs more than {self.sheet.limits.memory} of memory",
                "a smaller file",
                "split it, for example by month",
            ) from None
        except _NO_ROOM as error:
            self.sheet.refuse_changed()
            raise no_room(error) from error
        except duckdb.Error:
            self.sheet.refuse_changed()
            raise

    @contextmanager
    def first_lines(self, most: int) -> Iterator[None]:
        """Meanwhile `source` stops after so many lines."""
        self._most = most
        try:
            yield
        finally:
            self._most = None

    def close_to_outside(self) -> None:
        """From now on no statement can reach files or the network."""
        self.run("SET enable_external_access = false")

    def clean(self, column: int) -> str:
        """The cleaned cell of a column, over the cells `f` of a line."""
        return self._clean(f"f[{column + 1}]")

    def source(self, columns: Sequence[int]) -> str:
        """A subquery over the records: the line `t`, its cells `f`, and c0, c1 … the cleaned cells of these columns.
        A column of time stands for all that is joined to it (`beside`).

        Explicit and all text: each line arrives as one VARCHAR and is parted by the known separator, so that no
        dialect is sniffed, no line is dropped and the position of a row is the number of its line.
        """
        cleaned = [f"j{column}" if column in self.joined else self.clean(column) for column in columns]
        for i, column in enumerate(columns):
            if rules := self.rewritten.get(column):
                cleaned[i] = plainly_sql(cleaned[i], rules)
        cells = "".join(f", {cell} AS c{i}" for i, cell in enumerate(cleaned))
        if self.sheet.exact:
            given = [f"NOT {c in self.joined} AND starts_with(f[{c + 1}], '{EXACT}')" for c in columns]
            cells += "".join(f", {exactly} AS e{i}" for i, exactly in enumerate(given))
        number = ", row_number() OVER () AS number" if self.carries else ""
        parted = f"SELECT t{number}, string_split(t, {text(self.sheet.separator)}) AS f, {self.loose()} AS loose"
        return f"(SELECT t, f{cells} FROM {self._beside(f'({parted} FROM {self._lines()})')})"

    def _beside(self, parted: str) -> str:
        """The cells with the columns that others are joined to, named once: rules say a cell many times."""
        if not self.joined:
            return parted
        joined = ", ".join(f"{expression} AS j{column}" for column, expression in self.joined.items())
        return f"(SELECT *, {joined} FROM {parted})"

    def number(self, cell: str) -> str:
        """The cell with ordinary digits, signs and marks."""
        if self.sheet.ascii:
            return cell
        return f"translate({cell}, {text(''.join(_SIGNS))}, {text(''.join(_SIGNS.values()))})"

    def exactly(self, cell: str, told: str, otherwise: str) -> str:
        """`told` where the file holds the cell (c0, c1 …) as a number and not as a text."""
        return f"CASE WHEN e{cell[1:]} THEN {told} ELSE {otherwise} END" if self.sheet.exact else otherwise

    def _lines(self) -> str:
        sheet = self.sheet
        return (
            f"read_csv({text(str(sheet.readable))}, columns = {{'t': 'VARCHAR'}}, auto_detect = false, header = false, "
            f"delim = '{NEVER}', quote = '', escape = '', skip = {sheet.head.first - 1}, "
            f"max_line_size = {4 * sheet.limits.line})" + (f" LIMIT {self._most}" if self._most else "")
        )

    def loose(self) -> str:
        """True of a line in which a blank stands beside a separator, or at an end: only its cells need trimming. One
        look at a line costs a sixth of trimming each of its cells."""
        blank, mark = text(" "), self.sheet.separator
        beside = f"contains(t, {text(' ' + mark)}) OR contains(t, {text(mark + ' ')})"
        return f"({beside} OR starts_with(t, {blank}) OR ends_with(t, {blank}))"

    def _clean(self, cell: str) -> str:
        """The cell composed (NFC), without invisible characters, trimmed."""
        if self.sheet.ascii and not self.sheet.tabs:
            return f"CASE WHEN loose THEN trim({cell}) ELSE {cell} END"
        return self.tidy(cell)

    def tidy(self, cell: str) -> str:
        """The text composed (NFC), without invisible characters, trimmed."""
        if self.sheet.ascii:
            return f"trim({cell}, ' \t')"
        seen = f"translate({cell}, {text(BLANKS + ZERO_WIDTH + EXACT)}, {text(' ' * len(BLANKS))})"
        return f"trim(nfc_normalize({seen}))"


def _dispose(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    connection.close()
    shutil.rmtree(folder, ignore_errors=True)
