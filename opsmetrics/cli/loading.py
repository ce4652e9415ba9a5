"""ingest, batches, undo: what goes into the store, what is in it, taking it out again."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from opsmetrics import ingest as files
from opsmetrics.catalog import Catalog
from opsmetrics.cli import desks, failures
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table
from opsmetrics.cli.receipts import batch_of, receipts, sums
from opsmetrics.desk import Desk
from opsmetrics.desk.receipts import diff_dict, ledger_dict
from opsmetrics.measurements import Batch, counted
from opsmetrics.verdict import wording


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its receipt (or diff, or refusal) as JSON, and the sentences beneath its line."""

    source: str
    answer: dict[str, Any]
    notes: tuple[str, ...] = ()
    kpis: tuple[str, ...] = field(default=())

    @property
    def refused(self) -> bool:
        """True where nothing of the file was loaded because it could not be understood."""
        return "error" in self.answer


def ingest(given: argparse.Namespace, console: Console) -> int:
    """Load each file as one batch with its receipt; exit code 1 where one was refused."""
    if given.covers is not None and len(given.files) > 1:
        raise WrongUsage("--covers speaks of one file, and several were given: load them one by one.")
    with desks.opened(given) as desk:
        outcomes: list[Outcome] = []
        try:
            outcomes.extend(_each(given, desk, _template(desk, given.template), console))
        finally:
            if outcomes:
                report(console, outcomes, several=len(given.files) > 1, dry_run=given.dry_run)
        if not given.dry_run:
            desk.publish(kpi for outcome in outcomes for kpi in outcome.kpis)
    return 1 if any(outcome.refused for outcome in outcomes) else 0


def _each(
    given: argparse.Namespace, desk: Desk, template: files.Template | None, console: Console
) -> Iterator[Outcome]:
    answers = dict(given.answer) | ({"sheet": given.sheet} if given.sheet else {})
    for number, path in enumerate(given.files, start=1):
        console.progress(number, len(given.files), path.name)
        try:
            batch = desk.prepare(path, template=template, covers=given.covers, answers=answers)
        except (*failures.FILE_REFUSALS, OSError) as error:
            if isinstance(error, files.NothingUsable):
                _keep_rejects(given, error.batch)
            yield _refusal(path, error)
            continue
        _keep_rejects(given, batch)
        yield _compare(desk, batch) if given.dry_run else committed(desk, batch, desks.person(given))


def _refusal(path: Path, error: Exception) -> Outcome:
    text = failures.expected(error) or str(error)
    asked, name = isinstance(error, files.NeedsAnswer), path.name or str(path)
    answer: dict[str, Any] = {"outcome": "needs_user_choice" if asked else "refuse", "source": name, "error": text}
    if isinstance(error, files.NeedsAnswer):
        answer["questions"] = failures.asked(error)
    if isinstance(error, files.IngestRefused):
        answer["code"] = error.code
    return Outcome(name, answer, (text,))


def committed(desk: Desk, batch: Batch, by: str) -> Outcome:
    """Write the batch; the verdicts that follow are kept once all files are in."""
    receipt = desk.commit(batch, by=by, publish=False)
    return Outcome(batch.source, receipt.as_dict(), _notes(batch), tuple(span.kpi for span in batch.spans))


def _compare(desk: Desk, batch: Batch) -> Outcome:
    return Outcome(batch.source, diff_dict(batch, desk.diff(batch)), _notes(batch))


def _notes(batch: Batch, limit: int = 5) -> tuple[str, ...]:
    """What the file has to say; records that were rejected for one and the same thing are told once."""
    notes = [warning.text for warning in batch.warnings]
    kinds = batch.rejects.groupby(["column", "reason", "mend"], sort=False)["line"].agg(["min", "count"])
    for (column, reason, mend), line, count in kinds.head(limit).itertuples():
        where = f"line {line}" if count == 1 else f"{count:,} records from line {line} on"
        notes.append(f"{', '.join(filter(None, (where, column)))}: {reason}; {mend}.")
    if left := int(kinds["count"].iloc[limit:].sum()):
        notes.append(f"… and {left:,} more rejected records; --rejects FOLDER writes them all.")
    return tuple(notes)


