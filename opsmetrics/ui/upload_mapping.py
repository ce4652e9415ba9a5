"""The form in which a person says what each column of a file means, starting from what is suggested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.figures import STOPPED
from opsmetrics.ingest import DURATION, ROWS, Guess, Measured, Sheet, Template, TemplateError
from opsmetrics.ui import blocks, upload_blocks, upload_events
from opsmetrics.ui.upload_preview import part_name

#: Role of a column that a KPI's own lines name.
NUMBER = "number"
_ROLES = {
    "ignore": "not used",
    "date": "date",
    "ts": "date with time",
    "time": "time of day (beside the date)",
    "offset": "offset from UTC, or zone (beside the time)",
    "sample": "number of the sample",
    NUMBER: "number of a KPI (below)",
    "metric": "name of the KPI",
    "value": "value (of the KPI named)",
    "numerator": "numerator (of the KPI named)",
    "denominator": "denominator (of the KPI named)",
    "comment": "comment",
}
_DECIMAL: Mapping[str | None, str] = {None: "found out from the file", ".": "point", ",": "comma"}
_ORDER: Mapping[str | None, str] = {
    None: "found out from the file",
    "dmy": "day/month/year",
    "mdy": "month/day/year",
    "ymd": "year/month/day",
}
_COVERS: Mapping[str | None, str] = {
    None: "from its first to its last date",
    "day": "whole days",
    "week": "whole weeks",
    "month": "whole months",
    "quarter": "whole quarters",
}
_TIMES = ("date", "ts", "sample")
_OF_A_NAMED_KPI = ("value", "numerator", "denominator")
#: What a template may say in place of a header.
_WITHOUT_COLUMN = {ROWS: "each record counts one", DURATION: "minutes from its start to its end"}
#: Joins the headers of several readings of one record where they are one choice.
_AND = "\x1f"
#: Stands before the header of a share from which the numerator follows.
_SHARE = "\x1e"
_CHOICE = "KPIs in this file"
_WIDTHS = [2.2, 3, 2.6, 3]
#: Columns, and KPIs, that have lines of their own without being asked for; a wide file has thousands.
LINES = 30


@dataclass(frozen=True)
class Columns:
    """What a person chose: a role for each header, and for each KPI the headers of its parts."""

    roles: Mapping[str, str]
    kpis: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # KPI → part → header

    def open_points(self, start: Template, catalog: Catalog) -> list[str]:
        """What still has to be said before these columns can be used, in the words of the form."""
        said = Counter(role for role in self.roles.values() if role not in (NUMBER, "ignore", "comment"))
        words = _words(catalog, start)
        found = [
            f"{n} columns mean “{words[role]}”: keep one, and set the others to “{words['ignore']}”."
            for role, n in said.items()
            if n > 1
        ]
        if not said.keys() & set(_TIMES) and not start.date_parts and start.sample is None:
            found.append(f"No column says when: set one to “{words['date']}”, “{words['ts']}” or “{words['sample']}”.")
        named, numbers = "metric" in said, [role for role in _OF_A_NAMED_KPI if role in said]
        if named and not {"value", "numerator"} & set(numbers):
            found.append(f"No column holds the number of the KPI named: set one to “{words['value']}”.")
        if numbers and not named:
            found.append(f"“{words[numbers[0]]}” needs a column that is set to “{words['metric']}”.")
        elif not named and not self.kpis and start.events is None:
            found.append(f"No KPI is chosen: choose it under “{_CHOICE}”, then its columns.")
        found += [
            f"{catalog[key].name} has no column yet: choose it beside its name, or take the KPI away."
            for key, parts in self.kpis.items()
            if not parts
        ]
        used = {
            header
            for parts in self.kpis.values()
            for chosen in parts.values()
            for header in chosen.strip(_SHARE).split(_AND)
        }
        found += [
            f"“{header}” is set to “{words[NUMBER]}”, and no KPI uses it."
            for header, role in self.roles.items()
            if role == NUMBER and header not in used and self.kpis
        ]
        return found

    def template(self, start: Template, header: Sequence[str]) -> Template:
        """The template that says this. Raises TemplateError with all mistakes at once."""
        columns = {name: role for name, role in self.roles.items() if role not in (NUMBER, "ignore")}
        counted = {entry.key: entry.true for entry in start.kpis if not _paired(self.kpis.get(entry.key, {}))}
        kpis = tuple(_measured(key, parts, counted.get(key, ())) for key, parts in self.kpis.items())
        return Template.load(replace(start, columns=columns, kpis=kpis, header=tuple(header)).dump())


def _measured(key: str, parts: Mapping[str, str], true: tuple[str, ...]) -> Measured:
    value, part, whole = (parts.get(name) for name in ("value", "numerator", "denominator"))
    if value and _AND in value:
        return Measured(key, values=tuple(value.split(_AND)))
    if part and part.startswith(_SHARE):
        return Measured(key, rate=part.removeprefix(_SHARE), denominator=whole)
    return Measured(key, value, part, whole, true=true)


def _paired(parts: Mapping[str, str]) -> bool:
    """True where one column holds both counts: no words of it count."""
    return "numerator" in parts and parts["numerator"] == parts.get("denominator")


def hint(guess: Guess) -> str:
    """How sure a suggestion is, and what speaks for it."""
    if guess.role in ("", "comment"):
        return ""
    sure = "sure" if guess.confidence >= 1 else f"{guess.confidence * 100:.0f} % sure"
    return f"{sure}: {guess.why}"


def form(sheet: Sheet, catalog: Catalog, start: Template, hints: Mapping[str, str], key: str) -> Template | None:
    """Draw the form; the answer is the template that the person confirmed, in the one rerun after that.

    `start`: what is suggested or was used so far. `hints`: header → what speaks for the suggestion.
    """
    roles = {name: start.columns.get(name, "ignore") for name in sheet.headers}
    roles |= {name: _role(sheet, catalog, start, hints, name, place, key) for place, name in _lines(sheet, start, key)}
    named = "metric" in roles.values()
    kpis = {} if named else _kpis(sheet, catalog, start, key)
    settled = _written(start, key)
    if not st.button("Use these columns", type="primary", key=f"{key}_use"):
        return None
    chosen = Columns(roles, kpis)
    lines = chosen.open_points(settled, catalog)
    try:
        if not lines:
            return chosen.template(settled, sheet.headers)
    except TemplateError as error:
        lines = [f"Found {p.found}; wanted {p.wanted}: {p.mend}." for p in error.problems]
    text = "Nothing was changed. Mend what stands below, then try again."
    upload_blocks.show(blocks.callout(STOPPED, "These columns do not fit", text, lines=lines), key=f"{key}_wrong")
    return None


def _lines(sheet: Sheet, start: Template, key: str) -> Iterator[tuple[int, str]]:
    """The columns with a line of their own: all of a narrow file; of a wide one those with a meaning, and those that a
    person picks. The others keep the meaning that they have."""
    headers, picked = sheet.headers, list[str]()
    shown = headers
    if len(headers) > LINES:
        used = {*start.columns, *(source for entry in start.kpis for source in entry.sources)}
        shown = tuple([name for name in headers if name in used][:LINES])
        others = [name for name in headers if name not in shown]
        picked = st.multiselect(
            f"{len(shown):,} of {len(headers):,} columns are listed below. Others to list: type a part of the name",
            others,
            placeholder="search a column",
            key=f"{key}_others",
        )
    with st.container(key="upload_map_heads"):
        for part, text in zip(st.columns(_WIDTHS), ("Column", "For example", "Means", ""), strict=True):
            part.caption(text)
    wanted = {*shown, *picked}
    yield from ((place, name) for place, name in enumerate(headers) if name in wanted)


def _role(
    sheet: Sheet, catalog: Catalog, start: Template, hints: Mapping[str, str], name: str, place: int, key: str
) -> str:
    with st.container(key=f"upload_map_line_{place}"):
        head, example, choice, hint = st.columns(_WIDTHS, vertical_alignment="center")
    head.text(name)
    example.text(" · ".join(_examples(sheet, place)))
    words = _words(catalog, start)
    used = {source for entry in start.kpis for source in entry.sources}
    role = start.columns.get(name, NUMBER if name in used else "ignore")
    options = list(words)
    hint.text(hints.get(name, ""))
    return choice.selectbox(
        f"Meaning of column {place + 1}",
        options,
        index=options.index(role) if role in options else 0,
        format_func=words.__getitem__,
        key=f"{key}_role_{place}",
        label_visibility="collapsed",
    )


def _words(catalog: Catalog, start: Template) -> dict[str, str]:
    """What each role is called in the form."""
    dimensions = {dimension.key: dimension.name for dimension in catalog.dimensions}
    return _ROLES | dimensions | upload_events.words(start, catalog)


def _examples(sheet: Sheet, place: int, most: int = 3) -> list[str]:
    cells = [row[place].strip() for row in sheet.rows if place < len(row) and row[place].strip()]
    return [cell[:24] for cell in dict.fromkeys(cells)][:most]


def _kpis(sheet: Sheet, catalog: Catalog, start: Template, key: str) -> dict[str, dict[str, str]]:
    """For each KPI that the file states, the columns of its parts."""
    names = {kpi.key: kpi.name for kpi in catalog.kpis}
    given = {entry.key: entry for entry in start.kpis if entry.key in names}
    st.caption(
        "Which KPIs do the columns of numbers belong to? Choose each KPI, then the columns of its counts or value."
    )
    chosen = st.multiselect(_CHOICE, list(names), default=list(given), format_func=names.__getitem__, key=f"{key}_kpis",
                            placeholder="choose one or several")  # fmt: skip
    kept = [name for name in chosen if name in given][LINES:]
    if kept:
        st.caption(f"The columns of {len(kept):,} further KPIs stay as they were recognised.")
    return {
        name: _named_parts(given[name])
        if name in kept
        else _parts(sheet, catalog[name], given.get(name), f"{key}_kpi_{name}")
        for name in chosen
    }


def _named_parts(entry: Measured) -> dict[str, str]:
    named = {part: getattr(entry, part) for part in ("value", "numerator", "denominator")}
    return {part: header for part, header in named.items() if header}


def _parts(sheet: Sheet, kpi: Kpi, given: Measured | None, key: str) -> dict[str, str]:
    parts = ("numerator", "denominator") if kpi.counts else ("value",)
    found = {}
    head, *places = st.columns([2.2, *[3] * len(parts)], vertical_alignment="bottom")
    head.text(kpi.name)
    for part, place in zip(parts, places, strict=True):
        held = getattr(given, part) if given else None
        if part == "value" and given and given.values:
            held = _AND.join(given.values)
        if part == "numerator" and given and given.rate:
            held = _SHARE + given.rate
        apart = (
            held is not None
            and held not in sheet.headers
            and (_AND in held or held[0] == _SHARE or held in _WITHOUT_COLUMN)
        )
        options = [*sheet.headers, *([held] if held and apart else [])]
        header = place.selectbox(
            upload_blocks.plain(part_name(kpi, part)),
            options,
            index=options.index(held) if held in options else None,
            format_func=lambda name: name if name in sheet.headers else _without_column(name),
            placeholder="choose a column",
            key=f"{key}_{part}",
        )
        if header:
            found[part] = header
    return found


def _without_column(choice: str) -> str:
    """A choice that is not one of the columns, in words."""
    headers = choice.split(_AND)
    if choice.startswith(_SHARE):
        return f"{choice.removeprefix(_SHARE)} × denominator"
    return _WITHOUT_COLUMN.get(choice) or f"{len(headers)} readings: {headers[0]} to {headers[-1]}"


def _written(start: Template, key: str) -> Template:
    """How dates and numbers are written, where the file cannot say it."""
    with st.expander("How dates and numbers are written", key=f"{key}_written"):
        decimal, order, covers = st.columns(3)
        zone = st.text_input(
            "Time zone of times without one",
            value=start.time_zone or "",
            placeholder="the KPI's own, or a name such as Europe/Berlin",
            key=f"{key}_zone",
        )
        repeats = st.checkbox(
            "Several readings of one instant are samples of it, numbered in the file's order",
            value=start.repeats == "samples",
            key=f"{key}_repeats",
        )
        return replace(
            start,
            decimal=_option(decimal, "Decimal mark", _DECIMAL, start.decimal, f"{key}_decimal"),
            date_order=_option(order, "Order of dates such as 01/05/2026", _ORDER, start.date_order, f"{key}_order"),
            covers=_option(covers, "The file covers", _COVERS, start.covers, f"{key}_covers"),
            time_zone=(zone or "").strip() or None,
            repeats="samples" if repeats else "add" if start.repeats == "add" else None,
        )


def _option(
    place: st.delta_generator.DeltaGenerator, label: str, words: Mapping[str | None, str], held: str | None, key: str
) -> str | None:
    options = list(words)
    index = options.index(held) if held in options else 0
    chosen: str | None = place.selectbox(label, options, index=index, format_func=words.__getitem__, key=key)
    return chosen
