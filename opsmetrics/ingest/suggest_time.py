"""Which columns say when: a date or stamp, what stands beside it in columns of its own, or the parts of a date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from opsmetrics.ingest.business_years import are_business_years
from opsmetrics.ingest.cells import fold, kind_of, tidy
from opsmetrics.ingest.date_forms import form_of
from opsmetrics.ingest.date_parts import DAYS, MONTHS, QUARTERS, WEEKS, YEARS
from opsmetrics.ingest.day_times import is_time
from opsmetrics.ingest.offset_cells import is_offset
from opsmetrics.ingest.sheet import Sheet

TIMES = (
    *("time", "time of day", "clock time", "start time", "hour", "hours", "hr", "hour of day", "hour ending", "from"),
    *("uhrzeit", "zeit", "stunde", "startzeit", "beginn", "von", "viertelstunde", "zeitraum", "intervall", "interval"),
    *(
        "heure",
        "heure de début",
        "de",
        "tranche horaire",
        "créneau",
        "hora",
        "hora de inicio",
        "franja horaria",
        "desde",
    ),
    *("settlement period", "quarter hour", "half hour"),
)
_OFFSETS = (
    *(
        "offset",
        "utc offset",
        "gmt offset",
        "utc",
        "timezone",
        "time zone",
        "tz",
        "zone",
        "zeitzone",
        "zeitverschiebung",
    ),
    *("fuseau", "fuseau horaire", "décalage", "décalage utc", "zona horaria", "huso", "huso horario", "desfase"),
)
_FULL_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:[.]0*)?")
_OWN_TIME = re.compile(r"[0-9]:[0-5][0-9]")
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:[.]0+)?)?$")
_UNIT = re.compile(r"\s*[(\[][^()\[\]]{1,20}[)\]]$")

#: header → role: `date`, `ts`, `time`, `offset`, `part`, or "" where its name promised a time and its cells hold none.
Roles = dict[str, str]


def time_roles(sheet: Sheet, named: Mapping[str, str]) -> tuple[Roles, tuple[str, ...]]:
    """The roles of columns that say when, where they are others than their names alone say (`named`: header → role),
    and the parts of a date, year first (() where a column holds it whole)."""
    cells = {header: _cells(sheet, place) for place, header in enumerate(sheet.headers)}
    words = {header: fold(_UNIT.sub("", header)) for header in sheet.headers}
    whole = [header for header, role in named.items() if role in ("date", "ts") and _is_whole(cells[header])]
    dated = whole or [h for h, role in named.items() if not role and _is_whole(cells[h], figures=False)]
    found: Roles = {}
    parts: tuple[str, ...] = ()
    if not dated:
        parts = _parts(words, cells)
        found |= dict.fromkeys(parts, "part")
        years = [h for h in sheet.headers if words[h] in YEARS and _are_years(cells[h])]
        years = years or [h for h in sheet.headers if are_business_years(h, cells[h])]
        if not parts and len(years) == 1 and not any(role in ("date", "ts") for role in named.values()):
            return {years[0]: "date"}, ()
    if len(dated) == 1 or parts:
        beside = [header for header in sheet.headers if header not in (*dated, *parts) and _is_free(named[header])]
        timed = [cell for header in dated for cell in cells[header] if _OWN_TIME.search(_MIDNIGHT.sub("", cell))]
        clock = [h for h in beside if words[h] in TIMES and sum(map(is_time, cells[h])) * 2 > len(cells[h])]
        if len(clock) == 1 and not timed:
            found[clock[0]] = "time"
        if timed or "time" in found.values():
            offsets = [h for h in beside if h not in found and _are_offsets(words[h], cells[h])]
            found |= {offsets[0]: "offset"} if len(offsets) == 1 else {}
        for header in beside:  # the month or week beside a date says it again
            if named[header] in ("date", "ts") and header not in found:
                found[header] = ""
    return found, parts


def _is_free(role: str) -> bool:
    return role in ("", "date", "ts")


def _cells(sheet: Sheet, place: int) -> list[str]:
    found = (tidy(row[place]) for row in sheet.rows if place < len(row))
    return [cell for cell in found if kind_of(cell) != "empty"]


def _is_whole(cells: Sequence[str], figures: bool = True) -> bool:
    """True where most cells hold a date of their own."""
    if cells and all(map(is_time, cells)):
        return False
    forms = [form_of(cell) for cell in cells if figures or kind_of(cell) == "date"]
    return sum(form not in (None, "year") for form in forms) * 2 > len(cells)


def _are_years(cells: Sequence[str]) -> bool:
    return bool(cells) and all(_FULL_YEAR.fullmatch(cell) for cell in cells)


def _are_offsets(word: str, cells: Sequence[str]) -> bool:
    if not cells:
        return False
    figures = word in _OFFSETS and all(re.fullmatch(r"[-+]?[0-9]{1,3}(?:[.][05]0*)?", cell) for cell in cells)
    return figures or all(map(is_offset, cells))


def _parts(words: Mapping[str, str], cells: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Year, and the finest of month, quarter and week beside it; () where there is no such pair."""
    years = [header for header, word in words.items() if word in YEARS and _are_years(cells[header])]
    if len(years) != 1:
        return ()
    of = {kind: [h for h, word in words.items() if word in names] for kind, names in _KINDS.items()}
    if any(len(headers) > 1 for headers in of.values()):
        return ()
    if of["day"] and of["month"]:
        return (years[0], of["month"][0], of["day"][0])
    finest = next((of[kind][0] for kind in ("week", "month", "quarter") if of[kind]), None)
    return () if finest is None or of["day"] else (years[0], finest)


_KINDS = {"month": MONTHS, "quarter": QUARTERS, "week": WEEKS, "day": DAYS}
