"""The one place where a failure becomes words on a page: an id for the log, a sentence, never a trace or a path."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from opsmetrics.figures import STOPPED, data_mark
from opsmetrics.store import (
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNotWhole,
    StoreReopened,
    StoreTimeout,
    StoreTooNew,
    current,
)
from opsmetrics.ui import blocks, page
from opsmetrics.ui.blocks import Block

logger = logging.getLogger("opsmetrics.ui")

#: Title and way out for each failure of the store. Its own sentences name paths, which belong in the log.
_STORE: tuple[tuple[type[StoreError], str, str], ...] = (
    (StoreBusy, "Another program has the store open", "Stop that program, then load this page again."),
    (StoreClosed, "The store is closed", "Start the app again. If it is stopping on purpose, wait until it is back."),
    (StoreTimeout, "This took too long and was stopped", "Ask for a shorter time or fewer slices, then try again."),
    (StoreReopened, "The database stopped and was opened again", "Nothing acknowledged was lost. Try again now."),
    (StoreNotWhole, "Something acknowledged is missing from the store", "Put the file aside and restore a backup."),
    (StoreFull, "The disk of the store is full", "Free some space, then try again."),
    (StoreDamaged, "The store cannot be read", "Put the file aside and restore a backup."),
    (StoreTooNew, "The store was written by a newer version", "Install that version, or open another store."),
    (StoreError, "The store cannot be read at the moment", "Try again. If this lasts, tell your administrator."),
)


@contextmanager
def guarded() -> Iterator[None]:
    """Run a page; whatever it raises is logged with its trace and shown as a designed error with the same id."""
    try:
        yield
    except Exception as error:
        reference = new_reference()
        logger.exception("reference %s", reference)
        page.show(failure_block(error, reference), key=f"failure_{reference}")


def warn_of_a_full_disk() -> None:
    """Above any page, before somebody loads or types what cannot be kept. What is shown is right all the same."""
    if not current().has_room:
        title, text = (
            "The disk of the store is full",
            "Nothing can be loaded, typed or decided until some space is freed.",
        )
        page.show(blocks.callout(data_mark("late"), title, f"{text} What is shown is right."), key="full_disk")


def new_reference() -> str:
    """A short id that a person can read out and an administrator can find in the log."""
    return secrets.token_hex(2).upper()


def failure_block(error: Exception, reference: str) -> Block:
    """The designed error: a failing store is a matter of data, anything else is ours."""
    for kind, title, way_out in _STORE:
        if isinstance(error, kind):
            kept = "What you did was stored." if getattr(error, "stored", False) else "Nothing was changed."
            text = f"{way_out} {kept} If this lasts, tell your administrator:"
            return blocks.callout(data_mark("late"), title, text, reference=reference)
    text = "A part of it failed. Nothing was changed. Load the page again; if this lasts, tell your administrator:"
    return blocks.callout(STOPPED, "This page could not be shown", text, reference=reference)
