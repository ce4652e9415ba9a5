"""Numbers that may stand for "not measured": 999, 9999, -1 far away from everything else in their column.

The file cannot tell them from a value, so it is asked, and the template remembers it.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from opsmetrics.ingest.duplicates import complete_sql
from opsmetrics.ingest.layout import METRIC, Layout, Measure
from opsmetrics.ingest.problems import NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import text as literal
from opsmetrics.measurements import Notice, counted

#: Codes that people write where nothing was measured.
CODES = (*(sign * (10.0**n - 1) for n in range(3, 9) for sign in (1, -1)), -99.0, -9.0, -1.0)
#: So many other values must lie on one side, the highest of them at most this part of the code.
OTHERS, FAR = 5, 0.2


def far_away(code: float, least: float, most: float, others: int, times: int) -> bool:
    """True where a code stands apart from the other values, which lie from `least` to `most`."""
    if others < max(OTHERS, times):
        return False
    if code > 0:
        return max(abs(least), abs(most)) <= FAR * code
    return least >= 0 and (code <= -99 or least >= -code / FAR)


def settle_codes(
    scratch: Scratch, layout: Layout, measures: Sequence[Measure], answers: Mapping[str, str]
) -> list[Notice]:
    """Numbers that mean "not measured" become missing. Raises NeedsAnswer (`missing:…`) with all that is open."""
    roles = [role for role in layout.numbers if role not in layout.records]
    if not roles:
        return []
    codes = ", ".join(map(repr, CODES))
    high, low = min(code for code in CODES if code > 0), max(code for code in CODES if code < 0)
    named = {role: layout.number_name(role) for role in roles}
    near = {role: f"({n} >= {high!r} OR {n} <= {low!r})" for role, n in named.items()}  # of most that is all to be said
    held = (f"count_if({near[role]} AND fault = 0 AND {n} IN ({codes}))" for role, n in named.items())
    found = dict(zip(roles, scratch.rows(f"SELECT {', '.join(held)} FROM stage")[0], strict=True))
    notices, questions = [], []
    for measure in measures:
        for role in measure.columns:
            if found.get(role):
                for question, where in _questions(scratch, layout, measure, role, answers):
                    choice = question.answered(answers)
                    questions += [question] if choice is None else []
                    if choice == "missing":
                        notices.append(_drop(scratch, layout, role, where))
    if questions:
        raise NeedsAnswer(questions)
    return notices


def _questions(
    scratch: Scratch, layout: Layout, measure: Measure, role: str, answers: Mapping[str, str]
) -> Iterator[tuple[Question, str]]:
    """What may be a code, as a question, and which records hold it."""
    number, header = layout.number_name(role), scratch.sheet.headers[layout.numbers[role]]
    metric = layout.text_name(METRIC) if METRIC in layout.texts else "NULL::VARCHAR"
    mine = f"fault = 0 AND {complete_sql(layout, measure)}"
    codes = ", ".join(map(repr, CODES))
    held = f"SELECT {metric} AS metric, {number} AS code, count(*) AS times FROM stage WHERE {mine}"
    held += f" AND {number} IN ({codes}) GROUP BY 1, 2"
    held_codes = scratch.rows(f"{held} ORDER BY 1, 2")
    spread = f"SELECT {metric}, min({number}), max({number}), count(*) FROM stage WHERE {mine}"
    spread += f" AND {number} NOT IN ({codes}) GROUP BY 1"
    others_of = {text: found for text, *found in (scratch.rows(spread) if held_codes else ())}
    for metric_text, code, times in held_codes:
        if _ruled_out(measure, role, code):
            continue
        own = f"{mine} AND {metric} = {literal(metric_text)}" if metric_text is not None else mine
        least, most, others = others_of.get(metric_text, (0.0, 0.0, 0))
        name = metric_text or header
        question = Question(
            f"missing:{name} = {code:g}" if abs(code) < 1e5 else f"missing:{name} = {code:.0f}",
            f"{counted(times, '{n} record', '{n} records')} of '{name}' {'says' if times == 1 else 'say'} {code:.0f}"
            + (f"; all others lie between {least:g} and {most:g}." if others else "."),
            (f"missing: {code:.0f} means that nothing was measured", f"value: {code:.0f} is a number as any other"),
        )
        if question.code in answers or (others and far_away(code, least, most, others, times)):
            yield question, f"{own} AND {number} = {code!r}"


def _ruled_out(measure: Measure, role: str, code: float) -> bool:
    """True where the code is held back anyway."""
    if measure.counted and code < 0 and not (measure.signed and role == measure.columns[0]):
        return True
    return (measure.low is not None and code < measure.low) or (measure.high is not None and code > measure.high)


def _drop(scratch: Scratch, layout: Layout, role: str, where: str) -> Notice:
    number, header = layout.number_name(role), scratch.sheet.headers[layout.numbers[role]]
    ((times, code),) = scratch.rows(f"SELECT count(*), max({number}) FROM stage WHERE {where}")
    scratch.run(f"UPDATE stage SET {number} = NULL WHERE {where}")
    told = counted(times, "{n} cell", "{n} cells")
    return Notice("missing_codes", f"{told} of '{header}' with {code:.0f} count as missing, as answered.")
