"""A thread that looks for work again and again until the app stops: what the inbox and the scheduler have in common."""

from __future__ import annotations

import abc
import datetime as dt
import logging
import threading
from dataclasses import dataclass, field
from typing import ClassVar

from opsmetrics.settings import Settings

_LOG = logging.getLogger("opsmetrics.server")


@dataclass
class Looking(abc.ABC):
    """Looks for work until it is stopped. One bad look is logged and does not end it.

    name: how its thread is called; every: seconds between two looks.
    """

    name: ClassVar[str]
    every: ClassVar[float]

    settings: Settings
    _stop: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    @abc.abstractmethod
    def look(self, now: dt.datetime) -> None:
        """Do what there is to do at this instant (with a zone), and come back early once it is to stop."""

    def failed(self) -> None:
        """Called while what a look has raised is handled: the log says what it was."""
        _LOG.exception("the %s could not find out what is to be done", self.name)

    def start(self) -> None:
        """Look again and again, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.every):
            try:
                self.look(dt.datetime.now(dt.UTC))
            except Exception:  # noqa: BLE001 - the next look must come; the log has what was wrong
                self.failed()
