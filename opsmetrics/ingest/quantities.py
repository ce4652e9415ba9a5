"""What only the measures can tell about a record: unknown metrics, impossible counts and values, a break of scale."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opsmetrics.ingest import faults
from opsmetrics.ingest.duplicates import complete_sql
from opsmetrics.ingest.faults import Fault, stored
from opsmetrics.ingest.layout import METRIC, Layout, Meaning, Measure
from opsmetrics.ingest.problems import NeedsAnswer, Question
from opsmetrics.ingest.profile import Reading
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import one_of
from opsmetrics.ingest.sql import text as literal
from opsmetrics.measurements import Notice, counted

#: A break of scale: the larger part of a column's values is about 100 times the smaller one, and both are close
#: together or one of them stands before the other.
_RATIO = (40.0, 250.0)
_SPREAD = 4.0
_SHARE = 0.1
#: Even a single value, where the values of each part are this close together and a hundred times apart.
_ENOUGH, _CLOSE, _HUNDRED = 6, 1.35, (80.0, 125.0)


def name_metrics(scratch: Scratch, layout: Layout, meaning: Meaning) -> None:
    """The metric column holds the keys of the measures from here on."""
    other: dict[str, list[str]] = {}
    for metric, key in meaning.named.items():
        if metric != key:
            other.setdefault(key, []).append(metric)
    for key, metrics in other.items():
        name = layout.text_name(METRIC)
        scratch.rename(name, literal(key), f"{name} IN {one_of(metrics)}")


def settle_percent(
    scratch: Scratch, layout: Layout, reading: Reading, measures: Sequence[Measure], answers: Mapping[str, str]
) -> list[Notice]:
    """Numbers written with a per cent sign become what their KPI stores; where only some carry one, ask about the rest.

    Raises NeedsAnswer (`percent`).
    """
    notices = []
    for measure in measures:
        for role in measure.columns:
            if not reading.numbers[role].decorated:
                continue
            name, sign = layout.number_name(role), layout.percent_name(role)
            mine = f"fault = 0 AND {complete_sql(layout, measure)}"
            asked = measure.percent != 1 and (measure.rate or not measure.share)  # no count is a share
            choice = _percent_choice(scratch, layout, measure, role, answers) if asked else None
            if choice:
                notices.append(Notice("mixed_scale", f"Only some numbers carry a per cent sign; answered: {choice}."))
            if choice == "percent":
                scratch.run(f"UPDATE stage SET {name} = {name} / 100, {sign} = TRUE WHERE {mine} AND NOT {sign}")
            if measure.percent != 100:
                scratch.run(f"UPDATE stage SET {name} = {name} * {100 / measure.percent!r} WHERE {mine} AND {sign}")
    return notices


def _percent_choice(
    scratch: Scratch, layout: Layout, measure: Measure, role: str, answers: Mapping[str, str]
) -> str | None:
    """What is meant by numbers without the sign that others carry; None where all carry it, or none does."""
    name, sign = layout.number_name(role), layout.percent_name(role)
    signed, plain, example, usual, other = scratch.rows(
        f"SELECT count_if({sign}), count_if(NOT {sign}), min({name}) FILTER (NOT {sign}), "
        f"median(abs({name})) FILTER ({sign}), median(abs({name})) FILTER (NOT {sign}) "
        f"FROM stage WHERE fault = 0 AND {complete_sql(layout, measure)} AND {name} <> 0"
    )[0]
    if not signed or not plain:
        return None
    header = scratch.sheet.headers[layout.numbers[role]]
    choices = (f"percent: {example:g} is {example:g} %", f"as written: {example:g} is {example * 100:g} %")
    written = max(other / usual, usual / other) < max(other / 100 / usual, usual * 100 / other)
    question = Question(
        "percent",
        f"In column '{header}' {counted(signed, '{n} number carries', '{n} numbers carry')} a per cent sign and "
        f"{counted(plain, '{n} does not.', '{n} do not.')}",
        choices[::-1] if written else choices,  # first what is nearer to the numbers that carry the sign
    )
    choice = question.answered(answers)
    if choice is None:
        raise NeedsAnswer([question])
    return choice


def mark_refused(scratch: Scratch, layout: Layout, meaning: Meaning) -> None:
    """Mark records whose metric the file cannot state."""
    for fault, texts in _refusals(meaning).values():
        column = layout.texts[METRIC]
        _mark(scratch, f"{layout.text_name(METRIC)} IN {one_of(texts)}", stored(fault, column))


def mark_impossible(scratch: Scratch, layout: Layout, measures: Sequence[Measure]) -> None:
    """Mark records that their own KPI rules out."""
    for measure in measures:
        for condition, fault, column in [*_empty_keys(layout, measure), *_rules(layout, measure)]:
            _mark(scratch, f"{complete_sql(layout, measure)} AND ({condition})", stored(fault, column))


def _refusals(meaning: Meaning) -> Mapping[str, tuple[Fault, list[str]]]:
    found: dict[str, tuple[Fault, list[str]]] = {}
    for metric, fault in meaning.refused.items():
        found.setdefault(fault.code, (fault, []))[1].append(metric)
    return found


def _mark(scratch: Scratch, condition: str, fault: int) -> None:
    scratch.run(f"UPDATE stage SET fault = {fault} WHERE fault = 0 AND {condition}")


def _empty_keys(layout: Layout, measure: Measure) -> list[tuple[str, Fault, int]]:
    roles = measure.keyed_by or ()
    return [(f"{layout.text_name(role)} = ''", faults.EMPTY_KEY, layout.texts[role]) for role in roles]


def _rules(layout: Layout, measure: Measure) -> list[tuple[str, Fault, int]]:
    at = layout.numbers
    names = {role: layout.number_name(role) for role in measure.columns}
    rules = []
    if measure.counted:
        free = measure.columns[0] if measure.signed else None
        rules += [(f"{name} < 0", faults.NEGATIVE, at[role]) for role, name in names.items() if role != free]
    if measure.share:
        part, whole = measure.columns
        rules.append((f"{names[part]} > {names[whole]}", faults.EXCEEDS, at[part]))
        signs = () if measure.rate else measure.columns
        rules += [(layout.percent_name(role), faults.SHARE_FOR_COUNT, at[role]) for role in signs]
    value = measure.columns[0]
    if measure.low is not None:
        rules.append((f"{names[value]} < {measure.low!r}", faults.OUT_OF_BOUNDS, at[value]))
    if measure.high is not None:
        rules.append((f"{names[value]} > {measure.high!r}", faults.OUT_OF_BOUNDS, at[value]))
    return rules


def settle_scale(
    scratch: Scratch, layout: Layout, measures: Sequence[Measure], answers: Mapping[str, str]
) -> list[Notice]:
    """Where a share is written as 0.97 in some records and as 97 in others, ask which is meant and make them one.

    Raises NeedsAnswer (`scale`).
    """
    notices = []
    for measure in measures:
        if len(measure.columns) != 1 or measure.counted:
            continue
        for metric, small, large in _breaks(scratch, layout, measure):
            name = metric or measure.key
            question = _scale_question(name, small, large)
            choice = question.answered(answers)
            if choice is None:
                raise NeedsAnswer([question])
            _rescale(scratch, layout, measure, metric, choice)
            text = f"'{name}' is written in two scales ({small:g} and {large:g}); answered: {choice}."
            notices.append(Notice("mixed_scale", text))
    return notices


def _breaks(scratch: Scratch, layout: Layout, measure: Measure) -> list[tuple[str | None, float, float]]:
    """Metrics (None: the whole column) whose values lie in two groups a hundred apart, with both medians."""
    name = layout.number_name(measure.columns[0])
    metric = layout.text_name(METRIC) if METRIC in layout.texts else "NULL::VARCHAR"
    small, large = f"FILTER (abs({name}) <= 1)", f"FILTER (abs({name}) > 1)"
    stated = f"FROM stage WHERE fault = 0 AND {complete_sql(layout, measure)} AND {name} <> 0"
    reaching = f"bool_or(abs({name}) <= 1) AND bool_or(abs({name}) > 1) AND min({name}) >= 0 AND max({name}) <= 100"
    possible = [key for key, both in scratch.rows(f"SELECT {metric}, {reaching} {stated} GROUP BY 1") if both]
    if not possible:  # medians cost more than all else
        return []
    found = scratch.rows(
        f"SELECT {metric}, count(*), count(*) {small}, "
        f"median({name}) {small}, max({name}) {small} / min({name}) {small}, "
        f"median({name}) {large}, max({name}) {large} / min({name}) {large}, "
        f"max(rowid) {small} < min(rowid) {large} OR max(rowid) {large} < min(rowid) {small} "
        f"{stated} GROUP BY 1"
    )
    broken = []
    for metric_text, count, below, low, low_spread, high, high_spread, switched in found:
        if metric_text not in possible:
            continue
        many = _SHARE <= below / count <= 1 - _SHARE and below >= 3 and count - below >= 3
        close = switched or max(low_spread, high_spread) <= _SPREAD
        apart = many and _RATIO[0] <= high / low <= _RATIO[1] and close
        slip = count >= _ENOUGH and _HUNDRED[0] <= high / low <= _HUNDRED[1]
        if apart or (slip and max(low_spread, high_spread) <= _CLOSE):
            broken.append((metric_text, float(low), float(high)))
    return broken


def _scale_question(name: str, small: float, large: float) -> Question:
    return Question(
        "scale",
        f"'{name}' is written in two scales: about {small:g} in some records, about {large:g} in others.",
        (
            f"percent: all in per cent, {small:g} becomes {small * 100:g}",
            f"fraction: all as fractions, {large:g} becomes {large / 100:g}",
            "as written: the values are right as they are",
        ),
    )


def _rescale(scratch: Scratch, layout: Layout, measure: Measure, metric: str | None, choice: str) -> None:
    name = layout.number_name(measure.columns[0])
    only = f" AND {layout.text_name(METRIC)} = {literal(metric)}" if metric is not None else ""
    mine = f"fault = 0 AND {complete_sql(layout, measure)}{only}"
    if choice == "percent":
        scratch.run(f"UPDATE stage SET {name} = {name} * 100 WHERE {mine} AND abs({name}) <= 1")
    elif choice == "fraction":
        scratch.run(f"UPDATE stage SET {name} = {name} / 100 WHERE {mine} AND abs({name}) > 1")
