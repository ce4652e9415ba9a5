"""Shares without a per cent sign: is 0.97 in a KPI kept in per cent 97 %, or is 97 in one kept as a fraction?"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opsmetrics.ingest.duplicates import complete_sql
from opsmetrics.ingest.layout import METRIC, Layout, Measure
from opsmetrics.ingest.problems import NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import text as literal
from opsmetrics.ingest.units import unit_in_header
from opsmetrics.measurements import Notice

#: Fewer values tell nothing about the scale of a column.
ENOUGH = 3


def settle_share(
    scratch: Scratch, layout: Layout, measures: Sequence[Measure], answers: Mapping[str, str]
) -> list[Notice]:
    """Bring shares to the scale in which their KPI is kept. Raises NeedsAnswer (`share:…`) where it may be either."""
    notices = []
    for measure in measures:
        if "%" not in measure.unit or measure.multiplier not in (1.0, 100.0) or len(measure.columns) != 1:
            continue
        for metric, count, below, most, signed in _spread(scratch, layout, measure):
            if not signed and count:
                notices += _settle(scratch, layout, measure, metric, (count, below, most), answers)
    return notices


def _spread(scratch: Scratch, layout: Layout, measure: Measure) -> list[tuple[str | None, int, int, float, bool]]:
    """Text of the metric column, values other than 0, those of them up to 1, the highest, whether any has a sign."""
    number, sign = layout.number_name(measure.columns[0]), layout.percent_name(measure.columns[0])
    metric = layout.text_name(METRIC) if METRIC in layout.texts else "NULL::VARCHAR"
    rows = scratch.rows(
        f"SELECT {metric}, count_if({number} <> 0), count_if({number} <> 0 AND abs({number}) <= 1), "
        f"max(abs({number})), bool_or({sign}) FROM stage WHERE fault = 0 AND {complete_sql(layout, measure)} "
        "GROUP BY 1 ORDER BY 1"
    )
    return [(metric_text, count, below, most, signed) for metric_text, count, below, most, signed in rows]


def _settle(
    scratch: Scratch,
    layout: Layout,
    measure: Measure,
    metric: str | None,
    spread: tuple[int, int, float],
    answers: Mapping[str, str],
) -> list[Notice]:
    count, below, most = spread
    role = measure.columns[0]
    column = layout.numbers[role]
    header, units = scratch.sheet.headers[column], scratch.sheet.head.units
    told = unit_in_header(header, units[column] if column < len(units) else "")
    percent = measure.multiplier == 1.0 or (told is not None and told.name == "%")
    name = metric or header
    doubtful = count >= ENOUGH and (below == count if percent else 2 * below < count)
    question = Question(
        f"share:{name}",
        f"'{name}' is a share without a per cent sign; its highest value is {most:g}.",
        (f"percent: {most:g} is {most:g} %", f"fraction: {most:g} is {most * 100:g} %"),
    )
    if not percent and doubtful and measure.high is not None and most / 100 <= measure.high < most:
        percent = True  # as a fraction it would lie beyond what is possible
    elif doubtful or question.code in answers:
        choice = question.answered(answers)
        if choice is None:
            raise NeedsAnswer([question])
        percent = choice == "percent"
    factor = (1.0 if percent else 100.0) / measure.multiplier
    if factor == 1.0:
        return []
    only = f" AND {layout.text_name(METRIC)} = {literal(metric)}" if metric is not None else ""
    number = layout.number_name(role)
    mine = f"fault = 0 AND {complete_sql(layout, measure)}{only}"
    scratch.run(f"UPDATE stage SET {number} = {number} * {factor!r} WHERE {mine}")
    shown = f"{most:g} is {most * (1.0 if percent else 100.0):g} %"
    return [Notice("unit_converted", f"'{name}' was read in {'per cent' if percent else 'fractions'}: {shown}.")]
