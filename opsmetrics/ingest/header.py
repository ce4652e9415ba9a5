"""Where the table begins: lines before it, its header (or none), a row of units below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from opsmetrics.ingest.cells import CellKind, fold, kind_of, tidy
from opsmetrics.ingest.formulas import as_it_was
from opsmetrics.ingest.records import Record
from opsmetrics.ingest.said_order import said_order
from opsmetrics.ingest.several import table_above
from opsmetrics.ingest.synonyms import DIMENSIONS, EVENTS, ROLES

#: Lines in which the header is looked for.
SEARCHED = 100


#: Most characters of a unit without brackets.
UNIT = 5


_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
#: A line drawn below a header.
_RULE = re.compile(r"(?=.*(?:--|==))[-+|:=\s]+")
_TYPES = frozenset(
    (
        *("string", "str", "text", "varchar", "char", "date", "datetime", "timestamp", "time", "int", "integer"),
        *("bigint", "float", "double", "decimal", "number", "numeric", "real", "bool", "boolean", "object"),
    )
)
#: How a cell is to be written, as some programs say it below the names: YYYY-MM-DD, hh:mm, ###, #,##0.00, varchar(20).
_PATTERN = re.compile(
    r"[(\[]?(?:[ymdjatgh]{1,4}(?:[-/. :T]*(?:[ymdjatghsn]{1,4}|z))+|[#0][#0,. ]*%?|@|general|standard|x+"
    r"|(?:var)?char\(\d+\)|(?:numeric|decimal|number)\(\d+(?:, ?\d+)?\))[)\]]?",
    re.IGNORECASE,
)
_KNOWN = frozenset(fold(word) for words in (*ROLES.values(), *EVENTS.values(), *DIMENSIONS) for word in words)


@dataclass(frozen=True)
class Head:
    """Names of the columns and the physical lines around them, counted from 1; `line` is None without a header."""

    names: tuple[str, ...]
    raw: tuple[str, ...]
    line: int | None
    first: int  # line of the first record
    units: tuple[str, ...] = ()
    surplus: int = 0  # empty cells at the end of each record that the header does not name
    above: tuple[int, tuple[str, ...]] | None = None  # line and names of a header whose table stands above this one
    formats: tuple[str, ...] = ()  # how each column is written, as a row below the names says it
    misfit: tuple[str, ...] = ()  # names above the records, of which there are more or fewer than columns


def find_head(found: Sequence[Record], width: int, known: Iterable[str] = (), offset: int = 0) -> Head:
    """The header among the first records; `known` are headers that a template names, `offset` lines stand before.

    Without a template the first row of full width is the header unless its cells are of the same kinds as those
    below it; then the table has none and its columns are called column 1, column 2 …
    """
    lines = line_numbers(found, offset)
    rows = _with_row_names([[as_it_was(tidy(cell)) for cell in record.cells or ()] for record in found], width)
    at, most = _named(rows, {fold(name) for name in known}), width
    other = None
    if at is None:
        width = _used(rows, width)
        at = _below_a_title(rows, _first_full(rows, width), width)
        if at is None or _is_data(rows[at], rows[at + 1 :]):
            start = 0 if at is None else at
            count = max(width, len(rows[start]) if rows else 0)
            names = tuple(f"column {i + 1}" for i in range(count))
            return Head(names, names, None, lines[start] if lines else 1, misfit=_misfit(rows, start, count))
        at = _by_its_words(rows, _at_the_records(rows, at))
        place = table_above(rows, at)
        other = None if place is None else (lines[place], tuple(rows[place]))
    above = _groups(rows, at)
    following = at + 1
    below = found[following].text if following < len(found) else None
    formats = tuple(rows[following]) if below is not None and _are_formats(rows[following]) else ()
    if formats or (below is not None and _RULE.fullmatch(below)):
        following += 1
    named: Sequence[str] = rows[at]
    units: tuple[str, ...] = ()
    while following < len(rows) and _is_units(rows[at], rows[following], rows[following + 1 :]):
        named, units = _two_rows(named, tuple(rows[following]))
        following += 1
        if units or not _has_gaps(rows[following - 1], rows[following : following + 1]):
            break
    first = lines[following] if following < len(lines) else lines[at] + found[at].lines
    for row in above:
        named = _joined(row, named)
    raw = _without_empty_end(_without_comment(named), rows[following:])
    surplus = max(most - len(rows[at]), 0)
    return Head(distinct_names(raw), tuple(raw), lines[at - len(above)], first, units, surplus, other, formats)


def _are_formats(row: Sequence[str]) -> bool:
    """True where a row states what the columns hold or how, as some programs write it below the names."""
    filled = [cell for cell in row if cell]
    said = [fold(cell) in _TYPES or _PATTERN.fullmatch(cell) is not None for cell in filled]
    telling = any("#" in cell or said_order(cell) or fold(cell) in _TYPES or "(" in cell[1:] for cell in filled)
    return len(filled) > 1 and all(said) and telling


def _used(rows: Sequence[Sequence[str]], width: int) -> int:
    """The width without columns at its end in which no row of this width says anything: a delimiter ends each line."""
    full = [row for row in rows if len(row) == width]
    return max((i + 1 for row in full for i, cell in enumerate(row) if cell), default=width)


def _with_row_names(rows: list[list[str]], width: int) -> list[list[str]]:
    """The rows, with an empty name in front of the header where the records are numbered and it leaves that column out,
    as R writes tables with row names."""
    for at, row in enumerate(rows[:SEARCHED]):
        below = [other for other in rows[at + 1 : at + 1 + SEARCHED] if any(other)]
        if len(row) == width - 1 and len(below) > 1 and all(row) and _is_words(row):
            numbered = all(len(other) == width and other[0] == str(n) for n, other in enumerate(below, start=1))
            return [*rows[:at], ["", *row], *rows[at + 1 :]] if numbered else rows
    return rows


def _misfit(rows: Sequence[Sequence[str]], start: int, width: int) -> tuple[str, ...]:
    """The row of names nearest above records without a header, where their number is another."""
    row = next((row for row in reversed(rows[:start]) if sum(map(bool, row)) > 1 and _is_words(row)), ())
    named = [cell for cell in row if cell]
    below = {kind for kind in _column_kinds(rows[start:], width) if kind != "empty"}
    names = len(named) > 1 and all(kind_of(cell) == "text" for cell in named) and below - {"text"}
    return tuple(row) if names else ()


def _at_the_records(rows: Sequence[Sequence[str]], at: int) -> int:
    """The first of the lines of words that stand together right above the first record. Of three or more, all but the
    last tell what the file is about, each a name and its value; it may have a line of units below it."""
    width = len(rows[at])
    kinds = _column_kinds(rows[(at + len(rows)) // 2 :], width)
    for record in range(at + 1, min(len(rows), SEARCHED)):
        own = [kind_of(cell) for cell in rows[record]]
        same = sum(a == b and b in ("number", "date") for a, b in zip(own, kinds, strict=False))
        if same > sum(a == "text" and b in ("number", "date") for a, b in zip(own, kinds, strict=False)):
            break
    else:
        return at
    start = record
    while start > at and _first_full(rows[start - 1 : start], width) is not None and _is_words(rows[start - 1]):
        start -= 1
    if record - start < 3:
        return start if start < record else at
    units = all(len(cell) <= UNIT or cell.startswith(("(", "[")) for cell in rows[record - 1])
    return record - 2 if units else record - 1


def _by_its_words(rows: Sequence[Sequence[str]], at: int) -> int:
    """The row among those of names that holds most of the words which head columns: the ones above tell what the file
    is about, such as 'Plant, Berlin' above 'Date, Value'. The first one, unless another is clearly more of a header."""
    best, most = at, _words(rows[at])
    for number in range(at + 1, min(len(rows), SEARCHED)):
        row = rows[number]
        if len(row) < len(rows[at]) or not _is_words(row):
            break
        words, filled = _words(row), sum(cell != "" for cell in row)
        if words > most and (2 * words >= filled or not _has_gaps(rows[at], [row])):
            best, most = number, words
    return best


def _is_words(row: Sequence[str]) -> bool:
    return all(kind_of(cell) in ("text", "empty") for cell in row)


def _words(row: Sequence[str]) -> int:
    return sum(fold(cell) in _KNOWN for cell in row)


def _without_comment(names: Sequence[str]) -> Sequence[str]:
    """The names without the sign of a comment before the first: '# date' is 'date'."""
    return [without_comment(names[0]), *names[1:]] if names else names


def without_comment(name: str) -> str:
    """A name without the sign of a comment before it."""
    return name.lstrip("#").strip() or name


def line_numbers(found: Sequence[Record], offset: int) -> list[int]:
    """The physical line in which each record begins, where `offset` lines stand before the first."""
    numbers, line = [], offset + 1
    for record in found:
        numbers.append(line)
        line += record.lines
    return numbers


def _named(rows: Sequence[Sequence[str]], known: set[str]) -> int | None:
    if not known:
        return None
    for number, row in enumerate(rows[:SEARCHED]):
        if known <= {fold(cell) for cell in row}:
            return number
    return None


def _first_full(rows: Sequence[Sequence[str]], width: int) -> int | None:
    """The first row as wide as the table in which at least half of the cells say something."""
    for number, row in enumerate(rows[:SEARCHED]):
        if len(row) >= width and sum(cell != "" for cell in row) >= max(2, width / 2):
            return number
    return None


def _below_a_title(rows: Sequence[Sequence[str]], at: int | None, width: int) -> int | None:
    """The row of names right above the first record, where the one found has more names than the records have cells:
    a title with commas in it."""
    if at is None or not any(rows[at][width:]):
        return at
    words = range(at + 1, min(len(rows), SEARCHED))
    below = next((number for number in words if not _is_words(rows[number])), at) - 1
    heads_them = below > at and len(rows[below]) == width and all(rows[below])
    return below if heads_them else at


def _is_data(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    if _are_years(row):
        return False
    kinds = _column_kinds(below, len(row))
    own = [kind_of(cell) for cell in row]
    same = sum(a == b and b in ("number", "date") for a, b in zip(own, kinds, strict=True))
    other = sum(a not in ("empty", b) and b in ("number", "date") for a, b in zip(own, kinds, strict=True))
    alone = not below and any(kind in ("number", "date") for kind in own)
    return same > other or alone


def _are_years(row: Sequence[str]) -> bool:
    """True where the numbers of a row are years that go on one by one, beside a text: they head columns."""
    numbers = [cell for cell in row if kind_of(cell) == "number"]
    years = [int(cell) for cell in numbers if _YEAR.fullmatch(cell)]
    steps = {b - a for a, b in pairwise(years)}
    return len(years) == len(numbers) > 1 and steps in ({1}, {-1}) and len(numbers) < len(row)


def _column_kinds(rows: Sequence[Sequence[str]], width: int) -> list[CellKind]:
    """The most frequent kind of each column's cells, empty ones left out."""
    kinds: list[CellKind] = []
    for column in range(width):
        found = Counter(kind_of(row[column]) for row in rows[:SEARCHED] if len(row) > column)
        found.pop("empty", None)
        kinds.append(found.most_common(1)[0][0] if found else "empty")
    return kinds


