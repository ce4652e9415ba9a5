"""What changed in a source: the columns and the way of writing of a file beside the last one that was read alike."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.date_order import has_order
from opsmetrics.ingest.dates import ORDER_WORDS
from opsmetrics.ingest.flags import FlagStyle, RecordStyle
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.problems import listed
from opsmetrics.ingest.profile import Reading
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice

#: Parts several ways of writing that one column has.
_AND = " and "
_MARKS = {".": "a point", ",": "a comma"}
_ISO = ("iso",)


def mostly_there(before: Sequence[str], now: Sequence[str]) -> bool:
    """Whether at least half of the columns of a file are in a later one too."""
    names = {fold(name) for name in before}
    return 2 * len(names & {fold(name) for name in now}) >= len(names)


def columns_drift(
    before: Sequence[str], now: Sequence[str], renamed: Mapping[str, str], complete: bool, since: str
) -> tuple[Notice, ...]:
    """A notice about columns that are gone, that have another name, and (where `before` lists all, or one is gone) that
    are new. renamed: old name → new one, as a person said."""
    old, new_names = {fold(name) for name in before}, {fold(name) for name in now}
    called = {fold(name): new for name, new in renamed.items()}
    gone = [name for name in before if fold(name) not in new_names and fold(name) not in called]
    taken = {fold(name) for name in renamed.values()}
    new = [name for name in now if fold(name) not in old | taken] if complete or gone or called else []
    parts = [f"'{name}' is called '{called[fold(name)]}' now" for name in before if fold(name) in called]
    if len(gone) == len(new) == 1 and complete and list(before).index(gone[0]) == list(now).index(new[0]):
        parts.append(f"'{gone[0]}' seems to be called '{new[0]}' now")
        gone, new = [], []
    parts += [f"missing: {listed(gone)}"] if gone else []
    parts += [f"new: {listed(new)}"] if new else []
    return (Notice("schema_drift", f"The columns changed since {since}; {'; '.join(parts)}."),) if parts else ()


def styles_drift(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[Notice, ...]:
    """A notice about what is written in another way than in the file before, and in none of its ways."""
    changed = [
        f"{what} was {before[what]}, is {how}"
        for what, how in now.items()
        if what in before and not set(before[what].split(_AND)) & set(how.split(_AND))
    ]
    if not changed:
        return ()
    return (Notice("style_drift", f"Written in another way than the last file of this source: {'; '.join(changed)}."),)


def styles_of(scratch: Scratch, layout: Layout, reading: Reading, answers: Mapping[str, str]) -> dict[str, str]:
    """How dates and numbers are written, only where the file shows it: what → how."""
    found = {}
    if reading.dates is not None and (has_order(reading.dates) or reading.dates.forms == _ISO):
        found["the order of dates"] = ORDER_WORDS[reading.dates.order if has_order(reading.dates) else "ymd"]
    for role, column in layout.measured.items():
        style, header = reading.numbers[role], scratch.sheet.headers[column]
        if not isinstance(style, FlagStyle | RecordStyle):
            found |= dict(_of_numbers(scratch, layout, role, style, header))
    found |= {f"the answer to '{code}'": answers[code] for code in ("percent", "scale", "share") if code in answers}
    return found


def _of_numbers(
    scratch: Scratch, layout: Layout, role: str, style: NumberStyle, header: str
) -> Iterator[tuple[str, str]]:
    sheet, column = scratch.sheet, layout.numbers[role]
    first = [cell for row in sheet.rows if column < len(row) and (cell := row[column].strip())]
    if not sheet.exact and any(style.decimal in cell for cell in first):
        yield f"the decimal mark of '{header}'", _MARKS[style.decimal]
    signs = ["left out"] if first else []
    if style.decorated:
        sign = layout.percent_name(role)
        asked = f"SELECT DISTINCT {sign} FROM stage WHERE fault = 0 AND {sign} IS NOT NULL ORDER BY 1"
        signs = [("left out", "written")[signed] for (signed,) in scratch.rows(asked)]
    if signs:
        yield f"the per cent sign of '{header}'", _AND.join(signs)
    below = sheet.head.units[column] if column < len(sheet.head.units) else ""
    units = [below] if below else []
    if style.marked:
        unit = layout.unit_name(role)
        asked = f"SELECT DISTINCT {unit} FROM stage WHERE fault = 0 AND coalesce({unit}, '%') <> '%' ORDER BY 1"
        units += [word for (word,) in scratch.rows(asked)]
    if units:
        yield f"the unit of '{header}'", _AND.join(f"'{word}'" for word in dict.fromkeys(units))
