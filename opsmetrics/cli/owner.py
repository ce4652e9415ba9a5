"""Asking the app, which has the store open: waiting for its answers, and reading from a copy that it makes.

Who asks must be able to write beside the store, as whoever opens it must; nothing is sent over the network.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from opsmetrics.cli import desks
from opsmetrics.cli.console import Console, Refused
from opsmetrics.desk import Desk, handing
from opsmetrics.desk.loading import Outcome
from opsmetrics.settings import Settings
from opsmetrics.store import StoreBusy, is_owned

#: Seconds between two looks for an answer of the app, and for how long it may be away: it may be starting again.
LOOK, PATIENCE = 0.1, 30.0


class AppGone(Exception):
    """There is no app any more, and none came back in its place."""


def answer(folder: Path, store: Path, patience: float = PATIENCE) -> tuple[list[Outcome], str | None]:
    """What the app answers to an order, and why it was not finished. Raises AppGone."""
    seen = time.monotonic()
    while (found := handing.answered(folder)) is None:
        now = time.monotonic()
        seen = now if is_owned(store) else seen
        if now - seen > patience:
            raise AppGone
        time.sleep(LOOK)
    return found


@contextmanager
def reading(given: argparse.Namespace, console: Console, *, whole: bool = True) -> Iterator[Desk]:
    """The desk of the store that the command names, for a command that changes nothing of what was loaded or decided.

    While the app has the store, the desk stands on a copy of it, and what is shown from there is handed back to the
    app, so that its ids are known. whole: as for `Store.open`. Raises StoreBusy where somebody else has it; Refused
    where the app makes no copy.
    """
    with ExitStack() as stack:
        try:
            desk = stack.enter_context(desks.opened(given, whole=whole))
        except StoreBusy as busy:
            if busy.role != "app":
                raise
            desk = stack.enter_context(_borrowed(desks.settings_of(given), console, busy, whole=whole))
        yield desk


@contextmanager
def _borrowed(settings: Settings, console: Console, busy: StoreBusy, *, whole: bool) -> Iterator[Desk]:
    folder = handing.ask_for_copy(settings.store)
    try:
        try:
            _, failure = answer(folder, settings.store, patience=0)
        except AppGone:
            raise Refused("The app stopped before it answered. Run the command again.") from None
        if failure is not None:
            raise Refused(f"{busy} It could not make a copy of it to read: {failure}")
        began = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        with Desk.open(settings=replace(settings, store=handing.copy_in(folder)), whole=whole) as desk:
            yield desk
            shown = desk.store.looked_at(began)
    finally:
        handing.forget(folder)
    if shown and not _handed_back(settings.store, shown):
        console.note("The app could not keep what is shown here: `verify` will not know its ids.")


def _handed_back(store: Path, shown: list[dict[str, object]]) -> bool:
    folder = handing.hand_back(store, shown)
    try:
        _, failure = answer(folder, store, patience=0)
    except AppGone:
        return True  # the next one keeps them: an order stays until it is answered
    handing.forget(folder)
    return failure is None
