"""Names of months in the languages of Western and Northern Europe, and in Polish."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from opsmetrics.ingest.sql import text

#: Each month's names without accents; a name may be shortened to its first three letters or more.
_NAMES = (
    "january januar janvier enero jaenner gennaio januari janeiro styczen stycznia",
    "february februar fevrier febrero feber febbraio februari fevereiro luty lutego",
    "march maerz marz mars marzo mrz mrt maart marco marzec marca",
    "april avril abril aprile kwiecien kwietnia",
    "may mai mayo maggio mei maio maj maja",
    "june juni juin junio giugno junho czerwiec czerwca",
    "july juli juillet julio luglio julho lipiec lipca",
    "august aout agosto augustus sierpien sierpnia augusti",
    "september septembre septiembre setiembre settembre setembro wrzesien wrzesnia",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika",
    "november novembre noviembre novembro listopad listopada",
    "december desember dezember decembre diciembre dicembre dezembro grudzien grudnia",
)
#: Short forms that would also begin another month.
_AMBIGUOUS = {"jui"}


def month_of(word: str) -> int | None:
    """The month (1-12) that a word names, None where it names none."""
    bare = unicodedata.normalize("NFKD", word.casefold()).encode("ascii", "ignore").decode()
    if len(bare) < 3 or bare in _AMBIGUOUS:
        return None
    for number, names in enumerate(_NAMES, start=1):
        if any(name.startswith(bare) for name in names.split()):
            return number
    return None


def months_of(words: Iterable[str]) -> dict[str, int]:
    """Those of the words that name a month."""
    return {word: number for word in words if (number := month_of(word)) is not None}


def word_sql(cell: str) -> str:
    """The first word of at least three letters in the cell."""
    return f"regexp_extract({cell}, '[\\pL]{{3,}}')"


def month_sql(cell: str, months: Mapping[str, int]) -> str:
    """The month's number as text; null where the word names no month."""
    arms = " ".join(f"WHEN {text(word)} THEN '{number}'" for word, number in months.items())
    return f"CASE {word_sql(cell)} {arms} END" if arms else "NULL"
