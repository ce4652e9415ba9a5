"""Writing a catalogue as TOML that reads back equal, with the targets that were decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from opsmetrics.catalog import schema
from opsmetrics.catalog.decided import decided_targets, effective
from opsmetrics.catalog.model import Calendar, Catalog, Decision, EventSource, Kpi, Stream, Target, slice_text
from opsmetrics.catalog.names import RULE_SETS, WEEKDAYS
from opsmetrics.catalog.values import KEY, duration_text

_ESCAPES = {'"': '\\"', "\\": "\\\\"} | {chr(code): f"\\u{code:04x}" for code in (*range(32), 127)}
_DEFAULTS = Kpi(key="", name="", kind="proportion", better="lower")
_STREAM = Stream(key="", name="")
_SOURCE = EventSource(stream="")


def write_catalog(catalog: Catalog, decisions: Iterable[Decision] = ()) -> str:
    """TOML text of the definitions, which `read_catalog` reads back equal (comments of the source are not kept).

    Where targets were decided for a whole KPI, those in force are written in place of the definition's own. A target
    decided for a single slice, or from a sample number on, has no place in a definition; a comment tells of it.
    """
    given = tuple(decisions)
    parts = [_table("dimensions", {d.key: d.name for d in catalog.dimensions})] if catalog.dimensions else []
    implied = 1 if catalog.calendars[:1] == (Calendar(),) else 0
    parts += [_table(f"calendars.{c.key}", _calendar(c)) for c in catalog.calendars[implied:]]
    parts += [_table(f"streams.{s.key}", _stream(s)) for s in catalog.streams]
    parts += [_table(f"kpis.{k.key}", _kpi(k, given)) + _not_written(k, given) for k in catalog.kpis]
    return "\n".join(parts)


def write_tables(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """TOML text of the tables of a definitions file as plain values, which need not be valid definitions."""
    parts = [_table("dimensions", tables["dimensions"])] if tables.get("dimensions") else []
    for section in ("calendars", "streams", "kpis"):
        parts += [_table(f"{section}.{_key(key)}", table) for key, table in tables.get(section, {}).items()]
    return "\n".join(parts)


def _table(name: str, values: Mapping[str, Any]) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _calendar(calendar: Calendar) -> dict[str, Any]:
    month, day = calendar.fiscal_year_start
    written = {
        "time_zone": calendar.time_zone,
        "week_start": WEEKDAYS[calendar.week_start],
        "fiscal_year_start": f"{month:02d}-{day:02d}",
        "shifts": [{"name": s.name, "starts": f"{s.starts:%H:%M}"} for s in calendar.shifts],
        "closed_weekdays": [WEEKDAYS[day] for day in sorted(calendar.closed_weekdays)],
        "closed_dates": sorted(calendar.closed_dates),
        "holidays": sorted(calendar.holidays),
    }
    return {key: value for key, value in written.items() if value != []}


def _stream(stream: Stream) -> dict[str, Any]:
    special = {
        "weights": dict(stream.weights) or None,
        "calendar": None if stream.calendar.key == "default" else stream.calendar.key,
    }
    return _changed(stream, _STREAM, schema.STREAM, special)


def _changed(
    given: object, default: object, fields: Iterable[schema.Field], special: Mapping[str, Any]
) -> dict[str, Any]:
    """The keys in the order of the schema, those at their default left out; `special` in their written form."""
    written: dict[str, Any] = {}
    for field in fields:
        value = special[field.key] if field.key in special else getattr(given, field.key)
        at_default = field.key not in special and not field.required and value == getattr(default, field.key)
        if value is not None and not at_default:
            written[field.key] = value
    return written


def _kpi(kpi: Kpi, decisions: tuple[Decision, ...]) -> dict[str, Any]:
    usual = schema.default_multiplier(kpi.kind, kpi.unit, kpi.statistic)
    special = {
        "multiplier": None if kpi.multiplier == usual else kpi.multiplier,
        "events": None if kpi.events is None else _changed(kpi.events, _SOURCE, schema.EVENTS, {}),
        "watch": None if kpi.watch == _DEFAULTS.watch else [dict(part) for part in kpi.watch],
        "calendar": None if kpi.calendar.key == "default" else kpi.calendar.key,
        "expected_after": None if kpi.expected_after is None else duration_text(kpi.expected_after),
        "rules": None if kpi.rules is None else _rules(kpi.rules),
    }
    decided = decided_targets(kpi, decisions)
    special |= _targets(kpi.targets if decided is None else decided)
    return _changed(kpi, _DEFAULTS, schema.KPI, special)


def _rules(rules: tuple[str, ...]) -> str | tuple[str, ...]:
    return next((name for name, members in RULE_SETS.items() if members == rules), rules)


def _targets(targets: tuple[Target, ...]) -> dict[str, Any]:
    """The keys `target` and `targets`: the short form where one target holds since ever."""
    if len(targets) == 1 and targets[0].start is None:
        only = targets[0]
        if only.value is not None:
            return {"target": only.value, "targets": None}
        if only.low is not None:
            return {"target": [only.low, only.high], "targets": None}
    return {"target": None, "targets": [_dated(target) for target in targets] or None}


def _dated(target: Target) -> dict[str, Any]:
    written: dict[str, Any] = {} if target.start is None else {"from": target.start}
    if target.low is not None:
        return {**written, "low": target.low, "high": target.high}
    return {**written, "value": "none" if target.value is None else target.value}


def _not_written(kpi: Kpi, decisions: tuple[Decision, ...]) -> str:
    """A comment for each decided target that a definition cannot hold."""
    lines = []
    for part in dict.fromkeys(d.slice for d in decisions if d.kpi == kpi.key and d.kind == "target"):
        for decision in effective(decisions, kpi, part):
            in_samples = isinstance(decision.start, int)
            if decision.kind == "target" and decision.slice == part and (part or in_samples):
                where = slice_text(part) or "whole KPI"
                since = "since ever" if decision.start is None else f"from {decision.start}"
                lines.append(f"# decided, not part of the definition: target {decision.value} for {where}, {since}")
    return "".join(f"{_one_line(line)}\n" for line in lines)


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{"".join(_ESCAPES.get(sign, sign) for sign in value)}"'
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)} = {_toml(part)}' for key, part in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    return str(value)


def _key(key: str) -> str:
    return key if KEY.fullmatch(key) else _toml(key)
