"""Years with months, quarters or weeks in columns of their own, and perhaps days, as one date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.months import months_of
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.sql import text

#: Words that head columns of years, and of what stands beside them, in folded form.
YEARS = ("year", "yr", "yyyy", "jahr", "kalenderjahr", "année", "annee", "an", "año", "ano", "anno", "calendar year")
MONTHS = ("month", "mm", "month no", "monat", "kalendermonat", "mois", "mes", "mese", "maand")
QUARTERS = ("quarter", "qtr", "q", "quartal", "trimestre", "trimester", "trim", "kwartaal")
WEEKS = (
    *("week", "wk", "cw", "kw", "week no", "week number", "iso week", "calendar week", "woche", "kalenderwoche"),
    *("semaine", "semana", "settimana"),
)
DAYS = ("day", "dd", "day of month", "tag", "kalendertag", "jour", "día", "dia", "giorno", "dag")
FISCAL = (
    *("fy", "fiscal year", "fiscal yr", "financial year", "geschäftsjahr", "geschaeftsjahr", "wirtschaftsjahr", "gj"),
    *("exercice", "année fiscale", "ejercicio", "año fiscal"),
)
_OF_DATES = ("date", "datum", "fecha", "period", "periode", "période", "periodo", "zeitraum", "reporting period")
_SECOND = {
    "quarter": r"(?i)^(?:q|qtr|quarter|quartal|t|trim|trimestre|trimester|kwartaal)?[. ]*([1-4])"
    r"(?:[.]|st|nd|rd|th|er|e|º)?"
    r"[. ]*(?:q|t|quarter|quartal|trim|trimestre)?[.]?$",
    "week": r"(?i)^(?:kw|cw|wk|w|s|sem|week|woche|kalenderwoche|semaine|semana)?[. ]*([0-9]{1,2})(?:[.]0*)?$",
    "month": r"(?i)^(?:m)?[. ]*([0-9]{1,2})(?:[.]0*)?$",
}
_LETTERS = {"quarter": ("q", "t"), "week": ("k", "c", "w", "s")}


def refuse_fiscal(header: str) -> None:
    """A year of business begins in a month that the file does not say. Raises IngestRefused (`fiscal_year`)."""
    if fold(header) in FISCAL:
        raise IngestRefused(
            "fiscal_year",
            f"column '{header}' holds years of business, and the file does not say in which month they begin",
            "calendar years, quarters or months",
            "add a column with the calendar date, and use that",
        )


def refuse_other_years(form: str, header: str) -> None:
    """Four figures are years below a name that says so: 1930 may be a time. Raises IngestRefused
    (`dates_not_understood`)."""
    if form == "year" and fold(header) not in (*YEARS, *_OF_DATES):
        raise IngestRefused(
            "dates_not_understood",
            f"the four figures of column '{header}' may be years or times of day",
            "a column called year, or times with a colon",
            "rename the column, or change the format of the export",
        )


def parts_sql(cells: Sequence[str], header: str, said: Iterable[str]) -> str:
    """The parts, year first, joined to 2026-05, 2026-05-03, 2026-Q2 or 2026-W05; without the others the year's cell as
    it stands. `header` and `said` are the header and the cells of the part that follows the year."""
    year, second, *day = cells
    kind = _kind(header, said)
    number = f"regexp_extract({second}, {text(_SECOND[kind])}, 1)"
    if kind == "month":
        named = months_of(word for word in (cell.rstrip(". ") for cell in said) if word.isalpha())
        arms = " ".join(f"WHEN {text(word)} THEN '{month}'" for word, month in named.items())
        number = f"CASE rtrim({second}, '. ') {arms} ELSE {number} END" if arms else number
    padded = number if kind == "quarter" else f"lpad({number}, 2, '0')"
    plain = f"regexp_extract({year}, '^((?:19|20)[0-9]{{2}})(?:[.]0*)?$', 1)"
    last = [f"regexp_extract({cell}, '^([0-9]{{1,2}})[.]?0*$', 1)" for cell in day]
    written = f"{plain} || {text({'month': '-', 'quarter': '-Q', 'week': '-W'}[kind])} || {padded}"
    written += "".join(f" || '-' || lpad({number}, 2, '0')" for number in last)
    filled = " AND ".join(f"{part} <> ''" for part in (plain, number, *last))
    raw = " || ' ' || ".join(cells)
    empty = " AND ".join(f"coalesce({cell}, '') = ''" for cell in cells[1:])
    return f"CASE WHEN {empty} THEN {year} WHEN {filled} THEN {written} ELSE trim({raw}) END"


def _kind(header: str, said: Iterable[str]) -> str:
    word = fold(header)
    if word in QUARTERS or word in WEEKS:
        return "quarter" if word in QUARTERS else "week"
    cells = [cell.lower() for cell in said]
    for kind, letters in _LETTERS.items():
        if cells and all(cell.startswith(letters) and any(sign.isdigit() for sign in cell) for cell in cells):
            return kind
    return "month"
