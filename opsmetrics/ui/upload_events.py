"""What loading a file of events would change, and what its columns are called here."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog, Stream
from opsmetrics.ingest import Template
from opsmetrics.measurements import Diff
from opsmetrics.series import to_local
from opsmetrics.ui import upload_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.verdict import wording

NONE_GIVEN = "(none given)"
_ROLES = {"end": "end", "reference": "reference", "count": "number of events", "minutes": "minutes", "cost": "cost"}
_SAID = ("observed_at", "category", "subcategory", "count", "minutes", "cost")


def words(template: Template, catalog: Catalog) -> dict[str, str]:
    """Role → what the stream calls it; {} where the template has no events."""
    stream = _stream(catalog, template.events.stream) if template.events else None
    if stream is None:
        return {}
    return _ROLES | {"category": stream.category, "subcategory": stream.subcategory}


def causes(template: Template) -> dict[str, str]:
    """Header → what it gives, of a table with columns for each category, or of a log of states."""
    if template.events is None:
        return {}
    found = {template.events.state: "state"} if template.events.state else {}
    for cause in template.events.categories:
        given = {"count": cause.count, "minutes": cause.minutes, "cost": cause.cost}
        found |= {header: f"{cause.name}: {_ROLES[part]}" for part, header in given.items() if header}
    return found


def updated(diff: Diff) -> int:
    """How many of the rows that would change are events, as far as they are listed."""
    return 0 if diff.event_changes.empty else int((diff.event_changes["change"] == "updated").sum())


def changed(diff: Diff, catalog: Catalog, most: int) -> list[Block]:
    """Events that would be overwritten or taken away, each with what is stored and what the file says."""
    if diff.event_changes.empty:
        return []
    columns = [column("Event"), column("Stored"), column("File")]
    rows = diff.event_changes.to_dict("records")
    lines = [_line(row, catalog) for row in rows[:most]]
    title = "Events that would change" if updated(diff) else "Events that would be taken away"
    if updated(diff) and diff.removed:
        title = "Events that would change or be taken away"
    found = [upload_blocks.grid(title, columns, lines)]
    if (more := max(len(rows), diff.removed) - most) > 0:
        found.append(upload_blocks.said(f"and {wording.number(more, 0)} more", muted=True))
    return found


def _line(row: Mapping[Hashable, Any], catalog: Catalog) -> list[Block]:
    stream = _stream(catalog, str(row["stream"]))
    dimensions = stream.dimensions if stream else ()
    names = [name for name in (*_SAID, *dimensions) if _differ(row[f"old_{name}"], row[f"new_{name}"])]
    gone = row["change"] == "removed"
    zone = stream.calendar.time_zone if stream else "UTC"
    which = [_text("observed_at", row["old_observed_at"], zone)]
    which += [str(row[f"old_{name}"]) for name in dimensions if isinstance(row[f"old_{name}"], str)]
    which.append(str(row["reference"]) if isinstance(row["reference"], str) else str(row["old_category"] or NONE_GIVEN))
    if gone:
        return [cell(" · ".join(which)), cell("stored", "muted"), cell("not in the file", "strong")]
    old, new = (", ".join(_text(name, row[f"{age}_{name}"], zone) for name in names) for age in ("old", "new"))
    return [cell(" · ".join(which)), cell(old, "muted"), cell(new, "strong")]


def _differ(old: object, new: object) -> bool:
    return not (old == new or (pd.isna(old) and pd.isna(new)))  # type: ignore[call-overload]


def _text(name: str, value: Any, zone: str) -> str:
    if name == "observed_at":
        return f"{to_local(pd.DatetimeIndex([value]), zone)[0]:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"no {name}" if pd.isna(value) else f"{value:.10g} {name}"
    return str(value) if value else NONE_GIVEN


def _stream(catalog: Catalog, key: str) -> Stream | None:
    return next((stream for stream in catalog.streams if stream.key == key), None)
