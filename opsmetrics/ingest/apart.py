"""Records of one day that differ in a shift or a time which is not read: are they parts of one, or do they repeat?

A file of shifts for a KPI that knows none has several records of one key. Taken for repeats, those of equal values
would be dropped and the others held back; whether they belong together, a person says once for each source.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.duplicates import complete_sql
from opsmetrics.ingest.layout import METRIC, Layout, Meaning, Measure
from opsmetrics.ingest.problems import NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.suggest_time import TIMES
from opsmetrics.ingest.synonyms import DIMENSIONS
from opsmetrics.measurements import Notice, counted

CODE = "apart"
_SHIFTS = next(words for words in DIMENSIONS if "shift" in words)


def telling_column(headers: Sequence[str], used: Iterable[int]) -> int | None:
    """The first column that is called as a shift or a time of day and is not read; None where there is none."""
    taken = set(used)
    words = {*_SHIFTS, *TIMES}
    return next((c for c, header in enumerate(headers) if c not in taken and fold(header) in words), None)


def settle_apart(
    scratch: Scratch, layout: Layout, meaning: Meaning, answers: Mapping[str, str]
) -> tuple[Meaning, list[Notice]]:
    """The meaning with records that are parts of one added up, or numbered. Raises NeedsAnswer (`apart:…`),
    IngestRefused (`unknown_answer`)."""
    if layout.apart is None:
        return meaning, []
    found = sum(_several(scratch, layout, measure) for measure in meaning.joint if _tells_repeats(measure))
    if not found:
        return meaning, []
    header = scratch.sheet.headers[layout.apart]
    times = counted(found, "{n} time and place has", "{n} times and places have")
    question = Question(
        f"{CODE}:{header}",
        f"{times} several records, which differ in '{header}'; the KPI does not tell that apart.",
        (
            "parts: they belong together: counts are added up, readings are kept as samples",
            "same: they state one thing: equal ones are dropped, others are held back",
        ),
    )
    answer = question.answered(answers)
    if answer is None:
        raise NeedsAnswer([question])
    if answer == "same":
        return meaning, []
    parts = tuple(_together(measure) if _tells_repeats(measure) else measure for measure in meaning.measures)
    said = f"Records that differ in '{header}' were taken together, as answered."
    return replace(meaning, measures=parts), [Notice("parts_together", said)]


def _tells_repeats(measure: Measure) -> bool:
    return measure.keyed_by is not None and not measure.added and not measure.numbered


def _together(measure: Measure) -> Measure:
    return replace(measure, added=True) if measure.counted else replace(measure, numbered=True)


def _several(scratch: Scratch, layout: Layout, measure: Measure) -> int:
    """The keys that have several records which differ in the column."""
    assert measure.keyed_by is not None
    key = ["observed_at", *(layout.text_name(role) for role in measure.keyed_by)]
    key += [layout.text_name(METRIC)] if measure.metrics is not None else []
    key += ["reading"] if layout.reading is not None else []
    mine = f"FROM record WHERE {complete_sql(layout, measure)} GROUP BY {', '.join(key)}"
    (found,) = scratch.rows(f"SELECT count(*) FROM (SELECT 1 {mine} HAVING count(DISTINCT apart) > 1)")[0]
    return int(found)
