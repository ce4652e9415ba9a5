"""The part of an import template that says which events a file holds: its [events] table, and the mistakes in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.template_check import IDENTIFIER, TemplateProblem

#: Roles of columns that only a template with an [events] table knows. `end` is the stamp at which an event closed.
EVENT_ROLES = ("category", "subcategory", "count", "cost", "minutes", "reference", "end")
PARTS = ("count", "minutes", "cost")

_KEYS = ("stream", "shape", "rows", "state", "down", "categories")
_CHOICES = {"shape": ("events", "states"), "rows": ("each", "last")}


@dataclass(frozen=True)
class CauseColumns:
    """One category of a table with a column for each: the headers of its count, minutes and cost."""

    name: str
    count: str | None = None
    minutes: str | None = None
    cost: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The headers used."""
        return tuple(s for s in (self.count, self.minutes, self.cost) if s)


@dataclass(frozen=True)
class EventRows:
    """Which events the records of a file state.

    shape "events": one each (rows "last": the last record of each reference counts), or one for each category that
    has columns of its own. shape "states": each record is the state of a unit; those in `down` make outages.
    """

    stream: str
    shape: str = "events"
    rows: str = "each"
    state: str | None = None  # header of the column of states
    down: tuple[str, ...] = ()
    categories: tuple[CauseColumns, ...] = ()

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> EventRows:
        """From a table without mistakes."""
        plain = {key: value for key, value in table.items() if key not in ("down", "categories")}
        causes = tuple(CauseColumns(**entry) for entry in table.get("categories", ()))
        return cls(**plain, down=tuple(table.get("down", ())), categories=causes)

    @property
    def sources(self) -> tuple[str, ...]:
        """The headers that it names itself."""
        state = (self.state,) if self.state else ()
        return (*state, *(source for cause in self.categories for source in cause.sources))

    def with_columns(self, now: Callable[[str], str]) -> EventRows:
        """The same events, of columns that are called so now."""
        parts = [{part: now(name) for part in PARTS if (name := getattr(cause, part))} for cause in self.categories]
        causes = tuple(replace(cause, **named) for cause, named in zip(self.categories, parts, strict=True))
        return replace(self, state=self.state and now(self.state), categories=causes)

    def dump(self) -> list[str]:
        """Its lines of TOML."""
        lines = ["", "[events]", f"stream = {_text(self.stream)}"]
        if self.shape != "events":
            lines.append(f"shape = {_text(self.shape)}")
        if self.rows != "each":
            lines.append(f"rows = {_text(self.rows)}")
        if self.state:
            lines += [f"state = {_text(self.state)}", f"down = [{', '.join(map(_text, self.down))}]"]
        for cause in self.categories:
            lines += ["", "[[events.categories]]", f"name = {_text(cause.name)}"]
            lines += [f"{part} = {_text(getattr(cause, part))}" for part in PARTS if getattr(cause, part)]
        return lines


def problems_of_events(table: Mapping[str, Any]) -> Iterator[TemplateProblem]:
    """Every mistake of the [events] table, and of the roles that need one."""
    columns = table.get("columns", {})
    held = {role for role in columns.values() if isinstance(role, str)} if isinstance(columns, dict) else set()
    if "events" not in table:
        strange = sorted(held & (set(EVENT_ROLES) - {"end"}))
        if strange:
            mend = 'add a table [events] with stream = "…", or change the roles'
            yield TemplateProblem("columns", f"roles {strange}", "these roles only beside [events]", mend)
        return
    entry = table["events"]
    if not isinstance(entry, dict):
        yield TemplateProblem("events", repr(entry)[:60], "a table", 'write [events] with stream = "…"')
        return
    yield from _keys(entry)
    causes = entry.get("categories", [])
    if isinstance(causes, list) and all(isinstance(cause, dict) for cause in causes):
        yield from _causes(causes)
    else:
        mend = "write one [[events.categories]] table for each category"
        yield TemplateProblem("events.categories", repr(causes)[:60], "a list of tables", mend)
        causes = []
    yield from _shape(entry, held, bool(causes))
    if "metric" in held:
        mend = "give KPIs and events a template each"
        yield TemplateProblem("events", "a metric column as well", "one of the two", mend)
    if "date" not in held and "ts" not in held and not table.get("date_parts"):
        yield TemplateProblem("events", "no time of the events", "a date or ts column", "give one this role")


