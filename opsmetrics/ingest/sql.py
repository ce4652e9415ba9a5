"""Texts as SQL literals. Identifiers are never made from the file's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable


def text(value: str) -> str:
    """A text as a literal."""
    return "'" + value.replace("'", "''") + "'"


def one_of(values: Iterable[str]) -> str:
    """Texts as the list of an IN; no text is in an empty one."""
    return "(" + (", ".join(text(value) for value in values) or "NULL") + ")"


def among(cell: str, values: Iterable[str]) -> str:
    """True where the cell is one of these texts.

    A pattern, not an IN: from about ten texts on, DuckDB turns an IN (and list_contains) into a join, and a join may
    give the rows of a file in another order than that of its lines.
    """
    return f"regexp_full_match({cell}, {text('|'.join(re.escape(value) for value in values))})"
