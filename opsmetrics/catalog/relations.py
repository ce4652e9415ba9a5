"""Do definitions fit each other? Streams and the KPIs they feed, derived KPIs and those they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from opsmetrics.catalog import consistency, drafts, schema
from opsmetrics.catalog.drafts import Draft
from opsmetrics.catalog.formula import formula_components
from opsmetrics.catalog.model import GRAINS, Calendar, Dimension, EventSource, Kind, Stream
from opsmetrics.catalog.names import RESERVED
from opsmetrics.catalog.problems import Findings, Problem, listed, nearest, shown

Found = Iterator[Problem]

#: Kinds whose numerator may be minutes or cost: the others count events, one by one.
_SUMMED: tuple[Kind, ...] = ("rate", "count", "ratio")


def streams(
    tables: Mapping[str, Any],
    dimensions: tuple[Dimension, ...],
    calendars: tuple[Calendar, ...],
    findings: Findings,
) -> tuple[Stream, ...]:
    """The streams, each checked against the dimensions and calendars of the file."""
    by_key = {calendar.key: calendar for calendar in calendars}
    read = {key: _stream_draft(key, table, findings) for key, table in tables.items()}
    for stream in read.values():
        findings.problems.extend(consistency.parts(stream, dimensions, of="the stream"))
        findings.problems.extend(consistency.calendar(stream, by_key))
    drafts.same_names({d.path: d.get("name") for d in read.values() if d.sound("name")}, findings)
    return tuple(
        Stream(
            key,
            **{"name": key, **{field: value for field, value in d.values.items() if field != "calendar"}},
            calendar=by_key.get(d.get("calendar", "default"), Calendar()),
        )
        for key, d in read.items()
    )


def _stream_draft(key: str, table: object, findings: Findings) -> Draft:
    path = f"streams.{key}"
    if drafts.sound_key(path, key, findings) and key in RESERVED:
        findings.add(path, shown(key), "a key that is not taken", f"Call it {key}_events or the like.")
    return drafts.draft(path, key, table, schema.STREAM, findings)


def event_source(kpi: Draft, known: tuple[Stream, ...], findings: Findings) -> EventSource | None:
    """The events that feed a KPI, checked against its stream; None where it is fed by none, or not readably."""
    if "events" not in kpi.values or (kpi.kind is not None and kpi.kind in ("measured", "derived")):
        return None
    entry = drafts.draft(f"{kpi.path}.events", "", kpi.values["events"], schema.EVENTS, findings)
    findings.problems.extend(_fits_kind(kpi, entry))
    sound = {s.key: s for s in known if not any(p.key.startswith(f"streams.{s.key}.") for p in findings.problems)}
    findings.problems.extend(_fits_stream(kpi, entry, [stream.key for stream in known], sound))
    return None if entry.broken else EventSource(**entry.values)


def _fits_kind(kpi: Draft, entry: Draft) -> Found:
    """Minutes taken off the scheduled ones make a ratio; proportions and rare events count events."""
    measure, role = entry.get("measure", "count"), entry.get("role", "numerator")
    if role == "downtime" and kpi.kind not in (None, "ratio"):
        wanted = f"kind 'ratio' for role 'downtime', not {kpi.kind!r}"
        yield Problem(f"{entry.path}.role", "'downtime'", wanted, 'Say kind = "ratio", or take the role out.')
    if role == "downtime" and measure != "minutes" and entry.sound("measure"):
        mend = 'Add measure = "minutes", or take the role out.'
        yield Problem(f"{entry.path}.measure", shown(measure), "'minutes' for role 'downtime'", mend)
    if role == "numerator" and measure != "count" and kpi.kind is not None and kpi.kind not in _SUMMED:
        wanted = f"'count' for kind {kpi.kind!r} ({measure} only for {listed(_SUMMED)})"
        yield Problem(f"{entry.path}.measure", shown(measure), wanted, "Change the measure or the kind.")
    if kpi.get("operate") == "sample":
        yield Problem(entry.path, "events", 'no events with operate = "sample", which has no calendar',
                      "Operate it by shift, day, week or month.")  # fmt: skip


def _fits_stream(kpi: Draft, entry: Draft, known: list[str], sound: Mapping[str, Stream]) -> Found:
    """The stream exists and, where it is sound itself, its events carry the KPI's dimensions."""
    if not entry.sound("stream"):
        return
    key = entry.get("stream")
    if key not in known:
        mend = nearest(key, known) or f'Declare it: [streams.{key}] with name = "…".'
        yield Problem(f"{entry.path}.stream", shown(key), "the key of a stream", mend)
        return
    carries = sound[key].dimensions if key in sound else kpi.get("dimensions", ())
    for dimension in kpi.get("dimensions", ()):
        if dimension not in carries:
            carried = listed(carries) if carries else "none"
            mend = f"Add it to [streams.{key}], or take it out of the KPI."
            wanted = f"a dimension of the stream {key!r} ({carried})"
            yield Problem(f"{kpi.path}.dimensions", shown(dimension), wanted, mend)


