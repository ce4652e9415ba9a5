"""One stored number or event: every value it has had and who loaded it, and the correction of a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from opsmetrics import facts, series
from opsmetrics.catalog import Calendar, Catalog, Kpi
from opsmetrics.desk import Desk
from opsmetrics.desk.correcting import correct, history, key_of
from opsmetrics.figures import STOPPED, data_mark
from opsmetrics.ingest import FactKey, IngestRefused, corrected_batch
from opsmetrics.measurements import BIN, events_key, sample_to_stamp, stamp_to_sample, stream_of
from opsmetrics.store import StoreError
from opsmetrics.ui import blocks, data_event, filters, page, reviews, upload_blocks
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import read_date
from opsmetrics.ui.stored_rows import ROWS, readable
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.verdict import wording

_DONE = "data_value_done"


def render(desk: Desk, person: str, *, arrive: bool = False) -> None:
    """Draw the choice of a KPI or stream and a day, its rows, and for the chosen row its history and correction.
    arrive: a link led to it."""
    offered = {kpi.key: kpi.name for kpi in desk.catalog.kpis if kpi.kind != "derived" and not _of_events(kpi)}
    offered |= {events_key(stream.key): f"{stream.name} (events)" for stream in desk.catalog.streams}
    if not offered:
        return
    page.show(
        blocks.title(
            "One number or event", note="every value it has had, who loaded it, and its correction", arrive=arrive
        ),
        key="value_title",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _kpi(desk.catalog, offered)
        name = stream_of(chosen)
        if name is None:
            kpi = desk.catalog[chosen]
            found = _rows(desk, kpi)
        else:
            stream = desk.catalog.stream(name)
            found = data_event.rows(desk, stream, _day)
    if name is not None:
        data_event.render(desk, stream, found)
        return
    found = _wanted(desk, kpi, found)
    if found.empty:
        st.text("No row is stored for this choice.")
        return
    shown = _readable(desk, kpi, found)
    st.text("Choose a row to see its history and to correct it.")
    picked = data_event.chosen_row(shown, f"value_rows_{kpi.key}", f"The stored rows of {kpi.name}.")
    if picked is not None:
        row = found.iloc[picked].to_dict()
        key = key_of(kpi, row)
        _history(desk, kpi, key)
        _correction(desk, kpi, key, row, person)


def _wanted(desk: Desk, kpi: Kpi, found: pd.DataFrame) -> pd.DataFrame:
    """The rows of the chosen values of the KPI's dimensions."""
    values: dict[str, set[str]] = {name: set() for name in desk.catalog.dimension_keys}
    for part in reviews.slices(desk, kpi):
        for name, value in part:
            values[name].add(value)
    chosen = filters.dimension_choices(desk.catalog, values)
    for name in kpi.dimensions:
        if chosen[name] and name in found:
            found = found[found[name].isin(chosen[name])]
    return found


def _of_events(kpi: Kpi) -> bool:
    """Whether all of its rows are events."""
    return kpi.events is not None and (kpi.kind == "count" or kpi.events.role == "downtime")


def _kpi(catalog: Catalog, offered: Mapping[str, str]) -> str:
    """The chosen key of a KPI or stream; a KPI of events only leads to its stream."""
    asked = st.query_params.get("kpi", "")
    if asked in catalog and (source := catalog[asked].events) is not None and _of_events(catalog[asked]):
        asked = events_key(source.stream)
    st.session_state["value_kpi"] = asked if asked in offered else next(iter(offered))
    return str(
        st.selectbox("KPI or stream", list(offered), format_func=offered.__getitem__, key="value_kpi", width=360,
                     on_change=lambda: st.query_params.update(kpi=st.session_state["value_kpi"]))
    )  # fmt: skip


def _rows(desk: Desk, kpi: Kpi) -> pd.DataFrame:
    """The stored rows of the chosen day (or sample), the newest day at first."""
    known = reviews.sources(desk)
    own = known.loc[known["kpi"] == kpi.key, "last_observed_at"]
    if own.empty:
        return pd.DataFrame()
    last = pd.Timestamp(own.iloc[0])
    start, end = _sample(last) if kpi.operate == "sample" else _day(kpi.calendar, last)
    return facts.rows_between(desk.store, kpi, (), start, end, viewer=reviews.viewer(), limit=ROWS)


