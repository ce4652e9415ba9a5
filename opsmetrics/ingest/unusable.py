"""A file of which nothing can be loaded: why, in one sentence. An empty batch would look like a load that worked."""

# ruff: noqa: S608  (columns are named by position: no word of the file is SQL)

from __future__ import annotations

from opsmetrics.ingest.checked import Checked
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.measurements import Batch, Notice, counted


class NothingUsable(IngestRefused):
    """The refusal of a file of which no record can be loaded; `batch` holds its rejected records."""

    def __init__(self, why: IngestRefused, batch: Batch) -> None:
        super().__init__(why.code, why.found, why.wanted, why.mend)
        self.batch = batch


def refusal(checked: Checked) -> IngestRefused | None:
    """What to say where no record states anything that can be loaded, else None."""
    tally = checked.tally
    if tally.rows:
        return None
    if not tally.rejected + tally.missing:
        found = f"none of {counted(tally.records, '{n} line', '{n} lines')} is a record"
        return IngestRefused("no_rows", found, "at least one record", "export the period again")
    reasons, mends = [], []
    if tally.missing:
        columns = _empty(checked) or [checked.sheet.headers[at] for at in checked.layout.measured.values()]
        reasons.append(f"{counted(tally.missing, '{n} has', '{n} have')} no number in {listed(columns)}")
        mends.append(_fill(checked.sheet.form))
    if tally.rejected:
        first = checked.rejects.iloc[0]
        reasons.append(
            f"{counted(tally.rejected, '{n} is', '{n} are')} rejected, the first in line {first['line']}: "
            f"{first['reason']}"
        )
        mends.append(str(first["mend"]))
    found = f"none of {counted(tally.records, '{n} record', '{n} records')} can be loaded: {'; '.join(reasons)}"
    return IngestRefused("nothing_usable", found, "at least one record that can be loaded", "; ".join(mends))


def empty_columns(checked: Checked) -> tuple[Notice, ...]:
    """A notice about columns that are read and empty in every record, though the records state something else."""
    names = _empty(checked) if checked.tally.rows else []
    if not names:
        return ()
    told = "Column {} is" if len(names) == 1 else "Columns {} are"
    return (Notice("empty_column", f"{told.format(listed(names))} empty in every record."),)


def _empty(checked: Checked) -> list[str]:
    """The headers of the columns of numbers that no record fills."""
    at = checked.layout.measured
    if not at:
        return []
    counts = ", ".join(f"count({checked.layout.number_name(role)})" for role in at)
    found = checked.scratch.rows(f"SELECT {counts} FROM stage WHERE fault = 0")[0]
    return list(
        dict.fromkeys(checked.sheet.headers[column] for column, n in zip(at.values(), found, strict=True) if not n)
    )


def _fill(form: str) -> str:
    if "workbook" in form or "spreadsheet" in form:
        return (
            "fill the cells; if they hold formulas, open the file in a spreadsheet program and save it there, "
            "so that their results are stored"
        )
    return "export the period again, with its values"
