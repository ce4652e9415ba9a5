"""Files of the inbox that wait for a person: to be answered here, or put aside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from opsmetrics.access import account_name
from opsmetrics.desk import Desk
from opsmetrics.desk.waiting import Waiting, dismissed, loaded, waiting
from opsmetrics.measurements import Receipt
from opsmetrics.ui import blocks, receipts, upload_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.upload_blocks import act, cell, column
from opsmetrics.ui.upload_files import Incoming
from opsmetrics.ui.upload_session import Session
from opsmetrics.verdict import wording

_COLUMNS = (column("File"), column("From"), column("Came"), column("What is asked, or wrong"), column(""), column(""))


def render(desk: Desk, session: Session) -> None:
    """Draw the files that wait and are not in hand; do what is pressed."""
    files = [file for file in waiting(desk.settings.inbox) if str(file.path) not in session.files]
    if not files:
        return
    title = blocks.title("Waiting in the inbox", count=len(files), note="nothing of these files is loaded yet")
    table = upload_blocks.grid("Waiting in the inbox", _COLUMNS, [_line(desk, file) for file in files])
    pressed = upload_blocks.show(title, table, key="upload_waiting")
    if pressed:
        _do(session, files, pressed)


def _line(desk: Desk, file: Waiting) -> Sequence[Block]:
    came = wording.instant(at_site(site(desk.catalog), file.since))
    return [
        cell(file.name, "strong", under=" · ".join(filter(None, (came, file.source)))),
        cell(file.source),
        cell(came, "thin"),
        cell(file.why),
        act("Answer", f"Answer {file.name}", answer=str(file.path)) if file.asks else cell("refused", "muted"),
        act("Dismiss", f"Dismiss {file.name}", dismiss=str(file.path)),
    ]


def _do(session: Session, files: Sequence[Waiting], pressed: dict[str, str]) -> None:
    """What a button of a file stands for. Somebody else may have dealt with the file meanwhile."""
    by_path = {str(file.path): file for file in files}
    asked, gone = by_path.get(pressed.get("answer", "")), by_path.get(pressed.get("dismiss", ""))
    try:
        if asked is not None and asked.asks:
            session.take(asked)
        if gone is not None:
            dismissed(gone, account_name())
    except OSError as error:
        text = f"{Path(error.filename or '').name}: {error.strerror}. Look at its permissions, or load the file itself."
        upload_blocks.show(receipts.refusal("The file of the inbox could not be used", text), key="upload_waiting_lost")
        return
    st.rerun()


def settle(session: Session, files: Sequence[Incoming], given: Sequence[Receipt]) -> None:
    """Put away those of these files that came from the inbox and are loaded now."""
    by_bytes = {receipt.fingerprint: receipt for receipt in given}
    for file in files:
        waited = session.dropped.get(file.key)
        receipt = by_bytes.get(file.examined.batch.fingerprint) if file.examined else None
        if waited is None or receipt is None:
            continue
        try:
            loaded(waited, receipt.as_dict())
        except OSError as error:
            text = upload_blocks.plain(
                f"{file.name} is loaded, and stays in the inbox: {error.strerror}. Dismiss it there."
            )
            st.toast(text, duration="infinite")