def _is_units(names: Sequence[str], row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """A row of texts over columns of numbers, with nothing in any other column but its own name once more."""
    kinds = _column_kinds(below, len(row))
    repeated = [fold(name) == fold(cell) for name, cell in zip_longest(names, row, fillvalue="")][: len(row)]
    own: list[CellKind] = ["empty" if same else kind_of(cell) for same, cell in zip(repeated, row, strict=True)]
    over = [kind for kind, cell in zip(kinds, own, strict=True) if cell != "empty"]
    return bool(over) and all(cell in ("text", "empty") for cell in own) and set(over) == {"number"}


def _two_rows(names: Sequence[str], units: tuple[str, ...]) -> tuple[Sequence[str], tuple[str, ...]]:
    """Names of two header rows, and the units. Where the upper row has gaps over texts of the lower one, as merged
    cells leave them, the lower row is no row of units: 'Output' over 'plan' and 'actual' gives 'Output plan'."""
    lower = [*units, *[""] * (len(names) - len(units))]
    if not _has_gaps(names, [lower]):
        return names, units
    return _joined(names, lower), ()


def _has_gaps(names: Sequence[str], lower: Sequence[Sequence[str]]) -> bool:
    """True where the row below names columns that this one leaves without a name."""
    return any(below and not name for row in lower for name, below in zip(names, row, strict=False))


def _joined(names: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Each name before the one below it; a name reaches over the gaps to its right, as far as names stand below."""
    joined, held = [], ""
    for name, below in zip_longest(names, lower, fillvalue=""):
        held = name or (held if below else "")
        joined.append(held if fold(held) == fold(below) else f"{held} {below}".strip())
    return joined


def _groups(rows: Sequence[Sequence[str]], at: int) -> list[Sequence[str]]:
    """The rows right above a header that group its columns, from the lowest: they name columns that it leaves
    without a name, tell columns of one name apart, or repeat names as cells merged downwards do. A line about the
    file does none of these."""
    found: list[Sequence[str]] = []
    named: Sequence[str] = rows[at]
    while at > len(found):
        row = rows[at - len(found) - 1]
        if len(row) != len(rows[at]) or sum(cell != "" for cell in row) < 2 or not _is_words(row):
            break
        joined = _joined(row, named)
        gaps = any(cell and not below for cell, below in zip(row, named, strict=True))
        merged = not all(row) and any(
            cell and fold(cell) == fold(below) for cell, below in zip(row, named, strict=True)
        )
        if not gaps and not merged and len(set(joined)) <= len(set(named)):
            break
        found, named = [*found, row], joined
    return found


def _without_empty_end(names: Sequence[str], below: Sequence[Sequence[str]]) -> Sequence[str]:
    """The header without nameless columns at its end in which no row says anything."""
    end = len(names)
    while end and not names[end - 1] and not any("".join(row[end - 1 : end]) for row in below):
        end -= 1
    return names[:end]


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """Every column gets a name of its own: a second 'value' is 'value (2)', an empty one 'column 3'."""
    seen: Counter[str] = Counter()
    out = []
    for number, name in enumerate(names, start=1):
        text = name or f"column {number}"
        seen[fold(text)] += 1
        out.append(text if seen[fold(text)] == 1 else f"{text} ({seen[fold(text)]})")
    return tuple(out)
