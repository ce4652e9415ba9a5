"""Which character parts the cells, and which one quotes them, from lines of the start, middle and end of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opsmetrics.ingest.cells import fold, kind_of
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.records import BLANK, split

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", BLANK: "blanks"}
#: Lines scored of each part: more do not change the choice.
SCORED = 200


@dataclass(frozen=True)
class Dialect:
    """How the cells of a line are told apart. `hint` is True where the file's first line only names the delimiter."""

    delimiter: str
    quote: str
    width: int
    hint: bool = False


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
    quote = _quote(lines)
    chosen = wanted or hinted or _naming(lines, quote, {fold(name) for name in known})
    if chosen:
        return Dialect(chosen, quote, _width(lines, chosen, quote)[0], hinted is not None)
    scores = {mark: _score(lines, mark, quote) for mark in DELIMITERS}
    best = max(DELIMITERS, key=scores.__getitem__)
    if scores[best] <= 0 and _in_blanks(lines, quote):
        best = BLANK
    elif scores[best] <= 0:
        raise IngestRefused(
            "no_table",
            "no character parts these lines into columns",
            "columns parted by comma, semicolon, tab, | or blanks",
            "export the table as CSV with at least a date and a value",
        )
    return Dialect(best, quote, _width(lines, best, quote)[0])


def _in_blanks(lines: Sequence[str], quote: str) -> bool:
    """True where blanks part every line into as many cells, most of them numbers or dates: a table, not a text."""
    width, share = _width(lines, BLANK, quote)
    cells = [cell for line in lines[1:] for cell in split(line, BLANK, quote) or ()]
    return width > 1 and share == 1 and sum(kind_of(cell) != "text" for cell in cells) > len(cells) / 2


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


def _quote(lines: Sequence[str]) -> str:
    """An apostrophe quotes only where no double mark occurs and most lines begin and end with one."""
    if any('"' in line for line in lines):
        return '"'
    enclosed = sum(len(line) > 1 and line[0] == line[-1] == "'" for line in lines)
    return "'" if lines and enclosed > len(lines) / 2 else '"'


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
