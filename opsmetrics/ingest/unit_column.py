"""Units in a column of their own, beside the numbers that they are of.

Where one quantity has several of them (kg in one record, t in the next), or another one than its KPI, each number is
read with its unit as if it had been written so, and becomes what it is in the unit of its KPI (`unit_scale`). Else the
column tells nothing, and the numbers are read as they stand.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Sequence

from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.layout import METRIC, Layout
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.units import Unit, unit_of

#: What such a column is called, in folded form.
_NAMES = frozenset(
    (
        *(
            "unit",
            "units",
            "uom",
            "unit of measure",
            "measurement unit",
            "einheit",
            "einh.",
            "masseinheit",
            "mengeneinheit",
        ),
        *("unité", "unité de mesure", "unidad", "unidad de medida", "unità", "unità di misura", "eenheid", "unidade"),
        *("jednostka", "enhet", "enhed"),
    )
)
#: Different pairs of a quantity and its unit that are looked at: a column with more is no column of units.
_MOST = 1_000


def join_units(scratch: Scratch, layout: Layout) -> None:
    """Let the scratch database join numbers and units; nothing where the units tell no numbers apart."""
    sheet, numbers = scratch.sheet, set(layout.measured.values())
    found = [at for at, name in enumerate(sheet.headers) if fold(name) in _NAMES and at not in layout.columns]
    if len(found) != 1 or len(numbers) != 1 or not _tells(scratch, layout, found[0]):
        return
    (column,) = numbers
    number, unit = scratch.clean(column), scratch.clean(found[0])
    bare = f"{number} = '' OR {unit} = '' OR regexp_matches({number}, '[\\pL%‰$€£]')"
    scratch.joined[column] = f"CASE WHEN {bare} THEN {number} ELSE {number} || ' ' || {unit} END"


def _tells(scratch: Scratch, layout: Layout, column: int) -> bool:
    """True where one quantity is stated in several units or in another one than its KPI, and the column holds nothing
    but units. Shares are left to their own signs."""
    metric = layout.texts.get(METRIC)
    read = (column, *(() if metric is None else (metric,)))
    of = "c1" if metric is not None else "''"
    header = fold(scratch.sheet.headers[column])
    whole = f"len(f) >= {len(scratch.sheet.headers)} AND c0 <> ''"
    rows = scratch.rows(f"SELECT DISTINCT {of}, c0 FROM {scratch.source(read)} WHERE {whole} LIMIT {_MOST + 1}")
    pairs = [(quantity, unit_of(unit)) for quantity, unit in rows if fold(unit) != header]
    known = [(quantity, unit) for quantity, unit in pairs if unit is not None and unit.family != "share"]
    if len(rows) > _MOST or len(known) < len(pairs):
        return False
    named = {(fold(quantity), unit.name) for quantity, unit in known}
    return len(named) > len({quantity for quantity, _ in named}) or _others(layout, known)


def _others(layout: Layout, known: Sequence[tuple[str, Unit]]) -> bool:
    """True where a quantity is stated in another unit than that of its KPI."""
    for measure in layout.meaning(list(dict.fromkeys(quantity for quantity, _ in known))).measures:
        wanted = unit_of(measure.unit)
        mine = [unit for quantity, unit in known if measure.metrics is None or quantity in measure.metrics]
        if wanted and any(unit.family == wanted.family and unit.factor != wanted.factor for unit in mine):
            return True
    return False
