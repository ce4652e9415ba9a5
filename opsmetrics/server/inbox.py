"""The inbox: files that people or programs drop into a folder, and those that the terminal hands over.

A file in `inbox/` or in a folder of it, which names the import template of its source, is loaded once it has stopped
growing. It then lies in `loaded`, `asks` or `refused` beside, with its receipt and its rejected records; what asks
something, or was refused, waits on the page Upload. Nothing is thrown away, and a file that is found again after a
crash changes nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from opsmetrics import store
from opsmetrics.desk import Desk, handing
from opsmetrics.desk.loading import Order, Outcome, load, refused
from opsmetrics.desk.waiting import ASKS, LOADED, REFUSED, places, put_away
from opsmetrics.ingest import IngestRefused, TemplateError, named_template, safe_name
from opsmetrics.server.looking import Looking

#: Seconds for which a file must not have changed.
STILL = 2.0

#: Endings of files that somebody is still writing.
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")

#: How long a file waits that could not be dealt with: the others do not wait for it.
LATER = dt.timedelta(minutes=1)

_LOG = logging.getLogger("opsmetrics.server")

_Seen = tuple[int, int, int]


@dataclass
class Inbox(Looking):
    """Looks for files until it is stopped."""

    name: ClassVar[str] = "inbox"
    every: ClassVar[float] = 0.5

    _seen: dict[Path, tuple[_Seen, dt.datetime]] = field(default_factory=dict)

    def start(self) -> None:
        """Make the folder where there is none, and look again and again."""
        self.settings.inbox.mkdir(parents=True, exist_ok=True)
        handing.tidy(self.settings.store)
        super().start()

    def look(self, now: dt.datetime | None = None) -> None:
        """Answer what was handed over, and load the files that have come."""
        desk = Desk(store.current(), self.settings)
        for folder in handing.waiting(self.settings.store):
            if self._stop.is_set():
                return
            _fulfil(desk, folder)
        if not desk.store.has_room:
            return  # what was dropped waits for space; pages and /readyz say so
        moment = now or dt.datetime.now(dt.UTC)
        for path in list(self._still(moment)):
            if self._stop.is_set():
                return
            self._take(desk, path, moment)

    def _take(self, desk: Desk, path: Path, moment: dt.datetime) -> None:
        """Load a file that was dropped, and put it where it belongs. One that cannot be dealt with is tried again
        later and does not keep the others waiting."""
        look, _ = self._seen[path]
        try:
            outcome = _outcome(desk, self.settings.inbox, path)
            desk.publish(outcome.kpis)
            if _look_of(path) == look:  # else it is another file by now: what was read of the one before is loaded
                _put_away(self.settings.inbox, path, outcome)
        except store.StoreError:
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with one file; the log has it
            _LOG.exception("%r of the inbox could not be dealt with", path.name)
            self._seen[path] = (look, moment + LATER)

    def _still(self, now: dt.datetime) -> Iterator[Path]:
        """Files that have looked the same for long enough to be whole."""
        found = {path: look for path in _files(self.settings.inbox) if (look := _look_of(path)) is not None}
        self._seen = {
            path: (look, self._seen[path][1] if self._seen.get(path, (None,))[0] == look else now)
            for path, look in found.items()
        }
        for path, (_, since) in sorted(self._seen.items()):
            if (now - since).total_seconds() >= STILL:
                yield path


def _files(inbox: Path) -> Iterator[Path]:
    """What was dropped: files, and what is taken for one (links, pipes), which is refused."""
    for place in places(inbox):
        for path in place.iterdir():
            if not path.is_dir() and not path.name.startswith(".") and not path.name.endswith(_UNFINISHED):
                yield path


def _look_of(path: Path) -> _Seen | None:
    """Which file lies there and how it looks, without following a link; None where it has gone."""
    try:
        told = path.lstat()
    except FileNotFoundError:
        return None
    return told.st_ino, told.st_size, told.st_mtime_ns


def _fulfil(desk: Desk, folder: Path) -> None:
    """Do an order that was handed over, and answer it."""
    outcomes: list[Outcome] = []
    try:
        what = handing.wanted(folder)
        if what == "copy":
            handing.tidy(desk.store.path)  # of copies whose readers were killed
            store.lend(desk.store, handing.copy_in(folder))
        elif what == "shown":
            desk.store.keep_shown(handing.shown_in(folder))
        else:
            outcomes.extend(_loaded(desk, folder))
    except (OSError, ValueError, LookupError, TypeError, TemplateError, store.StoreError) as error:
        if folder.exists():  # else whoever waited has gone, and taken the order along
            handing.answer(folder, outcomes, str(error))
        return
    handing.answer(folder, outcomes)


def _loaded(desk: Desk, folder: Path) -> Iterator[Outcome]:
    order, files = handing.read(folder, desk)
    outcomes = []
    for path in files:
        outcomes.append(load(desk, path, order))
        yield outcomes[-1]
    if not order.dry_run:
        desk.publish(kpi for outcome in outcomes for kpi in outcome.kpis)


def _outcome(desk: Desk, inbox: Path, path: Path) -> Outcome:
    """What becomes of a file that was dropped. The folder may name the template."""
    folder = _source(inbox, path)
    source = safe_name(folder) if folder else ""
    if path.is_symlink():
        mend = "copy the file itself into the inbox"
        return refused(path, IngestRefused("not_a_file", f"'{safe_name(path.name)}' is a link", "a file", mend))
    try:
        return load(desk, path, Order(f"inbox {source}".strip(), named_template(desk.templates(), source)))
    except TemplateError as error:
        return refused(path, error)


def _put_away(inbox: Path, path: Path, outcome: Outcome) -> None:
    source = _source(inbox, path)
    place = LOADED if not outcome.refused else ASKS if outcome.answer["outcome"] == "needs_user_choice" else REFUSED
    put_away(path, inbox / source / place, outcome)


def _source(inbox: Path, path: Path) -> str:
    """The folder that a file was dropped into; "" for the inbox itself."""
    return path.parent.name if path.parent != inbox else ""
