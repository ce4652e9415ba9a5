"""What a batch keeps so that its rejects can be mended, and what becomes of a file of mended rejects."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from opsmetrics.ingest import faults
from opsmetrics.ingest.answers import Answers
from opsmetrics.ingest.checked import Checked
from opsmetrics.ingest.date_order import has_order
from opsmetrics.ingest.faults import COLUMN
from opsmetrics.ingest.flags import FlagStyle
from opsmetrics.ingest.mended_rejects import Mending, whole_of
from opsmetrics.ingest.template import Template
from opsmetrics.measurements import Batch, Mends, ReadAs, Tally


def version_of(template: Template) -> str:
    """Eight letters and digits that change with everything that a template says."""
    return hashlib.sha256(template.dump().encode("utf-8")).hexdigest()[:8]


def read_as_of(checked: Checked, template: Template, answers: Mapping[str, str]) -> ReadAs:
    """How a file was read, with the styles that were found in it."""
    sheet, decided = checked.sheet, decided_in(checked, template)
    before = sheet.mending
    given = {**_lasting(checked), **_plain(answers)}
    return ReadAs(
        header=sheet.headers,
        raw=() if sheet.head.line is None else tuple(sheet.head.raw),
        units=sheet.head.units,
        delimiter=sheet.dialect.delimiter,
        quote=sheet.dialect.quote,
        template=decided.dump(),
        version=before.version if before else version_of(template),
        answers={**(before.answers if before else {}), **given},
        whole=whole_of(template) or _together(checked) or _mixed(checked),
        remembered=_remembered(template, given, sheet.headers),
    )


def _lasting(checked: Checked) -> Mapping[str, str]:
    """What the dates of the file told, for files that do not tell."""
    return checked.reading.dates.lasting if checked.reading.dates else {}


def _remembered(template: Template, answers: Mapping[str, str], header: Sequence[str]) -> str:
    """The template with the answers that hold for its source, "" where there are none."""
    kept = template.remembering(answers, header)
    return "" if kept == template else kept.dump()


def _plain(answers: Mapping[str, str]) -> dict[str, str]:
    return answers.given if isinstance(answers, Answers) else dict(answers)


def decided_in(checked: Checked, template: Template) -> Template:
    """The template with the order of dates and the marks of numbers that the file as a whole told."""
    dates = checked.reading.dates
    order = dates.order if dates is not None and has_order(dates) else template.date_order
    styles = _styles(checked)
    decimal = _only({mark for mark, _ in styles}, template.decimal)
    thousands = _only({part for _, parts in styles for part in parts}, template.thousands)
    return replace(template, date_order=order, decimal=decimal, thousands=thousands)


def _only(found: set[str], otherwise: str | None) -> str | None:
    return next(iter(found)) if len(found) == 1 else otherwise


def _styles(checked: Checked) -> set[tuple[str, tuple[str, ...]]]:
    found = [checked.reading.numbers[role] for role in checked.layout.measured]
    return {(style.decimal, tuple(style.thousands)) for style in found if not isinstance(style, FlagStyle)}


def _together(checked: Checked) -> str:
    """Records of one key that were taken together, as answered, only make sense together."""
    joined = any(measure.added or measure.numbered for measure in checked.meaning.measures)
    told = joined and checked.layout.apart is not None
    return "records of one time and place are taken together over the whole file" if told else ""


def _mixed(checked: Checked) -> str:
    """A number of a workbook is told from a text no more once both are texts."""
    commas = any(decimal == "," for decimal, _ in _styles(checked))
    return "its columns hold numbers, and texts with a decimal comma" if checked.sheet.exact and commas else ""


def settle(batch: Batch, checked: Checked, mending: Mending) -> Batch:
    """The batch of a file of mended rejects: with the records that were not changed among its rejects, and the numbers
    of those that load now."""
    assert mending.batch is not None
    unchanged, own = len(mending.rejects), batch.tally
    tally = replace(own, records=own.records + unchanged, rejected=own.rejected + unchanged)
    still = [mending.numbers.get(int(line)) for line in batch.rejects["line"]]
    rejects = pd.concat([batch.rejects, mending.rejects], ignore_index=True)
    order = rejects["line"].argsort(kind="stable")
    numbers = [*still, *mending.still]
    return replace(
        batch,
        tally=_checked(tally),
        rejects=rejects.iloc[order].reset_index(drop=True),
        mends=Mends(mending.batch, _settled(checked, mending), tuple(numbers[place] for place in order)),
    )


def _checked(tally: Tally) -> Tally:
    assert tally.adds_up()
    return tally


def _settled(checked: Checked, mending: Mending) -> tuple[int, ...]:
    """The numbers of the rejects whose records load now, or say what another record of the file says."""
    first, origin = checked.sheet.head.first, checked.sheet.origin
    loads = f"SELECT line FROM record WHERE {checked.loads}"
    again = f"SELECT rowid FROM stage WHERE fault = {faults.DUPLICATE * COLUMN}"
    found = checked.scratch.rows(f"{loads} UNION ALL {again}")
    numbers = (mending.numbers.get(origin.line(row + first)) for (row,) in found)
    return tuple(sorted(number for number in numbers if number is not None))
