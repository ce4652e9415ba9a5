"""The form of one definition: a widget for each key that its kind uses, made from the schema of the catalogue.

The form keeps plain values as a definitions file would hold them, so a half-filled form is only a definition with
mistakes, and the reader of the catalogue says which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from opsmetrics.catalog import CHARTS, RULE_SETS, Kind, schema
from opsmetrics.catalog.editing import Tables, says_something
from opsmetrics.catalog.names import MEASURES, ROLES
from opsmetrics.figures import STOPPED
from opsmetrics.ui import blocks, definition_targets, page
from opsmetrics.ui.definition_words import GROUPS, KIND_WORDS, LABELS, WORDS

_FIELDS = {known.key: known for known in schema.KPI}
_EVENTS = {known.key: known for known in schema.EVENTS}
#: Fields that take the whole width.
_WIDE = ("description", "formula", "events", "target", "watch")
_NUMBERS = ("multiplier", "within", "lower_bound", "upper_bound", "cost_per_unit", "spec_lower", "spec_upper")


@dataclass(frozen=True)
class Form:
    """What the widgets of one form share. key: names them, so that another definition gets fresh ones; table: the
    definition as it was opened; tables: all definitions, to choose from."""

    key: str
    table: Mapping[str, Any]
    tables: Tables
    places: dict[str, DeltaGenerator] = field(default_factory=dict)  # field → where what is wrong in it is said

    def tell(self, wrong: Mapping[str, str]) -> None:
        """Say below each field what is wrong in it."""
        for name, text in wrong.items():
            if name in self.places:
                with self.places[name].container():
                    page.show(blocks.callout(STOPPED, "Change this", text), key=self.name(f"wrong_{name}"))

    def name(self, field: str) -> str:
        """The key of a field's widget."""
        return f"definition_{self.key}_{field}"


def draw(form: Form) -> dict[str, Any]:
    """Draw all groups; the answer is the definition as the widgets say it."""
    values: dict[str, Any] = {"name": _text(form, "name")}
    _place(form, "name")
    left, right = st.columns([3, 2])
    with left:
        values["kind"] = kind = _choice(form, "kind", [*CHARTS], KIND_WORDS)
        _place(form, "kind")
    with right:
        values["better"] = _choice(form, "better", ["higher", "lower", "neither"], WORDS)
        _place(form, "better")
    for title, keys, folded in GROUPS:
        used = [key for key in keys if _applies(key, kind, values)]
        if not used:
            continue
        with st.expander(title, expanded=not folded, key=form.name(f"group_{title}")):
            _group(form, used, values)
    return {key: value for key, value in values.items() if says_something(key, value)}


def _group(form: Form, keys: Sequence[str], values: dict[str, Any]) -> None:
    """The fields of a group, short ones side by side; `values` receives what they say."""
    waiting: list[Any] = []
    for key in keys:
        if not _applies(key, values["kind"], values):  # an answer above may have made it meaningless
            continue
        if key in _WIDE:
            waiting = []
            values |= _value(form, key, values)
            _place(form, key)
            continue
        waiting = waiting or list(st.columns(2))
        with waiting.pop(0):
            values |= _value(form, key, values)
            _place(form, key)


def _place(form: Form, key: str) -> None:
    form.places[key] = st.empty()


def _applies(key: str, kind: Kind, values: Mapping[str, Any]) -> bool:
    if key == "within":
        return kind == "measured" and values.get("statistic") == "share_within"
    if key in ("lower_bound", "upper_bound") and values.get("statistic") == "share_within":
        return False
    kinds = _FIELDS[key].kinds
    return not kinds or kind in kinds


