"""Verifying a verdict by its id: is it what the store told then, and would it be the same today?

The store is read as it stood when the verdict was first shown, and the verdict is judged again. Then what came after is
added step by step, in its order, and each step at which the verdict changes is named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from opsmetrics import __version__
from opsmetrics.access import OPEN
from opsmetrics.catalog import Catalog, NotHere, Slice, read_catalog, slice_of, slice_text
from opsmetrics.desk.desk import Desk
from opsmetrics.desk.origins import touched
from opsmetrics.desk.reviewing import reviews
from opsmetrics.desk.snapshot import Snapshot, Wanted
from opsmetrics.store import definitions_text, lost, past, steps_after
from opsmetrics.verdict import sentences
from opsmetrics.verdict.as_dict import as_plain
from opsmetrics.verdict.identifying import content, differences

#: `other`: judged again from the same data it differs, and neither an undo nor another program explains it.
What = Literal["batch", "undo", "decision", "definitions", "program", "other"]


@dataclass(frozen=True)
class Cause:
    """What changed a verdict. number: of the batch or decision; at: naive UTC; name: the file of a batch, the kind of a
    decision, the version of the definitions or of the program."""

    what: What
    number: int | None = None
    at: pd.Timestamp | None = None
    by: str = ""
    name: str = ""
    why: str = ""


@dataclass(frozen=True)
class Verified:
    """What became of a verdict that was shown.

    as_of, shown_at: naive UTC. said: what it said, as plain values; says: what it would say today for the same moment
    ({}: its KPI is not defined any more). then: True where it is judged the same from the data, decisions and
    definitions of its time. changed: the fields in which it differs today, none where it is equal. causes: what changed
    it, oldest first. lost: batches of its time that were undone since, so that its own data cannot be read any more.
    """

    id: str
    kpi: str
    name: str
    slice: Slice
    grain: str
    as_of: pd.Timestamp
    shown_at: pd.Timestamp
    channel: str
    said: Mapping[str, Any]
    says: Mapping[str, Any]
    then: bool
    changed: tuple[str, ...]
    causes: tuple[Cause, ...]
    lost: tuple[int, ...]

    @property
    def equal(self) -> bool:
        """True where it would be the same today."""
        return not self.changed


@dataclass(frozen=True)
class _State:
    """Up to where the store is read: versions of data and decisions, definitions."""

    data: int
    decisions: int
    catalog: Catalog


def verify(desk: Desk, id_: str, progress: Callable[[int, int], None] = lambda done, of: None) -> Verified:
    """What became of the verdict with this id. Raises NotHere where none is kept. progress: steps done, of how many."""
    row = desk.store.shown_as(id_)
    if row is None:
        days = desk.settings.verify_days
        kept = "" if days is None else f"An id is kept for {days} days. "
        raise NotHere(
            "no_verdict",
            f"No verdict with the id {id_} is kept in this store. {kept}Compare it with the paper, or ask the store "
            "that it was made from.",
        )
    said = {**json.loads(row["verdict"]), "episodes": json.loads(row["episodes"])}
    began = _State(int(row["data_version"]), int(row["decisions_version"]), _catalog(desk, row["definitions_version"]))
    first = _says(desk, row, began)
    gone = tuple(number for number in lost(desk.store, began.data) if _about(desk, row, began.catalog, number))
    now = _says(desk, row, _State(desk.store.data_version, desk.store.decisions_version, desk.catalog))
    changed = differences(said, now)
    causes = tuple(_causes(desk, row, began, first, progress)) if differences(first, now) else ()
    if differences(said, first) and not gone:
        causes = (_other(row), *causes)
    return Verified(
        id_, row["kpi"], _name(row, began.catalog), _slice(row), row["grain"], row["as_of"], row["at"], row["channel"],
        said, now, not differences(said, first), changed, causes, gone,
    )  # fmt: skip


def as_dict(found: Verified) -> dict[str, Any]:
    """As plain values; `sentence_then` and `sentence_now` put what it said into words."""
    plain: dict[str, Any] = as_plain(
        {
            "id": found.id,
            "equal": found.equal,
            "equal_then": found.then,
            "kpi": found.kpi,
            "slice": dict(found.slice),
            "grain": found.grain,
            "as_of": found.as_of,
            "shown_at": found.shown_at,
            "channel": found.channel,
            "changed": found.changed,
            "causes": found.causes,
            "undone_since": found.lost,
            "sentence_then": sentence(found.said),
            "sentence_now": sentence(found.says),
        }
    )
    return plain


def sentence(said: Mapping[str, Any]) -> str:
    """What a verdict said (`Verified.said`, `says`) in words; "" where it is not defined any more."""
    return sentences.render(said["sentence"]) if said else ""


def _other(row: Mapping[str, Any]) -> Cause:
    program = row["program"] or "unknown"
    return Cause("other") if program == __version__ else Cause("program", name=f"{program} then, {__version__} now")


def _causes(
    desk: Desk, row: Mapping[str, Any], state: _State, said: dict[str, Any], progress: Callable[[int, int], None]
) -> Iterator[Cause]:
    """The steps after a state at which what the verdict says changes."""
    steps = steps_after(desk.store, state.data, state.decisions, state.catalog.version)
    listed = [(cause, then) for cause, then in _states(desk, row, state, steps)]
    for done, (cause, state) in enumerate(listed, start=1):
        says = _says(desk, row, state)
        if differences(said, says):
            yield cause
        said = says
        progress(done, len(listed))


def _states(desk: Desk, row: Mapping[str, Any], state: _State, steps: pd.DataFrame) -> Iterator[tuple[Cause, _State]]:
    """Each step that may touch the verdict, with the state that it led to. A file that begins after the moment of the
    verdict has nothing to say about it."""
    for step in steps.to_dict("records"):
        what, version = step["what"], int(step["version"])
        if what == "definitions":
            state = replace(state, catalog=_catalog(desk, step["name"]))
        elif what == "decision":
            state = replace(state, decisions=version)
        else:
            state = replace(state, data=version)
        later = pd.notna(step["starts_at"]) and step["starts_at"] >= row["as_of"] and not step["states"]
        if what == "definitions" or (not later and row["kpi"] in touched(state.catalog, step["keys"])):
            yield Cause(what, int(step["number"]), step["at"], step["by"], step["name"], step["why"] or ""), state


def _about(desk: Desk, row: Mapping[str, Any], catalog: Catalog, batch: int) -> bool:
    return row["kpi"] in touched(catalog, desk.batch_kpis(batch))


def _says(desk: Desk, row: Mapping[str, Any], state: _State) -> dict[str, Any]:
    """What the verdict says for its moment, judged from the store at a state; {} where the KPI is not defined."""
    if row["kpi"] not in state.catalog:
        return {}
    store = past(desk.store, state.data, state.decisions, row["at"].to_pydatetime())
    drafted = state.catalog.version != desk.catalog.version
    looked = Snapshot(store, state.catalog, OPEN, drafted=drafted)
    wanted = Wanted(state.catalog[row["kpi"]], _slice(row), row["grain"], row["as_of"])
    return content(next(reviews(looked, [wanted])))


def _catalog(desk: Desk, version: str) -> Catalog:
    if version == desk.catalog.version:
        return desk.catalog
    text = definitions_text(desk.store, version)
    return Catalog() if text is None else read_catalog(text)


def _slice(row: Mapping[str, Any]) -> Slice:
    return slice_of(dict(json.loads(row["slice"])))


def _name(row: Mapping[str, Any], catalog: Catalog) -> str:
    name = catalog[row["kpi"]].name if row["kpi"] in catalog else row["kpi"]
    return " · ".join(part for part in (name, slice_text(_slice(row))) if part)
