"""What a change of many definitions would do, one line for each, in the words of the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from opsmetrics.catalog.differing import Difference
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.definition_words import LABELS, WORDS
from opsmetrics.ui.upload_preview import clip
from opsmetrics.verdict import wording

_LEADS = {"new": "New", "changed": "Changes", "leaves": "Leaves"}

#: What an entry of a section that is not a KPI is called.
_SECTIONS = {"dimensions": "dimension", "calendars": "calendar", "streams": "stream"}

#: Characters of one value that are shown.
_SHOWN = 50


def lines(found: Iterable[Difference], names: Mapping[str, str]) -> list[Block]:
    """The differences as lines of a block; names: KPI → how it is called."""
    return [_line(difference, names) for difference in found]


def _line(found: Difference, names: Mapping[str, str]) -> Block:
    if found.section == "kpis":
        text, note = names.get(found.key, found.key), found.key
        note = "its rows stay in the store" if found.how == "leaves" else note
    else:
        text, note = f"{_SECTIONS.get(found.section, found.section)} {found.key}", ""
    said = "; ".join(_field(*field) for field in found.fields)
    return {"lead": _LEADS[found.how], "text": f"{text}: {said}" if said else text, "note": note}


def _field(name: str, before: Any, after: Any) -> str:
    label = LABELS.get(name, name.replace("_", " "))
    return f"{label} {_value(name, before)} → {_value(name, after)}"


def _value(name: str, value: Any) -> str:
    if value is None:
        return wording.DASH
    return clip(target(value) if name == "target" else _plain(value), _SHOWN)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(part)}" for key, part in value.items())
    return f"{value:g}" if isinstance(value, float) else WORDS.get(str(value), str(value))


def target(value: Any) -> str:
    """A target as its definition has it: a number, a range, none, or several with the days from which they hold."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return ", ".join(map(dated, value))
    return f"{value[0]:g} to {value[1]:g}" if isinstance(value, list) else f"{value:g}" if value != "none" else "none"


def dated(line: Mapping[str, Any]) -> str:
    """One of several targets, with its first day where it has one."""
    value = target(line["value"] if "value" in line else [line["low"], line["high"]])
    return f"{value} from {line['from']:%Y-%m-%d}" if "from" in line else value
