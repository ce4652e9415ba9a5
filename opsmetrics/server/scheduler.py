"""What the app does by itself at set times on the sites' clocks: the morning run and the nightly backup.

The scheduler asks what is due; what was done is a row in the store, so a restart neither repeats nor forgets anything,
and what was missed while the app was down is made up once. A failure is noted, logged and tried again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from opsmetrics import store
from opsmetrics.catalog import Calendar
from opsmetrics.desk import Desk, backups, finished, forecast_many, landing_ready, mornings
from opsmetrics.server.looking import Looking
from opsmetrics.store import Chore

_LOG = logging.getLogger("opsmetrics.server")

#: Seconds between two verdicts of a morning run, in which pages get their turn.
BREATH = 0.01

#: After which time a failed chore is tried again; the last one from then on.
AGAIN = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))

#: Failures since the start of the process, by chore: also those that the store could not take down.
FAILURES: Counter[str] = Counter()

_Day = tuple[str, str, dt.date]


class _Stopping(Exception):
    """The app stops: the chore in hand is left undone, and is due again after the start."""


@dataclass(frozen=True)
class Turn:
    """A chore that is due, for a day of a site (key of its calendar)."""

    chore: str
    site: str
    day: dt.date
    do: Callable[[], Mapping[str, Any]]


@dataclass
class Scheduler(Looking):
    """Looks at the clock until it is stopped."""

    name: ClassVar[str] = "scheduler"
    every: ClassVar[float] = 20.0  # the first look comes as late after the start, when the first pages are out

    breath: float = BREATH
    _failed: dict[_Day, list[dt.datetime]] = field(default_factory=dict)

    def failed(self) -> None:
        """The metrics count it too."""
        super().failed()
        FAILURES[self.name] += 1

    def look(self, now: dt.datetime) -> None:
        """Do what is due at this instant (with a zone)."""
        desk = Desk(store.current(), self.settings)
        for turn in list(self._due(desk, now)):
            if self._stop.is_set():
                return
            tried = self._failed.get((turn.chore, turn.site, turn.day), [])
            if not tried or now - tried[-1] >= AGAIN[min(len(tried), len(AGAIN)) - 1]:
                self._do(desk, turn, now)
        with contextlib.suppress(_Stopping, store.StoreClosed):
            about = finished.refresh(desk, self._breathe)
            landing_ready.work(self._breathe)
            if about:
                forecast_many.everything(finished.Question(desk), between=lambda *_: self._breathe())

    def _due(self, desk: Desk, now: dt.datetime) -> Iterator[Turn]:
        """A store without a file has nothing to show and nothing to lose."""
        if desk.batches().empty:
            return
        if self.settings.backup is not None:
            for site, day in backups.due(desk, self.settings.backup, now):
                yield Turn(backups.BACKUP, site.key, day, partial(backups.run, desk))
        if self.settings.morning is not None:
            for site, day in mornings.due(desk, self.settings.morning, now):
                yield Turn(mornings.MORNING, site.key, day, partial(self._morning, desk, site, day))

    def _morning(self, desk: Desk, site: Calendar, day: dt.date) -> Mapping[str, Any]:
        told = mornings.run(desk, site, day, between=self._breathe).as_dict()
        finished.looked(desk)  # people are about to come: the look goes on to make the verdicts of now ready
        return told

    def _breathe(self) -> None:
        if self._stop.wait(self.breath):
            raise _Stopping

    def _do(self, desk: Desk, turn: Turn, now: dt.datetime) -> None:
        at = now.astimezone(dt.UTC).replace(tzinfo=None)
        try:
            told = turn.do()
            desk.store.record_chore(Chore(turn.chore, turn.site, turn.day, at, failed=False, told=told))
        except (_Stopping, store.StoreClosed):
            return
        except Exception as error:  # noqa: BLE001 - whatever it was is logged, noted and tried again
            FAILURES[turn.chore] += 1
            self._failed.setdefault((turn.chore, turn.site, turn.day), []).append(now)
            _LOG.exception("%s of %s at %s failed", turn.chore, turn.day, turn.site)
            text = str(error) or type(error).__name__
            desk.store.record_chore(Chore(turn.chore, turn.site, turn.day, at, failed=True, told={"error": text}))
            return
        self._failed.pop((turn.chore, turn.site, turn.day), None)
