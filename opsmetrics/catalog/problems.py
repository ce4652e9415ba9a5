"""Mistakes in a catalogue: collected all at once, each with what was found, what was wanted and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One mistake (or, as a warning, one thing that looks like one). `key` is the path in the TOML file."""

    key: str
    found: str
    wanted: str
    mend: str

    def __str__(self) -> str:
        return f"{self.key}: found {self.found}; wanted {self.wanted}. {self.mend}"


class CatalogError(ValueError):
    """A catalogue that cannot be used. `problems` holds every mistake, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        head = "The catalogue has 1 mistake:" if count == 1 else f"The catalogue has {count} mistakes:"
        return "\n".join([head, *(f"  {problem}" for problem in self.problems)])


class NotUnderstood(ValueError):
    """A text or value that cannot be read: what was wanted instead and how to mend it."""

    def __init__(self, wanted: str, mend: str, found: str | None = None) -> None:
        self.found = found
        self.wanted = wanted
        self.mend = mend
        super().__init__(f"Wanted {wanted}. {mend}" if found is None else f"Found {found}; wanted {wanted}. {mend}")


class NotHere(LookupError):
    """Nothing has this name. code: a stable word for programs."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass
class Findings:
    """Collects problems and warnings while a catalogue is read."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, key: str, found: str, wanted: str, mend: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(key, found, wanted, mend))

    def warn(self, key: str, found: str, wanted: str, mend: str) -> None:
        """Note something that is allowed but looks like a mistake."""
        self.warnings.append(Problem(key, found, wanted, mend))


def shown(value: Any) -> str:
    """A value from the file as it may stand in a message: short, quoted where it is text."""
    text = repr(value) if isinstance(value, str) else _plain(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        return "a table" if value else "an empty table"
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value)}]"
    return str(value)


def listed(names: Iterable[str]) -> str:
    """Names as an enumeration: 'a, b or c'."""
    all_names = list(names)
    return all_names[0] if len(all_names) == 1 else f"{', '.join(all_names[:-1])} or {all_names[-1]}"


def nearest(name: object, known: Iterable[str]) -> str:
    """The sentence 'Did you mean …?' where a known name is close, else ''."""
    close = difflib.get_close_matches(str(name).lower(), list(known), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else ""
