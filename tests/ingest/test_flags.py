"""Columns of yes and no: words, check marks, and what an empty cell means."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.ingest import Measured, NeedsAnswer, Template
from tests.ingest.builders import CATALOG, codes, counts, prepared, warnings

FLAGGED = Template(
    name="flagged",
    columns={"date": "date", "site": "site"},
    kpis=(Measured("late", numerator="late", denominator="rows"),),
)


def column(*cells: str) -> str:
    """A file with these cells as its column of yes and no, and a line of delimiters, which is no record."""
    rows = [f"2025-01-{day:02},A,{cell}\n" for day, cell in enumerate(cells, start=1)]
    return "date,site,late\n" + "".join(rows) + ",,\n"


@pytest.mark.parametrize(
    ("cells", "flags", "told"),
    [
        (("x", "", "X", "-", "n/a"), [1, 0, 1, 0], True),  # that it is not known is said otherwise
        (("✓", "✗", "✓", ""), [1, 0, 1], False),  # what is empty was not looked at
        (("ja", "nein", "Ja", ""), [1, 0, 1], False),
        (("ja", "x", ""), [1, 1, 0], True),
    ],
)
def test_check_marks(tmp_path: Path, cells: tuple[str, ...], flags: list[int], told: bool) -> None:
    batch = prepared(tmp_path, column(*cells), FLAGGED)
    assert list(counts(batch)["numerator"]) == flags
    assert list(counts(batch)["denominator"]) == [1] * len(flags)
    assert batch.tally.missing == len(cells) - len(flags)
    assert ("blank_is_no" in warnings(batch)) == told
    assert batch.tally.skipped == 1


@pytest.mark.parametrize(
    ("cells", "code", "read"),
    [
        (("ja", "", "ja"), "blank:late", {"no": [1, 0, 1], "missing": [1, 1]}),
        (("✓", "x", "✓"), "cross:late", {"no": [1, 0, 1], "yes": [1, 1, 1]}),
    ],
)
def test_what_a_column_of_marks_does_not_tell_is_asked_and_kept(
    tmp_path: Path, cells: tuple[str, ...], code: str, read: dict[str, list[int]]
) -> None:
    with pytest.raises(NeedsAnswer) as needed:
        prepared(tmp_path, column(*cells), FLAGGED)
    assert [question.code for question in needed.value.questions] == [code]
    for choice, flags in read.items():
        kept = Template.load(FLAGGED.remembering({code: choice}).dump())
        assert list(counts(prepared(tmp_path, column(*cells), kept, CATALOG))["numerator"]) == flags


def test_a_word_beside_marks_is_held_back(tmp_path: Path) -> None:
    batch = prepared(tmp_path, column("x", "", "perhaps", "x"), FLAGGED)
    assert codes(batch) == [(4, "not_a_number")]
    assert list(counts(batch)["numerator"]) == [1, 0, 1]
