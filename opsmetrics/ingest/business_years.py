"""Years of business, and their quarters: 'FY2026', '2025/26', 'Q3 FY26'. The calendar of the catalogue says when they
begin.

'2025/26' says itself in which year it begins; 'FY2026' is named after its first year by some, after its last by others.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence

from opsmetrics.ingest.cells import fold, tidy
from opsmetrics.ingest.date_parts import FISCAL
from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer, Question
from opsmetrics.measurements import Notice

CODE = "business_year"
_WORD = "(?:FY|F|GJ|WJ|EX|EXERCICE|AF)"
_QUARTER = "[QT](?P<quarter>[1-4])"
_YEARS = f"(?:{_WORD}[ '-]*)?(?P<first>(?:19|20)[0-9]{{2}})[/–-](?P<last>[0-9]{{2}}|(?:19|20)[0-9]{{2}})"
_YEAR = f"{_WORD}[ '-]*(?P<first>(?:19|20)?[0-9]{{2}})"
_FORMS = tuple(
    re.compile(f"(?i){pattern}")
    for year in (_YEARS, _YEAR)
    for pattern in (year, f"{year}[ /-]*{_QUARTER}", f"{_QUARTER}[ /-]*{year}")
)
_BARE = re.compile("((?:19|20)[0-9]{2})(?:[.]0*)?")
_WORDS_OF_OTHERS = frozenset(
    ("week", "kw", "cw", "wk", "woche", "semaine", "semana", "month", "monat", "mois", "mes", "yearweek", "yearmonth")
)


def first_days(
    header: str, cells: Sequence[str], start: tuple[int, int] | None, answers: Mapping[str, str]
) -> tuple[Mapping[str, dt.date], list[Notice]]:
    """The cells of a column of years of business → their first days. `start` is the month and day on which the years
    begin, None where that is not known.

    Raises IngestRefused (`fiscal_year`, `unknown_answer`), NeedsAnswer (`business_year`).
    """
    if start is None:
        raise IngestRefused(
            "fiscal_year",
            f"column '{header}' holds years of business, and no calendar says in which month they begin",
            "calendar years, quarters or months",
            "name the beginning in the definitions (fiscal_year_start of the calendar), or add a column with the date",
        )
    parts = {cell: found for cell in cells if (found := _parts(cell) or _bare(cell)) is not None}
    open_cells = [cell for cell, (_, certain, _) in parts.items() if not certain]
    back, notices = 0, []
    if open_cells:
        question = _question(header, open_cells[0], parts[open_cells[0]], start)
        answer = question.answered(answers)
        if answer is None:
            raise NeedsAnswer([question])
        back = int(answer == "last")
        notices.append(Notice(CODE, f"Years of '{header}' are named after their {answer} year, as answered."))
    days = {
        cell: _first_day(year if certain else year - back, quarter, start)
        for cell, (year, certain, quarter) in parts.items()
    }
    begins = f"{dt.date(2000, *start):%-d %B}"
    return days, [*notices, Notice("business_years", f"'{header}' holds years of business, which begin on {begins}.")]


def _question(header: str, cell: str, parts: tuple[int, bool, int], start: tuple[int, int]) -> Question:
    first, last = (_first_day(parts[0] - back, parts[2], start) for back in (0, 1))
    return Question(
        CODE,
        f"Years of business in column '{header}' may be named after the year in which they begin, or end.",
        (f"last: {cell} begins on {last:%-d %B %Y}", f"first: {cell} begins on {first:%-d %B %Y}"),
    )


def _first_day(year: int, quarter: int, start: tuple[int, int]) -> dt.date:
    years, month = divmod(start[0] - 1 + 3 * (quarter - 1), 12)
    return dt.date(year + years, month + 1, start[1])


def _bare(cell: str) -> tuple[int, bool, int] | None:
    match = _BARE.fullmatch(cell)
    return (int(match[1]), False, 1) if match else None


def are_business_years(header: str, cells: Iterable[str]) -> bool:
    """True where the cells are years of business: a word says so, or each year stands with the one after it."""
    found = {tidy(cell) for cell in cells if cell.strip()}
    if not found or _WORDS_OF_OTHERS & set(fold(header).replace("/", " ").replace("-", " ").split()):
        return False
    if fold(header) in FISCAL and all(_BARE.fullmatch(cell) or _parts(cell) for cell in found):
        return True
    parts = [_parts(cell) for cell in found]
    if not all(parts):
        return False
    alone = len(found) == 1 and not re.search("[A-Za-z]", next(iter(found)))
    return not alone or int(next(iter(found))[-2:]) > 12  # 2011/12 alone may be a December


def _parts(cell: str) -> tuple[int, bool, int] | None:
    """Year as named, whether that is its first for certain, quarter (1 where none is named)."""
    for pattern in _FORMS:
        if match := pattern.fullmatch(cell):
            named = match.groupdict()
            first, last = int(named["first"]), named.get("last")
            first += 2000 if len(named["first"]) == 2 else 0
            certain = last is not None
            if last is not None and int(last) % 100 != (first + 1) % 100:
                return None
            return first, certain, int(named.get("quarter") or 1)
    return None
