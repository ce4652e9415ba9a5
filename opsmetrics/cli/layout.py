"""Plain text that fits: tables and paragraphs for the terminal at hand, or of any width where nobody looks at one."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence

#: Between two columns of a table.
GAP = "  "

#: Texts that are broken read well down to this width; for less, columns that may go are left out.
EASY = 22

#: Cells that say nothing.
EMPTY = ("", "–", "0")


def columns() -> int | None:
    """How wide a line may be: the terminal's width, or COLUMNS; None where output goes to a file or a program, so that
    each row stays one line there."""
    if sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    given = os.environ.get("COLUMNS", "")
    return int(given) if given.isdecimal() and int(given) > 0 else None


def plain(text: str) -> str:
    """The text without control characters other than line breaks: a name in a file must not steer the terminal."""
    return "".join(
        sign if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs") else "\N{REPLACEMENT CHARACTER}"
        for sign in text
    )


def width(text: str) -> int:
    """The columns that the text takes on a terminal: wide signs two, combining marks none."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def wrapped(text: str, indent: int = 0) -> str:
    """A paragraph that stands `indent` signs in, broken between words where the line ends."""
    fit = columns()
    lines = [text] if fit is None else _broken(text, fit - indent)
    return f"\n{' ' * indent}".join(lines)


def facts(pairs: Iterable[tuple[str, str]], name: int = 10) -> str:
    """Lines of a name and what it is; names take `name` signs. Those without a text are left out."""
    return "\n".join(f"{what:<{name}}{wrapped(text, name)}" for what, text in pairs if text)


def table(
    rows: Iterable[Sequence[object]],
    head: Sequence[str],
    right: Iterable[str] = (),
    *,
    spare: Sequence[str] = (),
    beneath: Sequence[str] = (),
) -> str:
    """An aligned table; the columns named in `right` are set flush right.

    Where it is too wide, the columns of `spare` that say nothing are left out, then the others of them, in their order,
    and at last texts are broken between words. `beneath` holds a text for each row that stands under it.
    """
    cells = [[plain(str(cell)).replace("\n", " ") for cell in row] for row in rows]
    kept, widths = _fitted(cells, head, set(right), spare)
    flush_right = [head[i] in set(right) for i in kept]
    lines = [_line([head[i] for i in kept], widths, flush_right), GAP.join("-" * w for w in widths)]
    for place, row in enumerate(cells):
        parts = [_broken(row[i], w) for i, w in zip(kept, widths, strict=True)]
        for level in range(max(map(len, parts))):
            lines.append(_line([part[level] if level < len(part) else "" for part in parts], widths, flush_right))
        if place < len(beneath) and beneath[place]:
            lines += [GAP + wrapped(plain(beneath[place]), len(GAP))]
    return "\n".join(lines)


def _fitted(
    cells: list[list[str]], head: Sequence[str], right: set[str], spare: Sequence[str]
) -> tuple[list[int], list[int]]:
    """Which columns are shown, and how wide each is."""
    listed = [list(head), *cells]
    widths = [max(width(row[i]) for row in listed) for i in range(len(head))]
    kept, fit = list(range(len(head))), columns()
    if fit is None:
        return kept, widths
    words = [max(width(word) for row in listed for word in row[i].split(" ")) for i in kept]
    least = [widths[i] if name in right else words[i] for i, name in enumerate(head)]
    easy = [max(least[i], min(widths[i], EASY)) for i in kept]
    for i in _to_go(cells, head, spare):
        if _total(easy, kept) > fit:
            kept.remove(i)
    while _total(widths, kept) > fit and any(widths[i] > least[i] for i in kept):
        widths[max(kept, key=lambda i: widths[i] - least[i] and widths[i])] -= 1
    return kept, [widths[i] for i in kept]


def _to_go(cells: list[list[str]], head: Sequence[str], spare: Sequence[str]) -> list[int]:
    """The columns that may go, those that say nothing first."""
    places = [list(head).index(name) for name in spare if name in head]
    return sorted(places, key=lambda i: any(row[i] not in EMPTY for row in cells))


def _total(widths: Sequence[int], kept: Sequence[int]) -> int:
    return sum(widths[i] for i in kept) + len(GAP) * (len(kept) - 1)


def _broken(text: str, most: int) -> list[str]:
    """A text in lines of at most so many columns, broken at blanks; a longer word stays whole."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and width(longer) > most:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _line(row: Sequence[str], widths: Sequence[int], flush_right: Sequence[bool]) -> str:
    padded = (
        " " * (w - width(cell)) + cell if right else cell + " " * (w - width(cell))
        for cell, w, right in zip(row, widths, flush_right, strict=True)
    )
    return GAP.join(padded).rstrip()