def formulas(kpis: Mapping[str, Draft]) -> Found:
    """The KPIs in a formula exist, have its periods and slices, and none is made of itself."""
    told: set[str] = set()
    for key, kpi in kpis.items():
        if kpi.kind != "derived" or "formula" not in kpi.values:
            continue
        path, text = f"{kpi.path}.formula", kpi.values["formula"]
        parts = formula_components(text)
        if not parts:
            yield Problem(path, shown(text), "the key of at least one KPI", "A derived KPI follows from other KPIs.")
        for part in parts:
            if part not in kpis:
                mend = nearest(part, kpis) or "Define it, or take it out of the formula."
                yield Problem(path, shown(part), "the key of a KPI", mend)
            else:
                yield from _component(path, kpi, part, kpis[part])
        circle = _circle(key, kpis)
        if circle and key not in told:
            told.update(circle)
            yield Problem(path, " → ".join(circle), "formulas without a circle", "Cut it at one place.")


def _component(path: str, kpi: Draft, key: str, part: Draft) -> Found:
    """A component has periods and slices from which those of the derived KPI follow."""
    operate, own = kpi.get("operate", "day"), part.get("operate", "day")
    if kpi.sound("operate") and part.sound("operate"):
        if own == "sample":
            mend = "A derived KPI is made of KPIs with a calendar: take it out of the formula."
            yield Problem(path, f"{key}, operated by sample", "a KPI that is operated on a calendar", mend)
        elif GRAINS.index(own) > GRAINS.index(operate):
            wanted = f"KPIs operated by {operate} or finer"
            mend = f'Say operate = "{own}" here, or operate {key} by {operate}.'
            yield Problem(path, f"{key}, operated by {own}", wanted, mend)
    here, there = kpi.get("calendar", "default"), part.get("calendar", "default")
    if own != "sample" and kpi.sound("calendar") and part.sound("calendar") and here != there:
        wanted = f"KPIs of the same calendar ({here!r})"
        yield Problem(path, f"{key}, of the calendar {there!r}", wanted, "Their periods do not match: change one.")
    if kpi.sound("dimensions") and part.sound("dimensions"):
        for dimension in kpi.get("dimensions", ()):
            if dimension not in part.get("dimensions", ()):
                wanted = f"a dimension of each KPI in the formula, and {key} does not have it"
                yield Problem(f"{kpi.path}.dimensions", shown(dimension), wanted, "Take it out, or add it there.")


def _circle(key: str, kpis: Mapping[str, Draft]) -> list[str]:
    """The shortest way from a KPI over formulas back to itself; [] where there is none."""
    waiting, seen = [[key]], {key}
    while waiting:
        way = waiting.pop(0)
        for part in _parts(way[-1], kpis):
            if part == key:
                return [*way, key]
            if part not in seen:
                seen.add(part)
                waiting.append([*way, part])
    return []


def _parts(key: str, kpis: Mapping[str, Draft]) -> tuple[str, ...]:
    kpi = kpis.get(key)
    return formula_components(kpi.get("formula")) if kpi is not None and kpi.kind == "derived" else ()
