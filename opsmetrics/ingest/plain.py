"""Dates written in other ways, rewritten as one of the plain forms of `dates` before they are read.

A cell that already stands in a plain form is never touched. Each rule turns one way of writing into a plainer one; a
cell that is in no plain form after all of them is no date. The rules say the same to the engine and to Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache, lru_cache

from opsmetrics.ingest.months import month_of
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.weekdays import NAME, bare

#: Dashes, points and primes that print in place of the ordinary ones.
_PRINTED, _TYPED = "‐‑‒–—−·’‘´`", "------.''''"
_Y, _YY, _D, _L = "((?:19|20)[0-9]{2})", "'?([0-9]{2})", "([0-9]{1,2})", "[\\pL]"
_DATE = "[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}"
_DAY = (
    f"(?:{_DATE}|[0-9]{{1,2}}[. /-]*(?:de )?{_L}{{3,}}[. ,/-]*(?:de )?[0-9]{{2,4}}"
    f"|{_L}{{3,}}[. ]+[0-9]{{1,2}},? [0-9]{{4}}|(?:19|20)[0-9]{{2}}[ ./-]{_L}{{3,}}[ ./-][0-9]{{1,2}})"
)
_WHOLE = "(?:[0-9]{4}[./-][0-9]{1,2}[./-][0-9]{1,2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4})"
_WHEN = f"((?:{NAME}[.,]* )?{_DAY})"  # a day, perhaps after its weekday
_GAP = "[ ,/.'_-]*"
#: Words for a week; a lone S or Sem with 1 or 2 may be half a year (semestre) and is none.
_WEEK = (
    "(?i:kw|cw|wk|week|weeks?no|w|woche|kalenderwoche|semaine|semana|settimana|uge|vecka)[ .]*(?:(?i:no|nr|n°)[ .]*)?"
    f"{_D}"
)
_S = "(?i:s|sem)[. ]*(0[1-9]|[1-5][0-9]|[3-9])"
_QUARTER = "(?i:q|qtr|quarter|quartal|t|trim|trimestre|trimester|kwartaal)[ .]*([1-4])"
_NTH_QUARTER = (
    "([1-4])(?i:st|nd|rd|th|er|ère|ere|e|º|°|ª|o|[.])?[ .-]*(?i:q|t|quarter|quartal|trim|trimestre|kwartaal)[.]?"
)
#: Offsets of names of zones that mean one offset only.
ZONES = {
    "CET": "+01:00", "MEZ": "+01:00", "CEST": "+02:00", "MESZ": "+02:00", "WET": "+00:00", "WEST": "+01:00",
    "EET": "+02:00", "EEST": "+03:00", "EST": "-05:00", "EDT": "-04:00", "CDT": "-05:00", "MST": "-07:00",
    "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "JST": "+09:00",
}  # fmt: skip
#: Many write the name of winter time the whole year. It is believed from November to February, or where the column
#: has the name of summer time too; elsewhere the cell is no date.
_SUMMER = {"CET": "CEST", "MEZ": "MESZ", "WET": "WEST", "EET": "EEST", "EST": "EDT", "MST": "MDT", "PST": "PDT"}
_WINTER = (11, 12, 1, 2)
_MONTH = re.compile("(?:[0-9]{4}[-/.]|[0-9]{1,2}[.])([0-9]{1,2})[-/.]")
_OFFSET = "[-+][0-9]{1,2}(?::?[0-9]{2})?"
_ZONE = f"(?:Z|z|(?:UTC|GMT)(?:{_OFFSET})?|{'|'.join(ZONES)}|{_OFFSET})"
_HM = "([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp][.]?(?: ?[Mm])?[.]?)?)"

#: What is left out because it says nothing about the instant: notes behind a day, the end of a stretch.
LEFT_OUT: tuple[tuple[str, str], ...] = (
    (f"^({_WHOLE}) ?(?:-|/|(?i:to|until|bis|au|hasta|al|a|t/m|tot)) ?{_WHOLE}$", "\\1"),
    (f"^{_WHEN},? {_HM} ?(?:-|(?i:to|until|bis|à)) ?[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?$", "\\1 \\2"),
    ("^([^:]*[0-9][^:]*[0-9]) ?[*†‡]+$", "\\1"),
    (f"^({_DAY}) ?[(\\[]{_L}[a-zà-ÿ]{{3,}}(?: {_L}+)*[)\\]]$", "\\1"),
)
#: May-26 is a month of 2026, unless the column goes through the days of months without their year.
_SHORT_MONTH = (f"^({_L}{{3,}})[.]?(?:-|/| ?')([0-9]{{2}})$", "\\1 20\\2")

_RULES: tuple[tuple[str, str], ...] = (
    # columns of fixed width: 'Jan  5 2026  7:03AM'
    ("^(.*?[^ ]) {2,}(.*)$", "\\1 \\2"),
    ("^(.*?[^ ]) {2,}(.*)$", "\\1 \\2"),
    # marks around the whole, and what keeps a spreadsheet from reading a text
    ("^=\"+(.*[0-9].*?)\"+$", "\\1"),
    ("^['\\[\"]+(.*[0-9].*?)[\\]\"]?$", "\\1"),
    ("^/Date\\(([0-9]{12,13})\\)/$", "\\1"),
    # serial numbers and seconds with a decimal comma, nanoseconds
    ("^([2-7][0-9]{4}|[0-9]{9,10}),([0-9]+)$", "\\1.\\2"),
    ("^([0-9]{16})[0-9]{3}$", "\\1"),
    # the figures of a day before a time with marks
    ("^((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[ _-]([0-9]{1,2}[:.hH ].*)$", "\\1-\\2-\\3 \\4"),
    # the weekday behind its date
    (f"^({_DAY})[, ]*[ (]({NAME})[.]?[)]?$", "\\2 \\1"),
    (f"^({_DAY})[, ]*[ (]({NAME})[.]?[)]?,? ([0-9]{{1,2}}[:.h].*)$", "\\2 \\1 \\3"),
    (f"^({NAME})[.,]* (?i:den|dem|der|le|el|il|the) (.*[0-9])$", "\\1 \\2"),
    *LEFT_OUT,
    (f"^(.*[0-9].*:.*[0-9] ?(?:Z|(?:UTC|GMT)?{_OFFSET})) ?[(][^()]*[)]$", "\\1"),
    # zones: 'GMT+0100', '(UTC+1)', '+1', '+02:00[Europe/Berlin]', 'CET'
    (f"^(.*[0-9].*:.*?) ?[(]({_ZONE})[)]$", "\\1 \\2"),
    (f"^(.*:.*[0-9] ?{_ZONE}) ?(?:UTC|GMT|\\[[A-Za-z_/]+\\])$", "\\1"),
    ("^(.*:.*[0-9]) ?(?:UTC|GMT)([-+].*)$", "\\1\\2"),
    ("^(.*:.*[0-9]) ?([-+])([0-9])((?::?[0-9]{2})?)$", "\\1\\20\\3\\4"),
    ("^(.*:.*[0-9]) ?z$", "\\1Z"),
    # Mon Jan 5 07:03:00 CET 2026
    (f"^((?:{NAME} )?{_L}{{3,}} +[0-9]{{1,2}}) +([0-9]{{1,2}}:[0-9]{{2}}:[0-9]{{2}})((?: {_ZONE})?) {_Y}$",
     "\\1 \\4 \\2\\3"),
    *((f"^(.*[0-9]:[0-9].*[0-9Mm.]) ?{name}$", f"\\1{offset}") for name, offset in ZONES.items()),
    # times: '07h03', '7.03 Uhr', '19 Uhr', 'um 07:03', '7 pm', '7:03p', '07:03:04:500'
    (f"^{_WHEN},? *(?i:um|at|à|a las|às|as|alle|om|@|kl[.]?) *([0-9].*)$", "\\1 \\2"),
    (f"^{_WHEN},? *[-_] *([0-9]{{1,2}}:[0-9].*)$", "\\1 \\2"),
    (f"^{_WHEN}, ?([0-9]{{1,2}}[:.hH].*)$", "\\1 \\2"),
    (f"^{_WHEN}([T ][0-9]{{1,2}}) ?[hH] ?([0-5][0-9])(?: ?(?i:min|m|h))?$", "\\1\\2:\\3"),
    (f"^{_WHEN}([T ][0-9]{{1,2}}) ?(?i:h|hrs?|uhr)$", "\\1\\2:00"),
    (f"^{_WHEN}([T ][0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?) ?(?i:h|hrs?|uhr)$", "\\1\\2"),
    (f"^{_WHEN}[T ]([0-2]?[0-9])[.]([0-5][0-9])((?: ?[AaPp][.]?[Mm][.]?)?)(?: ?(?i:h|hrs?|uhr))?$", "\\1 \\2:\\3\\4"),
    (f"^{_WHEN}[T -]([0-2]?[0-9])[.]([0-5][0-9])[.]([0-5][0-9])((?:[.,][0-9]+)?)((?: ?[AaPp][.]?[Mm][.]?)?)"
     "(?: ?(?i:h|uhr))?$",
     "\\1 \\2:\\3:\\4\\5\\6"),
    (f"^{_WHEN} ([0-9]{{1,2}}) ?([AaPp][.]? ?[Mm][.]?)$", "\\1 \\2:00 \\3"),
    (f"^{_WHEN}( [0-9:.]+) ?(?i:nachm|nachmittags)[.]?$", "\\1\\2 PM"),
    (f"^{_WHEN}( [0-9:.]+) ?(?i:vorm|vormittags)[.]?$", "\\1\\2 AM"),
    (f"^{_WHEN}( [0-9:.]+[0-9]) ?([aApP])$", "\\1\\2 \\3M"),
    (f"^{_WHEN}[T ](1[3-9]|2[0-3])(:[0-9:.]+) ?[pP][.]? ?[mM][.]?$", "\\1 \\2\\3"),
    (f"^{_WHEN}[T ](00)(:[0-9:.]+) ?[aA][.]? ?[mM][.]?$", "\\1 \\2\\3"),
    ("^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([01][0-9]|2[0-3])$", "\\1 \\2:00"),
    ("^(.* [0-9]{1,2}:[0-9]{2}:[0-9]{2}):([0-9]{3,6})$", "\\1.\\2"),
    (f"^{_HM},? +{_WHEN}$", "\\2 \\1"),
    (f"^({_DAY})[:_-]([0-2][0-9]:[0-5][0-9].*)$", "\\1 \\2"),
    # figures without marks: 20260105T0703Z, 20260105 070300
    ("^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})[T _-]([0-2][0-9]):?([0-5][0-9])((?:Z|[-+][0-9]{2}(?::?[0-9]{2})?)?)$",
     "\\1-\\2-\\3 \\4:\\5\\6"),
    ("^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})[T _-]([0-2][0-9]):?([0-5][0-9]):?([0-5][0-9](?:[.,][0-9]+)?)"
     "((?:Z|[-+][0-9]{2}(?::?[0-9]{2})?)?)$", "\\1-\\2-\\3 \\4:\\5:\\6\\7"),
    ("^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-2][0-9])([0-5][0-9])((?:Z|[-+].*)?)$", "\\1 \\2:\\3\\4"),
    # weeks and quarters
    (f"^{_Y}{_GAP}{_WEEK}$", "\\1-W\\2"),
    (f"^{_Y}{_GAP}{_S}$", "\\1-W\\2"),
    (f"^{_WEEK}{_GAP}(?:(?i:of|de|von|in) )?{_Y}$", "\\2-W\\1"),
    (f"^{_S}{_GAP}(?:de )?{_Y}$", "\\2-W\\1"),
    (f"^{_WEEK}[ /.-]*{_YY}$", "20\\2-W\\1"),
    (f"^{_D}[. /-]*(?i:kw|cw|w|week|woche){_GAP}{_Y}$", "\\2-W\\1"),
    (f"^{_Y}{_GAP}{_QUARTER}$", "\\1-Q\\2"),
    (f"^{_QUARTER}{_GAP}(?:(?i:of|de) )?{_Y}$", "\\2-Q\\1"),
    (f"^{_QUARTER}[ /.-]*{_YY}$", "20\\2-Q\\1"),
    (f"^{_NTH_QUARTER}{_GAP}(?:(?i:of|de) )?{_Y}$", "\\2-Q\\1"),
    (f"^{_NTH_QUARTER}[ /.-]*{_YY}$", "20\\2-Q\\1"),
    # months
    (f"^{_Y}[ -]?M(0?[1-9]|1[0-2])$", "\\1/\\2"),
    (f"^M(0?[1-9]|1[0-2])[ /-]?{_Y}$", "\\1/\\2"),
    (f"^{_Y} (0[1-9]|1[0-2])$", "\\1/\\2"),
    (f"^(0?[1-9]|1[0-2]) {_Y}$", "\\1/\\2"),
    (f"^{_Y}年([0-9]{{1,2}})月$", "\\2/\\1"),
    _SHORT_MONTH,
    (f"^{_Y}[ ./-]+({_L}{{3,}})[.]?$", "\\2 \\1"),
    (f"^({_L}{{3,}})[ .,/-]+(?:de |del |of ){_Y}$", "\\1 \\2"),
    # the parts of a day
    (f"^{_Y}年([0-9]{{1,2}})月([0-9]{{1,2}})日(.*)$", "\\1-\\2-\\3\\4"),
    (f"^{_Y}[ ./-]+({_L}{{3,}})[ ./-]+([0-9]{{1,2}})((?:[T ].*)?)$", "\\3 \\2 \\1\\4"),
    (f"^{_Y}[.] ?([0-9]{{1,2}})[.] ?([0-9]{{1,2}})[.]((?: .*)?)$", "\\1-\\2-\\3\\4"),
    (f"^{_Y} ([0-9]{{1,2}}) ([0-9]{{1,2}})((?: [0-9]{{1,2}}:.*)?)$", "\\1-\\2-\\3\\4"),
    (f"^([0-9]{{1,2}}) ([0-9]{{1,2}}) {_Y}((?: [0-9]{{1,2}}:.*)?)$", "\\1/\\2/\\3\\4"),
    ("^([0-9]{1,4}) ?([./-]) ?([0-9]{1,2}) ?([./-]) ?([0-9]{1,4})((?: .*)?)$", "\\1\\2\\3\\4\\5\\6"),
    (f"^(.*[0-9].*{_L}{{3,}}.*) del ([0-9]{{4}}.*)$", "\\1 de \\2"),
)  # fmt: skip


def plain(cell: str) -> str:
    """The cell, rewritten. Only for a cell that stands in no plain form; of May-26 a single cell tells nothing."""
    written, rules = _followed(cell)
    return cell if _RULES.index(_SHORT_MONTH) in rules else written


def rules_of(cells: Iterable[str], known: Callable[[str], bool], whole: bool) -> tuple[int, ...]:
    """The rules by which these cells become what is `known`; () where none does. `whole`: these are all there are."""
    used: set[int] = set()
    months: list[tuple[str, str]] = []
    doubtful: set[int] = set()
    for cell in cells:
        written, rules = _followed(cell)
        if not known(written):
            continue
        used.update(rules, [-1])  # a typed dash may be all that it takes
        if _RULES.index(_SHORT_MONTH) in rules:
            months.append((written[:3].lower(), written[-2:]))
        if not _in_winter(written):
            doubtful.update(rules)
    if len({year for _, year in months}) > len({month for month, _ in months}):
        used.discard(_RULES.index(_SHORT_MONTH))
    for name, summer in _SUMMER.items():
        rule, beside = _zone_rule(name), _zone_rule(summer) in used
        if not beside and (rule in doubtful or not whole):
            used.discard(rule)
    return tuple(sorted(used))


def read_together(cells: Collection[str], known: Callable[[str], bool]) -> bool:
    """True where all of these cells become what is `known` by rules that hold for a column of them: Jan-26 and Feb-26
    are months, where a single one tells nothing."""
    rules = set(rules_of(cells, known, whole=True))
    return bool(rules) and all(known(written) and rules >= set(used) for written, used in map(_followed, cells))


def _in_winter(written: str) -> bool:
    found = _MONTH.search(written)
    words = re.findall(r"[^\W\d_]{3,}", bare(written))
    return (int(found[1]) if found else month_of(words[0]) if words else None) in _WINTER


def _zone_rule(name: str) -> int:
    return next(n for n, (pattern, _) in enumerate(_RULES) if pattern.endswith(f" ?{name}$"))


def plain_sql(cell: str, rules: Iterable[int]) -> str:
    """An expression for the cell, rewritten by these rules."""
    found = f"translate({cell}, {text(_PRINTED)}, {text(_TYPED)})"
    for pattern, written in (_RULES[rule] for rule in rules if rule >= 0):
        found = f"regexp_replace({found}, {text(pattern)}, {text(written)})"
    return found


@lru_cache(maxsize=10_000)
def _followed(cell: str) -> tuple[str, tuple[int, ...]]:
    """The cell rewritten, and the rules that changed it."""
    found, used = cell.translate(str.maketrans(_PRINTED, _TYPED)), []
    for rule, (pattern, written) in enumerate(_compiled()):
        before, found = found, pattern.sub(written, found, count=1)
        used += [rule] * (found != before)
    return found, tuple(used)


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(p.replace("[\\pL]", "[^\\W\\d_]")), _python(written)) for p, written in _RULES)


def _python(written: str) -> str:
    return re.sub(r"\\([0-9])", r"\\g<\1>", written)
