"""Tables below one another: one of them read as the other would be wrong numbers without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from opsmetrics.ingest.cells import fold, kind_of
from opsmetrics.ingest.faults import BAD_DATE, NO_DATE, TOO_FEW, TOO_MANY
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.records import split
from opsmetrics.ingest.synonyms import DIMENSIONS, EVENTS, QUANTITIES, ROLES

#: Rejected records that are looked at: a second header is among the first of them, or a file has another fault.
_MOST = 2_000
#: How a header fails as a record.
_FAILS = (BAD_DATE.code, NO_DATE.code, TOO_FEW.code, TOO_MANY.code)
#: Words that head the same column.
_WORDS = tuple(frozenset(map(fold, words)) for words in (*ROLES.values(), *EVENTS.values(), *DIMENSIONS, *QUANTITIES))
_TIMES = frozenset(fold(word) for role in ("date", "ts", "sample") for word in ROLES[role])


def heads(cells: Sequence[str], times: Iterable[str] = ()) -> bool:
    """True for words of which one heads a column of dates, without any digit."""
    filled = [cell for cell in map(fold, cells) if cell]
    return len(filled) > 1 and bool({*times, *_TIMES} & set(filled)) and not any(map(str.isdigit, "".join(filled)))


def table_above(rows: Sequence[Sequence[str]], at: int) -> int | None:
    """Which of the rows above the header (by position `at`) heads a table of its own: two records follow it."""
    for place in range(at - 2):
        if heads(rows[place]) and all(_is_record(row) for row in rows[place + 1 : place + 3]):
            return place
    return None


def _is_record(row: Sequence[str]) -> bool:
    return {"date", "number"} <= {kind_of(cell) for cell in row}


def refuse_table_below(
    rejects: pd.DataFrame,
    headers: Sequence[str],
    first: int,
    read: Mapping[str, int],
    time: int | None,
    marks: tuple[str, str],
) -> None:
    """Raises IngestRefused (`several_tables`) where a rejected record heads a table with other columns.

    first: the line below the header. read: role → position of the columns read beside that of time.
    marks: delimiter and quotation mark.
    """
    times = () if time is None else (fold(headers[time]),)
    some = rejects[rejects["code"].isin(_FAILS)].head(_MOST)
    for line, text in zip(some["line"], some["text"], strict=True):
        cells = [] if any(map(str.isdigit, text)) else split(text, *marks) or []
        other = _other if line != first else _otherwise
        if heads(cells, times) and any(other(headers[at], cells[at]) for at in read.values() if at < len(cells)):
            raise several(int(line), cells)


def _other(header: str, cell: str) -> bool:
    """True where the cell is the name of another column, not of this one with or without its unit."""
    name, word = fold(header), fold(cell)
    return bool(word) and word not in name and name not in word


def _otherwise(header: str, cell: str) -> bool:
    """As `_other`, right below the header, where its words may stand once more in another language."""
    return _other(header, cell) and not any({fold(header), fold(cell)} <= words for words in _WORDS)


def several(line: int, cells: Sequence[str]) -> IngestRefused:
    """The refusal of a table that another one follows, or precedes."""
    found = f"more than one table: another one has its header in line {line} ({listed(c for c in cells if c)})"
    return IngestRefused(
        "several_tables", found, "one table on a sheet or in a file", "put each on a sheet or into a file of its own"
    )
