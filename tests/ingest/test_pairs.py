"""Two counts in one cell, never a date."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics import ingest
from opsmetrics.ingest import IngestRefused, Measured, Template
from opsmetrics.ingest.pairs import are_pairs
from tests.ingest.builders import CATALOG, LATE, TODAY, catalog, codes, counts, prepared, written

PAIRED = Template(
    name="paired",
    columns={"date": "date", "site": "site"},
    kpis=(Measured("late", numerator="late", denominator="late"),),
)
CELLS = ["3/412", "38 of 412", "38 von 412", "38 sur 412", "38 De 412", "1 234 / 5'678", "0/0", "n/a", "7 out of 9"]


def file_of(*cells: str) -> str:
    """A file with these cells as its column of two counts."""
    rows = [f"2025-01-{day:02};A;{cell}\n" for day, cell in enumerate(cells, start=1)]
    return "date;site;late\n" + "".join(rows) + "Total;;99/999\n"


def test_both_counts(tmp_path: Path) -> None:
    batch = prepared(tmp_path, file_of(*CELLS), PAIRED)
    assert list(counts(batch)["numerator"]) == [3, 38, 38, 38, 38, 1234, 0, 7]
    assert list(counts(batch)["denominator"]) == [412, 412, 412, 412, 412, 5678, 0, 9]
    assert (batch.tally.rejected, batch.tally.missing, batch.tally.skipped) == (0, 1, 1)


def test_what_is_not_two_counts_is_held_back(tmp_path: Path) -> None:
    odd = ["3/4/25", "12. Mrz", "0.5", "-3/4", "1.234/5.678", "3/", "5/4"]
    batch = prepared(tmp_path, file_of(*["3/412"] * len(odd), *odd), PAIRED)
    assert codes(batch) == [
        *((line, "not_two_counts") for line in range(9, 15)),
        (15, "numerator_exceeds"),
    ]
    assert batch.tally.rows == len(odd)


def test_a_column_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused, match="3 of 4 cells of column 'late' are not two counts") as refused:
        prepared(tmp_path, file_of("3/4/25", "0.07", "7 %", "3/412"), PAIRED)
    assert refused.value.code == "numbers_not_understood"


def test_it_is_proposed_for_a_person_to_confirm_and_kept(tmp_path: Path) -> None:
    sheet = ingest.read_file(written(tmp_path, file_of("3/412", "5/380", "")))
    found = ingest.suggest(sheet, catalog(LATE))
    assert found.kpis == (Measured("late", numerator="late", denominator="late"),)
    assert [(guess.header, guess.why) for guess in found.unsure] == [("late", "two counts in one cell")]
    template = Template.load(found.draft().dump())
    assert template.kpis == found.kpis
    examined = ingest.examine(sheet, template, CATALOG, today=TODAY)
    assert list(examined.preview.columns[-2:]) == ["late (numerator)", "late (denominator)"]
    assert list(counts(examined.batch)["denominator"]) == [412, 380]
    assert not are_pairs(["3/4/25", "3/4/25"])
    assert not are_pairs(["", "n/a"])
