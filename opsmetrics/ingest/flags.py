"""Columns of yes and no whose yes is counted, and the records themselves as a count."""

from __future__ import annotations

from dataclasses import dataclass

from opsmetrics.ingest.number_forms import missing_sql
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.sql import among

#: Check marks, which stand where something holds; nothing stands where it does not. X may be crossed out beside a tick.
TICKS, CROSS = ("✓", "✔", "☑", "√"), "x"
MARKS = (*TICKS, CROSS)
#: Words for yes and no in English, German, French and Spanish, in lower case. A column of numbers needs none of them.
YES = ("true", "yes", "y", "t", "1", "wahr", "ja", "j", "vrai", "oui", "o", "verdadero", "sí", "si", "s", *MARKS)
NO = ("false", "no", "n", "f", "0", "falsch", "nein", "faux", "non", "falso", "✗", "✘", "✕", "☐")
#: An empty cell of a column of check marks.
BLANK = ("", "-", "–", "—")


@dataclass(frozen=True)
class FlagStyle(NumberStyle):
    """1 for a cell that means yes, 0 for one that means no.

    With `words` these count and every other word does not; without, a cell that is neither yes nor no is no number.
    Where `blank`, an empty cell means no; where `crossed`, x does.
    """

    words: tuple[str, ...] = ()
    blank: bool = False
    crossed: bool = False

    def sql(self, cell: str) -> str:
        """1.0, 0.0, or null where the cell says nothing."""
        said = f"lower({cell})"
        if self.words:
            counts = among(said, tuple(word.casefold() for word in self.words))
            return f"CASE WHEN {missing_sql(cell)} AND NOT {counts} THEN NULL WHEN {counts} THEN 1.0 ELSE 0.0 END"
        yes = tuple(word for word in YES if not (self.crossed and word == CROSS))
        no = (*NO, *((CROSS,) if self.crossed else ()), *(BLANK if self.blank else ()))
        empty = f" OR {cell} IS NULL" if self.blank else ""
        return f"CASE WHEN {among(said, yes)} THEN 1.0 WHEN {among(said, no)}{empty} THEN 0.0 END"


@dataclass(frozen=True)
class RecordStyle(NumberStyle):
    """1 for each record."""

    def sql(self, cell: str) -> str:
        """Always 1.0."""
        return "1.0::DOUBLE"


def unlike_flags(cell: str) -> str:
    """True for a cell that is neither yes nor no, nor empty."""
    return f"NOT ({missing_sql(cell)} OR {among(f'lower({cell})', (*YES, *NO))})"
