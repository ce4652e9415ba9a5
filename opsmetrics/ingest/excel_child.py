"""The process in which a workbook is opened: it may use only so much memory and time, and imports nothing of ours.

    python -I excel_child.py FILE BYTES_OF_MEMORY SECONDS LONGEST_ROW

It answers on its standard output, one JSON document to a line: first a description of every sheet with its first
rows; then, for each name that arrives as JSON on its standard input, every row of that sheet and a line
{"end": rows, "durations": cells, "open": cells}. Instead of any line, {"error": code, "text": …} may come. A cell is a
text, a number, or null where nothing (or an error, see `odd_cells`) stands in it; dates are ISO texts, durations
minutes. A formula whose result the file does not hold is null and counts as open. Cells merged downwards are filled
with a text or a date, never with a number, which would then count twice.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import unescape

#: Rows shown of each sheet before one is chosen; cells kept between the two readings of a sheet.
FIRST, KEPT = 100, 10_000_000
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*\bt="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]{1,20})</v>'
)
#: A formula without a result. One that gave an empty text says that it is a text.
_OPEN = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?![^>]*\bt="str")[^>]*>\s*'
    rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
#: The same, or a result of 0, in a workbook that asks to be computed when it is opened: programs that cannot compute
#: write 0 in place of every result.
_OPEN_OR_0 = re.compile(_OPEN.pattern.replace(rb"|<v></v>", rb"|<v>0?</v>"))
_SHEET = re.compile(rb'<(?:\w+:)?sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_TARGET = re.compile(rb"<Relationship [^>]*>")

Cell = str | float | None


def main(arguments: list[str]) -> int:
    """Answer until the standard input ends; 3 where memory runs out, 4 where the workbook cannot be read."""
    file, memory, seconds, longest = arguments[0], *map(int, arguments[1:4])
    restrict(memory, seconds)
    try:
        serve(file, longest)
    except MemoryError:
        return 3
    except Exception as error:  # noqa: BLE001  (whatever a damaged file makes of the reader: told by its kind, never as a traceback)
        say({"error": type(error).__name__, "text": str(error)[:300]})
        return 4
    return 0


def restrict(memory: int, seconds: int) -> None:
    """Bound memory, computing time and files, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is what is left
        return
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, seconds, seconds + 5),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):
            continue


