"""The Upload page: recognised, preview, difference, receipt; nothing is written before a person says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePath

import pandas as pd
import streamlit as st

from opsmetrics.access import account_name
from opsmetrics.desk import Desk
from opsmetrics.figures import STOPPED
from opsmetrics.ingest import Template, reject_csv, reject_excel
from opsmetrics.measurements import Batch, counted
from opsmetrics.ui import (
    blocks,
    page,
    receipts,
    upload_blocks,
    upload_files,
    upload_job,
    upload_ledger,
    upload_mapping,
    upload_mend,
    upload_preview,
    upload_questions,
    upload_rejects,
    upload_session,
    upload_steps,
    upload_table,
    upload_templates,
    upload_waiting,
)
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.data_rejects import FORMS
from opsmetrics.ui.upload_files import Incoming
from opsmetrics.ui.upload_job import Job
from opsmetrics.ui.upload_session import Session

_SLOT = "upload_outcome"


def render(desk: Desk) -> None:
    """Draw the page."""
    upload_blocks.apply_style()
    session = upload_session.current()
    head = st.container()
    if not desk.catalog.kpis:
        _undefined(head)
        return
    if session.job is None:
        above = st.container()
        _paste(desk, session)
        with above:
            received = upload_session.receive(desk, session)
        if received:
            st.session_state.pop(_SLOT, None)
    if session.job is not None:
        _busy(desk, head, session, session.job)
        return
    files = list(session.files.values())
    _head(desk, head, session, files)
    person = _files(desk, session, files) if files else _outcome(desk)
    upload_waiting.render(desk, session)
    upload_templates.render(desk, session)
    upload_ledger.render(desk, person, _SLOT)


def _paste(desk: Desk, session: Session) -> None:
    """Cells or CSV text from the clipboard, read by the same path as a file. A new name closes it once it was read."""
    with st.popover("Paste cells", key=f"upload_paste_{session.pasted}"):
        text = st.text_area(
            "Cells copied from a spreadsheet, or CSV text, with its header",
            height=200,
            key=f"upload_pasted_{session.pasted}",
            placeholder="date\tline\tdefects\n2026-05-01\tLine 3\t4",
        )
        pressed = st.button("Read it", key="upload_paste_read")
    if pressed and text and text.strip():
        session.paste(text, f"pasted at {at_site(site(desk.catalog), dt.datetime.now(dt.UTC)):%H:%M}")


def _busy(desk: Desk, head: st.delta_generator.DeltaGenerator, session: Session, job: Job) -> None:
    """While something is read or loaded: how far it has come, and all that does not wait for it."""
    place = st.container()
    with place:
        over = upload_job.attend(job, "upload")
    if over:
        upload_session.settle(session, job)
        st.rerun()
    with head:
        page.show(blocks.heading(f"{job.name}.", eyebrow="Load data"), key="upload_head")
    upload_waiting.render(desk, session)
    upload_ledger.render(desk, account_name(), _SLOT)


def _undefined(head: st.delta_generator.DeltaGenerator) -> None:
    with head:
        text = "A file needs a KPI to belong to. Say first what you measure, then load the file here."
        page.show(
            blocks.heading("No KPI is defined yet.", eyebrow="Load data"), blocks.empty(text), key="upload_undefined"
        )
        page.buttons([("Define a KPI", "kpis")], key="upload_undefined_buttons")


def _head(desk: Desk, head: st.delta_generator.DeltaGenerator, session: Session, files: Sequence[Incoming]) -> None:
    outcome = st.session_state.get(_SLOT)
    if files:
        title = upload_steps.headline(files)
        loading = any(not file.why_not for file in files)
        lead = "Nothing is written until you load it." if loading else ""
        if any(file.key in session.kept and file.key not in session.dropped for file in files):
            lead = f"Kept while you were away. {lead}".strip()
        named = files[0].name if len(files) == 1 else f"{len(files)} files"
    elif isinstance(outcome, receipts.Outcome):
        title, lead, named = f"{receipts.title(outcome, desk.catalog)}.", "", "receipt"
    else:
        title, named = "Load a file.", "CSV, Excel, Parquet"
        lead = "You see what was recognised and what would change before anything is written. Every load can be undone."
    with head:
        page.show(blocks.heading(title, eyebrow=f"Load data · {named}", lead=lead), key="upload_head")
        mistakes = upload_files.kept_templates(desk)[1]
        if mistakes:
            text = "None of the templates kept beside the store is used until it is mended."
            block = blocks.callout(STOPPED, "An import template has mistakes", text, lines=mistakes.splitlines())
            upload_blocks.show(block, key="upload_templates")


def _files(desk: Desk, session: Session, files: Sequence[Incoming]) -> str:
    """The steps of the file and the buttons; the answer is the person. Several files are one table with the buttons
    below it, then the steps of the one that is chosen."""
    if len(files) > 1:
        upload_table.table(files)
        person = _buttons(desk, session, files)
        _file(desk, session, upload_table.chosen(files))
        return person
    _file(desk, session, files[0])
    return _buttons(desk, session, files)


def _file(desk: Desk, session: Session, file: Incoming) -> None:
    if file.why_not:
        upload_blocks.show(receipts.refusal(f"{file.name} cannot be loaded", file.why_not), key="upload_refused")
    if file.sheet is not None:
        _steps(desk, session, file)
    elif file.state == "asks":
        _sheets(session, file)


def _sheets(session: Session, file: Incoming) -> None:
    """Ask which sheet of a workbook, or which of several templates, is meant, for every file that asks the same."""
    several = file.questions[0].code == upload_files.TEMPLATE
    note = "several templates fit" if several else "a workbook with several tables"
    with upload_blocks.step(1, "Recognised", note):
        upload_blocks.show(upload_steps.recognised(file), key=f"upload_known_{file.key}")
        answers = upload_questions.ask(file.questions, key=f"upload_ask_{file.key}")
    if answers is not None:
        (question,) = file.questions
        taken = answers[question.code]
        for key in upload_files.take(session.confirmed, session.files.values(), question, taken):
            del session.files[key]
        st.rerun()


def _steps(desk: Desk, session: Session, file: Incoming) -> None:
    ledger = desk.batches()
    name = file.template.name if file.template else ""
    times = int(((ledger["template"] == name) & ledger["undone_at"].isna()).sum()) if name else 0
    with upload_blocks.step(1, "Recognised", upload_steps.recognised_note(file, times)):
        _recognised(desk, session, file)
    if file.state not in ("ready", "unusable") or file.examined is None:
        return
    ready = file.state == "ready"
    rejects = file.examined.batch.rejects
    if ready or len(rejects):
        with upload_blocks.step(2, "Preview", "first and last rows, as they will be stored" if ready else "left out"):
            if ready:
                upload_blocks.show(*upload_preview.preview(file, desk.catalog), key=f"upload_preview_{file.key}")
            upload_rejects.render(rejects, "upload_rejected")
            _mend(desk, session, file)
    if not ready:
        return
    with upload_blocks.step(3, "Difference", "against what is stored now"):
        taken = _difference(desk, session, file, ledger)
    if taken is not None:
        _settle(desk, session, file, file.template, {**file.answers, **taken})


def _difference(desk: Desk, session: Session, file: Incoming, ledger: pd.DataFrame) -> dict[str, str] | None:
    """What would change, what looks unusual about it, then the values one by one; the answer that a press gives."""
    shown = upload_steps.figures(file)
    if file.seen is not None and not file.changes:
        shown.insert(0, upload_blocks.said(f"These very bytes were loaded before, as batch {file.seen}."))
    if len(session.files) == 1:
        shown += upload_steps.unusual([file])
    upload_blocks.show(*shown, key=f"upload_difference_{file.key}")
    taken = upload_questions.name_taken(file.diff.warnings if file.diff else (), f"upload_name_{file.key}")
    changed = upload_steps.changed(file, desk.catalog, ledger)
    changed += [upload_blocks.said(text, muted=True) for text in file.notices]
    if changed:
        upload_blocks.show(*changed, key=f"upload_changes_{file.key}")
    return taken


def _mend(desk: Desk, session: Session, file: Incoming) -> None:
    """Correct cells of the records that cannot be read; the file is then read again as a whole, by the same rules."""
    edits = upload_mend.grid(file)
    if edits is not None:

        def said(apart: Desk, other: Incoming) -> Incoming:
            assert other.template is not None
            changed = replace(other, edits=edits)
            return upload_files.understand(apart, changed, other.template, other.answers, other.how)

        upload_session.understand(desk, session, [file], said)
        st.rerun()


def _recognised(desk: Desk, session: Session, file: Incoming) -> None:
    assert file.sheet is not None
    upload_blocks.show(upload_steps.recognised(file), key=f"upload_known_{file.key}")
    if file.state == "asks":
        answers = upload_questions.ask(file.questions, key=f"upload_ask_{file.key}")
        if answers is not None:
            _settle(desk, session, file, file.template, {**file.answers, **answers})
    waiting = file.template is None
    if waiting:
        upload_blocks.show(*upload_steps.as_it_stands(file), key=f"upload_raw_{file.key}")
    with st.container(horizontal=True, vertical_alignment="center", gap="large", key="upload_how"):
        if file.sheet.mending is None and (other := upload_templates.another(desk, file)) is not None:
            _settle(desk, session, file, other, {})
        changing = not waiting and st.toggle("Change how it is read", key=f"upload_change_{file.key}")
        if file.how != "template" and file.state == "ready" and not changing:
            upload_templates.remember(desk, session, file)
    if waiting or changing:
        start, hints = _start(desk, file)
        template = upload_mapping.form(file.sheet, desk.catalog, start, hints, f"upload_map_{file.key}")
        if template is not None:
            _settle(desk, session, file, template, {})


def _start(desk: Desk, file: Incoming) -> tuple[Template, dict[str, str]]:
    """What the form starts from: the template in use, else what is suggested, with what speaks for it."""
    if file.template is not None:
        return file.template, {}
    found = upload_files.suggestion(file, desk.catalog)
    if found.missing:
        text = "Not found by itself: " + "; ".join(found.missing) + "."
        upload_blocks.show(upload_blocks.said(text, muted=True), key=f"upload_missing_{file.key}")
    return found.draft(), {guess.header: upload_mapping.hint(guess) for guess in found.guesses}


def _settle(desk: Desk, session: Session, file: Incoming, template: Template | None, answers: dict[str, str]) -> None:
    """Keep what a person said for every file of this kind in the session, and read these files again."""
    assert template is not None
    session.confirmed.templates[file.header] = template
    session.confirmed.answers[file.header] = answers

    def said(apart: Desk, other: Incoming) -> Incoming:
        how = other.how if template is other.template else upload_files.how_of(apart, template)
        return upload_files.understand(apart, other, template, answers, how)

    upload_session.understand(desk, session, upload_files.same_kind(session.files.values(), file.header), said)
    st.rerun()


def _buttons(desk: Desk, session: Session, files: Sequence[Incoming]) -> str:
    """What is unusual about several files, who loads, and the three buttons: Cancel, Download, Load."""
    ready = [file for file in files if file.state == "ready" and file.examined]
    if len(files) > 1 and (unusual := upload_steps.unusual(ready)):
        upload_blocks.show(*unusual, key="upload_unusual")
    with st.container(horizontal=True, vertical_alignment="bottom", key="upload_buttons"):
        person = _person() if ready else account_name()
        if st.button("Cancel", type="tertiary", key="upload_cancel"):
            session.clear()
            st.rerun()
        if len(files) == 1 and files[0].examined:
            _download(files[0].examined.batch)
        if ready and st.button(_load_text(files, ready), type="primary", key="upload_load"):
            _load(desk, session, ready, person)
    return person


def _person() -> str:
    given = st.text_input("Your name", value=account_name(), key="person", persist_state="session", width=200)
    return given.strip() or account_name()


def _load_text(files: Sequence[Incoming], ready: Sequence[Incoming]) -> str:
    if len(files) == 1:
        return upload_steps.load_text(ready[0])
    if len(ready) == len(files):
        return f"Load all {len(files)} files"
    return f"Load the {len(ready)} files that are ready" if len(ready) > 1 else "Load the file that is ready"


def _download(batch: Batch) -> None:
    """The rejects as files to mend, before anything is loaded."""
    if not len(batch.rejects):
        return
    text = counted(len(batch.rejects), "The row left out", "The {n} rows left out")
    for (form, media, word), made in zip(FORMS, (reject_excel, reject_csv), strict=True):
        name = f"{PurePath(batch.source).stem or 'file'}-rejects.{form}"
        key = f"upload_rejects_{form}"
        st.download_button(f"{text} as {word}", partial(made, batch), name, media, key=key, on_click="ignore")


def _load(desk: Desk, session: Session, ready: Sequence[Incoming], person: str) -> None:
    batches = [batch for file in ready if (batch := upload_mend.signed(file, person))]
    apart = Desk(desk.store, desk.settings)

    def loaded(outcome: receipts.Outcome) -> None:
        upload_waiting.settle(session, ready, outcome.receipts)
        st.session_state[_SLOT] = outcome
        session.clear()

    name = ready[0].name if len(ready) == 1 else f"{len(ready)} files"
    session.job = Job(f"Loading {name}", lambda: receipts.commit(apart, batches, person), loaded, lasting=True)
    st.rerun()


def _outcome(desk: Desk) -> str:
    person = str(st.session_state.get("person") or account_name())
    if _SLOT in st.session_state:
        with upload_blocks.step(4, "Receipt", "kept with the data"):
            receipts.show(desk, _SLOT, person)
    return person
