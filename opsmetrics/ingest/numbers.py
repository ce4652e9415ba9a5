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
from dataclasses import dataclass

from opsmetrics.ingest.cells import MISSING, SHEET_ERRORS
from opsmetrics.ingest.problems import Question
from opsmetrics.ingest.sql import among, text

#: A column follows its majority where at most this share of the telling cells says otherwise; else a person decides.
MINORITY = 0.1

_SIGN = "[-+]?"
_EXPONENT = "(?:[eE][-+]?[0-9]{1,3})?"
#: 1,23,456 and 12,34,56,789.
_LAKHS = "[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
#: A number with its minus behind it.
_BEHIND = "[0-9.,][0-9.,' ]*-"


@dataclass(frozen=True)
class Form:
    """A way of writing a number: its pattern, the decimal mark it proves, or the mark that may be either."""

    pattern: str
    proves: str | None = None
    doubtful: str | None = None
    thousands: str | None = None
    groups: int = 0  # digits of a group before the last one, where the form tells


def _marked(mark: str, other: str) -> list[Form]:
    """The forms in which `mark` is the decimal sign, `other` the thousands mark."""
    m, o = f"[{mark}]", f"[{other}]"
    return [
        Form(f"{_SIGN}[0-9]*{m}(?:[0-9]{{1,2}}|[0-9]{{4,}}){_EXPONENT}", proves=mark),
        Form(f"{_SIGN}(?:0[0-9]*|[0-9]{{4,}}){m}[0-9]+{_EXPONENT}", proves=mark),
        Form(f"{_SIGN}[0-9]+{m}(?:[0-9]*[eE][-+]?[0-9]{{1,3}})?", proves=mark),
        Form(f"{_SIGN}[0-9]{{1,3}}(?:{o}[0-9]{{3}})+{m}[0-9]*", proves=mark, thousands=other),
        Form(f"{_SIGN}[0-9]{{1,3}}(?:{o}[0-9]{{3}}){{2,}}", proves=mark, thousands=other, groups=3),
        Form(f"{_SIGN}[1-9][0-9]{{0,2}}{m}[0-9]{{3}}", doubtful=mark),
    ]


def _spaced(mark: str) -> list[Form]:
    groups = f"{_SIGN}[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+"
    return [
        Form(groups, thousands=mark),
        Form(f"{groups}[.][0-9]*", proves=".", thousands=mark),
        Form(f"{groups}[,][0-9]*", proves=",", thousands=mark),
    ]


#: All forms; the position is the code under which a column's cells are counted.
FORMS: tuple[Form, ...] = (
    Form(f"{_SIGN}[0-9]+{_EXPONENT}"),
    *_marked(".", ","),
    Form(f"{_SIGN}{_LAKHS}(?:[.][0-9]*)?", proves=".", thousands=",", groups=2),
    *_marked(",", "."),
    *_spaced(" "),
    *_spaced("'"),
)
EMPTY, SHEET_ERROR, OTHER = len(FORMS), len(FORMS) + 1, len(FORMS) + 2
#: Added to the code of a cell that carries a currency, a per cent sign or brackets; or its minus behind it.
DECORATED, BEHIND = 50, 100

_CURRENCY = "(?:[$€£¥]|EUR|USD|GBP|CHF)"
_BEFORE = rf"^\(?[-+]? ?(?:{_CURRENCY} ?)?[-+]?"
#: Two signs before the first digit: no number.
_TWO_SIGNS = "^[^0-9]*[-+][^0-9]*[-+]"
_AFTER = rf" ?(?:{_CURRENCY}|%)?\)?$"


@dataclass(frozen=True)
class NumberStyle:
    """How a column writes its numbers."""

    decimal: str = "."
    thousands: tuple[str, ...] = ()
    decorated: bool = False
    lakhs: bool = False  # 1,23,456
    behind: bool = False  # 12.0-

    def sql(self, cell: str) -> str:
        """An expression of type DOUBLE: null where the cell is not a number in this style; it may be infinite."""
        number = self._before(cell)
        if not self.behind:
            return number
        return f"CASE WHEN {_is_behind(cell)} THEN -({self._plain(_unsigned(cell))}) ELSE {number} END"

    def _before(self, cell: str) -> str:
        number = self._plain(cell)
        if not self.decorated:
            return number
        bare = f"regexp_replace(regexp_replace({cell}, {text(_BEFORE)}, ''), {text(_AFTER)}, '')"
        sign = f"CASE WHEN starts_with({cell}, '(') OR regexp_matches({cell}, '^[^0-9.,]*-') THEN -1 ELSE 1 END"
        share = f"CASE WHEN ends_with({cell}, '%') OR ends_with({cell}, '%)') THEN 100 ELSE 1 END"
        sound = f"starts_with({cell}, '(') = ends_with({cell}, ')') AND NOT regexp_matches({cell}, {text(_TWO_SIGNS)})"
        return (
            f"CASE WHEN regexp_full_match({cell}, {text('[-+]?[0-9.,]+')}) THEN {number} "
            f"WHEN {sound} THEN {sign} * {self._plain(bare)} / {share} END"
        )

    def _plain(self, cell: str) -> str:
        point = f"[{self.decimal}]"
        whole = "[0-9]+"
        for mark in self.thousands:
            whole += f"|[0-9]{{1,3}}(?:[{mark}][0-9]{{3}})+"
        if self.lakhs:
            whole = f"[0-9]+|[0-9]{{1,2}},[0-9]{{3}}|{_LAKHS}"
        pattern = f"{_SIGN}(?:(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+){_EXPONENT}"
        bare = cell
        for mark in self.thousands:
            bare = f"replace({bare}, {text(mark)}, '')"
        if self.decimal != ".":
            bare = f"replace({bare}, {text(self.decimal)}, '.')"
        return f"CASE WHEN regexp_full_match({cell}, {text(pattern)}) THEN TRY_CAST({bare} AS DOUBLE) END"


