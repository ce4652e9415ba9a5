"""Cells that a person corrected before the file is loaded: put in as it is read, so that the same rules judge them.

The file itself stays as it is. What is corrected is told cell by cell, with the text that stood there before.
"""

# ruff: noqa: S608  (no word of the file is SQL)

from __future__ import annotations

import re
import shutil
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from opsmetrics.ingest.checked import Checked
from opsmetrics.ingest.faults import COLUMN, FIRST_REJECT
from opsmetrics.ingest.marks import BREAK, CELL, CONTINUED, EXACT, SPOILT, STRAY, UNCLOSED
from opsmetrics.ingest.readable import write_lines
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.measurements import Notice, counted

#: Position of a record → place of a cell in it (from 0) → the text that is to stand there.
Edits = Mapping[int, Mapping[int, str]]

#: Signs that no cell may hold, because they part cells and lines of the readable file, or mean something in it.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Edit:
    """One corrected cell: its line in the file as given, its column, what it said and what it says now."""

    line: int
    column: str
    was: str
    now: str


@dataclass(frozen=True)
class Problem:
    """A record that is rejected, for a person to correct: its position, its line, its cells (one for each column, then
    the surplus ones), why it is rejected, what to do, and the place of the cell at fault (None: the whole record)."""

    position: int
    line: int
    cells: tuple[str, ...]
    reason: str
    mend: str
    at: int | None


def problems(checked: Checked, most: int) -> list[Problem]:
    """The first rejected records whose cells can be told apart, as they stand in the file."""
    first, sheet = checked.sheet.head.first, checked.sheet
    sql = f"SELECT rowid + {first}, fault % {COLUMN} FROM stage WHERE fault >= {FIRST_REJECT * COLUMN} ORDER BY 1"
    found = checked.scratch.rows(f"{sql} LIMIT {most}")
    lines = _lines(sheet, [position for position, _ in found])
    told = checked.rejects.head(most).to_dict("records")
    return [
        Problem(position, int(row["line"]), cells, str(row["reason"]), str(row["mend"]), column - 1 if column else None)
        for (position, column), row in zip(found, told, strict=True)
        if (cells := _cells(lines[position], sheet)) is not None
    ]


def edited(sheet: Sheet, edits: Edits) -> tuple[Sheet, tuple[Edit, ...]]:
    """The sheet with these cells in place of its own, and what that changed; the sheet itself where it is nothing."""
    wanted = {
        position: {at: _CONTROL.sub(" ", text).strip() for at, text in cells.items()}
        for position, cells in edits.items()
        if cells
    }
    told = [edit for position in sorted(wanted) for edit in _told(sheet, position, wanted[position])]
    if not told:
        return sheet, ()
    readable, _ = write_lines(_rewritten(sheet, wanted), sheet.limits)
    plain = sheet.ascii and all(edit.now.isascii() for edit in told)
    found = replace(sheet, readable=readable, separator=CELL, ascii=plain, behind=sheet)
    weakref.finalize(found, shutil.rmtree, readable.parent, ignore_errors=True)
    return found, tuple(told)


def edited_notice(edits: Sequence[Edit], by: str) -> Notice:
    """What a receipt says about corrected cells: by whom, and each with the text that stood there before."""
    count = counted(len(edits), "{n} cell", "{n} cells")
    cells = "; ".join(f"line {e.line}, {e.column}: '{e.was}' → '{e.now}'" for e in edits)
    return Notice("cells_mended", f"{count} mended by {by} before loading ({cells}).")


def _lines(sheet: Sheet, positions: Sequence[int]) -> dict[int, str]:
    wanted, found = set(positions), {}
    with sheet.readable.open(encoding="utf-8", newline="") as file:
        for position, line in enumerate(file, start=1):
            if position in wanted:
                found[position] = line.rstrip("\r\n")
                if len(found) == len(wanted):
                    break
    return found


def _cells(line: str, sheet: Sheet) -> tuple[str, ...] | None:
    """The cells of a readable line, at least one for each column; None where they cannot be told apart."""
    if line.startswith((UNCLOSED, SPOILT)) or line == CONTINUED:
        return None
    cells = [cell.removeprefix(EXACT).removeprefix(STRAY).replace(BREAK, " ") for cell in line.split(sheet.separator)]
    return tuple(cells + [""] * (len(sheet.headers) - len(cells)))


def _told(sheet: Sheet, position: int, wanted: Mapping[int, str]) -> Iterator[Edit]:
    cells = _cells(_lines(sheet, [position])[position], sheet)
    if cells is None:
        return
    for at, now in sorted(wanted.items()):
        was = cells[at] if at < len(cells) else ""
        if now != was.strip():
            name = sheet.headers[at] if at < len(sheet.headers) else "beyond the last column"
            yield Edit(sheet.origin.line(position), name, was, now)


def _rewritten(sheet: Sheet, wanted: Edits) -> Iterator[str]:
    with sheet.readable.open(encoding="utf-8", newline="") as file:
        for position, raw in enumerate(file, start=1):
            line = raw.rstrip("\r\n")
            if sheet.separator != CELL and position >= sheet.head.first:
                line = line.replace(sheet.separator, CELL)
            yield _put(line, wanted[position], len(sheet.headers)) if position in wanted else line


def _put(line: str, cells: Mapping[int, str], width: int) -> str:
    if line.startswith((UNCLOSED, SPOILT)):
        return line
    parts = line.split(CELL)
    parts += [""] * (max(width, max(cells) + 1) - len(parts))
    for at, text in cells.items():
        parts[at] = text
    while len(parts) > width and not parts[-1]:
        parts.pop()
    return CELL.join(parts)
