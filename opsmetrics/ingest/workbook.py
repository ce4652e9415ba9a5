"""Excel workbooks and OpenDocument spreadsheets: which sheet is read, and its rows as a readable file.

A row of the readable file is a row of the sheet, so that every record keeps its row number. Sheets of one header may
be taken together; each record then says in a column of its own from which sheet it comes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from opsmetrics.ingest.across import Across
from opsmetrics.ingest.across import fold as across_lines
from opsmetrics.ingest.across_find import find_across, is_named
from opsmetrics.ingest.archive import OLE, ZIP, kind_of_workbook
from opsmetrics.ingest.binary import BinaryTable, exact_text
from opsmetrics.ingest.cells import fold, kind_of
from opsmetrics.ingest.header import Head, distinct_names, find_head
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.marks import BREAK, CELL, EXACT
from opsmetrics.ingest.origin import Origin, Part
from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer, Question, listed
from opsmetrics.ingest.readable import write_lines
from opsmetrics.ingest.records import Record
from opsmetrics.ingest.scan import CONTROLS
from opsmetrics.ingest.workbook_process import Cell, Described, WorkbookProcess, turn
from opsmetrics.measurements import Notice, counted
from opsmetrics.working import stoppable

#: The column that says from which sheet a record comes, and the answer that takes sheets together.
SHEET_COLUMN, ALL = "sheet name", "all"
SAMPLE_ROWS = 50
_STRIP = {**dict.fromkeys(CONTROLS), ord("\r"): None, ord("\n"): BREAK}


@dataclass(frozen=True)
class Chosen:
    """A table that was found: of a whole sheet, or of some of its columns where others hold one of their own."""

    sheet: Described
    head: Head
    across: Across | None
    left: int = 0  # columns before it
    part: str = ""  # its columns in words, where the sheet has several tables
    order: tuple[int, ...] = ()  # where its columns stand, of a sheet that is read with another one

    @property
    def width(self) -> int:
        """Columns that are read."""
        return self.across.width if self.across else len(self.head.names)

    @property
    def before(self) -> int:
        """Rows before the first record."""
        return self.across.first if self.across else self.head.first - 1

    @property
    def is_data(self) -> bool:
        """True for a table of at least two columns with a number or a date below its header."""
        below = self.sheet.first[self.before :]
        kinds = {kind_of(str(cell)) for row in below for cell in row if cell is not None}
        return len(self.head.names) > 1 and bool(kinds & {"number", "date"})

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.sheet.name}, {self.part}" if self.part else self.sheet.name

    def __str__(self) -> str:
        rows = self.sheet.height - self.before
        columns = ", ".join(self.head.names[:6]) + (" …" if len(self.head.names) > 6 else "")
        return f"{self.name}: {counted(rows, '{n} row', '{n} rows')} with {columns}"


def is_workbook(head: bytes) -> bool:
    """True for the first bytes of a workbook (or of another archive, which is then refused by name)."""
    return head.startswith((ZIP, OLE))


def read_workbook(path: Path, wanted: str | None, known: Sequence[str], limits: Limits) -> BinaryTable:
    """The table of a workbook. `wanted` names its sheet (or ALL), `known` are headers that a template names.

    Raises IngestRefused (see `read_file`), NeedsAnswer (`sheet`) where several sheets hold tables.
    """
    ending, form = kind_of_workbook(path, _first(path), limits)
    folder = Path(tempfile.mkdtemp(prefix="ingest-"))
    try:
        link = folder / f"book{ending}"
        link.symlink_to(path.resolve())
        with turn(), WorkbookProcess(link, limits) as process, stoppable(process.stop):
            sheets, from_1904 = process.sheets()
            taken = choose([one for sheet in sheets for one in tables_of(sheet, known, limits)], wanted, known)
            for one in taken:
                _refuse_wide(one, limits)
            return _written(process, taken, form, from_1904, limits)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _first(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def tables_of(sheet: Described, known: Sequence[str], limits: Limits) -> list[Chosen]:
    """The tables of a sheet. Empty columns part them where both sides are tables that have a header in common; else
    the columns are those of one table."""
    whole = _found(sheet, known, limits)
    if sheet.filled > limits.columns or whole.across:
        return [whole]
    ends = [i for i in range(sheet.filled) if not any(len(row) > i and row[i] is not None for row in sheet.first)]
    parts, left = [], 0
    for end in [*ends, sheet.filled]:
        if end - left > 1:
            first = tuple(row[left:end] for row in sheet.first)
            one = _found(replace(sheet, first=first), known, limits)
            parts.append(replace(one, left=left, part=f"columns {letters(left)} to {letters(end - 1)}"))
        left = end + 1
    parts = [one for one in parts if one.is_data and one.head.line is not None]
    names = Counter(name for one in parts for name in {fold(name) for name in one.head.names})
    return parts if any(count > 1 for count in names.values()) else [whole]


def letters(column: int) -> str:
    """The letters of a column, counted from 0."""
    text = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        text, column = chr(65 + rest) + text, column - 1
    return text


def _found(sheet: Described, known: Sequence[str], limits: Limits) -> Chosen:
    """The header of a sheet, from its first rows; of one that is too wide to be read, just its columns."""
    if sheet.filled > limits.columns:
        names = tuple(f"column {i + 1}" for i in range(sheet.filled))
        return Chosen(sheet, Head(names, names, None, 1), None)
    rows = [[plain(cell) for cell in row] for row in sheet.first]
    across = None if is_named(rows, known) else find_across(rows, range(1, len(rows) + 1))
    if across:
        return Chosen(sheet, across.head, across)
    used = [max((i + 1 for i, cell in enumerate(row) if cell), default=0) for row in rows]
    widths = Counter(width for width in used if width)
    width = max(widths, key=lambda w: (widths[w], w)) if widths else 0
    cut = max(used, default=0)
    records = [Record(row[:cut], 1, "") for row in rows]
    head = find_head(records, width, known)
    return Chosen(sheet, _aligned(head, rows), None)


def _aligned(head: Head, rows: Sequence[Sequence[str]]) -> Head:
    """The header without columns at its end that no header names: what stands there is a remark beside the table."""
    if head.line is None:
        return head
    end = max((i + 1 for i, name in enumerate(head.raw) if name), default=len(head.raw))
    return replace(head, names=head.names[:end], raw=head.raw[:end])


def choose(found: Sequence[Chosen], wanted: str | None, known: Sequence[str]) -> list[Chosen]:
    """The sheet, or the sheets that are read together.

    A sheet that holds the only table is taken, hidden ones are left out unless they are named.
    Raises NeedsAnswer (`sheet`), IngestRefused (`missing_sheet`, `empty_workbook`).
    """
    filled = [one for one in found if one.sheet.height]
    visible = [one for one in filled if one.sheet.visible]
    tables = [one for one in visible if one.is_data] or (visible if len(visible) == 1 else [])
    alike = _alike(tables)
    if wanted is not None:
        return _wanted(found, tables, alike, wanted)
    fitting = [one for one in tables if known and {fold(k) for k in known} <= {fold(n) for n in one.head.names}]
    if len(fitting) == 1 or len(tables) == 1:
        return fitting or tables
    if alike and len({one.sheet.name for one in fitting or tables}) == 1 and len(alike) == len(fitting or tables):
        return alike  # side by side
    if not tables:
        hidden = [one.sheet.name for one in filled if not one.sheet.visible]
        said = f" (hidden: {listed(hidden)})" if hidden else ""
        raise IngestRefused(
            "empty_workbook",
            f"no visible sheet of the workbook holds a table{said}",
            "a sheet with a header and at least one record",
            "fill it, or name the sheet that is meant",
        )
    choices = [*([_all_text(alike)] if alike else []), *map(str, tables)]
    raise NeedsAnswer([Question("sheet", f"The workbook has {len(tables)} sheets with tables.", tuple(choices))])


def _alike(tables: Sequence[Chosen]) -> list[Chosen]:
    """The largest group of at least two tables with the same columns and units, in the order of the first one."""
    groups: dict[tuple[tuple[str, str], ...], list[Chosen]] = {}
    for one in tables:
        units = [*one.head.units, *[""] * len(one.head.names)]
        columns = sorted(zip(map(fold, one.head.names), map(fold, units), strict=False))
        groups.setdefault(tuple(columns), []).append(one)
    largest = max(groups.values(), key=len, default=[])
    return [_ordered(one, largest[0].head.names) for one in largest] if len(largest) > 1 else []


def _ordered(one: Chosen, names: Sequence[str]) -> Chosen:
    places = {fold(name): place for place, name in enumerate(one.head.names)}
    order = tuple(places[fold(name)] for name in names)
    return replace(one, order=() if order == tuple(range(len(names))) else order)


def _all_text(alike: Sequence[Chosen]) -> str:
    names = listed((one.name for one in alike), most=20)
    return f"{ALL}: {names} together, each record with the name of its sheet (column '{SHEET_COLUMN}')"


def _wanted(found: Sequence[Chosen], tables: Sequence[Chosen], alike: Sequence[Chosen], wanted: str) -> list[Chosen]:
    """The sheets of an answer: a name, the whole choice as it was offered, or ALL."""
    offered = {str(one): one for one in tables}
    beside = [one for one in alike if one.sheet.name == wanted and one.part]
    if len(beside) > 1:
        return beside
    named = {one.name: one for one in found}
    folded = {fold(name): one for name, one in named.items()}
    one = named.get(wanted) or offered.get(wanted) or folded.get(fold(wanted))
    if one is not None:
        return [one]
    if alike and wanted in (ALL, _all_text(alike)):
        return list(alike)
    raise IngestRefused(
        "missing_sheet",
        f"no sheet '{wanted[:60]}' among {listed(named)}",
        "the name of a sheet",
        "name another one, or correct the template",
    )


def _refuse_wide(one: Chosen, limits: Limits) -> None:
    if one.width > limits.columns:
        raise IngestRefused(
            "too_many_columns",
            f"{one.width:,} columns in sheet '{one.sheet.name}'",
            f"at most {limits.columns:,}",
            "keep only the columns that are needed, or one record to a row",
        )


def _written(
    process: WorkbookProcess, taken: Sequence[Chosen], form: str, from_1904: bool, limits: Limits
) -> BinaryTable:
    """The readable file of the chosen sheets."""
    together, first = len(taken) > 1, taken[0]
    sheets = len({one.sheet.name for one in taken})
    parts: list[Part] = []
    sample: list[tuple[str, ...]] = []

    def lines() -> Iterator[str]:
        written = 0
        for one in taken:
            if together or one.across:
                parts.append(Part(written, one.before + 1, one.across.count if one.across else 1))
            for line in _lines(process, one, together, [one.sheet.name.translate(_STRIP)] if sheets > 1 else []):
                written += 1
                if len(sample) < SAMPLE_ROWS and written >= (1 if parts else one.head.first):
                    _keep(sample, line)
                yield line

    readable, count = write_lines(lines(), limits)
    head = first.head
    if together:
        names = distinct_names([*head.raw, *[SHEET_COLUMN] * (sheets > 1)])
        head = Head(names, names, head.line if head.line is not None else 0, 1, head.units)
    return BinaryTable(
        form=form,
        readable=readable,
        lines=count,
        head=head,
        rows=tuple(sample),
        origin=Origin(tuple(parts)) if parts else Origin(),
        part=ALL if sheets > 1 else first.sheet.name if together else first.name,
        across=first.across if not together else None,
        notices=(*_notices(taken), *_cells_told(process, taken)),
        serial_base="1904-01-01" if from_1904 else "1899-12-30",
    )


def _lines(process: WorkbookProcess, one: Chosen, together: bool, added: list[str]) -> Iterator[str]:
    """The lines of one sheet: all of its rows, or its records alone where rows and lines differ in any case."""
    rows: Iterable[list[Cell]] = process.rows(one.sheet.name)
    if together or one.across:
        rows = islice(rows, one.before, None)
    for row in rows:
        cells = [written(cell) for cell in row[one.left : one.left + one.width]]
        if one.across:
            for line in across_lines([*cells, *[""] * (one.width - len(cells))], one.across):
                yield CELL.join([line, *added]) if CELL in line else line
        elif not any(cells):
            yield ""
        else:
            cells += [""] * (one.width - len(cells))
            yield CELL.join([*([cells[place] for place in one.order] if one.order else cells), *added])


def _keep(sample: list[tuple[str, ...]], line: str) -> None:
    cells = line.replace(EXACT, "").replace(BREAK, "\n").split(CELL)
    if any(cell.strip() for cell in cells) and len(cells) > 1:
        sample.append(tuple(cells))


def written(cell: Cell) -> str:
    """A cell in the readable file."""
    if cell is None:
        return ""
    return cell.translate(_STRIP) if isinstance(cell, str) else EXACT + exact_text(cell)


def plain(cell: Cell) -> str:
    """A cell as a person reads it."""
    return written(cell).replace(EXACT, "").replace(BREAK, "\n")


def _notices(taken: Sequence[Chosen]) -> tuple[Notice, ...]:
    found = [notice for one in taken[:1] if one.across for notice in one.across.notices]
    if len(taken) > 1:
        names = listed((one.name for one in taken), most=20)
        what = "sheets" if len({one.sheet.name for one in taken}) > 1 else "tables"
        found.append(Notice("sheets_together", f"The {what} {names} were read together."))
    return tuple(found)


def _cells_told(process: WorkbookProcess, taken: Sequence[Chosen]) -> Iterator[Notice]:
    """What was seen while the sheets were read."""
    told = [process.told[name] for name in {one.sheet.name for one in taken}]
    if count := sum(sheet["open"] for sheet in told):
        one, many = "{n} formula has no result in the file", "{n} formulas have no result in the file"
        mend = "open it in a spreadsheet program, save it and load it again"
        yield Notice("formulas_without_result", f"{counted(count, one, many)} and count as empty: {mend}.")
    if count := sum(sheet["durations"] for sheet in told):
        yield Notice("durations", f"{counted(count, '{n} duration is', '{n} durations are')} read as minutes.")
