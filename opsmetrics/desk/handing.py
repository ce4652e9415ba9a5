"""What is handed over to the process that owns the store, which only one may open: in folders beside it, one an order.
An order brings files to be loaded, asks for a copy of the store to read, or brings what was shown from such a copy.

An order is written under a hidden name, seen to the disk and then given its name, so that it is there whole or not at
all. The owner writes its answer the same way. An owner that dies before it has answered does the order again when it is
back: loading a file twice changes nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from opsmetrics.desk.desk import Desk
from opsmetrics.desk.finding import template_of
from opsmetrics.desk.loading import Order, Outcome
from opsmetrics.ingest import Template, safe_name

_ORDER, _ANSWER, _TEMPLATE, _COPY = "order.json", "answer.json", "template.toml", "copy.duckdb"

#: What an order wants: files loaded, a copy of the store, verdicts kept that were shown from one.
What = Literal["load", "copy", "shown"]


def folder_of(store: Path) -> Path:
    """Where orders for the owner of a store lie."""
    return store.with_name(store.name + ".handed")


def hand_over(store: Path, files: Sequence[Path], order: Order, template: Path | str | None = None) -> Path:
    """Write an order, and return its folder. template: a file, or the name of one the owner has. Raises OSError."""
    hidden = _hidden(store)
    for number, file in enumerate(files):
        place = hidden / str(number)
        place.mkdir()
        copy = place / safe_name(file.name)
        shutil.copyfile(file, copy)
        _see_to_disk(copy)
    if isinstance(template, Path):
        shutil.copyfile(template, hidden / _TEMPLATE)
    return _placed(hidden, _told(order, template, [safe_name(file.name) for file in files]))


def ask_for_copy(store: Path) -> Path:
    """Order a copy of the store, and return the order's folder. Raises OSError."""
    return _placed(_hidden(store), {"what": "copy"})


def hand_back(store: Path, shown: Sequence[Mapping[str, Any]]) -> Path:
    """Order that verdicts are kept which were shown from a copy (rows of `Store.looked_at`), and return the order's
    folder. Raises OSError."""
    rows = [{**row, "as_of": row["as_of"].isoformat(), "at": row["at"].isoformat()} for row in shown]
    return _placed(_hidden(store), {"what": "shown", "rows": rows})


def _hidden(store: Path) -> Path:
    """A folder for an order that nobody looks at yet."""
    folder = folder_of(store)
    folder.mkdir(exist_ok=True)
    hidden = folder / f".{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    hidden.mkdir()
    return hidden


def _placed(hidden: Path, told: dict[str, Any]) -> Path:
    """Write an order, and give its folder its name."""
    _write(hidden / _ORDER, told)
    placed = hidden.with_name(hidden.name.removeprefix("."))
    hidden.rename(placed)
    _see_to_disk(placed.parent)
    return placed


def _told(order: Order, template: Path | str | None, files: list[str]) -> dict[str, Any]:
    covers = None if order.covers is None else [day.isoformat() for day in order.covers]
    own = isinstance(template, Path)
    return {"what": "load", "by": order.by, "template": None if own else template, "own_template": own,
            "covers": covers, "answers": dict(order.answers), "dry_run": order.dry_run, "files": files}  # fmt: skip


def waiting(store: Path) -> list[Path]:
    """The orders that have no answer yet, oldest first."""
    folder = folder_of(store)
    if not folder.is_dir():
        return []
    found = sorted(item for item in folder.iterdir() if item.is_dir() and not item.name.startswith("."))
    return [item for item in found if (item / _ORDER).exists() and not (item / _ANSWER).exists()]


def wanted(folder: Path) -> What:
    """What an order wants. Raises OSError, ValueError where it cannot be read."""
    found: What = json.loads((folder / _ORDER).read_text(encoding="utf-8")).get("what", "load")
    return found


def copy_in(folder: Path) -> Path:
    """Where the copy that an order asks for lies once it is answered."""
    return folder / _COPY


def shown_in(folder: Path) -> list[dict[str, Any]]:
    """The verdicts that an order brings, as `Store.keep_shown` takes them: looked at in the terminal, whatever they
    say themselves. Raises OSError, ValueError, LookupError where they cannot be read."""
    rows = json.loads((folder / _ORDER).read_text(encoding="utf-8"))["rows"]
    return [{**row, "at": dt.datetime.fromisoformat(row["at"]), "channel": "terminal"} for row in rows]


def read(folder: Path, desk: Desk) -> tuple[Order, list[Path]]:
    """An order and its files. Raises OSError, ValueError, NotHere or TemplateError where it cannot be read."""
    told = json.loads((folder / _ORDER).read_text(encoding="utf-8"))
    template = Template.load(folder / _TEMPLATE) if told["own_template"] else None
    if told["template"] is not None:
        template = template_of(desk, told["template"])
    covers = None if told["covers"] is None else (_day(told["covers"][0]), _day(told["covers"][1]))
    order = Order(told["by"], template, covers, told["answers"], told["dry_run"])
    return order, [folder / str(number) / name for number, name in enumerate(told["files"])]


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def answer(folder: Path, outcomes: Sequence[Outcome], failure: str | None = None) -> None:
    """Write what became of an order; failure: why nothing of the rest was done."""
    listed = [
        {
            "source": each.source, "answer": each.answer, "notes": list(each.notes),
            "rejects": None if each.rejects is None else base64.b64encode(each.rejects).decode(),
        }
        for each in outcomes
    ]  # fmt: skip
    _write(folder / f".{_ANSWER}", {"outcomes": listed, "failure": failure})
    (folder / f".{_ANSWER}").rename(folder / _ANSWER)
    _see_to_disk(folder)


def answered(folder: Path) -> tuple[list[Outcome], str | None] | None:
    """What became of an order, and why it was not finished; None while there is no answer."""
    if not (folder / _ANSWER).exists():
        return None
    told = json.loads((folder / _ANSWER).read_text(encoding="utf-8"))
    outcomes = [
        Outcome(
            each["source"], each["answer"], tuple(each["notes"]),
            rejects=None if each["rejects"] is None else base64.b64decode(each["rejects"]),
        )
        for each in told["outcomes"]
    ]  # fmt: skip
    return outcomes, told["failure"]


def forget(folder: Path) -> None:
    """Remove an order; one that the owner is reading at this moment is removed by the next `tidy`."""
    shutil.rmtree(folder, ignore_errors=True)


def tidy(store: Path, older_than: dt.timedelta = dt.timedelta(days=7)) -> None:
    """Remove answers that nobody fetched, and orders that were never finished being written; copies
    after a day."""
    folder, now = folder_of(store), dt.datetime.now(dt.UTC).timestamp()
    for item in folder.iterdir() if folder.is_dir() else ():
        done = item.name.startswith(".") or (item / _ANSWER).exists()
        limit = min(older_than, dt.timedelta(days=1)) if (item / _COPY).exists() else older_than
        if done and now - item.stat().st_mtime > limit.total_seconds():
            forget(item)


def _write(path: Path, told: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())


def _see_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
