"""Which columns hold yes and no, and what an empty cell, or a cross, means in them: told by the column, or asked."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Callable, Mapping

from opsmetrics.ingest.flags import BLANK, CROSS, MARKS, NO, TICKS, YES, FlagStyle, unlike_flags
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.numbers import NumberStyle, not_numbers
from opsmetrics.ingest.problems import NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import among
from opsmetrics.measurements import Notice

#: A column of which more than this share of cells is no number is looked at for yes and no, and of which more is
#: neither is none.
_OTHER = 0.5


def flag_styles(
    scratch: Scratch,
    layout: Layout,
    cells: Mapping[str, Mapping[int, int]],
    telling: Callable[[int], str],
    answers: Mapping[str, str],
) -> tuple[dict[str, NumberStyle], list[Notice]]:
    """The columns of yes and no: those whose words the template lists, and those that hold nothing else.

    `cells`: number role → code of form → cells; `telling` gives the scratch relation of the records in which a column
    may say something. Raises NeedsAnswer (`cross:…`, `blank:…`).
    """
    found: dict[str, NumberStyle] = {}
    notices: list[Notice] = []
    for role, words in layout.flags.items():
        if words:
            found[role] = FlagStyle(words=words)
            continue
        other, said = not_numbers(cells[role])
        if said and other > _OTHER * said:
            column = layout.numbers[role]
            style, told = _style(scratch, layout.cell(column), column, telling(column), _OTHER * said, answers)
            notices += told
            found |= {role: style} if style else {}
    return found, notices


def _style(
    scratch: Scratch, cell: str, column: int, records: str, said: float, answers: Mapping[str, str]
) -> tuple[FlagStyle | None, list[Notice]]:
    """How a column of yes and no is read; None where more than `said` of its cells are neither."""
    word = f"CASE WHEN {among(f'lower({cell})', (*YES, *NO))} THEN lower({cell}) END"
    empty = f"coalesce({among(cell, BLANK)}, TRUE)"
    found = scratch.rows(
        f"SELECT {word} AS word, count_if({unlike_flags(cell)}), count_if({empty}) FROM {records} GROUP BY 1"
    )
    if sum(odd for _, odd, _ in found) > said:
        return None, []
    words, blanks = {word for word, _, _ in found if word}, sum(count for _, _, count in found)
    header = scratch.sheet.headers[column]
    crossed = CROSS in words and bool(words & set(TICKS)) and _crossed(header, answers)
    blank, notices = False, []
    if blanks and not crossed and not words & set(NO):
        blank = bool(words & set(MARKS)) or _blank_is_no(header, blanks, answers)
    if blank:
        one, many = "{n} empty cell of '{h}' counts", "{n} empty cells of '{h}' count"
        one, many = (f"{part.replace('{h}', header)} as no." for part in (one, many))
        notices = [Notice.counting("blank_is_no", blanks, one, many)]
    return FlagStyle(blank=blank, crossed=crossed), notices


def _crossed(header: str, answers: Mapping[str, str]) -> bool:
    """Whether x means no beside ticks."""
    choices = ("no: x is crossed out, and a tick means yes", "yes: x is a check mark as well")
    return _answer(Question(f"cross:{header}", f"'{header}' holds ticks and x.", choices), answers) == "no"


def _blank_is_no(header: str, blanks: int, answers: Mapping[str, str]) -> bool:
    """Whether an empty cell means no where all others mean yes."""
    told = f"All cells of '{header}' that say anything mean yes; {blanks:,} are empty."
    choices = ("no: an empty cell means no", "missing: an empty cell says nothing")
    return _answer(Question(f"blank:{header}", told, choices), answers) == "no"


def _answer(question: Question, answers: Mapping[str, str]) -> str:
    choice = question.answered(answers)
    if choice is None:
        raise NeedsAnswer([question])
    return choice
