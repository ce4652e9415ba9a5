"""Names of the days of the week before a date, in English, German, French, Spanish, Italian, Dutch and Portuguese.

`Mon 3 Nov 2025` says one thing twice: a cell whose weekday is not that of its date is no date, and where day and month
may stand in either order the weekday tells which is which.
"""

from __future__ import annotations

import re

from opsmetrics.ingest.sql import text

#: Each day's names from Monday on, as patterns. No name stands for two days.
_NAMES = (
    "mon(?:day)?|mo(?:ntag)?|lun(?:di|es|ed[iì])?|ma(?:andag)?|seg(?:unda(?:-feira)?)?",
    "tue(?:s|sday)?|tu|di(?:enstag|nsdag)?|mar(?:di|tes|ted[iì])?|ter(?:[cç]a(?:-feira)?)?",
    "wed(?:nesday)?|we|mi(?:ttwoch)?|mer(?:credi|coled[iì])?|mi[eé](?:rcoles)?|wo(?:ensdag)?|qua(?:rta(?:-feira)?)?",
    "thu(?:r|rs|rsday)?|th|do(?:nnerstag|nderdag)?|jeu(?:di)?|jue(?:ves)?|gio(?:ved[iì])?|qui(?:nta(?:-feira)?)?",
    "fri(?:day)?|fr(?:eitag)?|ven(?:dredi|erd[iì])?|vie(?:rnes)?|vr(?:ijdag)?|sex(?:ta(?:-feira)?)?",
    "sat(?:urday)?|sa(?:mstag)?|sonnabend|sam(?:edi)?|s[aá]b(?:ado|ato)?|za(?:terdag)?",
    "sun(?:day)?|su|so(?:nntag)?|dim(?:anche)?|dom(?:ingo|enica)?|zo(?:ndag)?",
)
#: What stands between the weekday and the date.
_AFTER = "(?:[.]?, ?|[.]? )"
#: A weekday.
NAME = f"(?i:{'|'.join(_NAMES)})"
#: A weekday before a date.
PREFIX = f"{NAME}{_AFTER}"
#: How a date goes on after a weekday: 'Mar 3 2025' is a day of March, 'mar 3 nov 2025' a Tuesday (mardi).
_DATE = (
    "[0-9]{1,4}[-/.][0-9]{1,2}[-/.]"
    "|[0-9]{1,2}(?:(?i:st|nd|rd|th|er|re)|[ºª°])?[ .,/-]*(?:de |of )?[\\pL]{3}"
    "|[\\pL]{3,}[ .,/-]*[0-9]"
)
_START = re.compile(f"^{PREFIX}({_DATE})".replace("\\pL", "^\\W\\d_"))


def bare(cell: str) -> str:
    """The cell itself without the weekday before its date."""
    return _START.sub(r"\1", cell)


def has_weekday(cell: str) -> str:
    """True where a weekday stands before a date."""
    return f"coalesce(regexp_matches({cell}, {text(f'^{PREFIX}(?:{_DATE})')}), FALSE)"


def without_weekday(cell: str) -> str:
    """The cell without the weekday before its date."""
    return f"regexp_replace({cell}, {text(f'^{PREFIX}({_DATE})')}, '\\1')"


def agreeing(cell: str, stamp: str) -> str:
    """The stamp, null where the cell names another day of the week."""
    at = f"CAST({stamp} AS TIMESTAMP)"
    arms = " ".join(
        f"WHEN regexp_matches({cell}, {text(f'^(?i:{names}){_AFTER}(?:{_DATE})')}) THEN {day}"
        for day, names in enumerate(_NAMES, start=1)
    )
    return f"CASE WHEN coalesce(CASE {arms} END, isodow({at})) = isodow({at}) THEN {at} END"
