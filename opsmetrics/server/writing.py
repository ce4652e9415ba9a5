"""Endpoints that write: a file into the store, by the path that the Upload page takes, and a batch out of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from opsmetrics.desk import receipts
from opsmetrics.desk.finding import template_of
from opsmetrics.desk.templates import remember
from opsmetrics.ingest import Limits, NothingUsable
from opsmetrics.measurements import Batch
from opsmetrics.server.endpoints import JSON_VALUES, Endpoint, Parameter, Request
from opsmetrics.server.problems import Problem
from opsmetrics.verdict.as_dict import as_plain

JSON = "application/json"
BINARY = "application/octet-stream"
CSV = "text/csv"

#: So many rejected records are told; a file with more has another fault than its records.
REJECTS = 1000


def ingest(asked: Request) -> tuple[int, Any]:
    """Load the body as one batch and answer with its receipt, or with `dry_run` what it would change. The same file a
    second time changes nothing. CSV as text/csv; Excel, OpenDocument and Parquet as application/octet-stream; JSON as
    a list of records, or an object that has one under "records"."""
    if asked.body is None or not asked.body.stat().st_size:
        raise Problem(400, "no_file", "The body is empty, wanted a file or a list of records.")
    path = _records(asked) if asked.media == JSON else asked.body
    covers = asked.get("covers")
    template = None if asked.get("template") is None else template_of(asked.desk, asked.get("template"))
    try:
        batch = asked.desk.prepare(path, template=template, covers=covers, answers=dict(asked.get("answer")))
        refused = None
    except NothingUsable as error:
        refused = Problem(422, error.code, str(error), more={"rejects": _rejects(error.batch)})
    if refused is not None:  # raised out here: it must not keep the batch, whose files are removed with it
        raise refused
    if asked.get("dry_run"):
        return 200, {**receipts.diff_dict(batch, asked.desk.diff(batch)), "rejects": _rejects(batch)}
    receipt = asked.desk.commit(batch, by=asked.token.name)
    receipt = replace(receipt, warnings=(*receipt.warnings, *remember(asked.desk, batch)))
    return 201 if receipt.batch is not None else 200, {**receipt.as_dict(), "rejects": _rejects(batch)}


def undo(asked: Request) -> tuple[int, Any]:
    """Take back exactly what a batch wrote. The body says why: {"why": "…"}."""
    told = asked.json()
    why = told.get("why") if isinstance(told, dict) else None
    if not isinstance(why, str) or not why.strip():
        raise Problem(400, "no_reason", 'The body says no reason, wanted a JSON object such as {"why": "wrong month"}.')
    receipt = asked.desk.undo(asked.get("batch"), by=asked.token.name, why=why)
    return 200, as_plain(receipt)


def _records(asked: Request) -> Path:
    """Records of JSON as a file with types: a number stays one, and no text is taken for another."""
    told = asked.json()
    rows = told.get("records") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Problem(422, "no_records", "The body holds no records, wanted a list of JSON objects, one for each row.")
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > Limits().columns:
        detail = f"The records have {len(names):,} names, wanted at most {Limits().columns:,}: keep what is needed."
        raise Problem(422, "too_many_columns", detail)
    if len(rows) * len(names) > JSON_VALUES:
        detail = f"{len(rows):,} records of {len(names):,} columns are more than {JSON_VALUES:,} cells."
        raise Problem(413, "too_large", f"{detail} Split the body, or send it as CSV or Parquet.")
    try:
        columns = {name: pa.array([_plain(row.get(name), name) for row in rows]) for name in names}
    except (pa.ArrowException, OverflowError) as error:
        detail = f"A column holds values of several kinds ({error}): write all of them as numbers, or all as texts."
        raise Problem(422, "mixed_column", detail) from None
    assert asked.body is not None
    path = asked.body.with_suffix(".parquet")
    pq.write_table(pa.table(columns), path)
    return path


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, list | dict):
        raise Problem(422, "nested", f"The column {name!r} holds a list or an object, wanted a number, a text or null.")
    return value


def _rejects(batch: Batch) -> list[dict[str, Any]]:
    return [as_plain(row.to_dict()) for _, row in batch.rejects.head(REJECTS).iterrows()]


ENDPOINTS = (
    Endpoint(
        "POST", "/api/v1/ingest", "load", "Load a file", ingest,
        (
            Parameter("name", "What the file is called; its receipt shows it."),
            Parameter("template", "The name of an import template; without it the one that fits is taken."),
            Parameter("answer", "An answer to a question of the file, as code=choice; several times for several.",
                      "pair", many=True),
            Parameter("covers", "The days that the file covers, where it does not say so itself.", "day_span"),
            Parameter("dry_run", "Nothing is written; the answer says what would change.", "yes_or_no"),
        ),
        (CSV, JSON, BINARY), str(ingest.__doc__),
        {200: "Nothing was new, or a dry run.", 201: "Loaded: the receipt."},
        {
            404: "No such template.",
            409: "The file does not say enough: answer its `questions` and send it again.",
            422: "The file was refused.",
        },
        gives=("outcome", "batch", "source", "records", "rows", "new", "updated", "unchanged", "rejects"),
    ),
    Endpoint(
        "POST", "/api/v1/batches/{batch}/undo", "undo", "Take back a batch", undo,
        (Parameter("batch", "The number of the batch.", "whole", required=True, in_path=True),),
        (JSON,), str(undo.__doc__), refusals={409: "There is no such batch, or it cannot be taken back."},
        gives=("batch", "restored", "removed", "kept", "data_version"),
    ),
)  # fmt: skip