def _day(calendar: Calendar, last: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    newest = at_site(calendar, last.to_pydatetime()).date()
    asked = read_date(st.query_params.get("day")) or newest
    st.session_state["value_day"] = asked
    day = st.date_input(
        "Day", key="value_day", format="YYYY-MM-DD", width=180, min_value=dt.date(1970, 1, 1), on_change=_day_to_address
    )
    chosen = day if isinstance(day, dt.date) else asked
    midnights = [dt.datetime.combine(chosen + dt.timedelta(days=n), dt.time()) for n in (0, 1)]
    begin, after = series.to_utc(midnights, calendar.time_zone)
    return begin, after


def _day_to_address() -> None:
    chosen = st.session_state["value_day"]
    if isinstance(chosen, dt.date):
        st.query_params["day"] = chosen.isoformat()


def _sample(last: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    newest = stamp_to_sample(last.to_pydatetime())
    number = st.number_input("Sample", min_value=0, value=newest, key="value_sample", width=180)
    start = pd.Timestamp(sample_to_stamp(int(number)))
    return start, start + BIN


def _readable(desk: Desk, kpi: Kpi, found: pd.DataFrame) -> pd.DataFrame:
    called = {"sample": "Reading", "numerator": kpi.numerator or "Numerator",
              "denominator": kpi.denominator or "Denominator"}  # fmt: skip
    table = found.drop(columns="observed_at") if kpi.operate == "sample" else found
    return readable(table, desk.catalog, kpi.calendar, called)


# History


def _history(desk: Desk, kpi: Kpi, key: FactKey) -> None:
    versions = history(desk, key, viewer=reviews.viewer())
    count = len(versions)
    title = "It has had one value." if count == 1 else f"It has had {count} values, the newest first."
    clock = site(desk.catalog)
    lines = [_version(kpi, clock, row) for row in versions.iloc[::-1].to_dict("records")]
    headings = (column("Value", right=True), column("Batch", right=True), column("File"), column("Loaded"),
                column("By"), column("Note"))  # fmt: skip
    page.show(blocks.title("History", note=title), key="history_title")
    upload_blocks.show(upload_blocks.grid("History", headings, lines), key="value_history")


def _version(kpi: Kpi, clock: Calendar, row: Mapping[Any, Any]) -> list[Any]:
    at = at_site(clock, pd.Timestamp(row["at"]).to_pydatetime())
    texts = (str(row["batch"]), str(row["source"]), wording.instant(at), str(row["by"]), str(row["note"] or ""))
    return [cell(_figure(kpi, row), "strong"), *(cell(text) for text in texts)]


def _figure(kpi: Kpi, row: Mapping[Any, Any]) -> str:
    if not kpi.counts:
        return wording.number(float(row["value"]), 6).rstrip("0").rstrip(".")
    top = wording.number(float(row["numerator"]))
    return top if pd.isna(row["denominator"]) else f"{top} of {wording.number(float(row['denominator']))}"


# Correction


def _correction(desk: Desk, kpi: Kpi, key: FactKey, row: Mapping[Any, Any], person: str) -> None:
    done = st.session_state.pop(_DONE, None)
    if done:
        upload_blocks.show(upload_blocks.said(done, mark=blocks.worded(data_mark("fresh"), "Corrected")), key="done")
    with st.form("value_correction", border=False):
        st.text("Correct this number")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            values = {name: _number(kpi, name, row) for name in _names(kpi, row)}
            why = st.text_input("Reason", key=f"value_why_{row['batch']}", max_chars=400, width=420)
            pressed = st.form_submit_button("Save the correction", type="primary")
        st.caption("It becomes a batch of its own, with your name and the reason, and can be undone like any file.")
    if pressed:
        _save(desk, kpi, key, values, why, person)


def _names(kpi: Kpi, row: Mapping[Any, Any]) -> tuple[str, ...]:
    if not kpi.counts:
        return ("value",)
    return ("numerator",) if pd.isna(row["denominator"]) else ("numerator", "denominator")


def _number(kpi: Kpi, name: str, row: Mapping[Any, Any]) -> float | None:
    label = {"numerator": kpi.numerator, "denominator": kpi.denominator}.get(name) or name.capitalize()
    given: float | None = st.number_input(
        upload_blocks.plain(label), value=float(row[name]), format="%g", key=f"correct_{name}_{row['batch']}", width=160
    )
    return given


def _save(desk: Desk, kpi: Kpi, key: FactKey, values: Mapping[str, float | None], why: str, person: str) -> None:
    try:
        diff = desk.diff(corrected_batch(key, values, desk.catalog, why=why))
        if diff.updated == 0:
            page.show(blocks.callout(STOPPED, "Nothing to correct", "That is the number that is stored."), key="same")
            return
        receipt = correct(desk, key, values, by=person, why=why, viewer=reviews.viewer())
    except (IngestRefused, StoreError) as error:
        page.show(blocks.callout(STOPPED, "This was not corrected", f"{error} Nothing was changed."), key="refused")
        return
    st.session_state[_DONE] = f"Batch {receipt.batch} holds the new number; the old one stays in its history."
    st.rerun()
