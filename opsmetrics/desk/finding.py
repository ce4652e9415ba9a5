"""Finding what a word names: a KPI, a dimension, a value, a template; else a sentence with the nearest name.

The command line and the interface for programs say the same.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Catalog, Kpi, NotHere
from opsmetrics.desk.desk import Desk
from opsmetrics.ingest import Template


def no_kpi(catalog: Catalog, word: str) -> NotHere:
    """What to say where no KPI is meant by the word."""
    keys = [kpi.key for kpi in catalog.kpis]
    return NotHere("no_kpi", f"There is no KPI {word!r}. {nearest(word, keys, 'KPIs')}")


def dimension_of(kpi: Kpi, dimension: str) -> str:
    """The dimension, if the KPI has it. Raises NotHere."""
    if dimension not in kpi.dimensions:
        hint = nearest(dimension, kpi.dimensions, "dimensions")
        raise NotHere("no_dimension", f"{kpi.key} has no dimension {dimension!r}. {hint}")
    return dimension


def values_of(desk: Desk, kpi: Kpi, dimension: str, viewer: Viewer = OPEN) -> list[str]:
    """The values that a dimension of a KPI takes in the data."""
    return [value for part in desk.slices(kpi, by=[dimension], viewer=viewer) for _, value in part]


def held(dimension: str, value: str, known: Sequence[str]) -> str:
    """The value, if it is one of those that the data hold. Raises NotHere."""
    if value not in known:
        hint = nearest(value, known, "values")
        raise NotHere("no_slice", f"The data hold no {dimension} {value!r}. {hint}")
    return value


def template_of(desk: Desk, name: str) -> Template:
    """The import template of this name that is kept beside the store. Raises NotHere."""
    kept = {template.name: template for template in desk.templates()}
    if name not in kept:
        raise no_template(name, kept)
    return kept[name]


def no_template(name: str, kept: Iterable[str]) -> NotHere:
    """What to say where no import template has the name."""
    return NotHere("no_template", f"There is no import template {name!r}. {nearest(name, kept, 'templates')}")


def nearest(word: str, known: Iterable[str], what: str) -> str:
    """A hint in words: the nearest known word, else all of them."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    if not names:
        return f"There are no {what} yet."
    return f"The {what} are: {some(names)}."


def some(names: Iterable[str], most: int = 12) -> str:
    """Names in order, and how many more there are."""
    ordered = sorted(names)
    more = f" and {len(ordered) - most} more" if len(ordered) > most else ""
    return ", ".join(ordered[:most]) + more
