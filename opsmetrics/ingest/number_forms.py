"""The forms in which a single cell may write a number, and the SQL that tells which one it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opsmetrics.ingest.cells import MISSING, SHEET_ERRORS
from opsmetrics.ingest.durations import CLOCK_TIME, duration_sql
from opsmetrics.ingest.sql import among, text

SIGN = "[-+]?"
POWER = "[eE][-+]?[0-9]{1,3}"
EXPONENT = f"(?:{POWER})?"
#: 1,23,456 and 12,34,56,789.
LAKHS = "[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
#: A number with its minus behind it.
_BEHIND = "(?:[0-9.,][0-9.,' ]*)?[0-9]-"


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
        Form(f"{SIGN}[0-9]*{m}(?:[0-9]{{1,2}}|[0-9]{{4,}})", proves=mark),
        Form(f"{SIGN}(?:0[0-9]*|[0-9]{{4,}}){m}[0-9]+", proves=mark),
        Form(f"{SIGN}[0-9]+{m}", proves=mark),
        Form(f"{SIGN}[0-9]{{1,3}}(?:{o}[0-9]{{3}})+{m}[0-9]*", proves=mark, thousands=other),
        Form(f"{SIGN}[0-9]{{1,3}}(?:{o}[0-9]{{3}}){{2,}}", proves=mark, thousands=other, groups=3),
        Form(f"{SIGN}[1-9][0-9]{{0,2}}{m}[0-9]{{3}}", doubtful=mark),
    ]


def _spaced(mark: str) -> list[Form]:
    groups = f"{SIGN}[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+"
    return [
        Form(groups, thousands=mark),
        Form(f"{groups}[.][0-9]*", proves=".", thousands=mark),
        Form(f"{groups}[,][0-9]*", proves=",", thousands=mark),
    ]


#: All forms; the position is the code under which a column's cells are counted.
FORMS: tuple[Form, ...] = (
    Form(f"{SIGN}[0-9]+"),
    *_marked(".", ","),
    Form(f"{SIGN}{LAKHS}(?:[.][0-9]*)?", proves=".", thousands=",", groups=2),
    *_marked(",", "."),
    *_spaced(" "),
    *_spaced("'"),
    *_spaced("_"),
    Form(f"{SIGN}[0-9]+{POWER}"),
    *(Form(f"{SIGN}(?:[0-9]+[{mark}][0-9]*|[{mark}][0-9]+){POWER}", proves=mark) for mark in ".,"),
)
#: The codes of numbers with a power of ten.
SCIENTIFIC = (len(FORMS) - 3, len(FORMS) - 2, len(FORMS) - 1)
EMPTY, SHEET_ERROR, OTHER = len(FORMS), len(FORMS) + 1, len(FORMS) + 2
#: A time that took so long: 1h 30m or 01:30:00, and one that may be h:mm or m:ss.
DURATION, CLOCK = OTHER + 1, OTHER + 2
#: What begins as a number and goes on otherwise: worth a look at its words.
WORDED = OTHER + 3
_MAY_BE = "^[-+(]?(?:[0-9]|PT?[0-9]|[^0-9a-z]{1,4}[0-9])"
#: Added to the code of a cell that carries a currency, a per cent sign or brackets; its minus behind it; another unit.
DECORATED, BEHIND, UNITED = 50, 100, 200

_CODES = "EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|JPY|CNY|INR|AUD|CAD|NZD|BRL"
_CURRENCY = rf"(?:[A-Z]{{0,3}}[$€£¥₹]|{_CODES}|[Kk]r\.?|S?Fr\.?|zł|Kč)"
_BEFORE = rf"^(?:=\"|')?\(?[-+]? ?(?:{_CURRENCY} ?)?[-+]?"
#: Two signs before the first digit: no number.
_TWO_SIGNS = "^[^0-9]*[-+][^0-9]*[-+]"
#: The mark of a price without decimals (1.250,-) stays: it is the decimal one.
_AFTER = rf"(?:([.,])[-–—]{{1,2}})? ?(?:{_CURRENCY}|%|‰)?\)?\"?$"
#: A word behind a number: 12 pcs, 3,5 h, 12 kg.
_LETTER = "A-Za-z°-ɏ$£¥€₹%‰"
_WORD = rf"[{_LETTER}][{_LETTER}/. ]{{0,14}}"
_UNIT = rf" ?{_WORD}$"
#: What belongs to the number itself; the rest of the cell is its unit.
_NUMBER = "^[-+]?[0-9.,' _]+[eE][-+]?[0-9]{1,3}|[-+()0-9.,'=\" _]+"


def is_behind(cell: str) -> str:
    """True for a number with its minus behind it."""
    return f"regexp_full_match({cell}, {text(_BEHIND)})"


def unsigned(cell: str) -> str:
    """The cell without its last character."""
    return f"left({cell}, greatest(length({cell}) - 1, 0))"


def bare_sql(cell: str) -> str:
    """The number without currency, per cent sign and brackets around it."""
    return f"regexp_replace(regexp_replace({cell}, {text(_BEFORE)}, ''), {text(_AFTER)}, '\\1')"


def sound_sql(cell: str) -> str:
    """True where brackets match and there is at most one sign."""
    return f"starts_with({cell}, '(') = ends_with({cell}, ')') AND NOT regexp_matches({cell}, {text(_TWO_SIGNS)})"


def sign_sql(cell: str) -> str:
    """-1 where brackets or a minus before the number say so."""
    return f"CASE WHEN starts_with({cell}, '(') OR regexp_matches({cell}, '^[^0-9.,]*-') THEN -1 ELSE 1 END"


def without_unit(cell: str) -> str:
    """The number without the word behind it."""
    return bare_sql(f"regexp_replace({cell}, {text(_UNIT)}, '')")


def unit_sql(cell: str) -> str:
    """The unit that a number carries, currency and per cent included; empty where it carries none."""
    return f"trim(regexp_replace({cell}, {text(_NUMBER)}, ' ', 'g'))"


def leads_sql(cell: str) -> str:
    """True where a minus (or a bracket that stands for one) is written before a number."""
    return f"coalesce(regexp_matches({cell}, '^[^0-9]*[-(][^0-9]*[0-9]'), FALSE)"


def rounded_sql(cell: str) -> str:
    """True of a whole number with a power of ten that has more digits than are written: 1.23E+05."""
    written = f"length(regexp_extract({cell}, '[.,]([0-9]*)[eE]', 1))"
    power = f"TRY_CAST(regexp_extract({cell}, '[eE]([-+]?[0-9]{{1,3}})$', 1) AS INTEGER)"
    return f"coalesce({power} > {written}, FALSE)"


def missing_sql(cell: str) -> str:
    """True where the cell states that there is no value."""
    said = among(f"lower({cell})", (*MISSING, *SHEET_ERRORS))
    return f"({cell} IS NULL OR {said})"


def form_sql(cell: str, beside: str = "FALSE") -> str:
    """The code of the form in which the cell writes its number: a position in FORMS, EMPTY, SHEET_ERROR, OTHER, or
    WORDED for what may be a number with a word or a time; EMPTY too where it is none and `beside`."""
    worded = f"regexp_matches({cell}, {text(_MAY_BE)})"
    return f"CASE {_arms(cell, beside)} WHEN {worded} THEN {WORDED} ELSE {OTHER} END"


def full_form_sql(cell: str, beside: str = "FALSE", units: Sequence[str] | None = None) -> str:
    """As `form_sql`, looking at words too: DURATION, CLOCK, or UNITED and a form. `units`: the words that may stand
    behind a number (None: any)."""
    worded = f"regexp_matches({cell}, {text('[0-9.,]' + _UNIT)})"
    fits = "" if units is None else f" AND {among(unit_sql(cell), units)}"
    united = (
        f"WHEN {worded}{fits} THEN CASE {_when(without_unit(cell), UNITED)} ELSE {OTHER} END" if units != () else ""
    )
    clock = f"regexp_full_match({cell}, {text(CLOCK_TIME)})"
    times = f"WHEN {clock} THEN {CLOCK} WHEN {duration_sql(cell)} IS NOT NULL THEN {DURATION}"
    return f"CASE {_arms(cell, beside)} {times} {united} ELSE {OTHER} END"


def _arms(cell: str, beside: str) -> str:
    behind = f"WHEN {is_behind(cell)} THEN CASE {_when(unsigned(cell), BEHIND)} ELSE {OTHER} END"
    missing, errors = among(f"lower({cell})", MISSING), among(f"lower({cell})", SHEET_ERRORS)
    odd = f"regexp_matches({cell}, {text(_TWO_SIGNS)})"
    return (
        f"{_when(cell, 0)} WHEN {cell} IS NULL OR {missing} THEN {EMPTY} WHEN {errors} THEN {SHEET_ERROR} "
        f"WHEN {odd} THEN {OTHER} {behind} {_when(bare_sql(cell), DECORATED)} WHEN {beside} THEN {EMPTY}"
    )


def _when(cell: str, added: int) -> str:
    arms = (f"WHEN regexp_full_match({cell}, {text(f.pattern)}) THEN {i + added}" for i, f in enumerate(FORMS))
    return " ".join(arms)


def form_of(code: int) -> Form:
    """The form behind a code, decorated or not; an empty one for EMPTY, SHEET_ERROR, OTHER and times."""
    position = code % DECORATED
    return FORMS[position] if position < len(FORMS) else Form("")
