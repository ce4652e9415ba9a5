"""What became of the files of the inbox: where they are put away, and which of them wait for a person."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opsmetrics.desk.loading import Outcome
from opsmetrics.ingest import safe_name

LOADED, ASKS, REFUSED, DISMISSED = "loaded", "asks", "refused", "dismissed"

#: Folders of an inbox that are not the folder of a source.
_OURS = (LOADED, ASKS, REFUSED, DISMISSED)

_STAMP = "%Y%m%dT%H%M%S%fZ"
#: Bytes of a file's own name that are kept: a name has at most 255, those of the time and of the receipt among them.
_LONGEST = 200

_RECEIPT, _REJECTS = ".receipt.json", ".rejects.csv"


@dataclass(frozen=True)
class Waiting:
    """A file that asks something, or that was refused. `source`: the folder it was dropped into, "" for the inbox
    itself; `since` in UTC."""

    path: Path
    source: str
    since: dt.datetime
    told: dict[str, Any] = field(hash=False)

    @property
    def name(self) -> str:
        """As it was dropped."""
        return safe_name(self.path.name.partition("-")[2])

    @property
    def asks(self) -> bool:
        """True where an answer is all that it wants."""
        return self.path.parent.name == ASKS

    @property
    def why(self) -> str:
        """Its question, or what is wrong with it."""
        return str(self.told.get("error", ""))


def waiting(inbox: Path) -> list[Waiting]:
    """The files that wait for a person, in the order in which they came."""
    found = [file for place in places(inbox) for state in (ASKS, REFUSED) for file in _waiting(place / state, inbox)]
    return sorted(found, key=lambda file: (file.since, file.path))


def places(inbox: Path) -> list[Path]:
    """The folders that files are dropped into: the inbox and those of its sources."""
    return [inbox, *(item for item in _items(inbox) if item.is_dir() and item.name not in _OURS)]


def _items(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _waiting(folder: Path, inbox: Path) -> Iterator[Waiting]:
    source = folder.parent.name if folder.parent != inbox else ""
    for path in _items(folder):
        receipt = path.with_name(path.name + _RECEIPT)
        if path.name.endswith((_RECEIPT, _REJECTS)) or not receipt.is_file():
            continue
        try:
            since = dt.datetime.strptime(path.name.partition("-")[0], _STAMP)
            told = json.loads(receipt.read_text(encoding="utf-8"))
        except (ValueError, OSError):  # somebody's own file, or one that somebody else is putting away right now
            continue
        yield Waiting(path, safe_name(source) if source else "", since, told)


def put_away(path: Path, place: Path, outcome: Outcome) -> None:
    """A file that has been dealt with. The receipt first: a file without one has not been dealt with."""
    place.mkdir(exist_ok=True)
    target = place / f"{dt.datetime.now(dt.UTC):{_STAMP}}-{_kept_name(path.name)}"
    _write(target, {**outcome.answer, "notes": list(outcome.notes)})
    if outcome.rejects is not None:
        target.with_name(target.name + _REJECTS).write_bytes(outcome.rejects)
    path.rename(target)


def _kept_name(name: str) -> str:
    """The name without what hides its letters, and so short that those of its receipt and rejects are names too."""
    clean, ending = safe_name(name), safe_name(Path(name).suffix)[:8] if Path(name).suffix else ""
    stem = clean.removesuffix(ending).encode("utf-8")[: _LONGEST - len(ending.encode("utf-8"))]
    return stem.decode("utf-8", "ignore") + ending


def loaded(file: Waiting, receipt: dict[str, Any]) -> None:
    """Put a file away that a person has loaded after all, with the receipt of that load."""
    _settle(file, LOADED, receipt)


def dismissed(file: Waiting, by: str) -> None:
    """Put a file away that nobody is going to load; it is kept."""
    _settle(file, DISMISSED, {**file.told, "dismissed_by": by})


def _settle(file: Waiting, place: str, told: dict[str, Any]) -> None:
    target = file.path.parent.parent / place / file.path.name
    target.parent.mkdir(exist_ok=True)
    _write(target, told)
    file.path.rename(target)
    for ending in (_RECEIPT, _REJECTS):
        file.path.with_name(file.path.name + ending).unlink(missing_ok=True)


def _write(target: Path, told: dict[str, Any]) -> None:
    text = json.dumps(told, ensure_ascii=False, indent=1)
    target.with_name(target.name + _RECEIPT).write_text(text, encoding="utf-8")
