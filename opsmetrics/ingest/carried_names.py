"""Names that stand only in the first record of a group, as reports have them: an empty cell may be the name above it.

It may as well mean all sites, or be a lost name. So a person is asked, and only where the names above make the records
those of different keys; else they stay without a name, and are rejected.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping

from opsmetrics.ingest.layout import Layout, Meaning
from opsmetrics.ingest.problems import NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice, counted

CODE = "blank_names"
#: Of the records at least one in so many has no name of its own, and at least so many in all.
_ONE_IN, _SEVERAL = 3, 2


def settle_carried_names(
    scratch: Scratch, layout: Layout, meaning: Meaning, answers: Mapping[str, str]
) -> list[Notice]:
    """Give records of the stage without a name the one above, where a person says so.

    Raises NeedsAnswer (`blank_names:…`), IngestRefused (`unknown_answer`).
    """
    keys = {role for measure in meaning.measures for role in measure.keyed_by or ()}
    if layout.events is not None or scratch.sheet.mending is not None:
        return []
    notices, questions = [], []
    for role in (role for role in layout.series if role in keys):
        header, count = scratch.sheet.headers[layout.texts[role]], _carried(scratch, layout, role)
        if not count:
            continue
        question = Question(
            f"{CODE}:{header}",
            f"{counted(count, '{n} record has', '{n} records have')} no name in '{header}', below ones that have.",
            ("carry: an empty cell means the name above it", "reject: records without a name are left out"),
        )
        answer = question.answered(answers)
        if answer is None:
            questions.append(question)
        elif answer == "carry":
            name = layout.text_name(role)
            given = f"UPDATE stage SET {name} = carried.above FROM carried WHERE stage.rowid = carried.line"
            scratch.run(f"{given} AND carried.above <> ''")
            one, many = "{n} record without a name of its own has", "{n} records without a name of their own have"
            text = f"{counted(count, one, many)} the one above in '{header}', as answered."
            notices.append(Notice("names_carried_down", text))
    if questions:
        raise NeedsAnswer(questions)
    return notices


def _carried(scratch: Scratch, layout: Layout, role: str) -> int:
    """How many records have the name above them (in the table `carried`: line and name); 0 where the column is not
    written so."""
    name = layout.text_name(role)
    if scratch.is_listed(name) and not scratch.rows(f"SELECT list_contains(enum_range(NULL::{name}), '')")[0][0]:
        return 0
    (empty,) = scratch.rows(f"SELECT count(*) FROM stage WHERE fault = 0 AND {name} = ''")[0]
    if empty < _SEVERAL:
        return 0
    name += "::VARCHAR"
    others = [f"{layout.text_name(other)}::VARCHAR" for other in layout.series if other != role]
    beside = f"hash({', '.join(['stamp', *others])})"
    rows = f"SELECT rowid AS line, {name} AS name, {beside} AS beside FROM stage WHERE fault = 0"
    above = "coalesce(last_value(nullif(name, '') IGNORE NULLS) OVER (ORDER BY line), '')"
    before = "lag(nullif(name, '') IGNORE NULLS) OVER (ORDER BY line)"
    part = "count(nullif(name, '')) OVER (ORDER BY line)"
    told = f"SELECT *, {above} AS above, {before} AS before, {part} AS part FROM ({rows})"
    scratch.run(f"CREATE OR REPLACE TABLE carried AS {told}")
    asked = (
        "count(*), count_if(name = '' AND above <> ''), count_if(name <> '' AND name = before), "
        "count(DISTINCT hash(beside, above)), count(DISTINCT part), count(DISTINCT part) FILTER (name = '')"
    )
    records, carried, repeated, keys, groups, several = scratch.rows(f"SELECT {asked} FROM carried WHERE part > 0")[0]
    regular = carried * _ONE_IN >= records and 2 * several >= groups and not repeated
    return int(carried) if regular and keys == records else 0