def _keys(entry: Mapping[str, Any]) -> Iterator[TemplateProblem]:
    for key, value in entry.items():
        where = f"events.{key}"
        if key not in _KEYS:
            yield TemplateProblem(where, "an unknown key", f"one of {', '.join(_KEYS)}", "correct or remove it")
        elif key == "down":
            if not isinstance(value, list) or not value or not all(isinstance(v, str) and v for v in value):
                yield TemplateProblem(where, repr(value)[:60], "a list of texts", 'write for example down = ["down"]')
        elif key != "categories" and (not isinstance(value, str) or not value):
            yield TemplateProblem(where, repr(value)[:60], "a text", "put it in quotation marks")
        elif key in _CHOICES and value not in _CHOICES[key]:
            yield TemplateProblem(where, f"'{value}'", f"one of {_CHOICES[key]}", "choose one of these")
    stream = entry.get("stream")
    if not stream:
        yield TemplateProblem("events.stream", "nothing", "the key of a stream of the catalogue", 'add stream = "…"')
    elif isinstance(stream, str) and not IDENTIFIER.fullmatch(stream):
        yield TemplateProblem("events.stream", f"'{stream}'", "the key of a stream", "use small letters, digits and _")


def _causes(causes: Sequence[Mapping[str, Any]]) -> Iterator[TemplateProblem]:
    for number, cause in enumerate(causes, start=1):
        where = f"events.categories[{number}]"
        for key, value in cause.items():
            if key not in ("name", *PARTS):
                yield TemplateProblem(f"{where}.{key}", "an unknown key", f"name, {', '.join(PARTS)}", "correct it")
            elif not isinstance(value, str) or not value:
                yield TemplateProblem(f"{where}.{key}", repr(value)[:60], "a text", "put it in quotation marks")
        if not cause.get("name"):
            yield TemplateProblem(where, "no name", "what the category is called", 'add name = "…"')
        if not set(cause) & set(PARTS):
            yield TemplateProblem(where, "no column", f"at least one of {', '.join(PARTS)}", "name its columns")
    for name, times in Counter(fold(str(cause.get("name"))) for cause in causes).items():
        if times > 1:
            yield TemplateProblem("events.categories", f"'{name}' {times} times", "each category once", "rename them")


def _shape(entry: Mapping[str, Any], held: set[str], causes: bool) -> Iterator[TemplateProblem]:
    states = entry.get("shape") == "states"
    if states and not (entry.get("state") and entry.get("down")):
        wanted = "state, the column of states, and down, the states that mean an outage"
        yield TemplateProblem("events.shape", "states", wanted, 'add state = "…" and down = ["…"]')
    if not states and ("state" in entry or "down" in entry):
        yield TemplateProblem("events", "state or down", 'these only with shape = "states"', "add the shape")
    derived = sorted(held & {"reference", "minutes", "end", "count"})
    if states and (derived or causes or entry.get("rows") == "last"):
        found = derived or ["categories" if causes else 'rows = "last"']
        wanted = 'none of these with shape = "states": an outage follows from its records'
        yield TemplateProblem("events.shape", f"states with {found}", wanted, "set these columns to ignore")
    own = sorted(held & {"category", "count", "minutes", "cost", "end", "reference"})
    if causes and own:
        wanted = "either [[events.categories]] or these roles"
        yield TemplateProblem("events.categories", f"roles {own} as well", wanted, "remove one of the two")
    if {"minutes", "end"} <= held:
        mend = "set one of them to ignore"
        yield TemplateProblem("columns", "a minutes and an end column", "one of the two", mend)
    if entry.get("rows") == "last" and "reference" not in held:
        wanted = "a reference column, which tells whose last record it is"
        yield TemplateProblem("events.rows", "last without a reference", wanted, "give one column this role")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
