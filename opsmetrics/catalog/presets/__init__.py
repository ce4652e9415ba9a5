"""Definitions to start from, by the kind of work: each is a KPI as people in that field count it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from opsmetrics.catalog.formula import formula_components

_FOLDER = Path(__file__).parent

#: The fields of work, in the order in which they are offered, by the name of their file.
FIELDS: dict[str, str] = {
    "manufacturing": "Manufacturing",
    "health": "Health",
    "service_it": "Service and IT",
    "retail_logistics": "Retail and logistics",
    "safety": "Safety",
    "people": "People",
    "energy": "Energy and material",
}


@dataclass(frozen=True)
class Preset:
    """One definition to start from. table: its keys as they stand in a definitions file. needs: keys of the presets
    that its formula is made of."""

    key: str
    field: str
    table: dict[str, Any]
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the KPI is called."""
        return str(self.table["name"])

    @property
    def description(self) -> str:
        """How it is counted."""
        return str(self.table.get("description", ""))


@cache
def presets() -> tuple[Preset, ...]:
    """All definitions to start from, by field of work, then as they are written."""
    return tuple(
        Preset(key, title, table, _needs(table))
        for file, title in FIELDS.items()
        for key, table in tomllib.loads((_FOLDER / f"{file}.toml").read_text(encoding="utf-8"))["kpis"].items()
    )


def with_needs(key: str) -> tuple[Preset, ...]:
    """The preset of a key after those that its formula is made of. Raises KeyError."""
    by_key = {preset.key: preset for preset in presets()}
    found: list[Preset] = []

    def add(name: str) -> None:
        for need in by_key[name].needs:
            add(need)
        if by_key[name] not in found:
            found.append(by_key[name])

    add(key)
    return tuple(found)


def _needs(table: dict[str, Any]) -> tuple[str, ...]:
    return tuple(formula_components(table["formula"])) if "formula" in table else ()