def serve(file: str, longest: int) -> None:
    """Describe the sheets, then send those that are asked for."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(file)
    parts = sheet_parts(file)
    kept: dict[str, Any] = {}
    room, described = KEPT, []
    for meta in book.sheets_metadata:
        if str(meta.typ) != "SheetTypeEnum.WorkSheet":
            continue
        sheet = book.get_sheet_by_name(meta.name)
        room -= sheet.height * sheet.width
        if room >= 0:
            kept[meta.name] = sheet
        described.append(describe(sheet, str(meta.visible) == "SheetVisibleEnum.Visible"))
    say({"sheets": described, "date1904": "1904" in parts.get("", "")})
    for line in sys.stdin:
        name = json.loads(line)
        sheet = kept.get(name) or book.get_sheet_by_name(name)
        odd = odd_cells(file, parts.get(name, ""), _OPEN_OR_0 if "open" in parts.get("", "") else _OPEN)
        say({"odd": len(odd)})
        count, durations = 0, [0]
        for cells in rows(sheet, odd, durations):
            text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
            if len(text) > longest:
                raise ValueError(f"row {count + 1} holds more than {longest:,} characters")
            sys.stdout.write(text + "\n")
            count += 1
        say({"end": count, "durations": durations[0], "open": sum(text is None for text in odd.values())})


def say(message: dict[str, Any]) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def describe(sheet: Any, visible: bool) -> dict[str, Any]:
    """What a person is shown of a sheet: name, size, first rows."""
    first = [cells for _, cells in zip(range(FIRST), rows(sheet, {}), strict=False)]
    bottom, right = sheet.end or (-1, -1)
    return {"name": sheet.name, "visible": visible, "height": bottom + 1, "width": right + 1, "first": first}


def rows(
    sheet: Any, odd: dict[tuple[int, int], str | None], durations: list[int] | None = None
) -> Iterator[list[Cell]]:
    """Every row from the first of the sheet on, empty ones too; the first number of `durations` counts them."""
    margin = sheet.start[1] if sheet.start else 0  # empty columns on the left are not told
    merged = sorted(sheet.merged_cell_ranges or (), reverse=True)
    open_cells: dict[int, tuple[int, Cell]] = {}  # column → last row to fill, with what
    for number, found in enumerate(sheet.iter_rows()):
        cells = [plain(value) for value in found]
        if durations is not None:
            durations[0] += sum(isinstance(value, dt.timedelta) for value in found)
        for column in [column for column, (last, _) in open_cells.items() if last < number]:
            del open_cells[column]
        for column, (_, value) in open_cells.items():
            if column < len(cells) and cells[column] is None:
                cells[column] = value
        while merged and merged[-1][0][0] <= number:
            (top, left), (bottom, _) = merged.pop()
            left -= margin
            if top == number < bottom and 0 <= left < len(cells) and isinstance(cells[left], str):
                open_cells[left] = (bottom, cells[left])
        if odd:
            for column in range(len(cells)):
                if cells[column] in (None, 0) and (number, column + margin) in odd:
                    cells[column] = odd[number, column + margin]
        yield cells


def plain(value: Any) -> Cell:
    """A cell as JSON can say it."""
    if value == "" or value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        value = value.replace(microsecond=0) + dt.timedelta(milliseconds=round(value.microsecond / 1000))
        return str(value.isoformat(" ", "milliseconds" if value.microsecond else "seconds"))
    if isinstance(value, dt.timedelta):
        return round(value.total_seconds(), 3) / 60
    if isinstance(value, dt.date | dt.time):
        return str(value.isoformat())
    if isinstance(value, int | float | str):
        return value
    return str(value)


def sheet_parts(file: str) -> dict[str, str]:
    """Name of each sheet of an .xlsx → its part of the archive; under "" the words 1904 where days count from there,
    open where formulas are to be computed when it is opened."""
    try:
        with zipfile.ZipFile(file) as archive:
            book = archive.read("xl/workbook.xml")
            links = _TARGET.findall(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, zipfile.BadZipFile, OSError):
        return {}
    targets = {}
    for link in links:
        fields = dict(re.findall(rb'(\w+)="([^"]*)"', link))
        targets[fields.get(b"Id", b"")] = fields.get(b"Target", b"").decode().removeprefix("/xl/").removeprefix("xl/")
    found = {
        unescape(name.decode("utf-8"), {"&quot;": '"', "&apos;": "'"}): f"xl/{targets[link]}"
        for name, link in _SHEET.findall(book)
        if link in targets
    }
    words = {
        "1904": re.search(rb'<workbookPr[^>]*\bdate1904="(?:1|true)"', book),
        "open": re.search(rb'<calcPr[^>]*\bfullCalcOnLoad="(?:1|true)"', book),
    }
    return {**found, "": " ".join(word for word, said in words.items() if said)}


def odd_cells(file: str, part: str, without_result: re.Pattern[bytes] = _OPEN) -> dict[tuple[int, int], str | None]:
    """Row and column, from 0, of the cells of a sheet that hold an error → its name; of formulas without a result →
    None. The reader itself shows both as empty."""
    if not part:
        return {}
    found: dict[tuple[int, int], str | None] = {}
    rest = b""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(part) as stream:
            while chunk := stream.read(1024 * 1024):
                data = rest + chunk
                if b't="e"' in data:
                    for letters, number, text in _ERROR.findall(data):
                        found[int(number) - 1, column_of(letters)] = text.decode("utf-8", "replace")
                if b"<f" in data:
                    for letters, number in without_result.findall(data):
                        found[int(number) - 1, column_of(letters)] = None
                rest = data[-2000:]
    except (KeyError, zipfile.BadZipFile, OSError):
        return found
    return found


def column_of(letters: bytes) -> int:
    """The position, from 0, of the column with these letters."""
    position = 0
    for letter in letters:
        position = 26 * position + letter - 64
    return position - 1


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
