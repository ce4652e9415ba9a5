"""Endpoints about the sources of files: the rejects of a batch, import templates, what an empty file holds."""

from __future__ import annotations

from typing import Any

from opsmetrics.desk import templates
from opsmetrics.desk.blanks import blank_of
from opsmetrics.desk.rejected import state_of
from opsmetrics.server.endpoints import Endpoint, Parameter, Request
from opsmetrics.server.reading import NOT_FOR_A_PART, whole_store
from opsmetrics.store import rejects_of
from opsmetrics.verdict.as_dict import as_plain


def rejects(asked: Request) -> tuple[int, Any]:
    """The rejected records of a batch: how many there were, are kept, are settled by a later batch and are left, and
    those that are kept."""
    whole_store(asked, "rejected records are")
    state = state_of(asked.desk.store, asked.get("batch"))
    rows = [as_plain(row.to_dict()) for _, row in rejects_of(asked.desk.store, state.batch).iterrows()]
    counts = {name: getattr(state, name) for name in ("batch", "rejected", "kept", "settled", "left", "mends", "whole")}
    return 200, {**counts, "rejects": rows}


def listing(asked: Request) -> tuple[int, Any]:
    """The import templates, each with its version, its header and its text as TOML."""
    return 200, [
        {"name": each.template.name, "version": each.version, "header": list(each.template.header),
         "toml": each.template.dump()}
        for each in templates.kept(asked.desk)
    ]  # fmt: skip


def blank(asked: Request) -> tuple[int, Any]:
    """The columns of the empty file of a template, or of a KPI without one: their names, what they hold, and the values
    that are known so far."""
    found = blank_of(asked.desk, asked.get("name"), asked.token.viewer)
    columns = [{"name": c.name, "kind": c.kind, "known": list(c.choices), "note": c.note} for c in found.columns]
    return 200, {"columns": columns, "csv": found.csv().decode(found.encoding)}


ENDPOINTS = (
    Endpoint(
        "GET", "/api/v1/batches/{batch}/rejects", "read", "Rejected records", rejects,
        (Parameter("batch", "The number of the batch.", "whole", required=True, in_path=True),),
        text=str(rejects.__doc__), refusals={403: NOT_FOR_A_PART, 404: "No such batch."},
        gives=("batch", "rejected", "kept", "settled", "left", "rejects"),
    ),
    Endpoint("GET", "/api/v1/templates", "read", "Import templates", listing, text=str(listing.__doc__),
        gives=("name", "version", "header", "toml"), many=True,
    ),
    Endpoint(
        "GET", "/api/v1/blank", "read", "An empty file", blank,
        (Parameter("name", "The name of a template, or the key of a KPI.", required=True),),
        text=str(blank.__doc__), refusals={404: "No such template or KPI, or nothing of it is recorded."},
        gives=("columns", "csv"),
    ),
)  # fmt: skip
