"""The Data page: is everything here, what was loaded by whom, what a file covers, and one number at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from opsmetrics.access import account_name
from opsmetrics.catalog import Calendar, Catalog, Kpi
from opsmetrics.desk import Desk
from opsmetrics.desk.kept import Kept
from opsmetrics.figures import data_mark
from opsmetrics.measurements import counted, stamp_to_sample
from opsmetrics.review import KpiReview
from opsmetrics.store import overwritten_events, rejects_of
from opsmetrics.ui import (
    blocks,
    data_chores,
    data_rejects,
    data_value,
    filters,
    misread,
    page,
    receipts,
    reviews,
    rows,
    stored_rows,
    tables,
    undo_asking,
    upload_blocks,
    upload_ledger,
    upload_rejects,
)
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import target
from opsmetrics.ui.reviews import Versions
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.verdict import wording
from opsmetrics.verdict.model import DataState

_OUTCOME = "data_outcome"

#: The worst state of a KPI's slices stands for it.
_WORST: tuple[DataState, ...] = ("missing", "late", "suspect", "partial", "fresh")
_WAITING: tuple[DataState, ...] = ("missing", "late", "partial")

#: KPIs shown before "Show all"; those that wait for data are shown in any case.
SHOWN = 12
_ALL = "data_freshness_all"

_COLUMNS = (
    column("KPI"),
    column("State"),
    column("Last observation"),
    column("Rows", right=True),
    column("Last file"),
    column("Loaded"),
    column("Late after"),
)


def render(desk: Desk) -> None:
    """Draw the page."""
    catalog = desk.catalog
    came = filters.bring("data", catalog, names=filters.dimension_parameters(catalog))
    upload_blocks.apply_style()
    ledger = desk.batches()
    watched = reviews.watched(desk, None)
    page.show(_head(catalog, watched, ledger), key="head")
    batch = st.query_params.get("batch", "")
    lost = bool(batch) and batch not in {str(number) for number in ledger["batch"]}
    misread.tell(desk, [f"no batch “{batch}”"] if lost else [])
    if ledger.empty:
        text = "Load a file or type numbers: what was loaded stands here, with who, when, and a way to take it back."
        page.first_steps(catalog, text, key="empty")
        return
    person = _person()
    receipts.show(desk, _OUTCOME, person)
    _freshness(desk, catalog, watched)
    upload_ledger.render(desk, person, _OUTCOME)
    _inside(desk, ledger, arrive=came and bool(batch))
    data_value.render(desk, person, arrive=came and not batch and bool(st.query_params.get("kpi")))
    data_chores.render(desk)


def _person() -> str:
    """Who corrects and undoes, asked where it is needed."""
    with st.popover(f"You are {upload_blocks.plain(_name())}", type="tertiary", key="data_person"):
        st.text_input("Your name", value=account_name(), key="person", persist_state="session", width=240)
    return _name()


def _name() -> str:
    return str(st.session_state.get("person") or "").strip() or account_name()


# Is everything here?


def _head(catalog: Catalog, watched: list[KpiReview], ledger: pd.DataFrame) -> Block:
    states = _states(watched)
    waiting = [catalog[key].name for key, (state, _) in states.items() if state in _WAITING]
    never = [review.kpi.name for review in watched if review.kpi.key not in states]
    odd = [catalog[key].name for key, (state, _) in states.items() if state == "suspect"]
    live = ledger[ledger["undone_at"].isna()] if len(ledger) else ledger
    moment = at_site(site(catalog))
    count = f"{wording.number(len(live), 0)} {'batch' if len(live) == 1 else 'batches'} in force"
    eyebrow = f"{wording.instant(moment)} · {count}"
    if ledger.empty:
        return blocks.heading("Nothing has been loaded yet.", eyebrow="Data")
    if not waiting and not odd and not never:
        return blocks.heading("All data are here.", eyebrow=eyebrow)
    verb = "waits for its data" if len(waiting) == 1 else "wait for their data"
    told = [f"{_who(waiting)} {verb}."] if waiting else []
    told += [f"Check the figures of {_who(odd)}."] if odd else []
    none = list(dict.fromkeys(never))
    told += [f"{_who(none)} {'has' if len(none) == 1 else 'have'} no data yet."] if none else []
    groups = (("Waiting", waiting), ("To check", odd), ("No data yet", none))
    lead = " ".join(f"{word}: {wording.listed(names)}." for word, names in groups if len(names) > 1)
    return blocks.heading(" ".join(told), eyebrow=eyebrow, lead=lead)


def _who(names: list[str]) -> str:
    """One KPI by its name, several by how many they are."""
    return names[0] if len(names) == 1 else f"{wording.number(len(names))} KPIs"


def _states(watched: list[KpiReview]) -> dict[str, tuple[DataState, tuple[str, ...]]]:
    """For each watched KPI with data the worst state of its slices, with the reporters named behind it."""
    found: dict[str, list[tuple[DataState, tuple[str, ...]]]] = defaultdict(list)
    for review in watched:
        if len(review.points):
            verdict = rows.known(review)
            found[review.kpi.key].append((verdict.data, verdict.data_names))
    return {key: min(states, key=lambda state: _WORST.index(state[0])) for key, states in found.items()}


def _freshness(desk: Desk, catalog: Catalog, watched: list[KpiReview]) -> None:
    sources = {str(line["kpi"]): line for line in reviews.sources(desk).to_dict("records")}
    states, files = _states(watched), _last_files(desk)
    fresh: tuple[DataState, tuple[str, ...]] = ("fresh", ())
    listed = sorted(catalog.kpis, key=lambda kpi: _WORST.index(states.get(kpi.key, fresh)[0]))
    noticed = sum(state != "fresh" for state, _ in states.values())
    shown = listed if st.session_state.get(_ALL) else listed[: max(SHOWN, noticed)]
    lines = [_fresh_line(kpi, states, sources.get(kpi.key), files, site(catalog)) for kpi in shown]
    page.show(blocks.title("Is everything here?", count=len(listed), note="what waits for data first"), key="fresh")
    upload_blocks.show(upload_blocks.grid("Freshness", _COLUMNS, lines), key="data_freshness")
    if len(shown) < len(listed) and st.button(f"Show all {len(listed)}", type="tertiary", key="data_show_all"):
        st.session_state[_ALL] = True
        st.rerun()


def _last_files(desk: Desk) -> dict[str, Mapping[Hashable, Any]]:
    """The newest batch in force of each KPI and stream."""
    ledger = desk.batches()
    found: dict[str, Mapping[Hashable, Any]] = {}
    for batch in ledger[ledger["undone_at"].isna()].to_dict("records"):
        for key in batch["kpis"]:
            found.setdefault(key, batch)
    return found


def _fresh_line(
    kpi: Kpi,
    states: Mapping[str, tuple[DataState, tuple[str, ...]]],
    stored: Mapping[Hashable, Any] | None,
    files: Mapping[str, Mapping[Hashable, Any]],
    clock: Calendar,
) -> list[Block]:
    """One KPI: what was observed is told on its own clock, what was loaded on the page's."""
    fed = f"events:{kpi.events.stream}" if kpi.events else kpi.key
    batch = files.get(kpi.key) or files.get(fed)
    mark = cell("no data yet" if kpi.kind != "derived" else "from other KPIs", "muted")
    if kpi.key in states:
        state, names = states[kpi.key]
        mark = {"mark": blocks.worded(data_mark(state), wording.data(state, names))}
    return [
        cell(kpi.name, "strong", go=target("chart", kpi=kpi.key) if kpi.key in states else None),
        mark,
        cell(_last(kpi, stored), "thin"),
        cell("" if stored is None else wording.number(float(stored["rows"]), 0)),
        cell("") if batch is None else cell(str(batch["source"]), go=target("data", batch=str(batch["batch"]))),
        cell("" if batch is None else f"{_instant(clock, batch['at'])} by {batch['by']}"),
        cell(_deadline(kpi), "muted"),
    ]


