"""Times that something took, as people and programs write them, in minutes.

1h 30m, 1 h 30 min, 2 days 03:00:00, 01:30:00, PT1H30M. A mere 1:30 may be an hour and a half or a minute and a half:
that the column does not tell.
"""

from __future__ import annotations

from opsmetrics.ingest.sql import text

#: 1:30 and 12:05.
CLOCK_TIME = "-?[0-9]{1,4}:[0-5][0-9]"
_SIGN = "(-?)"
_NUMBER = "([0-9]+(?:[.,][0-9]+)?)"
#: At least two parts, or one that is written without a blank as programs do: the rest are numbers with a unit.
_WORDS = (
    rf"{_SIGN}(?:{_NUMBER} ?(?:d|days?|Tage?|jours?|días?),? ?)?"
    rf"(?:{_NUMBER} ?(?:h|hrs?|hours?|Std\.?|Stunden?|heures?|horas?),? ?)?"
    rf"(?:{_NUMBER} ?(?:m|mins?|min\.|minutes?|Minuten?|minutos?),? ?)?"
    rf"(?:{_NUMBER} ?(?:s|secs?|sek\.?|seconds?|Sekunden?|secondes?|segundos?))?"
)
_ISO = rf"{_SIGN}P(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
_CLOCKS = rf"{_SIGN}(?:([0-9]+) ?(?:d|days?),? )?([0-9]+):([0-5][0-9]):([0-5][0-9](?:[.,][0-9]+)?)"
_PARTS = ("days", "hours", "minutes", "seconds")
_MINUTES = (1440.0, 60.0, 1.0, 1.0 / 60.0)
#: Two units, the second behind a number of its own.
_TWO_UNITS = ".*[0-9] ?[A-Za-zí]+[.,]? ?[0-9].*"


def duration_sql(cell: str) -> str:
    """An expression of type DOUBLE: the minutes that the cell states, null where it states none (or a mere 1:30)."""
    words = f"regexp_full_match({cell}, {text(_WORDS)}) AND regexp_full_match({cell}, {text(_TWO_UNITS)})"
    iso = f"regexp_full_match({cell}, {text(_ISO)}) AND regexp_matches({cell}, '[0-9]')"
    clocks = f"regexp_full_match({cell}, {text(_CLOCKS)})"
    return (
        f"CASE WHEN {clocks} THEN {_minutes(cell, _CLOCKS)} WHEN {words} THEN {_minutes(cell, _WORDS)} "
        f"WHEN {iso} THEN {_minutes(cell, _ISO)} END"
    )


def clock_sql(cell: str) -> str:
    """Minutes of a mere 1:30, read as hours and minutes; null for any other cell."""
    parts = f"regexp_extract({cell}, '(-?)([0-9]+):([0-9]+)', ['sign', 'hours', 'minutes'])"
    value = f"{_sign(parts)} * ({parts}.hours::DOUBLE * 60 + {parts}.minutes::DOUBLE)"
    return f"CASE WHEN regexp_full_match({cell}, {text(CLOCK_TIME)}) THEN {value} END"


def _minutes(cell: str, pattern: str) -> str:
    names = ", ".join(f"'{name}'" for name in ("sign", *_PARTS))
    parts = f"regexp_extract({cell}, {text(f'^(?:{pattern})$')}, [{names}])"
    added = " + ".join(
        f"coalesce(TRY_CAST(replace({parts}.{name}, ',', '.') AS DOUBLE), 0) * {minutes!r}"
        for name, minutes in zip(_PARTS, _MINUTES, strict=True)
    )
    return f"{_sign(parts)} * ({added})"


def _sign(parts: str) -> str:
    return f"CASE WHEN {parts}.sign = '-' THEN -1 ELSE 1 END"
