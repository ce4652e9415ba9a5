"""The messy uploads of the shared reference through the public functions of ingest.

A record's roles are given by the reference's own mapping; no KPI is looked up. Where dates stand across, the mapping
names the columns of dates; they have become the columns `date`, `value` and, below a second header row, `metric`.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog, Dimension, Kpi, read_catalog, write_catalog
from opsmetrics.ingest import (
    Checked,
    IngestRefused,
    Layout,
    Meaning,
    Measure,
    NeedsAnswer,
    Template,
    check,
    locate,
    prepare,
    read_file,
    suggest,
)
from opsmetrics.ingest.unusable import refusal
from opsmetrics.store import Store

TIMES = ("date", "ts")
BESIDE = ("time", "offset")
TEXTS = ("site", "line", "metric", "category")
LEFT_OUT = ("comment", "ignore")
#: Columns of dates, and of dates over metrics.
ACROSS, ACROSS_METRICS = "date-header", "pivot"
#: What the reference calls the name of a sheet.
SHEET_NAME = {"(sheet name)": "sheet name"}
#: Wide files of the reference: defects are counted among the inspected.
SHARES = {"defects": "inspected"}

#: The store of the reference's sequence of uploads.
SEQUENCE_CATALOG = Catalog(
    kpis=tuple(
        Kpi(key, key, "measured", "neither", dimensions=("site", "line")) for key in ("scrap_kg", "oee", "energy_kwh")
    ),
    dimensions=(Dimension("site", "Site"), Dimension("line", "Line")),
)
SEQUENCE_TEMPLATE = Template(
    name="sequence",
    columns={"date": "date", "site": "site", "line": "line", "metric": "metric", "value": "value"},
    header=("date", "site", "line", "metric", "value"),
)

Answer = Callable[[str, Sequence[str]], str]


def messy(path: Path, columns: Sequence[Mapping[str, str]] | None, today: dt.date, answer: Answer) -> dict[str, Any]:
    """What becomes of one upload, in the terms of the reference's score."""
    roles = [entry["role"] for entry in columns or ()]
    if not set(roles) & {*TIMES, ACROSS, ACROSS_METRICS}:
        return refusal_of(path)
    sources = sources_of(columns or ())
    header = tuple(entry["source"] for entry in columns or ())
    answers: dict[str, str] = {}
    asked: list[str] = []
    while True:
        try:
            done = checked(path, sources, header, answers, today)
            if nothing := refusal(done):
                raise nothing
            return outcome(done, asked)
        except IngestRefused as refused:
            return {"outcome": "refuse", "warnings": [refused.code], "why": str(refused)}
        except NeedsAnswer as needed:
            for question in needed.questions:
                asked.append(question.code)
                answers[question.code] = answer(question.code, question.choices)