def _last(kpi: Kpi, stored: Mapping[Hashable, Any] | None) -> str:
    """The last observation; a day where rows come without a time of day."""
    if stored is None or pd.isna(stored["last_observed_at"]):
        return ""
    moment = pd.Timestamp(stored["last_observed_at"]).to_pydatetime()
    if kpi.operate == "sample":
        return f"sample {stamp_to_sample(moment)}"
    at = at_site(kpi.calendar, moment)
    return wording.date(at) if at.time() == dt.time() else wording.instant(at)


def _instant(clock: Calendar, moment: Any) -> str:
    return "" if pd.isna(moment) else wording.instant(at_site(clock, pd.Timestamp(moment).to_pydatetime()))


def _deadline(kpi: Kpi) -> str:
    """How long after a period's end its data may still come."""
    if kpi.expected_after is None:
        return ""
    hours = kpi.expected_after.total_seconds() / 3600
    return f"{wording.number(hours)} h" if hours < 48 else f"{wording.number(hours / 24)} days"


# Inside one file


def _inside(desk: Desk, ledger: pd.DataFrame, *, arrive: bool) -> None:
    """What one batch covers, who reported in it, and which values it overwrote. arrive: a link led to it."""
    names = {int(row["batch"]): f"Batch {row['batch']} · {row['source']}" for row in ledger.to_dict("records")}
    asked = str(st.query_params.get("batch", ""))
    start = int(asked) if asked.isdecimal() and int(asked) in names else next(iter(names))
    what = blocks.title("Inside one file", note="what it covers and what it overwrote", arrive=arrive)
    page.show(what, key="inside")
    st.session_state["data_batch"] = start
    batch = st.selectbox("Batch", list(names), format_func=names.__getitem__, key="data_batch", width=460,
                         on_change=_to_address, label_visibility="collapsed")  # fmt: skip
    row = ledger[ledger["batch"] == batch].iloc[0].to_dict()
    page.show(blocks.strip(_facts_of(row, site(desk.catalog))), key="inside_strip")
    if pd.isna(row["undone_at"]) and row["kind"] == "load":
        st.button(f"Undo batch {batch}", key="inside_undo", on_click=undo_asking.ask, args=(int(batch),))
    data_rejects.render(desk, int(batch))
    if row["rejected"] and len(kept := rejects_of(desk.store, int(batch))):
        with st.expander(f"Rejected records ({len(kept)})", key="inside_rejects"):
            told = counted(len(kept), "{n} rejected record", "{n} rejected records")
            upload_rejects.render(kept, "inside_rejected", told)
    _overwrote(desk, int(batch), row)