def _keep_rejects(given: argparse.Namespace, batch: Batch) -> None:
    """Write the rejected records where --rejects says, if there are any."""
    folder: Path | None = given.rejects
    if folder is not None and len(batch.rejects):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{Path(batch.source).stem}.rejects.csv").write_bytes(files.reject_csv(batch))


def _template(desk: Desk, name: str | None) -> files.Template | None:
    """The template of --template: a file, or the name of one kept beside the store."""
    if name is None:
        return None
    if Path(name).is_file():
        return files.Template.load(Path(name))
    kept = {template.name: template for template in desk.templates()}
    if name not in kept:
        raise Refused(f"There is no import template {name!r}. {desks.nearest(name, kept, 'templates')}")
    return kept[name]


def report(console: Console, outcomes: list[Outcome], *, several: bool, dry_run: bool = False) -> None:
    """Print the receipts: a line each with a total, or as JSON; what each file has to say goes to stderr."""
    answers = [outcome.answer for outcome in outcomes]
    total = {"files": len(outcomes), "refused": sum(o.refused for o in outcomes), **sums(answers)}
    if console.as_json:
        console.answer({"receipts": answers, "total": total} if several else answers[0])
    else:
        rows = [(outcome.source, outcome.answer) for outcome in outcomes]
        if len(rows) > 1:
            rows.append((f"total of {len(rows)} files", {**total, "batch": ""}))
        console.say(receipts(rows))
        console.say("Nothing was written: this was a dry run." if dry_run else batch_of(answers))
    for outcome in outcomes:
        for note in outcome.notes:
            console.note(f"{outcome.source}: {note}")


def batches(given: argparse.Namespace, console: Console) -> int:
    """List what was loaded, newest first."""
    with desks.opened(given) as desk:
        ledger, definitions = desk.batches(), desk.catalog
    if console.as_json:
        console.answer([ledger_dict(row) for _, row in ledger.iterrows()])
    elif ledger.empty:
        console.say("Nothing has been loaded yet.")
    else:
        head = ("batch", "at", "by", "source", *NUMBERS, "undone")
        lines = [_ledger_line(row, definitions) for _, row in ledger.iterrows()]
        console.say(
            table(lines, head, ("batch", *NUMBERS), spare=("removed", "unchanged", "updated", "undone", "rows"))
        )
    return 0


NUMBERS = ("records", "rows", "new", "updated", "unchanged", "removed")


def _ledger_line(row: pd.Series[Any], definitions: Catalog) -> list[object]:
    undone = "" if pd.isna(row["undone_at"]) else f"{desks.when(definitions, row['undone_at'])} by {row['undone_by']}"
    shown = [row["batch"], desks.when(definitions, row["at"]), row["by"], row["source"]]
    return [*shown, *(wording.number(row[name]) for name in NUMBERS), undone]


def undo(given: argparse.Namespace, console: Console) -> int:
    """Take back what a batch wrote."""
    with desks.opened(given) as desk:
        receipt = desk.undo(given.batch, by=desks.person(given), why=given.why or "")
    if console.as_json:
        console.answer(
            {
                "batch": receipt.batch,
                "restored": receipt.restored,
                "removed": receipt.removed,
                "kept": receipt.kept,
                "data_version": receipt.data_version,
                "warnings": [{"code": w.code, "text": w.text} for w in receipt.warnings],
            }
        )
    else:
        console.say(
            f"Batch {receipt.batch} is undone: {counted(receipt.removed, '{n} value', '{n} values')} removed, "
            f"{receipt.restored:,} put back as before, {receipt.kept:,} kept because a later batch changed them."
        )
    for warning in receipt.warnings:
        console.note(f"Note: {warning.text}")
    return 0
