"""What a single cell looks like, and texts compared regardless of case, blanks and invisible characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from opsmetrics.ingest.date_forms import form_of

CellKind = Literal["empty", "number", "date", "text"]

#: Characters without width that spreadsheets and web pages leave in cells, marks of the direction of writing included.
ZERO_WIDTH = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
#: Blanks that are not the ordinary one.
BLANKS = "\u00a0\u2007\u2009\u202f\t\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u3000"

#: Cells that state "no value" in a column of numbers, in lower case.
MISSING = (
    *(
        "",
        "na",
        "n/a",
        "n.a.",
        "n. a.",
        "k.a.",
        "k. a.",
        "n.v.",
        "n/v",
        "nd",
        "n.d.",
        "n/d",
        "s.o.",
        "s/o",
        "s.d.",
        "s/d",
    ),
    *("-", "--", "---", "–", "—", ".", "..", "...", "…", "?", "null", "(null)", "none", "nil", "missing", "nan", "nat"),
    *(
        "<na>",
        "\\n",
        "unknown",
        "not available",
        "keine angabe",
        "unbekannt",
        "(blank)",
        "(leer)",
        "nicht verfügbar",
        "non disponible",
        "no disponible",
        "non disponibile",
        "niet beschikbaar",
        "não disponível",
        "brak danych",
    ),
)
#: Error values of spreadsheets, in lower case: no value either, and worth a warning.
SHEET_ERRORS = ("#n/a", "#na", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#nv", "#wert!")

#: Cells so short are remembered: those of a wide table repeat themselves, and are asked about several times.
_SHORT = 40

_UNSEEN = {ord(c): None for c in ZERO_WIDTH} | {ord(c): " " for c in BLANKS}
_NUMBER = re.compile(
    r"[(]?[-+−]?\s?(?:[$€£¥]\s?)?[-+−]?(?:\d{1,3}(?:[,. '’]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+)?"
    r"(?:[.,]\d*)?(?:[eE][-+]?\d{1,3})?\s?[%€$£¥]?[-)]?"
)
_TIME = (
    r"(?:(?:[T ]|, ?)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?"
    r"(?: ?(?:Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?))?)?"
)
_DATE = re.compile(
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}"
    rf"|\d{{1,2}}[ .,/-]*(?:de )?[^\W\d_]{{3,10}}[ .,/-]*(?:de )?\d{{2,4}}|[^\W\d_]{{3,10}} \d{{1,2}},? \d{{4}}"
    rf"|\d{{4}}-?W\d{{2}}|\d{{4}}[ -]?Q[1-4]|Q[1-4][ /-]?\d{{4}}|\d{{4}}-\d{{2}}){_TIME}"
)


def tidy(text: str) -> str:
    """The text composed (NFC), without invisible characters, with single blanks, trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())


def fold(text: str) -> str:
    """The form in which headers and names are compared: tidy, any case, `_` as good as a blank."""
    return " ".join(tidy(text).casefold().replace("_", " ").split())


def kind_of(cell: str) -> CellKind:
    """What a cell looks like on its own."""
    return _kind_of(cell) if len(cell) <= _SHORT else _kind_of.__wrapped__(cell)


@lru_cache(maxsize=50_000)
def _kind_of(cell: str) -> CellKind:
    text = tidy(cell)
    if text.casefold() in MISSING or text.casefold() in SHEET_ERRORS:
        return "empty"
    if any(c.isdigit() for c in text):
        if _NUMBER.fullmatch(text):
            return "number"
        if _DATE.fullmatch(text):
            return "date"
        if form_of(text):
            return "date"
    return "text"