class _Inside(NamedTuple):
    """What a batch covers, and the values and events that stood there before."""

    spans: pd.DataFrame
    changes: pd.DataFrame
    events: pd.DataFrame


#: By versions and batch, as many as hold so many rows together.
_INSIDE: Kept[tuple[Versions, int], _Inside] = Kept(100_000, weigh=lambda found: 1 + sum(map(len, found)))


def _overwrote(desk: Desk, batch: int, row: Mapping[Hashable, Any]) -> None:
    def read() -> _Inside:
        changes, events = desk.store.changes(batch), overwritten_events(desk.store, batch)
        return _Inside(
            _spans(desk, batch, row["kpis"]),
            stored_rows.overwritten(changes, desk.catalog) if len(changes) else changes,
            stored_rows.events_before(events, desk.catalog) if len(events) else events,
        )

    found = _INSIDE.of((reviews.versions(desk, None), batch), read)
    for label, table, key in (
        ("What it covers", found.spans, "spans"),
        ("Values it overwrote", found.changes, "changes"),
        ("Events it took away or stated otherwise", found.events, "events"),
    ):
        if len(table):
            file = f"batch-{batch}-{'covers' if key == 'spans' else key}.csv"
            tables.behind(f"{label} ({len(table)})", table, file=file, key=f"inside_{key}")
    if found.changes.empty and found.events.empty and pd.isna(row["undone_at"]):
        st.text("It overwrote nothing.")


def _to_address() -> None:
    st.query_params["batch"] = str(st.session_state["data_batch"])


def _facts_of(row: Mapping[Hashable, Any], clock: Calendar) -> list[Block]:
    parts = ("rows", "rejected", "missing", "duplicates", "skipped")
    words = ("loaded", "rejected", "without a value", "repeated", "skipped")
    sums = " + ".join(
        f"{wording.number(float(row[part]), 0)} {word}"
        for part, word in zip(parts, words, strict=True)
        if row[part] or part == "rows"
    )
    when = "" if pd.isna(row["undone_at"]) else f"{_instant(clock, row['undone_at'])} by {row['undone_by']}"
    undone = [{"label": "Undone", "text": when, "more": ""}] if when else []
    items = [
        *undone,
        {"label": "Records", "text": f"{sums} = {wording.number(float(row['records']), 0)}", "more": ""},
        {"label": "Stored", "text": _stored(row), "more": ""},
        {"label": "Template", "text": wording.DASH if pd.isna(row["template"]) else str(row["template"]), "more": ""},
    ]
    if row["note"]:
        items.append({"label": "Note", "text": str(row["note"]), "more": ""})
    return items


def _stored(row: Mapping[Hashable, Any]) -> str:
    names = {"new": "new", "updated": "changed", "unchanged": "identical"}
    names |= {"removed": "taken away"} if row["removed"] else {}
    return " · ".join(f"{wording.number(float(row[name]), 0)} {word}" for name, word in names.items())


def _spans(desk: Desk, batch: int, keys: tuple[str, ...]) -> pd.DataFrame:
    """The stretches of time that a batch covers, one line for each KPI or stream."""
    lines = []
    for key in keys:
        found = desk.store.spans(key)
        for span in found[found["batch"] == batch].to_dict("records"):
            calendar = desk.catalog[key].calendar if key in desk.catalog else site(desk.catalog)
            sampled = key in desk.catalog and desk.catalog[key].operate == "sample"
            ends = ["" if sampled else wording.instant(at_site(calendar, span[end].to_pydatetime()))
                    for end in ("starts_at", "ends_at")]  # fmt: skip
            name = desk.catalog[key].name if key in desk.catalog else key
            lines.append({"Of": name, "From": ends[0], "To": ends[1], "Reported": ", ".join(span["reporters"])})
    return pd.DataFrame(lines)
