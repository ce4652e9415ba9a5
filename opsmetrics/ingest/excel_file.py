"""Workbooks that are written: a table with a fixed header, filter, widths and drop-downs, and a page of words.

Texts are written as texts and shown as such, whatever they begin with: nothing in these files is a formula.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Characters that a cell holds, and rows of a table that a person still looks through.
LONGEST, MOST_ROWS = 32_767, 100_000

#: Characters of all choices of a list that may stand in the rule itself; longer ones stand on a sheet.
_INLINE = 250


@dataclass(frozen=True)
class Column:
    """A column: its header, how wide it is (None: as its texts), what may be chosen or typed in it, and a note.

    kind: "text" (as typed), "number", "whole" (from 0 on) or "date". ours: it is for the program and not to be changed.
    """

    name: str
    width: float | None = None
    choices: tuple[str, ...] = ()
    kind: str = "text"
    note: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Table:
    """A sheet with a table. Cells are texts or whole numbers; `marked` holds (row, column) of cells that are wrong;
    `empty`: rows below the last one that have the rules of the columns as well."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | int]] = ()
    marked: frozenset[tuple[int, int]] = frozenset()
    empty: int = 0


def workbook(table: Table, words_name: str, words: Iterable[str]) -> bytes:
    """The workbook: the table, and a sheet with a sentence in each row."""
    from xlsxwriter import Workbook  # only who downloads a workbook waits for it

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as made:
        _table(made, table)
        sheet = made.add_worksheet(words_name)
        sheet.set_column(0, 0, 110, made.add_format({"text_wrap": True, "valign": "top"}))
        for row, sentence in enumerate(words):
            sheet.write_string(row, 0, sentence[:LONGEST])
        _choices(made, table)
    return out.getvalue()


def _table(made: Workbook, table: Table) -> None:
    sheet = made.add_worksheet(table.name)
    plain = {"num_format": "@", "valign": "top"}
    formats = {
        "ours": made.add_format({**plain, "font_color": "#5f6368"}),
        "text": made.add_format(plain),
        "wrong": made.add_format({**plain, "bg_color": "#ffe9b3"}),
        "head": made.add_format({"bold": True, "bottom": 1, "valign": "top"}),
        "date": made.add_format({"num_format": "yyyy-mm-dd"}),
        "number": made.add_format({}),
    }
    formats["whole"] = formats["number"]
    for at, column in enumerate(table.columns):
        form = formats["ours" if column.ours else column.kind]
        sheet.set_column(at, at, column.width or _width(column, [row[at] for row in table.rows[:200]]), form)
        sheet.write_string(0, at, column.name[:LONGEST], formats["head"])
        if column.note:
            sheet.write_comment(0, at, column.note)
    for number, row in enumerate(table.rows[:MOST_ROWS]):
        for at, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number + 1, at, cell, formats["number"])
                continue
            form = "wrong" if (number, at) in table.marked else "ours" if table.columns[at].ours else "text"
            sheet.write_string(number + 1, at, cell[:LONGEST], formats[form])
    last = max(1, min(len(table.rows), MOST_ROWS) + table.empty)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)
    _rules(sheet, table, last)


def _width(column: Column, cells: Sequence[str | int]) -> float:
    longest = max([len(column.name) + 3, *(len(str(cell)) + 2 for cell in cells)])
    return float(min(max(longest, 8), 48))


def _rules(sheet: Worksheet, table: Table, last: int) -> None:
    for at, column in enumerate(table.columns):
        if rule := _rule(column, at):
            sheet.data_validation(1, at, last, at, {**rule, "ignore_blank": True})


def _rule(column: Column, at: int) -> dict[str, Any]:
    """What may be typed in a column. A list only warns: a new site is no mistake."""
    if column.choices:
        listed: Any = (
            list(column.choices)
            if _inline(column)
            else f"=lists!${_letters(at)}$1:${_letters(at)}${len(column.choices)}"
        )
        title, message = "Not in the list", f"{column.name}: the list holds what is known so far. Keep it all the same?"
        return {"validate": "list", "source": listed, "error_type": "warning", "error_title": title[:32],
                "error_message": message[:255]}  # fmt: skip
    if column.kind == "date":
        wanted = {"validate": "date", "criteria": "between"}
        return {**wanted, "minimum": _day(1970), "maximum": _day(2100), "error_title": "Not a date",
                "error_message": "A day, such as 2026-11-22."}  # fmt: skip
    if column.kind == "whole":
        return {"validate": "integer", "criteria": ">=", "value": 0, "error_title": "Not a whole number",
                "error_message": "A whole number from 0 on."}  # fmt: skip
    if column.kind == "number":
        return {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15,
                "error_title": "Not a number", "error_message": "A number."}  # fmt: skip
    return {}


def _day(year: int) -> Any:
    return dt.date(year, 1, 1)


def _inline(column: Column) -> bool:
    return len(",".join(column.choices)) <= _INLINE and not any("," in choice for choice in column.choices)


def _letters(at: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(at))


def _choices(made: Workbook, table: Table) -> None:
    """Long lists, and those with commas, stand on a sheet that is not shown."""
    long = {at: column.choices for at, column in enumerate(table.columns) if column.choices and not _inline(column)}
    if not long:
        return
    sheet = made.add_worksheet("lists")
    for at, choices in long.items():
        for row, choice in enumerate(choices):
            sheet.write_string(row, at, choice[:LONGEST])
    sheet.very_hidden()
