"""Tables of a catalogue file become values: unknown keys, missing keys and unreadable values are noted, all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from opsmetrics.catalog import schema
from opsmetrics.catalog.model import Calendar, Dimension, Kind, Shift, Target
from opsmetrics.catalog.names import RESERVED
from opsmetrics.catalog.problems import Findings, NotUnderstood, nearest, shown
from opsmetrics.catalog.values import KEY, some_text


@dataclass(frozen=True)
class Draft:
    """A table while it is read: the values that could be read, and the keys whose value could not (or is missing)."""

    path: str
    key: str
    values: Mapping[str, Any]
    broken: frozenset[str] = frozenset()

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self.values.get(key, default)

    def sound(self, *keys: str) -> bool:
        """True where none of the keys is broken."""
        return not self.broken & set(keys)

    @property
    def kind(self) -> Kind | None:
        """The KPI's kind, where it could be read."""
        return self.values.get("kind")

    @property
    def multiplier(self) -> float:
        """The factor from stored to shown values."""
        given: float | None = self.values.get("multiplier")
        if given is not None:
            return given
        return schema.default_multiplier(self.kind, self.get("unit", ""), self.get("statistic"))

    @property
    def share(self) -> bool:
        """True where the value lies between 0 and 1: as `Kpi.share`."""
        within = self.kind == "measured" and self.get("statistic") == "share_within"
        return self.kind == "proportion" or within or self.get("events", {}).get("role") == "downtime"


def draft(path: str, key: str, table: object, fields: tuple[schema.Field, ...], findings: Findings) -> Draft:
    """Read one table by its fields."""
    if not isinstance(table, dict):
        findings.add(path, shown(table), "a table", f"Write it under [{path}].")
        return Draft(path, key, {}, frozenset(field.key for field in fields))
    _unknown_keys(path, table, [field.key for field in fields], findings)
    read: dict[str, Any] = {}
    broken: set[str] = set()
    for field in fields:
        if field.key in table:
            try:
                read[field.key] = field.read(table[field.key])
            except NotUnderstood as error:
                findings.add(f"{path}.{field.key}", error.found or shown(table[field.key]), error.wanted, error.mend)
                broken.add(field.key)
        elif field.required:
            findings.add(f"{path}.{field.key}", "nothing", field.wanted, f"Add a line: {field.key} = …")
            broken.add(field.key)
    return Draft(path, key, read, frozenset(broken))


def _unknown_keys(path: str, table: Mapping[str, Any], known: Iterable[str], findings: Findings) -> None:
    names = list(known)
    for key in table:
        if key not in names:
            mend = nearest(key, names) or f"Take it out; known are {', '.join(names)}."
            findings.add(f"{path}.{key}" if path else key, "an unknown key", "a known key", mend)


def sections(raw: Mapping[str, Any], findings: Findings) -> dict[str, dict[str, Any]]:
    """The tables at the top of the file."""
    _unknown_keys("", raw, schema.TABLES, findings)
    read: dict[str, dict[str, Any]] = {}
    for name in schema.TABLES:
        table = raw.get(name, {})
        if not isinstance(table, dict):
            findings.add(name, shown(table), "a table", f"Write it under [{name}].")
        read[name] = table if isinstance(table, dict) else {}
    return read


def sound_key(path: str, key: str, findings: Findings) -> bool:
    """True for a key of small letters, digits and underscores that starts with a letter."""
    if KEY.fullmatch(key) and len(key) <= 60:
        return True
    wanted = "a key of at most 60 small letters, digits and _, starting with a letter"
    findings.add(path, shown(key), wanted, "Rename it; `name` may hold any text.")
    return False


def dimensions(table: Mapping[str, Any], findings: Findings) -> tuple[Dimension, ...]:
    """The dimensions, each `key = "Name"`."""
    read: list[Dimension] = []
    for key, name in table.items():
        path = f"dimensions.{key}"
        if not sound_key(path, key, findings):
            continue
        if key in RESERVED:
            findings.add(path, shown(key), "a key that is not taken", f"Call it {key}_name or the like.")
        try:
            read.append(Dimension(key, some_text(name)))
        except NotUnderstood as error:
            findings.add(path, shown(name), error.wanted, error.mend)
            read.append(Dimension(key, key))
    same_names({f"dimensions.{d.key}": d.name for d in read}, findings)
    return tuple(read)


def same_names(names: Mapping[str, str], findings: Findings) -> None:
    """Note every name that stands twice, letter case apart. `names` maps a path to a name."""
    first: dict[str, str] = {}
    for path, name in names.items():
        seen = first.setdefault(name.casefold(), path)
        if seen != path:
            findings.add(path, shown(name), "a name of its own", f"{seen} has the same name: change one of them.")


def calendars(table: Mapping[str, Any], findings: Findings) -> tuple[Calendar, ...]:
    """The calendars; one called `default`, in UTC, where the file gives none of that key."""
    read = [_calendar(key, part, findings) for key, part in table.items()]
    if "default" not in table:
        read.insert(0, Calendar())
    return tuple(read)


def _calendar(key: str, table: object, findings: Findings) -> Calendar:
    path = f"calendars.{key}"
    sound_key(path, key, findings)
    read = dict(draft(path, key, table, schema.CALENDAR, findings).values)
    return Calendar(key, **{**read, "shifts": _shifts(f"{path}.shifts", read.get("shifts", []), findings)})


def _shifts(path: str, tables: list[dict[str, Any]], findings: Findings) -> tuple[Shift, ...]:
    entries = [draft(f"{path}, entry {n}", "", t, schema.SHIFT, findings) for n, t in enumerate(tables, 1)]
    shifts = [Shift(e.get("name"), e.get("starts")) for e in entries if not e.broken]
    same_names({f"{path}, entry {n}": e.get("name") for n, e in enumerate(entries, 1) if e.sound("name")}, findings)
    starts = [shift.starts for shift in shifts]
    if starts != sorted(set(starts)):
        findings.add(path, "starts out of order", "each start later than the one before", "Order them by their start.")
    return tuple(shifts)


def targets(kpi: Draft, findings: Findings) -> tuple[tuple[str, Target], ...]:
    """The KPI's targets with their paths, the one since ever first, then by date."""
    if "target" in kpi.values and "targets" in kpi.values:
        findings.add(
            f"{kpi.path}.target", "target and targets", "one of the two", "Move it into targets, without from."
        )
    read: list[tuple[str, Target]] = []
    if "target" in kpi.values:
        read.append((f"{kpi.path}.target", Target(None, *kpi.values["target"])))
    for number, table in enumerate(kpi.get("targets", []), 1):
        path = f"{kpi.path}.targets, entry {number}"
        entry = draft(path, "", table, schema.TARGET, findings)
        if not entry.broken and _one_form(entry, findings):
            read.append((path, Target(entry.get("from"), entry.get("value"), entry.get("low"), entry.get("high"))))
    return tuple(sorted(read, key=lambda item: (item[1].start is not None, str(item[1].start))))


def _one_form(entry: Draft, findings: Findings) -> bool:
    """True where a dated target holds a value or a range, not both and not half of one."""
    given = set(entry.values) - {"from"}
    if given in ({"value"}, {"low", "high"}):
        return True
    found = f"{' and '.join(sorted(given))}" if given else "neither"
    findings.add(
        entry.path, found, "value, or low and high", 'Write {from = 2026-04-01, value = 5}; value = "none" ends it.'
    )
    return False
