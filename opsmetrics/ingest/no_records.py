"""A header without records below it, and a text that only looks like a table: refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from opsmetrics.ingest.cells import fold, tidy
from opsmetrics.ingest.flags import NO, YES
from opsmetrics.ingest.header import Head
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.several import several

#: Characters of a name that are shown.
_SHOWN = 40
_A_TABLE = "a header and below it records with a date and a value"
_FLAGS = frozenset((*YES, *NO))


def refuse_without_rows(head: Head, lines: int) -> None:
    """Raises IngestRefused (`no_rows`) where the file ends with its header, or with the one line that could be it;
    `several_tables` where another table stands above it."""
    if head.above is not None:
        raise several(*head.above)
    if lines < head.first:
        raise _without_rows(head)


def _without_rows(head: Head) -> IngestRefused:
    names = listed(tidy(name)[:_SHOWN] for name in head.raw)
    if head.line is None or head.line == 1:
        found = f"a header ({names}) without rows below it"
        return IngestRefused("no_rows", found, "at least one record", "export the period again")
    return IngestRefused(
        "no_rows",
        f"no table: the only line that could be a header is line {head.line} ({names}), and nothing stands below it",
        _A_TABLE,
        "choose the file that holds the figures, or export the period again",
    )


def refuse_words(head: Head, rows: Iterable[Sequence[str]]) -> None:
    """Raises IngestRefused (`no_table`) where the first records say neither a number, a date nor yes or no: a text
    whose commas look like columns; `no_rows` where they say nothing."""
    cells = [cell for row in rows for cell in map(tidy, row) if cell]
    if not cells:
        raise _without_rows(head)
    if any(fold(cell) in _FLAGS or any(sign.isdigit() for sign in cell) for cell in cells):
        return
    names = listed(tidy(name)[:_SHOWN] for name in head.raw)
    found = f"no table of measurements: below the line with {names} stand only words, no number and no date"
    raise IngestRefused("no_table", found, _A_TABLE, "choose the file that holds the figures, or export them as CSV")