def _is_behind(cell: str) -> str:
    return f"regexp_full_match({cell}, {text(_BEHIND)})"


def _unsigned(cell: str) -> str:
    """The cell without its last character."""
    return f"left({cell}, greatest(length({cell}) - 1, 0))"


def leads_sql(cell: str) -> str:
    """True where a minus (or a bracket that stands for one) is written before a number."""
    return f"coalesce(regexp_matches({cell}, '^[^0-9]*[-(][^0-9]*[0-9]'), FALSE)"


def missing_sql(cell: str) -> str:
    """True where the cell states that there is no value."""
    said = among(f"lower({cell})", (*MISSING, *SHEET_ERRORS))
    return f"({cell} IS NULL OR {said})"


def form_sql(cell: str, beside: str = "FALSE") -> str:
    """The code of the form in which the cell writes its number: a position in FORMS, EMPTY, SHEET_ERROR or OTHER;
    EMPTY too where it is none and `beside`."""
    bare = f"regexp_replace(regexp_replace({cell}, {text(_BEFORE)}, ''), {text(_AFTER)}, '')"
    plain = _when(cell, 0)
    decorated = _when(bare, DECORATED)
    behind = f"WHEN {_is_behind(cell)} THEN CASE {_when(_unsigned(cell), BEHIND)} ELSE {OTHER} END"
    missing, errors = among(f"lower({cell})", MISSING), among(f"lower({cell})", SHEET_ERRORS)
    odd = f"regexp_matches({cell}, {text(_TWO_SIGNS)})"
    return (
        f"CASE {plain} WHEN {cell} IS NULL OR {missing} THEN {EMPTY} WHEN {errors} THEN {SHEET_ERROR} "
        f"WHEN {odd} THEN {OTHER} {behind} {decorated} WHEN {beside} THEN {EMPTY} ELSE {OTHER} END"
    )


def _when(cell: str, added: int) -> str:
    arms = (f"WHEN regexp_full_match({cell}, {text(f.pattern)}) THEN {i + added}" for i, f in enumerate(FORMS))
    return " ".join(arms)


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
    """The decimal mark that the cells prove; None where none does, '?' where they contradict each other."""
    proof = {mark: sum(n for code, n in codes.items() if form_of(code).proves == mark) for mark in (".", ",")}
    most, least = sorted((".", ","), key=proof.__getitem__, reverse=True)
    if not proof[most]:
        return None
    return most if proof[least] <= MINORITY * (proof[most] + proof[least]) else "?"


def _style(codes: Mapping[int, int], decimal: str, thousands: str | None) -> NumberStyle:
    other = {".": ",", ",": "."}[decimal]
    forms = [form_of(code) for code in codes]
    seen = {f.thousands for f in forms if f.thousands} | {f.doubtful for f in forms if f.doubtful}
    marks = {thousands} if thousands else seen & {other, " ", "'"}
    lakhs, threes = (sum(n for code, n in codes.items() if form_of(code).groups == size) for size in (2, 3))
    return NumberStyle(
        decimal,
        tuple(sorted(m for m in marks if m)),
        decorated=any(code % BEHIND >= DECORATED for code in codes),
        lakhs=decimal == "." and lakhs > threes,
        behind=any(code >= BEHIND for code in codes),
    )


def without_behind(codes: Mapping[int, int]) -> dict[int, int]:
    """The counts of a column whose numbers have their minus before them: one behind a number is a slip, no number."""
    kept = {code: n for code, n in codes.items() if code < BEHIND}
    slips = sum(codes.values()) - sum(kept.values())
    return {**kept, OTHER: kept.get(OTHER, 0) + slips} if slips else kept


def form_of(code: int) -> Form:
    """The form behind a code, decorated or not; an empty one for EMPTY, SHEET_ERROR and OTHER."""
    position = code % DECORATED
    return FORMS[position] if position < len(FORMS) else Form("")


def mixed(codes: Mapping[int, int]) -> int:
    """How many cells prove the decimal mark that the column's majority does not use."""
    return min(sum(n for code, n in codes.items() if form_of(code).proves == mark) for mark in (".", ","))


def not_numbers(codes: Mapping[int, int]) -> tuple[int, int]:
    """How many cells are no number in any style, and how many cells say anything."""
    other = codes.get(OTHER, 0)
    return other, sum(n for code, n in codes.items() if code not in (EMPTY, SHEET_ERROR))


def decimal_question(column: str, example: str, mark: str) -> Question:
    """Asks which mark parts the decimals, with both readings of the file's own number."""
    other = {".": ",", ",": "."}[mark]
    core = "".join(c for c in example if c.isdigit() or c == mark)
    choices = (
        f"{mark}: {example} has decimals, as in {core.replace(mark, '.')}",
        f"{other}: {example} has thousands, as in {core.replace(mark, '')}",
    )
    asked = f"The numbers of column '{column}' can be read in two ways, for example {example}."
    return Question("decimal", asked, tuple(sorted(choices)))
