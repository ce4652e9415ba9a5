"""The question before an undo, with what it will do. That is found by doing it and rolling it back, which for a batch
of millions takes a while: beside the page, watched as the undo itself is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.figures import data_mark
from opsmetrics.measurements import UndoReceipt
from opsmetrics.store import Store, StoreError, undo_effect
from opsmetrics.ui import blocks, page, receipts, undoing, upload_job
from opsmetrics.ui.upload_files import BROKEN
from opsmetrics.ui.upload_job import Job

_ASKED, _LOOK = "upload_undo_asked", "undo_look"


@dataclass(eq=False)
class _Look:
    """A look at what an undo would do. about: the batch, and the version of the data; stays: in sentences what would
    remain of it, None while that is being found; refused: why it cannot be undone."""

    about: tuple[int, int]
    job: Job
    stays: tuple[str, ...] | None = None
    refused: str = ""


def ask(batch: int) -> None:
    """Ask whether to undo this batch, in the run that follows."""
    st.session_state[_ASKED] = batch


def question(desk: Desk, ledger: pd.DataFrame, person: str, slot: str) -> None:
    """The question in front of the page, wherever it was asked for. A yes begins the undo, whose outcome is kept under
    `slot`."""
    asked = st.session_state.get(_ASKED)
    found = ledger[(ledger["batch"] == asked) & ledger["undone_at"].isna()] if asked is not None else ledger.head(0)
    if asked is None or found.empty or undoing.under_way():
        return
    row: Any = found.iloc[0]
    effect = receipts.undo_effect(*(int(row[name]) for name in ("new", "updated", "removed")))

    @st.dialog(f"Undo batch {asked}?", on_dismiss=_forget)
    def dialog() -> None:
        look = _look(desk.store, int(asked))
        if look.refused:
            page.show(receipts.refusal(f"Batch {asked} cannot be undone", look.refused), key="upload_undo_refused")
            return
        text = " ".join([f"Loaded by {row['by']}. Undo {effect}.", *(look.stays or ())])
        page.show(blocks.callout(data_mark("suspect"), str(row["source"]), text), key="upload_undo_ask")
        if look.stays is None:
            _looking(look.job)
        _answer(desk, int(asked), person, slot, known=look.stays is not None)

    dialog()


@st.fragment(run_every=upload_job.LOOK)
def _looking(job: Job) -> None:
    """For how long it has been looked; the question is asked again once it is over."""
    if job.wait(0):
        st.rerun()
    page.show(
        blocks.caption(f"Looking at what came after it, {job.seconds} s. Nothing is changed by it."), key="undo_looking"
    )


def _answer(desk: Desk, batch: int, person: str, slot: str, *, known: bool) -> None:
    with st.container(horizontal=True):
        if st.button(f"Undo batch {batch}", type="primary", key="upload_undo_yes", disabled=not known):
            receipts.begin_undo(desk, [batch], person, slot)
            _forget()
            st.rerun()
        if st.button("Keep it", key="upload_undo_no"):
            _forget()
            st.rerun()


def _look(store: Store, batch: int) -> _Look:
    """What the undo would do; short looks are over at once. Raises what the store says where it is broken."""
    about = (batch, store.data_version)
    look = st.session_state.get(_LOOK)
    if not isinstance(look, _Look) or look.about != about:
        _stop()
        look = st.session_state[_LOOK] = _begun(store, about)
        look.job.wait(upload_job.PATIENCE)
    if look.stays is None and not look.refused and look.job.wait(0):
        _settle(look)
    return look


def _begun(store: Store, about: tuple[int, int]) -> _Look:
    def found(receipt: UndoReceipt) -> None:
        look.stays = tuple(notice.text for notice in receipt.warnings)

    look = _Look(about, Job(f"Undo of batch {about[0]}", lambda: undo_effect(store, about[0]), found))
    return look


def _settle(look: _Look) -> None:
    try:
        if not look.job.settle():
            _forget()
            st.rerun()
    except BROKEN:
        _forget()
        raise
    except StoreError as error:  # such as undone meanwhile, by somebody else
        look.refused = str(error)


def _stop() -> None:
    look = st.session_state.pop(_LOOK, None)
    if isinstance(look, _Look):
        look.job.work.cancel()


def _forget() -> None:
    st.session_state.pop(_ASKED, None)
    _stop()
