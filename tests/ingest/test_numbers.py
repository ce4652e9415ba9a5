"""Numbers in every style. Authority: Python's float on the same number written plainly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template
from tests.cases import cases
from tests.ingest.builders import LONG, RATIO, catalog, codes, counts, prepared, readings, warnings

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
        (["$1,234.50", "($15.10)", "-$2", "US$ 3.5", "4.5 USD"], [1234.5, -15.1, -2, 3.5, 4.5]),
        (["€ 1.234,50", "-€ 3,50", "4,5 EUR"], [1234.5, -3.5, 4.5]),
        (["1 234,50 kr", "5,5 kr"], [1234.5, 5.5]),
        (["CHF 1'234.50", "Fr. 5.50", "13.-", "7.–"], [1234.5, 5.5, 13, 7]),  # no minus: nothing behind the point
        (["1.250,-", "3.400,–"], [1250, 3400]),  # the comma is the decimal mark
        (["−5", "–1.5", "—2", "‑3", "－4"], [-5, -1.5, -2, -3, -4]),
        (["1_234.5", "1_234_567"], [1234.5, 1234567]),
        (["'12", "'3.5", '="4.5"'], [12, 3.5, 4.5]),  # as spreadsheets keep a number as a text
        (["１２３", "４．５", "１，２３４．５"], [123, 4.5, 1234.5]),
        (["١٢٣", "٤٫٥", "١٬٢٣٤٫٥"], [123, 4.5, 1234.5]),
        (["9.5‰", "8 ‰"], [0.0095, 0.008]),
    ],
)
def test_styles(tmp_path: Path, cells: list[str], values: list[float]) -> None:
    assert list(readings(prepared(tmp_path, column(*cells)))["value"]) == pytest.approx(values, rel=1e-15)


@pytest.mark.parametrize(
    ("cells", "lost"),
    [
        (["123456", "1.23E+05", "2E+3", "1.23456E+05"], 2),  # the last one has all its digits
        (["1.234.567", "1,23E+05"], 1),
        (["1.5", "1.23E+05"], 0),  # no column of whole numbers
        (["12", "13"], 0),
    ],
)
def test_digits_that_a_program_did_not_export_are_counted(tmp_path: Path, cells: list[str], lost: int) -> None:
    batch = prepared(tmp_path, column(*cells))
    said = [notice.text for notice in batch.warnings if notice.code == "digits_lost"]
    assert [text.split()[0] for text in said] == ([str(lost)] if lost else [])


NO_NUMBERS = ["inf", "-inf", "infinity", "1e999", "-1e999", "1_00", "0x1F", "1O5", "l2", "12 units", "~40", "3/412"]
NO_NUMBERS += [
    "<5",
    "1,2,3",
    "12.345.6",
    "1e",
    "--5",
    "+-5",
    "(5",
    "5)",
    "true",
    "1/2",
    "%",
    "5%%",
    "1..2",
    "$",
    "3 of 4",
    "12:30",
]


def test_what_is_not_a_number_is_rejected(tmp_path: Path) -> None:
    rows = [
        f"2025-01-{i % 28 + 1:02};A;L{i};scrap;{i}.5\n2025-01-27;B;L{i};scrap;{text}\n"
        for i, text in enumerate(NO_NUMBERS)
    ]
    batch = prepared(tmp_path, HEAD + "".join(rows))
    wanted = ["other_unit" if text == "12 units" else "not_a_number" for text in NO_NUMBERS]
    assert codes(batch) == [(3 + 2 * i, code) for i, code in enumerate(wanted)]
    assert list(readings(batch)["value"]) == [i + 0.5 for i in range(len(NO_NUMBERS))]
    assert batch.tally.adds_up()


def test_missing_is_neither_zero_nor_rejected(tmp_path: Path) -> None:
    cells = ["1", "", "NA", "n/a", "-", "null", "None", "?", "#N/A", "#DIV/0!", "2", "NaN", "…", "k.A.", "s.o."]
    batch = prepared(tmp_path, column(*cells))
    assert list(readings(batch)["value"]) == [1, 2]
    assert (batch.tally.missing, batch.tally.rejected) == (13, 0)
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


def test_contradictions_beside_cells_that_may_be_either_are_asked_about(tmp_path: Path) -> None:
    """1,234 may be written as 2,5 is, or as all the others are."""
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column(*["1.5"] * 20, "2,5", "1,234"))
    assert [question.code for question in asked.value.questions] == ["decimal"]
    told = prepared(tmp_path, column(*["1.5"] * 20, "2,5", "1,234"), answers={"decimal": "."})
    assert (codes(told), max(readings(told)["value"])) == ([(22, "not_a_number")], 1234)
    half = prepared(tmp_path, column("1.5", "2,5", "3.5", "1,234", "7"), answers={"decimal": "."})
    assert list(readings(half)["value"]) == [1.5, 3.5, 7]  # nobody can tell what 1,234 is here


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


def test_a_single_value_a_hundred_times_smaller_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column("97.1", "95.2", "92.3", "96.4", "97.5", "0.97"))
    assert [question.code for question in asked.value.questions] == ["scale"]


def test_ordinary_small_and_large_values_are_not_a_break_of_scale(tmp_path: Path) -> None:
    batch = prepared(tmp_path, column("0.5", "0.7", "0.9", "3", "9", "20", "45", "80"))
    assert batch.tally.rows == 8


@pytest.mark.parametrize(("unit", "multiplier", "stored"), [("%", 1.0, 97.5), ("%", 100.0, 0.975), ("", 1.0, 0.975)])
def test_per_cent_signs_in_the_unit_of_the_kpi(tmp_path: Path, unit: str, multiplier: float, stored: float) -> None:
    """Stored times multiplier is the shown value: a KPI in per cent holds 97.5 or, with multiplier 100, 0.975."""
    kpi = Kpi("scrap", "Scrap", "measured", "lower", unit=unit, multiplier=multiplier, dimensions=("site", "line"))
    found = readings(prepared(tmp_path, column("97.5 %", "0%"), LONG, catalog(kpi)))
    assert list(found["value"]) == pytest.approx([stored, 0])


def test_signs_on_some_numbers_only_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column("97.5%", "98", "0"))
    (question,) = asked.value.questions
    assert (question.code, question.choices) == ("percent", ("percent: 98 is 98 %", "as written: 98 is 9800 %"))
    for choice, wanted in zip(question.choices, [0.98, 98], strict=True):
        batch = prepared(tmp_path, column("97.5%", "98", "0"), answers={"percent": choice})
        assert list(readings(batch)["value"]) == pytest.approx([0.975, wanted, 0])
        assert "mixed_scale" in warnings(batch)
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column("97.5%", "0.98"))
    assert asked.value.questions[0].choices == ("as written: 0.98 is 98 %", "percent: 0.98 is 0.98 %")  # the nearer one
    own = Kpi("scrap", "Scrap", "measured", "lower", unit="%", dimensions=("site", "line"))
    assert list(readings(prepared(tmp_path, column("97.5%", "98"), LONG, catalog(own)))["value"]) == [97.5, 98]


@pytest.mark.parametrize(
    ("cells", "values", "rejected"),
    [
        (["1,23,456", "12,34,56,789.5", "1,234", "12"], [123456, 123456789.5, 1234, 12], 0),  # as in India
        (["-1,23,456", "₹1,00,000"], [-123456, 100000], 0),
        (["$1,23,456.75", "7"], [123456.75, 7], 0),
        (["1,23,456", "2,34,567", "123,456"], [123456, 234567], 1),  # grouped by threes among lakhs
        (["1,234,567", "2,345,678", "1,23,456"], [1234567, 2345678], 1),  # and the other way round: a slip
        (["12.0-", "3.5", "1,234.5-"], [-12, 3.5, -1234.5], 0),  # as SAP writes it
        (["1.234,50-", "3,5", "7-"], [-1234.5, 3.5, -7], 0),
        (["12.0-", "-3.5", "4.5"], [-3.5, 4.5], 1),  # where others have it before them, it is a slip
        (["12.0-", "(3.5)", "4.5"], [-3.5, 4.5], 1),
        (["5-", "-", "--", "6"], [-5, 6], 0),  # a dash alone is still no value
        (["5--", "1-2", "6.5", "7.5", "8.5"], [6.5, 7.5, 8.5], 2),
    ],
)
def test_habits_of_a_whole_column(tmp_path: Path, cells: list[str], values: list[float], rejected: int) -> None:
    batch = prepared(tmp_path, column(*cells))
    assert list(readings(batch)["value"]) == pytest.approx(values, rel=1e-15)
    assert [code for _, code in codes(batch)] == ["not_a_number"] * rejected
    assert batch.tally.adds_up()


@given(st.integers(-(10**12), 10**12), st.sampled_from(["lakhs", "behind"]))
@settings(deadline=None, max_examples=cases(20, 100), suppress_health_check=[HealthCheck.too_slow])
def test_any_number_in_these_habits(tmp_path_factory: pytest.TempPathFactory, number: int, habit: str) -> None:
    """Oracle: the number that was written, grouped by a few lines of Python."""
    digits = str(abs(number))
    if habit == "lakhs":
        head, last = digits[:-3], digits[-3:]
        pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
        cells = ["1,00,000", ("-" if number < 0 else "") + ",".join([*pairs, last])]
    else:
        cells = ["1.5-", digits + ("-" if number < 0 else "")]
    first = {"lakhs": 100_000.0, "behind": -1.5}[habit]
    found = prepared(tmp_path_factory.mktemp("habit"), column(*cells))
    assert list(readings(found)["value"]) == [first, float(number)]
