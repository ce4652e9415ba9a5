"""What was recognised in a file, in words for a person to confirm."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from opsmetrics.ingest.checked import Checked
from opsmetrics.ingest.dates import ORDER_WORDS
from opsmetrics.ingest.encoding import NAMES
from opsmetrics.ingest.flags import FlagStyle
from opsmetrics.ingest.sheet import Sheet

MARKS = {".": "point", ",": "comma"}


def recognised(checked: Checked) -> tuple[tuple[str, str], ...]:
    """Pairs of label and finding: encoding, delimiter, header, dates (with an example of the file), numbers, zone."""
    found = [*recognised_sheet(checked.sheet)]
    if checked.layout.time is not None:
        found.append(("Dates", _dates(checked)))
        found.append(("Time zone", checked.clock.zone or "as written"))
    styles = (checked.reading.numbers[role] for role in checked.layout.measured)
    decimals = sorted({MARKS[style.decimal] for style in styles if not isinstance(style, FlagStyle)})
    if decimals:
        found.append(("Decimal mark", " and ".join(decimals)))
    return tuple(found)


def recognised_sheet(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """What is known before the columns have roles."""
    head = sheet.head
    if sheet.form:
        return (("Kind", sheet.form), *_of_binary(sheet))
    header = "none" if head.line is None else f"line {head.line}"
    return (
        ("Encoding", NAMES.get(sheet.encoding, sheet.encoding)),
        ("Delimiter", sheet.delimiter_name),
        ("Header", header),
        ("Lines", f"{sheet.lines:,}"),
    )


def _of_binary(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """What is known of a workbook's sheet, or of a Parquet file."""
    header = {0: "the columns' own names", None: "none"}.get(sheet.head.line, f"row {sheet.head.line}")
    named = (("Sheet", sheet.part),) if sheet.part else ()
    return (*named, ("Header", header), ("Rows", f"{sheet.lines - sheet.head.first + 1:,}"))


def _dates(checked: Checked) -> str:
    style = checked.reading.dates
    assert style is not None
    rows = checked.scratch.rows(f"SELECT line, stamp FROM record WHERE {checked.loads} ORDER BY line LIMIT 1")
    order = f"{ORDER_WORDS[style.order]}, " if any(name.startswith("ordered") for name in style.forms) else ""
    if not rows:
        return f"{order}no example"
    line, stamp = rows[0]
    number = line + checked.sheet.head.first
    cells = checked.sheet.cells(number)
    shown = f"{stamp:%-d %B %Y}" if checked.clock.dated else f"{stamp:%-d %B %Y %H:%M}"
    said = " ".join(cells[part].strip() for part in checked.layout.instant)
    return f"{order}{said} = {shown}"
