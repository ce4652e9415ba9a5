"""Numbers that carry units, or stand under a header that states one, become numbers in the unit of their KPI."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from opsmetrics.ingest import faults
from opsmetrics.ingest.duplicates import complete_sql
from opsmetrics.ingest.faults import stored
from opsmetrics.ingest.layout import METRIC, Layout, Measure
from opsmetrics.ingest.problems import NeedsAnswer, Question, listed
from opsmetrics.ingest.profile import Reading
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import text as literal
from opsmetrics.ingest.unit_choice import Choice, choose
from opsmetrics.ingest.units import CLOCK, Unit, minutes_and_seconds, unit_in_header, unit_of
from opsmetrics.measurements import Notice, counted


@dataclass
class _Quantity:
    """The numbers of one column that state one quantity: all, or those of one text of the metric column."""

    scratch: Scratch
    layout: Layout
    measure: Measure
    role: str
    header: str
    metric: str | None
    words: Mapping[str, int]  # unit as written ('' none) → numbers other than 0
    marked: bool
    bare: Unit | None
    where: str = ""
    number: str = ""
    unit: str = ""
    name: str = field(default="")

    def __post_init__(self) -> None:
        self.number, self.unit = self.layout.number_name(self.role), self.layout.unit_name(self.role)
        self.where = f"fault = 0 AND {complete_sql(self.layout, self.measure)}"
        if self.metric is not None:
            self.where += f" AND {self.layout.text_name(METRIC)} = {literal(self.metric)}"
        self.name = self.header if self.metric is None else self.metric


def settle_units(
    scratch: Scratch, layout: Layout, reading: Reading, measures: Sequence[Measure], answers: Mapping[str, str]
) -> list[Notice]:
    """Bring numbers with units into the unit of their KPI; hold back those that cannot be.

    Raises NeedsAnswer (`unit:…`, `duration:…`) with all that is open.
    """
    notices, questions = [], []
    for quantity in _quantities(scratch, layout, reading, measures):
        question, slow = _clock(quantity, answers)
        choice, more = _choice(quantity, answers)
        questions += [q for q in (question, more) if q]
        if not questions:
            notices += _apply(quantity, choice, slow)
    if questions:
        raise NeedsAnswer(questions)
    return notices


def _quantities(scratch: Scratch, layout: Layout, reading: Reading, measures: Sequence[Measure]) -> Iterator[_Quantity]:
    """Those quantities whose cells carry units, or whose header states another unit than their KPI's."""
    sheet = scratch.sheet
    for measure in measures:
        for role in measure.columns:
            column, marked = layout.numbers[role], reading.numbers[role].marked
            if role in layout.records or (role in layout.flags and type(reading.numbers[role]).__name__ == "FlagStyle"):
                continue
            below = sheet.head.units[column] if column < len(sheet.head.units) else ""
            bare = unit_in_header(sheet.headers[column], below)
            if not marked and (bare is None or not measure.unit):
                continue
            for metric, words in _words(scratch, layout, measure, role, marked):
                if set(words) - {"%", "‰", ""} or (not marked and bare is not None and bare.family != "share"):
                    yield _Quantity(scratch, layout, measure, role, sheet.headers[column], metric, words, marked, bare)


