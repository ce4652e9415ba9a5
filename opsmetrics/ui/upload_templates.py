"""The import templates on the page Upload: taken for a file, named, fetched, put away; and empty files to fill."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from opsmetrics.catalog import NotHere
from opsmetrics.desk import Desk, templates
from opsmetrics.desk.blanks import blank_of, written
from opsmetrics.desk.templates import KeptTemplate
from opsmetrics.ingest import Template, TemplateError
from opsmetrics.ui import receipts, upload_blocks, upload_files
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.data_rejects import FORMS
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.ui.upload_files import Incoming
from opsmetrics.ui.upload_session import Session

_COLUMNS = (column("Template"), column("KPIs and streams"), column("Columns"))
#: Columns of a template that its line names.
NAMED = 8


def another(desk: Desk, file: Incoming) -> Template | None:
    """Offer the other templates for a file; the answer is the one taken, in the one rerun after that."""
    kept, _ = upload_files.kept_templates(desk)
    used = file.template.name if file.template else ""
    names = [each.name for each in kept if each.name != used]
    if not names:
        return None
    if file.template is None and (near := upload_files.nearest(kept, file.header)) is not None:
        text = upload_blocks.plain(f"Read it as {near.name}, whose columns it nearly has")
        if st.button(text, key=f"upload_near_{file.key}"):
            return near
    with st.popover("Read it by another template", type="tertiary", key=f"upload_another_{file.key}_{used}"):
        name = st.selectbox("Template", names, index=None, key=f"upload_other_{file.key}")
        pressed = st.button("Use it", disabled=name is None, key=f"upload_take_{file.key}")
    return next(each for each in kept if each.name == name) if pressed and name else None


def remember(desk: Desk, session: Session, file: Incoming) -> None:
    """Offer to keep what was said about a file as a template."""
    assert file.template is not None
    with st.popover("Remember this as a template", type="tertiary", key=f"upload_remember_{file.key}"):
        name = st.text_input("Name", max_chars=80, key=f"upload_template_{file.key}", placeholder="Dispatch, daily")
        pressed = st.button("Keep it", key=f"upload_keep_{file.key}")
    if not pressed:
        return
    try:
        template = upload_files.keep_template(desk, file, name.strip())
    except (TemplateError, OSError) as error:
        text = str(error) if isinstance(error, TemplateError) else "The folder of templates cannot be written to."
        upload_blocks.show(receipts.refusal("The template was not kept", text), key="upload_not_kept")
        return
    session.confirmed.templates.pop(file.header, None)
    for other in upload_files.same_kind(session.files.values(), file.header):
        session.files[other.key] = upload_files.read_by(other, template)
    st.rerun()


def render(desk: Desk, session: Session) -> None:
    """Draw the templates and the empty files, once they are asked for."""
    if not st.toggle("Import templates and empty files", key="upload_templates_shown"):
        return
    try:
        kept = {each.template.name: each for each in templates.kept(desk)}
    except TemplateError:
        return  # the head of the page says what is wrong with it
    if kept:
        rows = [_line(desk, each.template) for each in kept.values()]
        upload_blocks.show(upload_blocks.grid("Import templates", _COLUMNS, rows), key="upload_templates_kept")
    names = {**{name: name for name in kept}, **{kpi.key: f"{kpi.name} (no template)" for kpi in desk.catalog.kpis}}
    chosen = st.selectbox(
        "Template, or a KPI without one", list(names), format_func=names.__getitem__, key="upload_of", width=420
    )
    if chosen is None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="upload_template_acts"):
        _blank(desk, chosen)
        if chosen in kept:
            _acts(desk, session, kept[chosen])


def _line(desk: Desk, template: Template) -> list[Block]:
    known = {kpi.key: kpi.name for kpi in desk.catalog.kpis}
    about = [known.get(entry.key, entry.key) for entry in template.kpis]
    streams = {stream.key: stream.name for stream in desk.catalog.streams}
    about += [streams.get(template.events.stream, template.events.stream)] if template.events else []
    headers = template.header or template.sources
    more = f" and {len(headers) - NAMED:,} more" if len(headers) > NAMED else ""
    told = ", ".join(about) or ("named in its rows" if "metric" in template.columns.values() else "")
    return [cell(template.name, "strong"), cell(told), cell(", ".join(headers[:NAMED]) + more, "muted")]


def _blank(desk: Desk, name: str) -> None:
    """Downloads of the empty file, or why there is none."""
    try:
        blank = blank_of(desk, name)
    except NotHere as none:
        st.text(str(none))
        return
    for form, media, word in FORMS:
        st.download_button(
            f"Empty file as {word}",
            partial(written, blank, form),
            f"{_stem(name)}.{form}",
            media,
            key=f"upload_blank_{form}",
            on_click="ignore",
        )


def _acts(desk: Desk, session: Session, held: KeptTemplate) -> None:
    name = held.template.name
    st.download_button(
        "Template as TOML",
        held.template.dump(),
        f"{_stem(name)}.toml",
        "application/toml",
        key="upload_template_toml",
        on_click="ignore",
    )
    with st.popover("Rename", key=f"upload_template_rename_{name}"):  # of its own: open for one, never for the next
        new = st.text_input("Name", value=name, max_chars=80, key=f"upload_template_new_{name}")
        if st.button("Rename it", key="upload_template_rename_do") and new.strip() and new.strip() != name:
            _do(lambda: _renamed(desk, session, name, new.strip()))
    with st.popover("Delete", key=f"upload_template_delete_{name}"):
        st.text("The next file of this source is read as if it were the first. What was loaded by it stays.")
        if st.button("Delete it", key="upload_template_delete_do"):
            _do(lambda: _deleted(desk, session, name))


def _do(act: Callable[[], None]) -> None:
    """Do it and draw the page anew; a mistake is told in its place."""
    try:
        act()
    except (TemplateError, NotHere) as error:
        text = str(error)
    except OSError:
        text = "The folder of templates cannot be written to."
    else:
        st.rerun()
    upload_blocks.show(receipts.refusal("The template stays as it is", text), key="upload_template_stays")


def _renamed(desk: Desk, session: Session, name: str, new: str) -> None:
    """Rename it, also for the files in hand that are read by it."""
    template = templates.rename(desk, name, new).template
    _forget(session, name)
    for file in _read_by(session, name):
        session.files[file.key] = upload_files.read_by(file, template)


def _deleted(desk: Desk, session: Session, name: str) -> None:
    """Put it away; the files in hand stay read as they are."""
    templates.delete(desk, name)
    _forget(session, name)


def _read_by(session: Session, name: str) -> list[Incoming]:
    return [file for file in session.files.values() if file.template is not None and file.template.name == name]


def _forget(session: Session, name: str) -> None:
    """What was said in this session about a template of this name no longer leads to one."""
    confirmed = session.confirmed
    confirmed.templates = {header: each for header, each in confirmed.templates.items() if each.name != name}
    confirmed.taken = {choices: taken for choices, taken in confirmed.taken.items() if taken != name}


def _stem(name: str) -> str:
    """The name as that of a file."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name)[:60] or "template"
