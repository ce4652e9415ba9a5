"""What differs between two states of the definitions, as plain tables: which entries, and which of their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from opsmetrics.catalog.editing import Tables

#: A table has its target under one of these, the second where it changes with time.
_TARGET = ("target", "targets")


@dataclass(frozen=True)
class Difference:
    """One entry that differs; `fields` of a changed one: key → value before and after, None where it says nothing."""

    section: str
    key: str
    how: Literal["new", "changed", "leaves"]
    fields: tuple[tuple[str, Any, Any], ...] = ()


def differences(before: Tables, after: Tables) -> list[Difference]:
    """All entries that differ, in the order of the tables; both as `tables_of` writes them."""
    found = []
    for section in dict.fromkeys((*after, *before)):
        old, new = before.get(section, {}), after.get(section, {})
        for key in dict.fromkeys((*new, *old)):
            if key not in old:
                found.append(Difference(section, key, "new"))
            elif key not in new:
                found.append(Difference(section, key, "leaves"))
            elif fields := _fields(_entry(old[key]), _entry(new[key])):
                found.append(Difference(section, key, "changed", fields))
    return found


def _entry(value: Any) -> dict[str, Any]:
    """An entry as a table; a dimension may be its name alone. All targets stand under one key."""
    table = dict(value) if isinstance(value, dict) else {"name": value}
    targets = [table.pop(name) for name in _TARGET if name in table]
    return table | ({"target": targets[0]} if targets else {})


def _fields(old: dict[str, Any], new: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    names = dict.fromkeys((*new, *old))
    return tuple((name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name))
