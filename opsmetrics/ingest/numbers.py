"""How numbers are written: the style of a whole column, decided from every cell, and the SQL that reads it.

`1.234` may be one and a bit or twelve hundred: it tells nothing. `12.5`, `0.123` and `1,234.5` tell that the point is
the decimal mark, `1.234.567` and `1.234,5` that the comma is. A column without such a cell follows the others of its
file; where none tells, a person is asked.

Two habits hold for a column as a whole: groups of two digits before the last three (`1,23,456`, as in India), where
more cells tell of them than of threes, and a minus behind the number (`12.0-`, as SAP writes it), where no number has
one before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from opsmetrics.ingest.durations import clock_sql, duration_sql
from opsmetrics.ingest.number_forms import (
    BEHIND,
    CLOCK,
    DECORATED,
    DURATION,
    EMPTY,
    EXPONENT,
    LAKHS,
    OTHER,
    SCIENTIFIC,
    SHEET_ERROR,
    SIGN,
    UNITED,
    WORDED,
    bare_sql,
    form_of,
    is_behind,
    sign_sql,
    sound_sql,
    unit_sql,
    unsigned,
    without_unit,
)
from opsmetrics.ingest.problems import Question
from opsmetrics.ingest.sql import among, text
from opsmetrics.ingest.units import CLOCK as CLOCK_UNIT
from opsmetrics.ingest.units import SPAN

#: A column follows its majority where at most this share of the telling cells says otherwise; else a person decides.
MINORITY = 0.1


@dataclass(frozen=True)
class NumberStyle:
    """How a column writes its numbers."""

    decimal: str = "."
    thousands: tuple[str, ...] = ()
    decorated: bool = False
    lakhs: bool = False  # 1,23,456
    behind: bool = False  # 12.0-
    strict: bool = False  # the cells contradict each other: one that may be read in two ways is no number
    units: tuple[str, ...] = ()  # words that may stand behind a number
    lasting: bool = False  # times that something took

    @property
    def marked(self) -> bool:
        """True where cells say something besides a number."""
        return self.decorated or bool(self.units) or self.lasting

    def sql(self, cell: str) -> str:
        """An expression of type DOUBLE: null where the cell is not a number in this style; it may be infinite.
        Times are in minutes, other units as written."""
        number = self._before(cell)
        if self.behind:
            number = f"CASE WHEN {is_behind(cell)} THEN -({self._plain(unsigned(cell))}) ELSE {number} END"
        arms = (
            f"WHEN contains({cell}, ':') THEN coalesce({clock_sql(cell)}, {duration_sql(cell)})" if self.lasting else ""
        )
        if self.units:
            read = f"{sign_sql(cell)} * {self._plain(without_unit(cell))}"
            arms += f" WHEN {among(unit_sql(cell), self.units)} THEN {read}"
        if self.lasting:
            number = f"coalesce({number}, {duration_sql(cell)})"
        return f"CASE {arms} ELSE {number} END" if arms else number

    def unit_sql(self, cell: str) -> str:
        """An expression of type VARCHAR: what the cell counts by, null for a mere number."""
        unit = f"nullif({unit_sql(cell)}, '')"
        if self.lasting:
            clock = f"WHEN {clock_sql(cell)} IS NOT NULL THEN {text(CLOCK_UNIT)}"
            unit = f"CASE {clock} WHEN {duration_sql(cell)} IS NOT NULL THEN {text(SPAN)} ELSE {unit} END"
        return unit

    def _before(self, cell: str) -> str:
        number = self._plain(cell)
        if not self.decorated:
            return number
        share = f"CASE WHEN contains({cell}, '%') THEN 100 WHEN contains({cell}, '‰') THEN 1000 ELSE 1 END"
        return (
            f"CASE WHEN regexp_full_match({cell}, {text('[-+]?[0-9.,]+')}) THEN {number} "
            f"WHEN {sound_sql(cell)} THEN {sign_sql(cell)} * {self._plain(bare_sql(cell))} / {share} END"
        )

    def _plain(self, cell: str) -> str:
        point = f"[{self.decimal}]"
        whole = "[0-9]+"
        for mark in self.thousands:
            whole += f"|[0-9]{{1,3}}(?:[{mark}][0-9]{{3}})+"
        if self.lakhs:
            whole = f"[0-9]+|[0-9]{{1,2}},[0-9]{{3}}|{LAKHS}"
        pattern = f"{SIGN}(?:(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+){EXPONENT}"
        bare = cell
        for mark in self.thousands:
            bare = f"replace({bare}, {text(mark)}, '')"
        if self.decimal != ".":
            bare = f"replace({bare}, {text(self.decimal)}, '.')"
        fits = f"regexp_full_match({cell}, {text(pattern)})"
        if self.strict:
            fits += f" AND NOT regexp_full_match({cell}, {text(f'{SIGN}[1-9][0-9]{{0,2}}[.,][0-9]{{3}}')})"
        return f"CASE WHEN {fits} THEN TRY_CAST({bare} AS DOUBLE) END"


def decide(
    counts: Mapping[str, Mapping[int, int]], decimal: str | None = None, thousands: str | None = None
) -> tuple[dict[str, NumberStyle], list[str]]:
    """The style of each column, and the columns that only a person can decide.

    `counts`: column → code of form → cells. `decimal` and `thousands` (of the template, or answered) rule.
    """
    told = {column: decimal or _told(codes) for column, codes in counts.items()}
    clear = {mark for mark in told.values() if mark in (".", ",")}
    open_columns = []
    styles: dict[str, NumberStyle] = {}
    for column, codes in counts.items():
        mark = told[column]
        if mark is None and len(clear) == 1:
            mark = next(iter(clear))
        if mark == "?" or (mark is None and any(form_of(code).doubtful for code in codes)):
            open_columns.append(column)
        styles[column] = _style(codes, mark if mark in (".", ",") else ".", thousands)
    return styles, open_columns


def _told(codes: Mapping[int, int]) -> str | None:
    """The decimal mark that the cells prove; None where none does, '?' where they contradict each
    other: in more cells than a few, or in a column with cells that may be either."""
    proof = _proof(codes)
    most, least = sorted((".", ","), key=proof.__getitem__, reverse=True)
    if not proof[most]:
        return None
    doubtful = proof[least] and any(form_of(code).doubtful for code in codes)
    return "?" if doubtful or _contradict(proof) else most


def _proof(codes: Mapping[int, int]) -> dict[str, int]:
    """How many cells prove each decimal mark."""
    return {mark: sum(n for code, n in codes.items() if form_of(code).proves == mark) for mark in (".", ",")}


def _contradict(proof: Mapping[str, int]) -> bool:
    return min(proof.values()) > MINORITY * sum(proof.values())


def _style(codes: Mapping[int, int], decimal: str, thousands: str | None) -> NumberStyle:
    other = {".": ",", ",": "."}[decimal]
    forms = [form_of(code) for code in codes]
    seen = {f.thousands for f in forms if f.thousands} | {f.doubtful for f in forms if f.doubtful}
    marks = {thousands} if thousands else seen & {other, " ", "'", "_"}
    lakhs, threes = (sum(n for code, n in codes.items() if form_of(code).groups == size) for size in (2, 3))
    return NumberStyle(
        decimal,
        tuple(sorted(m for m in marks if m)),
        decorated=any(code < UNITED and code % BEHIND >= DECORATED for code in codes),
        lakhs=decimal == "." and lakhs > threes,
        behind=any(BEHIND <= code < UNITED for code in codes),
        strict=_contradict(_proof(codes)),
        lasting=bool({DURATION, CLOCK} & set(codes)),
    )


def with_units(styles: Mapping[str, NumberStyle], units: Mapping[str, tuple[str, ...]]) -> dict[str, NumberStyle]:
    """The styles of columns (by role) in which these words may stand behind a number."""
    return {role: replace(style, units=units.get(role, ())) for role, style in styles.items()}


def without_behind(codes: Mapping[int, int]) -> dict[int, int]:
    """The counts of a column whose numbers have their minus before them: one behind a number is a slip, no number."""
    kept = {code: n for code, n in codes.items() if not BEHIND <= code < UNITED}
    slips = sum(codes.values()) - sum(kept.values())
    return {**kept, OTHER: kept.get(OTHER, 0) + slips} if slips else kept


def without_odd_times(codes: Mapping[int, int]) -> dict[int, int]:
    """The counts of a column of mere numbers, hardly any of which is a time such as 12:30: a slip, and no number."""
    times = sum(codes.get(code, 0) for code in (CLOCK, DURATION))
    mere = sum(n for code, n in codes.items() if code < EMPTY or DECORATED <= code < UNITED)
    if times > MINORITY * mere or sum(n for code, n in codes.items() if code >= UNITED) > MINORITY * mere:
        return dict(codes)
    kept = {code: n for code, n in codes.items() if code not in (CLOCK, DURATION)}
    return {**kept, OTHER: kept.get(OTHER, 0) + times} if times else kept


def whole_but_scientific(codes: Mapping[int, int]) -> bool:
    """True of a column of whole numbers, some of which are written with a power of ten."""
    plain = {code for code in codes if code < OTHER} - {EMPTY, SHEET_ERROR, *SCIENTIFIC}
    return bool(set(codes) & set(SCIENTIFIC)) and not any(f.proves and not f.groups for f in map(form_of, plain))


def mixed(codes: Mapping[int, int]) -> int:
    """How many cells prove the decimal mark that the column's majority does not use."""
    return min(_proof(codes).values())


def not_numbers(codes: Mapping[int, int]) -> tuple[int, int]:
    """How many cells are no number in any style, and how many cells say anything."""
    other = codes.get(OTHER, 0) + codes.get(WORDED, 0)
    return other, sum(n for code, n in codes.items() if code not in (EMPTY, SHEET_ERROR))


def decimal_question(column: str, example: str, mark: str, codes: Mapping[int, int]) -> Question:
    """Asks which mark parts the decimals, with both readings of the file's own number, the better proven one first."""
    other = {".": ",", ",": "."}[mark]
    core = "".join(c for c in example if c.isdigit() or c == mark)
    choices = (
        f"{mark}: {example} has decimals, as in {core.replace(mark, '.')}",
        f"{other}: {example} has thousands, as in {core.replace(mark, '')}",
    )
    asked = f"The numbers of column '{column}' can be read in two ways, for example {example}."
    proof = _proof(codes)
    return Question("decimal", asked, tuple(sorted(choices, key=lambda choice: (-proof[choice[0]], choice))))
