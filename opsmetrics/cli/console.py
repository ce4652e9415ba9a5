"""What the command line prints and where: answers on stdout, notes and progress on stderr, failures as sentences."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from opsmetrics.cli.layout import plain


class Refused(Exception):
    """The command cannot do what was asked; the text is a sentence: found, wanted, mend. Exit code 1."""


class WrongUsage(Exception):
    """The command line itself is at fault. `usage`: how the command is written, where that was found while parsing.
    Exit code 2."""

    code = "wrong_usage"

    def __init__(self, text: str, usage: str = "") -> None:
        super().__init__(text)
        self.usage = usage


@dataclass
class Console:
    """Where a command's words go. With `as_json`, stdout carries one JSON value and nothing else.

    answered: that value has been printed.
    """

    as_json: bool = False
    answered: bool = False

    def answer(self, value: Any) -> None:
        """Print the command's answer as JSON on stdout (UTF-8 signs where the terminal knows them)."""
        self.answered = True
        ascii_only = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
        print(json.dumps(value, ensure_ascii=ascii_only, indent=2, allow_nan=False))

    def say(self, text: str = "") -> None:
        """Print a line for a person on stdout, or on stderr where stdout is reserved for JSON."""
        print(plain(text), file=sys.stderr if self.as_json else sys.stdout)

    def note(self, text: str) -> None:
        """Print a line on stderr."""
        print(plain(text), file=sys.stderr)

    def progress(self, step: int, steps: int, what: str) -> None:
        """Show how far long work is: one line of a terminal, rewritten and at last wiped; elsewhere nothing."""
        if sys.stderr.isatty() and steps > 1:
            shown = "" if step == steps else f"[{step}/{steps}] {plain(what)}"
            print(f"\r\x1b[K{shown}", end="", file=sys.stderr, flush=True)
