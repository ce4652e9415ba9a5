"""ingest, batches, undo: what goes into the store, what is in it, taking it out again."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from opsmetrics import ingest as files
from opsmetrics.catalog import Catalog
from opsmetrics.cli import desks, failures, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table
from opsmetrics.cli.receipts import batch_of, equation, next_steps, receipts, sums
from opsmetrics.desk import Desk, handing
from opsmetrics.desk.finding import template_of
from opsmetrics.desk.loading import Order, Outcome, load, refused
from opsmetrics.desk.receipts import ledger_dict
from opsmetrics.ingest.scan import first_bytes
from opsmetrics.measurements import counted
from opsmetrics.store import StoreBusy, undo_effect
from opsmetrics.verdict import wording


def ingest(given: argparse.Namespace, console: Console) -> int:
    """Load each file as one batch with its receipt; exit code 1 where one was refused."""
    if given.covers is not None and len(given.files) > 1:
        raise WrongUsage("--covers speaks of one file, and several were given: load them one by one.")
    try:
        with desks.opened(given) as desk:
            outcomes = _here(given, desk, console)
    except StoreBusy as busy:
        if busy.role != "app":
            raise
        outcomes = _by_the_app(given, console)
    return 1 if any(outcome.refused for outcome in outcomes) else 0


def _here(given: argparse.Namespace, desk: Desk, console: Console) -> list[Outcome]:
    order = _order(given, _template(desk, given.template))
    outcomes: list[Outcome] = []
    try:
        for number, path in enumerate(given.files, start=1):
            console.progress(number, len(given.files), path.name)
            outcomes.append(_told(given, load(desk, path, order)))
    finally:
        if outcomes:
            report(console, outcomes, several=len(given.files) > 1, dry_run=given.dry_run)
    if not given.dry_run:
        desk.publish(kpi for outcome in outcomes for kpi in outcome.kpis)
    return outcomes


def _by_the_app(given: argparse.Namespace, console: Console) -> list[Outcome]:
    """Hand the files to the app, which owns the store, and wait for its receipts."""
    path = desks.settings_of(given).store
    named = given.template
    template = Path(named) if named is not None and Path(named).is_file() else named
    unreadable = {file: outcome for file in given.files if (outcome := _unreadable(file)) is not None}
    sent = [file for file in given.files if file not in unreadable]
    if not sent:
        return _reported(given, console, list(unreadable.values()))
    folder = handing.hand_over(path, sent, _order(given, None), template)
    console.note("The app has the store open: it loads the files.")
    try:
        outcomes, failure = owner.answer(folder, path)
    except owner.AppGone:
        raise Refused(
            "The app stopped before it answered. The files are kept, and it loads them when it is started again. "
            "They may also be sent again: loading one twice changes nothing."
        ) from None
    except KeyboardInterrupt:
        raise Refused("Nobody waits for the receipt any more; the app loads the files all the same.") from None
    handing.forget(folder)
    outcomes = [*unreadable.values(), *(_told(given, outcome) for outcome in outcomes)]
    if outcomes:
        _reported(given, console, outcomes)
    if failure is not None:
        raise Refused(failure)
    return outcomes


def _reported(given: argparse.Namespace, console: Console, outcomes: list[Outcome]) -> list[Outcome]:
    report(console, outcomes, several=len(given.files) > 1, dry_run=given.dry_run)
    return outcomes


def _unreadable(path: Path) -> Outcome | None:
    """What to say of a file that is not there or may not be read; None of one that can."""
    try:
        first_bytes(path)  # a pipe is not opened: it may never answer
    except (OSError, files.IngestRefused) as error:
        return refused(path, error)
    return None


def _order(given: argparse.Namespace, template: files.Template | None) -> Order:
    answers = dict(given.answer) | ({"sheet": given.sheet} if given.sheet else {})
    return Order(desks.person(given), template, given.covers, answers, given.dry_run)


def _told(given: argparse.Namespace, outcome: Outcome) -> Outcome:
    """With how to answer here, and its rejected records where --rejects wants them."""
    folder: Path | None = given.rejects
    if folder is not None and outcome.rejects is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{Path(outcome.source).stem}.rejects.csv").write_bytes(outcome.rejects)
    if "questions" not in outcome.answer:
        return outcome
    text = failures.questions(outcome.answer["questions"])
    return replace(outcome, answer={**outcome.answer, "error": text}, notes=(text,))


def _template(desk: Desk, name: str | None) -> files.Template | None:
    """The template of --template: a file, or the name of one kept beside the store."""
    if name is None:
        return None
    if Path(name).is_file():
        return files.Template.load(Path(name))
    return template_of(desk, name)


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
        good = [answer for answer in answers if "error" not in answer]
        if good:
            console.say(f"{equation(sums(good))}.")
        console.say("Nothing was written: this was a dry run." if dry_run else batch_of(answers))
        for sentence in next_steps(good):
            console.say(sentence)
    for outcome in outcomes:
        for note in outcome.notes:
            console.note(f"{outcome.source}: {note}")


def batches(given: argparse.Namespace, console: Console) -> int:
    """List what was loaded, newest first."""
    with owner.reading(given, console) as desk:
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
        if given.dry_run:
            receipt = undo_effect(desk.store, given.batch)
        else:
            receipt = desk.undo(given.batch, by=desks.person(given), why=given.why or "")
    if console.as_json:
        console.answer(
            {
                "batch": receipt.batch,
                "restored": receipt.restored,
                "removed": receipt.removed,
                "kept": receipt.kept,
                "dry_run": given.dry_run,
                "later": [
                    {"batch": each.batch, "source": each.source, "values": each.values} for each in receipt.later
                ],
                "data_version": receipt.data_version,
                "warnings": [{"code": w.code, "text": w.text} for w in receipt.warnings],
            }
        )
    else:
        done = "would be undone" if given.dry_run else "is undone"
        console.say(
            f"Batch {receipt.batch} {done}: {counted(receipt.removed, '{n} value', '{n} values')} removed, "
            f"{receipt.restored:,} put back as before, {receipt.kept:,} kept because a later batch changed them."
        )
        console.say("Nothing was changed." if given.dry_run else "Its file loaded again brings it back.")
    for warning in receipt.warnings:
        console.note(f"Note: {warning.text}")
    return 0