def sources_of(columns: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Role → header of the records."""
    named = {entry["role"]: SHEET_NAME.get(entry["source"], entry["source"]) for entry in columns}
    sources = {role: source for role, source in named.items() if role not in (*LEFT_OUT, ACROSS, ACROSS_METRICS)}
    if {ACROSS, ACROSS_METRICS} & set(named):
        sources |= {"date": "date", "value": "value"}
    if ACROSS_METRICS in named:
        sources |= {"metric": "metric"}
    return sources


def refusal_of(path: Path) -> dict[str, Any]:
    """What becomes of a file for which no mapping is known: one with dates is asked about on the page Upload."""
    try:
        suggestion = suggest(read_file(path), Catalog(kpis=()))
    except IngestRefused as refused:
        return {"outcome": "refuse", "warnings": [refused.code], "why": str(refused)}
    if any(guess.role in TIMES for guess in suggestion.guesses):
        return {"outcome": "needs_user_choice", "questions": ["mapping"], "warnings": []}
    return {"outcome": "refuse", "warnings": ["no_time_column"]}


def checked(
    path: Path, sources: Mapping[str, str], header: tuple[str, ...], answers: Mapping[str, str], today: dt.date
) -> Checked:
    """The checked table of one upload."""
    template = Template("messy", {source: role for role, source in sources.items()})
    sheet = read_file(path, template=template, answers=answers)
    at = locate(sheet, tuple(sources.values()), answers, header if sheet.head.line is None else ()).positions
    position = {role: at[source] for role, source in sources.items()}
    numbers = {role: column for role, column in position.items() if role not in (*TIMES, *BESIDE, *TEXTS)}
    texts = {role: column for role, column in position.items() if role in TEXTS}
    keyed_by = None if "category" in texts else tuple(texts)
    layout = Layout(
        meaning=lambda _: Meaning(tuple(measures(tuple(numbers), keyed_by))),
        texts=texts,
        numbers=numbers,
        time=position.get("date", position.get("ts")),
        clock=position.get("time"),
        offset=position.get("offset"),
    )
    return check(sheet, layout, answers=answers, today=today)


def measures(numbers: tuple[str, ...], keyed_by: tuple[str, ...] | None) -> list[Measure]:
    """The quantities that these number roles state."""
    if "numerator" in numbers:
        return [Measure("ratio", ("numerator", "denominator"), keyed_by, counted=True, share=True)]
    found = []
    for role in numbers:
        if role in SHARES:
            found.append(Measure(role, (role, SHARES[role]), keyed_by, counted=True, share=True))
        elif role not in SHARES.values():
            found.append(Measure(role, (role,), keyed_by))
    return found


def outcome(done: Checked, asked: Sequence[str]) -> dict[str, Any]:
    """The receipt and the rows."""
    tally, table = done.tally, done.table()
    rows = table.drop(columns=["@line", "@observed_at"]).rename(columns={"@stamp": "ts"})
    return {
        "outcome": "accept_with_rejects" if tally.rejected else "accept",
        "questions": list(asked),
        "rows": [
            {k: None if pd.isna(v) else v.to_pydatetime() if k == "ts" else v for k, v in row.items()}
            for row in rows.to_dict("records")
        ],
        "records": tally.records,
        "rows_rejected": tally.rejected,
        "rows_missing": tally.missing,
        "rows_duplicate_dropped": tally.duplicates,
        "rows_skipped": tally.skipped,
        "reject_lines": [int(line) for line in done.rejects["line"]],
        "warnings": [notice.code for notice in done.notices],
    }


def messy_sequence(steps: Sequence[Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Uploads and undos in order on one empty store; what a question offers first is confirmed."""
    with tempfile.TemporaryDirectory() as home, Store.open(Path(home) / "messy.duckdb", role="test") as store:
        store.apply_catalog(read_catalog(write_catalog(SEQUENCE_CATALOG)), by="reference")
        return [sequence_step(store, step, folder) for step in steps]


def sequence_step(store: Store, step: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """One upload, or the undo of the last batch."""
    done: dict[str, Any]
    if step.get("action") == "undo_last_batch":
        batches = store.batches()
        store.undo(int(batches.loc[batches["undone_at"].isna(), "batch"].max()), by="reference")
        done = {"outcome": "accept"}
    else:
        done = upload(store, folder / step["upload"])
    rows, total = store.read("SELECT count(*), coalesce(sum(value), 0) FROM readings").iloc[0]
    return done | {"store_rows": int(rows), "store_sum": float(total)}


def upload(store: Store, path: Path) -> dict[str, Any]:
    """Prepare, compare and commit one file."""
    answers: dict[str, str] = {}
    while True:
        try:
            sheet = read_file(path, template=SEQUENCE_TEMPLATE)
            batch = prepare(sheet, SEQUENCE_TEMPLATE, store.catalog, answers=answers, today=dt.date(2026, 11, 22))
            break
        except IngestRefused as refused:
            return {"outcome": "refuse", "warnings": [refused.code], "why": str(refused)}
        except NeedsAnswer as needed:
            answers |= {question.code: question.choices[0] for question in needed.questions}
    warnings = [notice.code for notice in batch.warnings]
    warnings += ["same_file_again"] if store.seen(batch.fingerprint) is not None else []
    warnings += ["will_change_existing_values"] if store.diff(batch).updated else []
    receipt = store.commit(batch, by="reference")
    changed = {"new": receipt.new, "updated": receipt.updated, "unchanged": receipt.unchanged}
    return {"outcome": "accept", "warnings": warnings} | changed