def _words(
    scratch: Scratch, layout: Layout, measure: Measure, role: str, marked: bool
) -> list[tuple[str | None, dict[str, int]]]:
    """Text of the metric column (None: there is none) → unit as written → numbers other than 0."""
    metric = layout.text_name(METRIC) if METRIC in layout.texts else "NULL::VARCHAR"
    unit = f"coalesce({layout.unit_name(role)}, '')" if marked else "''"
    found = scratch.rows(
        f"SELECT {metric}, {unit}, count_if({layout.number_name(role)} <> 0) FROM stage "
        f"WHERE fault = 0 AND {complete_sql(layout, measure)} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    words: dict[str | None, dict[str, int]] = {}
    for text, word, n in found:
        words.setdefault(text, {})[word] = n
    return list(words.items())


def _clock(quantity: _Quantity, answers: Mapping[str, str]) -> tuple[Question | None, bool]:
    """Whether a mere 1:30 is a minute and a half; the question, while that is open."""
    if CLOCK not in quantity.words:
        return None, False
    told = minutes_and_seconds(quantity.header)
    if told is not None:
        return None, told
    (minutes,) = quantity.scratch.rows(
        f"SELECT max({quantity.number}) FROM stage WHERE {quantity.where} AND {quantity.unit} = {literal(CLOCK)}"
    )[0]
    shown = f"{int(minutes) // 60}:{int(minutes) % 60:02}"
    question = Question(
        f"duration:{quantity.name}",
        f"'{quantity.name}' is written as times such as {shown}.",
        (f"hours: {shown} is {minutes:g} minutes", f"minutes: {shown} is {minutes / 60:.4g} minutes"),
    )
    answer = question.answered(answers)
    return (question if answer is None else None), answer == "minutes"


def _choice(quantity: _Quantity, answers: Mapping[str, str]) -> tuple[Choice, Question | None]:
    """What becomes of the numbers; the question, while a person must choose the unit."""
    wanted = unit_of(quantity.measure.unit)
    choice = choose(quantity.words, wanted, quantity.bare)
    if not choice.among:
        return choice, None
    offers = tuple(f"{name}: all numbers in {name}" for name in choice.among)
    counts = ", ".join(counted(n, f"{{n}} in {word}", f"{{n}} in {word}") for word, n in quantity.words.items() if word)
    question = Question(f"unit:{quantity.name}", f"'{quantity.name}' is written in several units: {counts}.", offers)
    answer = question.answered(answers)
    if answer is None:
        return choice, question
    return choose(quantity.words, wanted, quantity.bare, answer), None


def _apply(quantity: _Quantity, choice: Choice, slow: bool) -> list[Notice]:
    """Write the decision into the stage."""
    scratch, number, where = quantity.scratch, quantity.number, quantity.where
    word = f"coalesce({quantity.unit}, '')" if quantity.marked else "''"
    if choice.held:
        fault = stored(faults.OTHER_UNIT, quantity.layout.numbers[quantity.role])
        held = " OR ".join(f"({word} = {literal(w)} AND ({literal(w)} <> '' OR {number} <> 0))" for w in choice.held)
        scratch.run(f"UPDATE stage SET fault = {fault} WHERE {where} AND ({held})")
    stored_in = _stored_in(quantity, choice)
    changed = {w: f * stored_in / (60.0 if slow and w == CLOCK else 1.0) for w, f in choice.factors.items()}
    changed = {w: factor for w, factor in changed.items() if factor != 1.0 and w in quantity.words}
    if changed:
        arms = " ".join(f"WHEN {literal(w)} THEN {number} * {factor!r}" for w, factor in changed.items())
        scratch.run(f"UPDATE stage SET {number} = CASE {word} {arms} ELSE {number} END WHERE {where}")
    return list(_notices(quantity, choice, bool(changed)))


def _stored_in(quantity: _Quantity, choice: Choice) -> float:
    """What a number in the KPI's shown unit is multiplied by to be kept."""
    wanted = unit_of(quantity.measure.unit)
    told = wanted is not None and choice.unit is not None and wanted.family == choice.unit.family
    return 1.0 / quantity.measure.multiplier if told else 1.0


def _notices(quantity: _Quantity, choice: Choice, changed: bool) -> Iterator[Notice]:
    unit = choice.unit.name if choice.unit else ""
    words = [word for word in choice.factors if word and quantity.words.get(word)]
    if changed and not words and quantity.bare is not None:
        text = f"'{quantity.header}' is in {quantity.bare.name}; its numbers were converted to {unit}."
        yield Notice("unit_converted", text)
    elif changed:
        text = f"'{quantity.name}' was written in {listed(words)}; its numbers were converted"
        yield Notice("unit_converted", f"{text} to {unit}." if unit else f"{text}.")
    elif words and unit:
        yield Notice("unit_read", f"The numbers of '{quantity.name}' were read in {unit}, as they are written.")
    if choice.held:
        said = ", ".join(word or "none" for word in choice.held)
        yield Notice("mixed_units", f"'{quantity.name}' has numbers in other units ({said}); they were held back.")
