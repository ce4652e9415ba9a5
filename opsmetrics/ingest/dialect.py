"""Which character parts the cells, and which one quotes them, from lines of the start, middle and end of a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from opsmetrics.ingest.cells import fold, kind_of
from opsmetrics.ingest.fixed_width import TAB, cut, cuts_of
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.records import BLANK, records, split, unescaped, unwrapped, well_formed

DELIMITERS = (",", ";", "\t", "|")
#: Marks that part cells where none of those does.
RARER = ("^", "~", "¦")
#: It parts times and labels too: only where it parts every line alike, the first of them into words.
COLON = ":"
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", BLANK: "blanks"}
#: Lines scored of each part: more do not change the choice.
SCORED = 200
#: Blanks part a table where so many of its lines have the same number of cells.
ENOUGH = 0.8
#: A quoted cell between blanks, as R writes its tables.
_QUOTED = re.compile(r'(?<!\S)"(?:[^"]|"")*"(?!\S)')
#: A cell between apostrophes.
_APOSTROPHES = re.compile(r"(?:^|[,;|\t])\s*'(?:[^']|'(?!\s*[,;|\t]))*'\s*(?:$|[,;|\t])")


@dataclass(frozen=True)
class Dialect:
    """How the cells of a line are told apart. `hint` is True where the file's first line only names the delimiter,
    `escaped` where a backslash stands before the quotation marks inside cells, `wrapped` where each line is quoted as a
    whole; `cuts` are the places at which the columns of lines without a delimiter begin."""

    delimiter: str
    quote: str
    width: int
    hint: bool = False
    escaped: bool = False
    wrapped: bool = False
    cuts: tuple[int, ...] = ()

    @property
    def rewrites(self) -> bool:
        """True where `plain` changes lines."""
        return self.escaped or self.wrapped or bool(self.cuts)

    def plain(self, line: str) -> str:
        """The line with its cells parted by the delimiter, and marks inside quoted ones doubled."""
        if self.wrapped:
            line = unwrapped(line, self.quote)
        if self.escaped:
            line = unescaped(line, self.quote)
        return cut(line, self.cuts) if self.cuts else line


def dialect_of(
    head: Sequence[str], others: Sequence[str], wanted: str | None = None, known: Iterable[str] = ()
) -> Dialect:
    """The delimiter whose cells are most regular: same number in every line, each a number, a date or a plain text.

    `wanted` (of the template) and Excel's own `sep=` line win, then the one that parts a line into the `known`
    headers. Raises IngestRefused (`no_table`).
    """
    hinted = _hint(head[0]) if head else None
    lines = [
        line for line in [*head[hinted is not None :][:SCORED], *others[:SCORED], *others[-SCORED:]] if line.strip()
    ]
    wrapped = _wraps(lines)
    lines = [unwrapped(line, '"') for line in lines] if wrapped else lines
    bare = [line.replace('\\"', '""') for line in lines]
    quotes = _quotes(lines)
    chosen = wanted or hinted or _naming(bare, quotes[0], {fold(name) for name in known})
    pairs = [(mark, quote) for mark in ((chosen,) if chosen else _delimiters(lines)) for quote in quotes]
    scores = {pair: _score(_joined(bare, *pair), *pair) for pair in pairs}
    delimiter, quote = max(pairs, key=scores.__getitem__)
    found = Dialect(delimiter, quote, 0, hinted is not None, _escapes(lines, delimiter, quote), wrapped)
    if not chosen:
        found = _otherwise(found, bare, scores[delimiter, quote])
    read = [replace(found, wrapped=False).plain(line) for line in lines]
    return replace(found, width=_width(_joined(read, found.delimiter, quote), found.delimiter, quote)[0])


def _joined(lines: Sequence[str], delimiter: str, quote: str) -> Sequence[str]:
    """The lines, those joined over which a quoted cell runs: a line inside of one says nothing about the delimiter."""
    if delimiter == BLANK or all(split(line, delimiter, quote) is not None for line in lines):
        return lines
    return [record.text for record in records(lines, delimiter, quote)]


def _otherwise(found: Dialect, lines: Sequence[str], score: float) -> Dialect:
    """Blanks, rarer marks or columns of fixed width, where they part the lines better than the usual marks."""
    blanks = _in_blanks(lines, found.quote)
    cuts = cuts_of(lines)
    if blanks > score and not (cuts and _names_all(lines[0], cuts, _width(lines, BLANK, found.quote)[0])):
        return replace(found, delimiter=BLANK, escaped=False)
    if score > 0:
        return found
    rarer = {mark: _score(lines, mark, found.quote) for mark in RARER if _width(lines, mark, found.quote)[1] >= ENOUGH}
    if rarer and max(rarer.values()) > 0:
        return replace(found, delimiter=max(rarer, key=rarer.__getitem__))
    if _in_colons(lines, found.quote):
        return replace(found, delimiter=COLON)
    if cuts and any(kind_of(cell) != "text" for line in lines[1:] for cell in cut(line, cuts).split(TAB)):
        return replace(found, delimiter=TAB, cuts=cuts, escaped=False)
    raise IngestRefused(
        "no_table",
        "no character parts these lines into columns",
        "columns parted by comma, semicolon, tab, | or blanks",
        "export the table as CSV with at least a date and a value",
    )


def _in_colons(lines: Sequence[str], quote: str) -> bool:
    width, share = _width(lines, COLON, quote)
    names = split(lines[0], COLON, quote) or () if lines else ()
    return width > 2 and share == 1.0 and len(lines) > 1 and all(kind_of(name) == "text" for name in names)


def _names_all(line: str, cuts: Sequence[int], width: int) -> bool:
    """True where this line has a word for each column of fixed width, and the others more words than that."""
    return len(line.split()) == len(cuts) + 1 < width and all(cut(line, cuts).split(TAB))


def _wraps(lines: Sequence[str]) -> bool:
    """True where most lines are one quoted cell that holds a whole line: a file that was quoted twice."""
    whole = [line for line in lines if well_formed(line, "\n", '"', 1) and line[:1] == line[-1:] == '"' != line]
    held = sum(any(mark in line for mark in DELIMITERS) for line in whole)
    several = sum(any(well_formed(line, mark, '"', 1) is False for mark in DELIMITERS) for line in whole)
    return 2 * (held - several) > len(lines)


def _delimiters(lines: Sequence[str]) -> list[str]:
    """The usual delimiters, and each of them written several times where it occurs in no other way."""
    found = list(DELIMITERS)
    text = "\n".join(lines)
    for mark in DELIMITERS:
        for several in (mark * 3, mark * 2):
            if text.count(several) > len(lines) / 2 and text.count(several) * len(several) == text.count(mark):
                found[found.index(mark)] = several
                break
    return found


def _escapes(lines: Sequence[str], delimiter: str, quote: str) -> bool:
    """True where more lines hold well-formed cells once a backslash is read as the sign before a mark."""
    marked = [line for line in lines if "\\" + quote in line]
    if not marked:
        return False
    width = _width([line for line in lines if "\\" not in line] or lines, delimiter, quote)[0]
    escaped = sum(well_formed(unescaped(line, quote), delimiter, quote, width) for line in marked)
    return escaped > sum(well_formed(line, delimiter, quote, width) for line in marked)


def _in_blanks(lines: Sequence[str], quote: str) -> float:
    """How regular the cells between blanks are: 0 where most of them are texts, so that a text is no table."""
    width, share = _width(lines, BLANK, quote)
    if width < 2 or share < ENOUGH:
        return 0.0
    rows = [cells for line in lines[1:] if len(cells := split(line, BLANK, quote) or ()) == width]
    figures = [kind_of(cell) != "text" for cells in rows for cell in cells]
    aligned = sum("  " in line.strip() for line in lines) > len(lines) / 2  # in columns, as no text is
    parted = sum(len(_QUOTED.findall(line)) > 1 for line in lines) > len(lines) / 2 if quote == '"' else False
    return share * sum(figures) / len(figures) if sum(figures) > len(figures) / (4 if aligned or parted else 2) else 0.0


def _naming(lines: Sequence[str], quote: str, known: set[str]) -> str | None:
    """The delimiter by which one of the first lines says all of these headers."""
    if len(known) < 2:
        return None
    for line in lines[:SCORED]:
        for mark in DELIMITERS:
            if known <= {fold(cell) for cell in split(line, mark, quote) or ()}:
                return mark
    return None


def _hint(line: str) -> str | None:
    text = line.strip().strip('"').lower()
    return text[4] if len(text) == 5 and text.startswith("sep=") else line[4:5] if line.lower() == "sep=\t" else None


def _quotes(lines: Sequence[str]) -> tuple[str, ...]:
    """The quotation marks that may be meant: apostrophes only where they enclose cells in most lines."""
    enclosed = sum(len(line) > 1 and _APOSTROPHES.search(line) is not None for line in lines)
    return ('"', "'") if lines and enclosed > len(lines) / 2 else ('"',)


def _width(lines: Sequence[str], delimiter: str, quote: str) -> tuple[int, float]:
    """The usual number of cells in a line, and the share of lines that have it."""
    widths = Counter(len(split(line, delimiter, quote) or ()) for line in lines)
    widths.pop(0, None)
    if not widths:
        return 1, 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return width, count / len(lines)


def _score(lines: Sequence[str], delimiter: str, quote: str) -> float:
    width, share = _width(lines, delimiter, quote)
    if width < 2:
        return 0.0
    rows = [cells for line in lines if (cells := split(line, delimiter, quote)) and len(cells) == width]
    worth = [_worth(cell, delimiter) for cells in rows for cell in cells]
    return share * sum(worth) / len(worth)


def _worth(cell: str, delimiter: str) -> float:
    if kind_of(cell) != "text":
        return 1.0
    return 0.2 if any(mark in cell for mark in DELIMITERS if mark not in (delimiter, ",")) else 0.8