def _value(form: Form, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """One field, as the keys that it writes."""
    if key == "target":
        return definition_targets.draw(form.name("targets"), form.table, str(values.get("better")))
    if key == "decimals":
        return {key: st.number_input(LABELS[key], 0, 6, value=form.table.get(key, 1), key=form.name(key),
                                     help=_help(key))}  # fmt: skip
    if key in _NUMBERS:
        return {key: _number(form, key)}
    if key == "watch":
        return {key: _watch(form)}
    if key == "events":
        return {key: _events(form)}
    special = _SPECIAL.get(key)
    return {key: special(form, values) if special else _text(form, key)}


def _help(key: str) -> str:
    known = _FIELDS[key]
    return f"{known.meaning} Default: {known.default}." if not known.required else known.meaning


def _text(form: Form, key: str) -> str:
    given = str(form.table.get(key, ""))
    return st.text_input(LABELS[key], given, key=form.name(key), help=_help(key), max_chars=400).strip()


def _number(form: Form, key: str) -> float | int | None:
    given = form.table.get(key)
    start = None if given is None else float(given)
    found = st.number_input(LABELS[key], value=start, key=form.name(key), help=_help(key), format="%g")
    return None if found is None else int(found) if float(found).is_integer() else float(found)


def _choice(form: Form, key: str, options: Sequence[str], words: Mapping[str, str], default: str = "") -> Any:
    """One of several; with `default`, what stands for leaving the line out."""
    listed = ["", *options] if default else list(options)
    given = form.table.get(key, "")
    place = listed.index(given) if given in listed else 0
    return st.selectbox(
        LABELS[key],
        listed,
        index=place,
        format_func=lambda option: words.get(option, option) if option else default,
        key=form.name(key),
        help=_help(key),
    )


def _several(form: Form, key: str, options: Mapping[str, str]) -> list[str]:
    given = [name for name in form.table.get(key, []) if name in options]
    return st.multiselect(
        LABELS[key], list(options), given, format_func=lambda name: options[name], key=form.name(key), help=_help(key)
    )


def _watch(form: Form) -> list[dict[str, str]] | None:
    """Slices, one on a line: "site = North, line = 3"; "all" is the whole KPI, "none" says that no slice is named
    here; None where nothing is written, which means "all"."""
    slices = form.table.get("watch", [])
    given = "\n".join(", ".join(f"{name} = {value}" for name, value in part.items()) or "all" for part in slices)
    told = st.text_area(
        LABELS["watch"],
        given or ("none" if "watch" in form.table else ""),
        key=form.name("watch"),
        height=80,
        placeholder="all",
        help=f"{_help('watch')} “all” is the whole KPI; “none”: only what “{LABELS['watch_by']}” gives.",
    )
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    if [line.casefold() for line in lines] == ["none"]:
        return []
    return [_slice(line) for line in lines] or None


def _slice(line: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in line.split(",")) if line.casefold() != "all" else ()
    return {name.strip(): value.strip() for name, _, value in pairs}


def _events(form: Form) -> dict[str, Any]:
    """The stream that feeds the KPI; nothing where there is none."""
    streams = {key: str(table.get("name", key)) for key, table in form.tables.get("streams", {}).items()}
    given = form.table.get("events", {})
    if not streams:
        st.caption("No stream of events is defined: the KPI is fed by numbers.")
        return {}
    listed = ["", *streams]
    stream = st.selectbox(
        LABELS["events"],
        listed,
        index=listed.index(given.get("stream", "")) if given.get("stream", "") in listed else 0,
        format_func=lambda key: streams.get(key, "none: it is fed by numbers"),
        key=form.name("events"),
        help=_EVENTS["stream"].meaning,
    )
    if not stream:
        return {}
    with st.container(horizontal=True):
        measure = st.selectbox("What is added", MEASURES, index=MEASURES.index(given.get("measure", "count")),
                               key=form.name("events_measure"), help=_EVENTS["measure"].meaning)  # fmt: skip
        role = st.selectbox("As", ROLES, index=ROLES.index(given.get("role", "numerator")),
                            key=form.name("events_role"), help=_EVENTS["role"].meaning)  # fmt: skip
    told = st.text_input("Only these categories, parted by ;", "; ".join(given.get("categories", [])),
                         key=form.name("events_categories"), help=_EVENTS["categories"].meaning)  # fmt: skip
    categories = [name.strip() for name in told.split(";") if name.strip()]
    return {"stream": stream, "measure": measure, "role": role} | ({"categories": categories} if categories else {})


def _dimensions(form: Form) -> dict[str, str]:
    return {key: str(name) for key, name in form.tables.get("dimensions", {}).items()}


def _of_table(section: str, own: str) -> Callable[[Form, Mapping[str, Any]], Any]:
    """A choice among the keys of another table of the definitions."""

    def draw_choice(form: Form, values: Mapping[str, Any]) -> Any:
        known = {key: _named(key, table) for key, table in form.tables.get(section, {}).items() if key != form.key}
        return _choice(form, own, list(known), known, default="none" if own == "parent" else "default")

    return draw_choice


def _named(key: str, table: Mapping[str, Any]) -> str:
    return str(table.get("name", key))


def _rules(form: Form, values: Mapping[str, Any]) -> Any:
    """A named set; a list of single rules stays as it is."""
    given = form.table.get("rules")
    if isinstance(given, list):
        st.caption(f"Decided by these rules: {', '.join(given)}. Change a list of single rules in the TOML file.")
        return given
    return _choice(form, "rules", list(RULE_SETS), WORDS, default="by grain")


def _fixed(key: str, default: str) -> Callable[[Form, Mapping[str, Any]], Any]:
    def draw_choice(form: Form, values: Mapping[str, Any]) -> Any:
        return _choice(form, key, _options(key, values["kind"]), WORDS, default=default)

    return draw_choice


def _options(key: str, kind: Kind) -> tuple[str, ...]:
    return {
        "statistic": ("mean", "median", "p90", "share_within"),
        "operate": ("shift", "day", "week", "month", "sample"),
        "lead": ("week", "month", "quarter"),
        "recorded": ("shift", "day", "week", "month", "quarter", "sample"),
        "chart": CHARTS[kind],
    }[key]


_SPECIAL: dict[str, Callable[[Form, Mapping[str, Any]], Any]] = {
    "statistic": _fixed("statistic", "mean"),
    "operate": _fixed("operate", "day"),
    "lead": _fixed("lead", "none"),
    "recorded": _fixed("recorded", "as it is operated"),
    "chart": _fixed("chart", "chosen from the data"),
    "parent": _of_table("kpis", "parent"),
    "calendar": _of_table("calendars", "calendar"),
    "rules": _rules,
    "dimensions": lambda form, values: _several(form, "dimensions", _dimensions(form)),
    "watch_by": lambda form, values: _several(form, "watch_by", _own(form, values)),
    "reported_by": lambda form, values: _choice(form, "reported_by", list(_own(form, values)), _own(form, values),
                                                default="none"),
}  # fmt: skip


def _own(form: Form, values: Mapping[str, Any]) -> dict[str, str]:
    """The dimensions that the definition has as it stands in the form."""
    return {key: name for key, name in _dimensions(form).items() if key in values.get("dimensions", [])}
