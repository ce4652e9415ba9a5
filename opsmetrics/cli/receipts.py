"""Receipts as lines of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from opsmetrics.cli.layout import table
from opsmetrics.measurements import counted
from opsmetrics.verdict import wording

#: The columns of a receipt's line and the names behind them; the first five numbers add up to `records`.
COLUMNS = {
    "batch": "batch",
    "records": "records",
    "loaded": "rows",
    "rejected": "rows_rejected",
    "missing": "rows_missing",
    "duplicate": "rows_duplicate_dropped",
    "skipped": "rows_skipped",
    "new": "new",
    "updated": "updated",
    "unchanged": "unchanged",
    "removed": "removed",
}
HEAD = ("file", *COLUMNS)

#: Columns that give way on a narrow terminal where they are 0 throughout.
SPARE = ("removed", "unchanged", "skipped", "duplicate", "missing", "updated", "rejected")


def receipts(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """The table of receipts: (source, answer) for each line; a refused file shows its outcome and no numbers."""
    listed = [_row(source, answer) for source, answer in rows]
    told = [name for i, name in enumerate(HEAD) if any(row[i] not in ("0", "–", "") for row in listed)]
    return table(listed, HEAD, HEAD[1:], spare=[name for name in SPARE if name not in told])


def _row(source: str, answer: Mapping[str, Any]) -> list[str]:
    if "error" in answer:
        return [source, "refused", *[""] * (len(COLUMNS) - 1)]
    return [source, *(_cell(name, answer.get(behind)) for name, behind in COLUMNS.items())]


def _cell(name: str, number: int | str | None) -> str:
    if number is None:
        return "–"
    return str(number) if name == "batch" else wording.number(float(number))


def sums(answers: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The sum of each number over the receipts."""
    listed = list(answers)
    return {name: sum(answer.get(name) or 0 for answer in listed) for name in COLUMNS.values() if name != "batch"}


#: The parts of a receipt as words.
PARTS = {
    "rows": "loaded",
    "rows_rejected": "rejected",
    "rows_missing": "without a value",
    "rows_duplicate_dropped": "repeated",
    "rows_skipped": "skipped",
}


def equation(answer: Mapping[str, Any]) -> str:
    """The parts of a receipt, which add up to its records: "98 loaded + 2 rejected = 100 records"."""
    parts = [f"{answer[name]:,} {word}" for name, word in PARTS.items() if answer[name] or name == "rows"]
    return f"{' + '.join(parts)} = {counted(answer['records'], '{n} record', '{n} records')}"


def next_steps(answers: Iterable[Mapping[str, Any]]) -> list[str]:
    """What became of rejects, and what to do about those that are left, a sentence for each batch."""
    said = []
    for answer in answers:
        number, mends = answer.get("batch"), answer.get("mends")
        if mends:
            left = f"{mends['left']:,} left: `rejects {mends['batch']}`" if mends["left"] else "none is left"
            said.append(f"{mends['now']:,} of the rejects of batch {mends['batch']} settled, {left}.")
        elif number is not None and answer.get("rows_rejected"):
            told = counted(answer["rows_rejected"], "{n} record was rejected", "{n} records were rejected")
            said.append(f"{told}: `rejects {number} --out fix.xlsx` gives them to mend; then `ingest fix.xlsx`.")
    return said


def batch_of(answers: Iterable[Mapping[str, Any]]) -> str:
    """Which batches were opened and how to take them back, in one sentence."""
    opened = [answer["batch"] for answer in answers if answer.get("batch") is not None]
    if not opened:
        return "Nothing was written."
    named = f"batch {opened[0]}" if len(opened) == 1 else f"batches {opened[0]} to {opened[-1]}"
    return f"Written as {named}; `undo {opened[0]}` takes {'it' if len(opened) == 1 else 'the first'} back."
