"""backup, restore, check, compact: keeping what was loaded."""

from __future__ import annotations

import argparse
from pathlib import Path

from opsmetrics import store
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused
from opsmetrics.store import Backup


def backup(given: argparse.Namespace, console: Console) -> int:
    """Copy the store, open and check the copy, and remove the oldest copies where only some are to be kept."""
    folder = given.folder or desks.settings_of(given).backups
    with desks.opened(given) as desk:
        made = store.back_up(desk.store, folder, keep=given.keep)
    if console.as_json:
        console.answer(_as_dict(made))
    else:
        console.say(f"{made.path} ({_size(made.bytes)}): opened and checked, up to batch {made.batch}.")
    return 0


def restore(given: argparse.Namespace, console: Console) -> int:
    """Put a backup in the place of the store; what was there stays beside it under another name."""
    made = store.restore(given.file, desks.settings_of(given).store)
    if console.as_json:
        console.answer(_as_dict(made))
    else:
        console.say(f"{made.path} is the backup now, up to batch {made.batch}. Load the files since then again.")
    return 0


def check(given: argparse.Namespace, console: Console) -> int:
    """Compare the store with its ledger and with what it acknowledged; exit code 1 where something does not fit."""
    with owner.reading(given, console, whole=False) as desk:
        found = desk.store.check()
        batches = len(desk.batches())
    if console.as_json:
        console.answer({"batches": batches, "findings": [{"code": f.code, "text": f.text} for f in found]})
        return 1 if found else 0
    if found:
        raise Refused("\n".join(finding.text for finding in found))
    console.say(f"{batches} batches: facts, ledger and acknowledgements fit together.")
    return 0


def compact(given: argparse.Namespace, console: Console) -> int:
    """Lay the facts in the order in which they are read and make their totals anew; no figure changes."""
    with desks.opened(given) as desk:
        before = _bytes(desk.store.path)
        facts = desk.store.compact()
    after = _bytes(desk.store.path)
    if console.as_json:
        console.answer({"facts": facts, "bytes_before": before, "bytes": after})
    else:
        noun = "fact lies" if facts == 1 else "facts lie"
        console.say(f"{facts:,} {noun} in order of KPI and time, and all totals are made anew ({_size(after)}).")
    return 0


def _bytes(path: Path) -> int:
    return path.stat().st_size


def _as_dict(made: Backup) -> dict[str, object]:
    return {"path": str(made.path), "bytes": made.bytes, "batch": made.batch, "data_version": made.data_version}


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
