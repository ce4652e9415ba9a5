"""Reading a catalogue from TOML. Every mistake is told at once."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from opsmetrics.catalog import consistency, drafts, relations, schema
from opsmetrics.catalog.drafts import Draft
from opsmetrics.catalog.model import Calendar, Catalog, Dimension, EventSource, Kpi, Stream, Target
from opsmetrics.catalog.problems import CatalogError, Findings, Problem

_PLACE = re.compile(r"(.*?)\s*\(at (.+)\)")
_PASSED_ON = {field.key for field in schema.KPI} - {"target", "targets", "calendar", "multiplier", "events"}


def read_catalog(source: str | Path) -> Catalog:
    """The catalogue in a TOML text, or in the file at a Path.

    Raises CatalogError with every mistake in `problems`.
    """
    text = _text_of(source) if isinstance(source, Path) else source
    catalog, findings = _read(text)
    if catalog is None:
        raise CatalogError(findings.problems)
    return catalog


def check(text: str) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The mistakes in a TOML text, and the warnings: what is allowed but looks like a mistake."""
    _, findings = _read(text)
    return tuple(findings.problems), tuple(findings.warnings)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"a byte that is not UTF-8 at position {error.start}"
        raise CatalogError([Problem(str(path), found, "a text in UTF-8", "Save the file as UTF-8.")]) from error
    except OSError as error:
        found = (error.strerror or type(error).__name__).lower()
        raise CatalogError([Problem(str(path), found, "a readable file", "Check the path and its rights.")]) from error


def _read(text: str) -> tuple[Catalog | None, Findings]:
    findings = Findings()
    try:
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        findings.problems.append(_not_toml(error))
        return None, findings
    tables = drafts.sections(raw, findings)
    dimensions = drafts.dimensions(tables["dimensions"], findings)
    calendars = drafts.calendars(tables["calendars"], findings)
    streams = relations.streams(tables["streams"], dimensions, calendars, findings)
    kpis = _kpis(tables["kpis"], dimensions, calendars, streams, findings)
    if findings.problems:
        return None, findings
    clocks = [k.calendar for k in kpis if k.operate != "sample"] + [stream.calendar for stream in streams]
    if "default" not in tables["calendars"] and any(calendar.key == "default" for calendar in clocks):
        mend = 'Add [calendars.default] with time_zone = "…".'
        findings.warn("calendars.default", "no time zone", "the site's own; days are counted in UTC", mend)
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Catalog(kpis, dimensions, calendars, text, version, streams), findings


def _not_toml(error: tomllib.TOMLDecodeError) -> Problem:
    match = _PLACE.fullmatch(str(error))
    found, place = (match[1], match[2]) if match else (str(error), "the file")
    mend = "Text and times stand between quotes, dates and numbers without; each key once; lists in [ ]."
    return Problem(place, found[:1].lower() + found[1:], "valid TOML", mend)


def _kpis(
    tables: dict[str, Any],
    dimensions: tuple[Dimension, ...],
    calendars: tuple[Calendar, ...],
    streams: tuple[Stream, ...],
    findings: Findings,
) -> tuple[Kpi, ...]:
    by_key = {calendar.key: calendar for calendar in calendars}
    read: dict[str, Draft] = {}
    goals: dict[str, tuple[tuple[str, Target], ...]] = {}
    sources: dict[str, EventSource | None] = {}
    for key, table in tables.items():
        path = f"kpis.{key}"
        drafts.sound_key(path, key, findings)
        read[key] = drafts.draft(path, key, table, schema.KPI, findings)
        goals[key] = drafts.targets(read[key], findings)
        sources[key] = relations.event_source(read[key], streams, findings)
        _check(read[key], goals[key], dimensions, by_key, findings)
    drafts.same_names({d.path: d.get("name") for d in read.values() if d.sound("name")}, findings)
    findings.problems.extend(consistency.parents(read))
    findings.problems.extend(relations.formulas(read))
    if findings.problems:
        return ()
    return tuple(_kpi(d, tuple(target for _, target in goals[key]), by_key, sources[key]) for key, d in read.items())


def _check(
    kpi: Draft,
    goals: tuple[tuple[str, Target], ...],
    dimensions: tuple[Dimension, ...],
    calendars: dict[str, Calendar],
    findings: Findings,
) -> None:
    for problems in (
        consistency.keys_of_kind(kpi),
        consistency.partners(kpi),
        consistency.share(kpi),
        consistency.parts(kpi, dimensions),
        consistency.grains(kpi),
        consistency.calendar(kpi, calendars),
        consistency.bounds(kpi),
        consistency.goals(kpi, goals),
        consistency.chart(kpi),
    ):
        findings.problems.extend(problems)
    findings.warnings.extend(consistency.looks_wrong(kpi, goals))


def _kpi(kpi: Draft, targets: tuple[Target, ...], calendars: dict[str, Calendar], events: EventSource | None) -> Kpi:
    return Kpi(
        key=kpi.key,
        **{key: value for key, value in kpi.values.items() if key in _PASSED_ON},
        multiplier=kpi.multiplier,
        targets=targets,
        calendar=calendars[kpi.get("calendar", "default")],
        events=events,
    )
