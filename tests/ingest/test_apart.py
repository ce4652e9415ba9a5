"""Records of one day that differ in a shift which no KPI tells apart. Oracle: their sums, and their number."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import Measured, NeedsAnswer, Template
from tests.ingest.builders import catalog, codes, counts, prepared, readings, warnings

DEFINITIONS = catalog(
    Kpi("made", "Made", "count", "higher", dimensions=("site",), numerator="made"),
    Kpi("wait", "Wait", "measured", "lower", dimensions=("site",)),
)
TEMPLATE = Template(
    "shifts",
    {"Datum": "date", "Werk": "site"},
    (Measured("made", numerator="Menge"), Measured("wait", value="Wartezeit")),
)
BODY = "Datum;Werk;Schicht;Menge;Wartezeit\n" + "".join(
    f"2026-03-0{day};A;{shift};{made};{wait}\n"
    for day in (2, 3)
    for shift, made, wait in (("Früh", 5, 7), ("Spät", 5, 7), ("Nacht", 6, 8))
)


def test_shifts_are_asked_about_and_never_dropped_as_repeats(tmp_path: Path) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, BODY, TEMPLATE, DEFINITIONS)
    (question,) = asked.value.questions
    assert (question.code, [choice.split(":")[0] for choice in question.choices]) == (
        "apart:Schicht",
        ["parts", "same"],
    )
    batch = prepared(tmp_path, BODY, TEMPLATE, DEFINITIONS, answers={question.code: "parts"})
    assert list(counts(batch)["numerator"]) == [16, 16]
    assert sorted(readings(batch)["value"]) == [7, 7, 7, 7, 8, 8]
    assert (batch.tally.rows, batch.tally.duplicates, codes(batch)) == (6, 0, [])
    assert "parts_together" in warnings(batch)
    assert batch.read_as is not None
    assert batch.read_as.whole
    kept = Template.load(batch.read_as.remembered)
    assert list(counts(prepared(tmp_path, BODY, kept, DEFINITIONS))["numerator"]) == [16, 16]


def test_one_record_a_day_asks_nothing(tmp_path: Path) -> None:
    lines = BODY.splitlines(keepends=True)
    batch = prepared(tmp_path, lines[0] + lines[1] + lines[4], TEMPLATE, DEFINITIONS)
    assert batch.tally.rows == 2
