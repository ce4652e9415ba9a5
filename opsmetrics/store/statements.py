"""The SQL of the store, kept in `.sql` files beside the code: one `-- name: …` line before each statement.

Braces in a statement stand for identifiers and lists of columns that `Shape` makes from the catalogue; values are
never put into the text, they are bound.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("sql")
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def quoted(identifier: str) -> str:
    """The identifier as SQL text, whatever characters it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """The text as a literal, for the names of columns that a statement compares with."""
    return "'" + text.replace("'", "''") + "'"


def statement(file: str, name: str, **parts: str) -> str:
    """The statement `name` of `sql/<file>.sql`, its braces filled with `parts`."""
    return _statements(file)[name].format(**parts)


@cache
def _statements(file: str) -> dict[str, str]:
    pieces = _NAME.split((FOLDER / f"{file}.sql").read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}
