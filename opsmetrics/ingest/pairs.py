"""Two counts in one cell: `3/412`, `38 of 412`, `38 von 412`."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opsmetrics.ingest.cells import MISSING, tidy
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.number_forms import missing_sql
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import text

#: A count: whole, and in groups only where a blank or an apostrophe parts them, as a point or comma may be decimal.
_COUNT = "([0-9]{1,3}(?:[ '][0-9]{3})+|[0-9]+)"
_PAIR = f"(?i){_COUNT} ?(?:[/⁄∕]|(?:out )?of|von|aus|sur|de|di|su|van) ?{_COUNT}"
#: Of more cells than this share in another form, the column is something else.
_OTHER = 0.5


@dataclass(frozen=True)
class PairStyle(NumberStyle):
    """One of the two counts of a cell: `part` 1 stands first, 2 second. `3/4/25` is none."""

    part: int = 1

    def sql(self, cell: str) -> str:
        """An expression of type DOUBLE, null where the cell is not two counts."""
        digits = f"regexp_replace(regexp_extract({cell}, {text(_PAIR)}, {self.part}), '[ '']', '', 'g')"
        return f"CASE WHEN {_is_pair(cell)} THEN TRY_CAST({digits} AS DOUBLE) END"


def are_pairs(cells: Iterable[str]) -> bool:
    """True where all cells that say anything hold two counts, and one does."""
    said = [word for cell in cells if (word := tidy(cell)).casefold() not in MISSING]
    return bool(said) and all(re.fullmatch(_PAIR, word) for word in said)


def pair_styles(scratch: Scratch, layout: Layout, telling: Callable[[int], str]) -> dict[str, NumberStyle]:
    """The number roles that are one of two counts. `telling` gives the scratch relation of the records in which a
    column may say something. Raises IngestRefused (`numbers_not_understood`) where hardly any cell holds two counts."""
    for column in {layout.numbers[role] for role in layout.pairs}:
        _refuse_other(scratch, layout.cell(column), column, telling(column))
    return {role: PairStyle(part=part) for role, part in layout.pairs.items()}


def _refuse_other(scratch: Scratch, cell: str, column: int, records: str) -> None:
    odd = f"NOT {missing_sql(cell)} AND NOT coalesce({_is_pair(cell)}, FALSE)"
    said, other, example = scratch.rows(
        f"SELECT count_if(NOT {missing_sql(cell)}), count_if({odd}), min({cell}) FILTER ({odd}) FROM {records}"
    )[0]
    if other > _OTHER * said:
        raise IngestRefused(
            "numbers_not_understood",
            f"{other:,} of {said:,} cells of column '{scratch.sheet.headers[column]}' are not two counts, for example "
            f"'{example[:60]}'",
            "two counts in each cell, such as 3/412 or 38 of 412",
            "name two columns in the template, or correct the export",
        )


def _is_pair(cell: str) -> str:
    return f"regexp_full_match({cell}, {text(_PAIR)})"
