"""Whole numbers that lost their last digits: a program exported 123456 as it showed it, as 1.23E+05."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping

from opsmetrics.ingest import number_forms, numbers
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice, counted


def digits_lost(scratch: Scratch, layout: Layout, cells: Mapping[str, Mapping[int, int]], records: str) -> list[Notice]:
    """How many numbers of columns of whole numbers have more digits than are written.

    `cells`: number role → code of form → cells; `records` is the scratch relation of the records.
    """
    lost = 0
    for role in (role for role, codes in cells.items() if numbers.whole_but_scientific(codes)):
        rounded = number_forms.rounded_sql(scratch.number(layout.cell(layout.numbers[role])))
        lost += scratch.rows(f"SELECT count_if({rounded}) FROM {records}")[0][0]
    if not lost:
        return []
    one, many = "{n} number was exported as it was shown", "{n} numbers were exported as they were shown"
    said = f"{counted(lost, one, many)}, such as 1.23E+05: the last digits are lost. Export them as whole numbers."
    return [Notice("digits_lost", said)]
