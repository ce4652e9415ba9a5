"""What the command line prints and where: answers on stdout, notes and progress on stderr, failures as sentences."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

#: From this many steps on, progress is shown even where stderr is no terminal.
MANY = 20


class Refused(Exception):
    """The command cannot do what was asked; the text is a sentence: found, wanted, mend. Exit code 1."""


class WrongUsage(Exception):
    """The command line itself is at fault, found only after parsing. Exit code 2."""


@dataclass(frozen=True)
class Console:
    """Where a command's words go. With `as_json`, stdout carries one JSON value and nothing else."""

    as_json: bool = False

    def answer(self, value: Any) -> None:
        """Print the command's answer as JSON on stdout (UTF-8 signs where the terminal knows them)."""
        ascii_only = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
        print(json.dumps(value, ensure_ascii=ascii_only, indent=2, allow_nan=False))

    def say(self, text: str = "") -> None:
        """Print a line for a person on stdout, or on stderr where stdout is reserved for JSON."""
        print(plain(text), file=sys.stderr if self.as_json else sys.stdout)

    def note(self, text: str) -> None:
        """Print a line on stderr."""
        print(plain(text), file=sys.stderr)

    def progress(self, step: int, steps: int, what: str) -> None:
        """Show how far long work is: one rewritten line on a terminal, one line each for many steps, else nothing."""
        if sys.stderr.isatty() and steps > 1:
            end = "\n" if step == steps else ""
            print(f"\r\x1b[K[{step}/{steps}] {plain(what)}", end=end, file=sys.stderr, flush=True)
        elif steps >= MANY:
            print(f"[{step}/{steps}] {plain(what)}", file=sys.stderr, flush=True)


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


def table(rows: Iterable[Sequence[object]], head: Sequence[str], right: Iterable[str] = ()) -> str:
    """An aligned plain-text table; the columns named in `right` are set flush right."""
    cells = [[plain(str(cell)).replace("\n", " ") for cell in row] for row in rows]
    widths = [max(width(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    flush_right = [name in set(right) for name in head]
    lines = [_line(row, widths, flush_right) for row in [list(head), ["-" * w for w in widths], *cells]]
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int], flush_right: Sequence[bool]) -> str:
    padded = (
        " " * (w - width(cell)) + cell if right else cell + " " * (w - width(cell))
        for cell, w, right in zip(row, widths, flush_right, strict=True)
    )
    return "  ".join(padded).rstrip()
