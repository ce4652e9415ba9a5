"""Numbers in every style. Authority: Python's float on the same number written plainly."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template
from tests.ingest.builders import LONG, RATIO, codes, counts, prepared, readings, warnings

HEAD = "date;site;line;metric;value\n"


def column(*cells: str) -> str:
    """A long file with these cells as values."""
    return HEAD + "".join(f"2025-01-{i:02};A;L1;scrap;{cell}\n" for i, cell in enumerate(cells, start=1))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "-2", "+3", "007"], [1, -2, 3, 7]),
        (["1.5", "1.234", ".5", "2."], [1.5, 1.234, 0.5, 2]),  # 1.5 tells what 1.234 is
        (["1,5", "1.234", ",5"], [1.5, 1234, 0.5]),
        (["0.123", "1.234"], [0.123, 1.234]),  # no thousands begin with 0
        (["1234.567", "1.234"], [1234.567, 1.234]),
        (["1.234.567", "1.234"], [1234567, 1234]),
        (["1,234.5", "1,234"], [1234.5, 1234]),
        (["1.234,5", "12"], [1234.5, 12]),
        (["1 234,5", "1\u00a0234", "1\u202f234 567"], [1234.5, 1234, 1234567]),
        (["1'234.5", "12’345"], [1234.5, 12345]),
        (["1e3", "1.5E-3", "2.5e+2"], [1000, 0.0015, 250]),
        (["12.5%", "3 %"], [0.125, 0.03]),
        (["$1,234.50", "($15.10)", "-$2", "€ 3.5", "4.5 EUR"], [1234.5, -15.1, -2, 3.5, 4.5]),
        (["−5", "1.5"], [-5, 1.5]),
    ],
)
def test_styles(tmp_path: Path, cells: list[str], values: list[float]) -> None:
    assert list(readings(prepared(tmp_path, column(*cells)))["value"]) == pytest.approx(values, rel=1e-15)


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf", "infinity", "1e999", "-1e999", "1_000", "0x1F", "1O5"])
@pytest.mark.parametrize("more", ["12 units", "~40", "<5", "1,2,3", "12.345.6", "1e", "--5", "(5", "５"])
def test_what_is_not_a_number_is_rejected(tmp_path: Path, text: str, more: str) -> None:
    batch = prepared(tmp_path, column("1.5", text, "2.5", more, "3.5", "4.5"))
    assert codes(batch) == [(3, "not_a_number"), (5, "not_a_number")]
    assert list(readings(batch)["value"]) == [1.5, 2.5, 3.5, 4.5]
    assert batch.tally.adds_up()


def test_missing_is_neither_zero_nor_rejected(tmp_path: Path) -> None:
    cells = ["1", "", "NA", "n/a", "-", "null", "None", "?", "#N/A", "#DIV/0!", "2"]
    batch = prepared(tmp_path, column(*cells))
    assert list(readings(batch)["value"]) == [1, 2]
    assert (batch.tally.missing, batch.tally.rejected) == (9, 0)
    assert "excel_error_values" in warnings(batch)


@pytest.mark.parametrize(
    ("cells", "readings_of"),
    [
        (["1.234", "5.678"], {".": [1.234, 5.678], ",": [1234, 5678]}),
        (["1,234", "567"], {".": [1234, 567], ",": [1.234, 567]}),
        (["$1,234", "$567"], {".": [1234, 567], ",": [1.234, 567]}),
    ],
)
def test_what_the_column_cannot_tell_is_asked(
    tmp_path: Path, cells: list[str], readings_of: dict[str, list[float]]
) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column(*cells))
    (question,) = asked.value.questions
    assert question.code == "decimal"
    assert cells[0] in question.text
    for choice in question.choices:
        batch = prepared(tmp_path, column(*cells), answers={"decimal": choice})
        assert list(readings(batch)["value"]) == readings_of[choice[0]]
        assert "ambiguous_number_format" in warnings(batch)
        told = Template("told", LONG.columns, decimal=choice[0])
        assert list(readings(prepared(tmp_path, column(*cells), told))["value"]) == readings_of[choice[0]]
    thousands = Template("told", LONG.columns, thousands=".")
    assert list(readings(prepared(tmp_path, column("1.234"), thousands))["value"]) == [1234]


def test_another_column_of_the_file_settles_the_style(tmp_path: Path) -> None:
    text = "date;site;late orders;orders;hours\n2025-01-27;A;1;1.234;0,5\n2025-01-28;A;2;2.345;12,25\n"
    with pytest.raises(NeedsAnswer):
        prepared(tmp_path, text, RATIO)  # only the counts are read, and they do not tell
    both = Template("both", {**RATIO.columns, "line": "line"}, (*RATIO.kpis, Measured("scrap", value="hours")))
    wide = text.replace("site;", "site;line;").replace("A;", "A;L1;")
    batch = prepared(tmp_path, wide, both)
    assert list(counts(batch)["denominator"]) == [1234, 2345]
    assert list(readings(batch)["value"]) == [0.5, 12.25]


def test_a_column_that_contradicts_itself_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column("1.5", "2,5", "3.5", "4,5"))
    assert [question.code for question in asked.value.questions] == ["decimal"]


def test_few_contradictions_are_rejected(tmp_path: Path) -> None:
    batch = prepared(tmp_path, column(*["1.5"] * 20, "2,5"))
    assert codes(batch) == [(22, "not_a_number")]
    assert "mixed_number_format" in warnings(batch)


def test_a_column_of_words_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused, match="'high'") as refused:
        prepared(tmp_path, column("high", "high", "high", "1"))
    assert refused.value.code == "numbers_not_understood"


def test_an_answer_that_was_not_offered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused) as refused:
        prepared(tmp_path, column("1.234"), answers={"decimal": "semicolon"})
    assert refused.value.code == "unknown_answer"


def test_a_break_of_scale_is_asked_about_and_made_one(tmp_path: Path) -> None:
    cells = ["85.2", "88.9", "91.9", "0.872", "0.901", "0.825"]
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column(*cells))
    (question,) = asked.value.questions
    assert question.code == "scale"
    wanted = {
        "percent": [85.2, 88.9, 91.9, 87.2, 90.1, 82.5],
        "fraction": [0.852, 0.889, 0.919, 0.872, 0.901, 0.825],
        "as written": [float(cell) for cell in cells],
    }
    for choice in question.choices:
        batch = prepared(tmp_path, column(*cells), answers={"scale": choice})
        assert list(readings(batch)["value"]) == pytest.approx(wanted[choice.split(":")[0]])
        assert "mixed_scale" in warnings(batch)


def test_ordinary_small_and_large_values_are_not_a_break_of_scale(tmp_path: Path) -> None:
    batch = prepared(tmp_path, column("0.5", "0.7", "0.9", "3", "9", "20", "45", "80"))
    assert batch.tally.rows == 8
