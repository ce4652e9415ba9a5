"""Offsets from UTC and names of zones in a column beside a stamp."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from opsmetrics.ingest.plain import ZONES
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.sql import one_of, text

_SIGNED = "(?:(?i:UTC|GMT) ?)?([-+])([0-9]{1,2})(?::?([0-5][0-9]))?"
_UTC = "(?i:Z|UTC|GMT)"
_FIGURES = re.compile(r"[-+]?[0-9]{1,3}(?:[.][05]0*)?")
#: More than so many hours is minutes.
_HOURS = 14


@dataclass(frozen=True)
class OffsetStyle:
    """How a column of offsets is written. `sql`: what is put behind the stamp ("" for the name of a zone), null where
    the cell says neither; `zones`: the names of zones in it."""

    sql: Callable[[str], str]
    zones: tuple[str, ...] = ()


def is_offset(cell: str) -> bool:
    """True where a cell alone is an offset or a zone: a bare figure may be anything."""
    known = re.fullmatch(f"{_SIGNED}|{_UTC}", cell) or cell in ZONES
    return bool(known) or cell in _names()


def offset_style(header: str, cells: Sequence[str]) -> OffsetStyle:
    """Decide over all cells. Raises IngestRefused (`times_not_understood`)."""
    if cells and all(_FIGURES.fullmatch(cell) for cell in cells) and not all(map(is_offset, cells)):
        numbers = [float(cell) for cell in cells]
        minutes = 1 if any(abs(number) > _HOURS for number in numbers) else 60
        if all(number * minutes % 15 == 0 and abs(number * minutes) <= 60 * _HOURS for number in numbers):
            return OffsetStyle(lambda cell: _figures(cell, minutes))
    zones = tuple(sorted(cell for cell in cells if cell not in ZONES and cell in _names() and not _is_utc(cell)))
    known = sum(map(is_offset, cells))
    if known * 2 <= len(cells):
        odd = next((cell for cell in cells if not is_offset(cell)), "")
        raise IngestRefused(
            "times_not_understood",
            f"the cells of column '{header}' are no offsets from UTC and no zones, for example '{odd[:40]}'",
            "offsets such as +01:00, or zones such as Europe/Berlin or CET",
            "name another column in the template, or leave it out",
        )
    return OffsetStyle(lambda cell: _texts(cell, zones), zones)


def _is_utc(cell: str) -> bool:
    return re.fullmatch(_UTC, cell) is not None


def _texts(cell: str, zones: Sequence[str]) -> str:
    hours = f"lpad(regexp_extract({cell}, '{_SIGNED}', 2), 2, '0')"
    minutes = f"coalesce(nullif(regexp_extract({cell}, '{_SIGNED}', 3), ''), '00')"
    signed = f"regexp_extract({cell}, '{_SIGNED}', 1) || {hours} || ':' || {minutes}"
    return (
        f"CASE WHEN regexp_full_match({cell}, '{_UTC}') THEN 'Z' WHEN regexp_full_match({cell}, {text(_SIGNED)}) "
        f"THEN {signed} WHEN {cell} IN {one_of(ZONES)} THEN ' ' || {cell} WHEN {cell} IN {one_of(zones)} THEN '' END"
    )


def _figures(cell: str, minutes: int) -> str:
    east = f"CAST(TRY_CAST({cell} AS DOUBLE) * {minutes} AS BIGINT)"
    parts = (f"lpad(CAST(abs({east}) {op} 60 AS VARCHAR), 2, '0')" for op in ("//", "%"))
    return f"CASE WHEN {east} < 0 THEN '-' ELSE '+' END || {' || chr(58) || '.join(parts)}"


@cache
def _names() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if "/" in name)
