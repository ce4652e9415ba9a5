"""KPIs proposed from what cells look like: both counts in one cell, several readings of one record side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest.cells import fold, kind_of
from opsmetrics.ingest.guesses import CONTENT, SIMILAR, Guess
from opsmetrics.ingest.pairs import are_pairs
from opsmetrics.ingest.plan import needed_parts
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.ingest.template import Measured
from opsmetrics.ingest.units import unit_in_header

#: x1, Reading 2, Messwert_3, M-4: a word and a number.
_NUMBERED = re.compile(r"(.*?[^0-9])[ _.#-]*([0-9]{1,2})")
#: The largest subgroup for which tables of control limits have factors: more columns that are numbered are no readings
#: of one record (Montgomery, Introduction to Statistical Quality Control, appendix VI).
MOST_READINGS = 25


def pairs_in(
    sheet: Sheet, catalog: Catalog, guesses: dict[str, Guess], stated: tuple[Measured, ...]
) -> tuple[Measured, ...]:
    """KPIs both of whose counts stand in the cells of one column, by its name, or the only one that has two."""
    taken = {entry.key for entry in stated}
    kpis = [kpi for kpi in catalog.kpis if needed_parts(kpi) == ("numerator", "denominator") and kpi.key not in taken]
    found = []
    for place, header in enumerate(sheet.headers):
        if not kpis or not are_pairs(row[place] for row in sheet.rows if len(row) > place):
            continue
        word = fold(header)
        named = [kpi for kpi in kpis if word in {fold(name) for name in (kpi.key, kpi.name, kpi.numerator) if name}]
        if len(named or kpis) == 1:
            (kpi,) = named or kpis
            kpis.remove(kpi)
            found.append(Measured(kpi.key, numerator=header, denominator=header))
            sure = CONTENT if named else SIMILAR
            guesses[header] = Guess(header, kpi.key, sure, "two counts in one cell")
    return tuple(found)


def readings_in(
    sheet: Sheet, catalog: Catalog, guesses: dict[str, Guess], stated: tuple[Measured, ...]
) -> tuple[Measured, ...]:
    """The measured KPI whose readings stand in columns that are numbered from 1 (or 0) on: by their word, or the only
    one that is measured."""
    taken = {entry.key for entry in stated}
    kpis = [kpi for kpi in catalog.kpis if needed_parts(kpi) == ("value",) and kpi.key not in taken]
    groups: dict[str, dict[int, str]] = {}
    for place, header in enumerate(sheet.headers):
        found = _NUMBERED.fullmatch(fold(header))
        if found and not guesses[header].role and _numbers(sheet, place):
            groups.setdefault(found[1].rstrip(" _.#-"), {})[int(found[2])] = header
    proposed = []
    runs = {word: run for word, run in groups.items() if 1 < len(run) <= MOST_READINGS and _consecutive(sorted(run))}
    for word, run in runs.items():
        named = [kpi for kpi in kpis if word in (fold(kpi.key), fold(kpi.name))]
        fitting: list[Kpi] = named or (kpis if len(runs) == 1 else [])
        if len(fitting) != 1:
            continue
        (kpi,), headers = fitting, tuple(run[number] for number in sorted(run))
        kpis.remove(kpi)
        proposed.append(Measured(kpi.key, values=headers))
        for number, header in enumerate(headers, start=1):
            why = f"reading {number} of {len(headers)}"
            guesses[header] = Guess(header, kpi.key, CONTENT if named else SIMILAR, why)
    return tuple(proposed)


def _numbers(sheet: Sheet, place: int) -> bool:
    kinds = {kind_of(row[place]) for row in sheet.rows if len(row) > place}
    return "number" in kinds and kinds <= {"number", "empty"}


def _consecutive(numbers: Sequence[int]) -> bool:
    return numbers[0] in (0, 1) and numbers[-1] - numbers[0] == len(numbers) - 1


def rates_in(
    catalog: Catalog, guesses: dict[str, Guess], by_word: Mapping[str, str], stated: tuple[Measured, ...]
) -> tuple[Measured, ...]:
    """Proportions that are called by name, beside a column of their denominators and none of their numerators."""
    taken = {entry.key for entry in stated}
    proposed = []
    for kpi in catalog.kpis:
        words = [by_word.get(fold(name)) for name in (kpi.key, kpi.name)]
        rate = next((word for word in words if word), None)
        whole = by_word.get(fold(kpi.denominator)) if kpi.denominator else None
        fits = kpi.kind == "proportion" and kpi.events is None and kpi.key not in taken
        if fits and rate and whole and rate != whole:
            proposed.append(Measured(kpi.key, rate=rate, denominator=whole))
            guesses[rate] = Guess(rate, kpi.key, SIMILAR, f"a share of '{whole}'")
            guesses[whole] = Guess(whole, kpi.key, SIMILAR, "what it is a share of")
    return tuple(proposed)


def shares_apart(
    sheet: Sheet, catalog: Catalog, guesses: dict[str, Guess], stated: tuple[Measured, ...]
) -> tuple[Measured, ...]:
    """Where what is called as a proportion's numerator is in per cent, by its header or its cells, it is a share."""
    found = []
    for entry in stated:
        part, whole = entry.numerator, entry.denominator
        if part and whole and part in guesses and catalog[entry.key].kind == "proportion" and _percent(sheet, part):
            guesses[part] = Guess(part, entry.key, SIMILAR, f"a share of '{whole}'")
            found.append(Measured(entry.key, rate=part, denominator=whole))
        else:
            found.append(entry)
    return tuple(found)


def _percent(sheet: Sheet, header: str) -> bool:
    place = sheet.headers.index(header)
    units = sheet.head.units
    told = unit_in_header(header, units[place] if place < len(units) else "")
    signs = sum(row[place].rstrip().endswith("%") for row in sheet.rows if len(row) > place)
    return (told is not None and told.name == "%") or 2 * signs > len(sheet.rows)
