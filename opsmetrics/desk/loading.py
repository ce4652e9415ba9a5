"""Files into the store, one after the other: the same for the terminal, the inbox, and what is handed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from opsmetrics import ingest
from opsmetrics.desk.desk import Desk
from opsmetrics.desk.receipts import diff_dict
from opsmetrics.desk.templates import remember
from opsmetrics.measurements import Batch


@dataclass(frozen=True)
class Order:
    """How files are to be loaded, and by whom."""

    by: str
    template: ingest.Template | None = None
    covers: tuple[dt.date, dt.date] | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its receipt (or diff, or refusal) as JSON, what it has to say, and its rejected records
    as CSV, where there are any."""

    source: str
    answer: dict[str, Any]
    notes: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    rejects: bytes | None = None

    @property
    def refused(self) -> bool:
        """True where nothing of the file was loaded because it could not be understood."""
        return "error" in self.answer


def load(desk: Desk, path: Path, order: Order) -> Outcome:
    """Load one file, or say what it would change. The verdicts that follow are kept by `Desk.publish`, once all files
    are in."""
    try:
        batch = desk.prepare(path, template=order.template, covers=order.covers, answers=order.answers)
    except (ingest.NeedsAnswer, ingest.IngestRefused, ingest.TemplateError, OSError) as error:
        return refused(path, error)
    if order.dry_run:
        return _outcome(batch, diff_dict(batch, desk.diff(batch)))
    return commit(desk, batch, order.by)


def commit(desk: Desk, batch: Batch, by: str) -> Outcome:
    """Write a checked batch."""
    receipt = desk.commit(batch, by=by, publish=False)
    receipt = replace(receipt, warnings=(*receipt.warnings, *remember(desk, batch)))
    return _outcome(
        replace(batch, warnings=receipt.warnings), receipt.as_dict(), tuple(span.kpi for span in batch.spans)
    )


def _outcome(batch: Batch, answer: dict[str, Any], kpis: tuple[str, ...] = ()) -> Outcome:
    return Outcome(batch.source, answer, _notes(batch, answer), kpis, _rejects(batch, answer["batch"]))


def _rejects(batch: Batch, number: int | None = None) -> bytes | None:
    return ingest.reject_csv(batch, number) if len(batch.rejects) else None


def refused(path: Path, error: Exception) -> Outcome:
    """What to say of a file that cannot be loaded."""
    name = ingest.safe_name(path.name or str(path))
    answer: dict[str, Any] = {"outcome": "refuse", "source": name}
    if isinstance(error, ingest.NeedsAnswer):
        text = " ".join(question.text for question in error.questions)
        asked = {"outcome": "needs_user_choice", "error": text, "questions": error.as_list()}
        return Outcome(name, {**answer, **asked}, (text,))
    text = str(error)
    if isinstance(error, OSError):
        name = ingest.safe_name(str(error.filename or name))
        text = f"The file {name} could not be used: {error.strerror or error}. Check its permissions."
    elif isinstance(error, ingest.IngestRefused):
        answer["code"] = error.code
    rejects = _rejects(error.batch) if isinstance(error, ingest.NothingUsable) else None
    return Outcome(name, {**answer, "error": text}, (text,), rejects=rejects)


def _note(warning: Mapping[str, str]) -> str:
    told = f' If they are one: --answer "{warning["answer"]}".' if "answer" in warning else ""
    return warning["text"] + told


def _notes(batch: Batch, answer: Mapping[str, Any], limit: int = 5) -> tuple[str, ...]:
    """What the file has to say; records that were rejected for one and the same thing are told once."""
    notes = [_note(warning) for warning in answer["warnings"]]
    kinds = batch.rejects.groupby(["column", "reason", "mend"], sort=False)["line"].agg(["min", "count"])
    for (column, reason, mend), line, count in kinds.head(limit).itertuples():
        where = f"line {line}" if count == 1 else f"{count:,} records from line {line} on"
        notes.append(f"{', '.join(filter(None, (where, column)))}: {reason}; {mend}.")
    if left := int(kinds["count"].iloc[limit:].sum()):
        notes.append(f"… and {left:,} more rejected records; --rejects FOLDER writes them all.")
    return tuple(notes)
