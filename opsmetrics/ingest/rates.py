"""A share beside its denominator: the numerator follows where it comes out whole, by the decimals shown."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsmetrics.ingest import faults
from opsmetrics.ingest.duplicates import complete_sql
from opsmetrics.ingest.faults import stored
from opsmetrics.ingest.layout import Layout, Measure
from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.units import unit_in_header
from opsmetrics.measurements import Notice, counted

#: Of more records than this share without a whole numerator, the column is no share of the other: refused.
MINORITY = 0.05
#: Scale → what a number is multiplied by to be a fraction.
_SCALES = {"percent": 0.01, "fraction": 1.0}


@dataclass(frozen=True)
class _Fit:
    """How a scale fits: records that state a share, those without one whole numerator, an example of these."""

    stated: int
    odd: int
    share: float | None
    whole: float | None

    @property
    def good(self) -> bool:
        return self.odd <= MINORITY * self.stated


def settle_rates(
    scratch: Scratch, layout: Layout, measures: Sequence[Measure], answers: Mapping[str, str]
) -> list[Notice]:
    """Put the numerators in place of the shares; a record whose share fits no whole numerator is held back.

    Raises NeedsAnswer (`rate:…`) where both scales fit, IngestRefused (`no_whole_numerators`) where none does.
    """
    return [
        _settle(scratch, layout, measure, answers)
        for measure in measures
        if measure.rate and scratch.rows(f"SELECT 1 FROM stage WHERE {_mine(layout, measure)} LIMIT 1")
    ]


def _settle(scratch: Scratch, layout: Layout, measure: Measure, answers: Mapping[str, str]) -> Notice:
    share, whole = (layout.number_name(role) for role in measure.columns)
    mine, column = _mine(layout, measure), layout.numbers[measure.columns[0]]
    # what a person reads: 9.3 % was divided by 100
    written = f"round({share}, 12)::DECIMAL(38, 12)::VARCHAR"
    shown = f"max(length(regexp_extract({written}, '[.]([0-9]*?)0*$', 1)))"
    signed, most, decimals = scratch.rows(
        f"SELECT bool_or({layout.percent_name(measure.columns[0])}), max({share}), {shown} FROM stage WHERE {mine}"
    )[0]
    header = scratch.sheet.headers[column]
    scales = _scales(scratch, column, signed=signed, most=most)
    fits = {name: _fit(scratch, layout, measure, _SCALES[name], decimals) for name in scales}
    good = [name for name, fit in fits.items() if fit.good] or [_refused(scratch, layout, measure, fits[scales[0]])]
    scale = good[0] if len(good) == 1 else _asked(header, most, answers)
    odd = f"NOT ({_fits(share, whole, _SCALES[scale], decimals)})"
    scratch.run(f"UPDATE stage SET fault = {stored(faults.NO_WHOLE_NUMERATOR, column)} WHERE {mine} AND {odd}")
    ((part, of),) = scratch.rows(
        f"SELECT {share}, {whole} FROM stage WHERE {mine} ORDER BY {whole} DESC, rowid LIMIT 1"
    )
    scratch.run(f"UPDATE stage SET {share} = round({share} * {_SCALES[scale]!r} * {whole}) WHERE {mine}")
    part = part * _SCALES[scale]
    said = f"'{header}' times '{scratch.sheet.headers[layout.numbers[measure.columns[1]]]}' gives the numerators"
    return Notice("numerators_worked_out", f"{said}: {part * 100:g} % of {of:g} is {round(part * of):,}.")


def _mine(layout: Layout, measure: Measure) -> str:
    return f"fault = 0 AND {complete_sql(layout, measure)}"


def _scales(scratch: Scratch, column: int, *, signed: bool, most: float) -> tuple[str, ...]:
    """The scales in which the shares may be written: those with a per cent sign are fractions by now."""
    if signed:
        return ("fraction",)
    units = scratch.sheet.head.units
    told = unit_in_header(scratch.sheet.headers[column], units[column] if column < len(units) else "")
    if most > 1 or (told is not None and told.name == "%"):
        return ("percent",)
    return tuple(_SCALES)


def _fits(share: str, whole: str, scale: float, decimals: int) -> str:
    """True where one whole number, and no other, is the numerator of a share with so many decimals."""
    product = f"({share} * {scale!r} * {whole})"
    apart = f"({0.5 * 10.0**-decimals * scale!r} * {whole})"
    return f"{apart} < 0.5 AND abs({product} - round({product})) <= {apart} + 1e-6"


def _fit(scratch: Scratch, layout: Layout, measure: Measure, scale: float, decimals: int) -> _Fit:
    share, whole = (layout.number_name(role) for role in measure.columns)
    odd = f"NOT ({_fits(share, whole, scale, decimals)})"
    found = scratch.rows(
        f"SELECT count(*), count_if({odd}), arg_max({share}, {whole}) FILTER ({odd}), max({whole}) FILTER ({odd}) "
        f"FROM stage WHERE {_mine(layout, measure)}"
    )
    return _Fit(*found[0])


def _asked(header: str, most: float, answers: Mapping[str, str]) -> str:
    question = Question(
        f"rate:{header}",
        f"'{header}' is a share without a per cent sign; its highest value is {most:g}.",
        (f"percent: {most:g} is {most:g} %", f"fraction: {most:g} is {most * 100:g} %"),
    )
    choice = question.answered(answers)
    if choice is None:
        raise NeedsAnswer([question])
    return choice


def _refused(scratch: Scratch, layout: Layout, measure: Measure, fit: _Fit) -> str:
    share, whole = (scratch.sheet.headers[layout.numbers[role]] for role in measure.columns)
    told = counted(fit.odd, "{n} record", "{n} records")
    raise IngestRefused(
        "no_whole_numerators",
        f"'{share}' times '{whole}' gives no certain whole number in {told} of {fit.stated:,}, "
        f"for example {fit.share:g} of {fit.whole:g}",
        "shares with enough decimals to tell their numerators",
        "export the numerators, or the shares with more decimals",
    )
