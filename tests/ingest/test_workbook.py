"""Workbooks: sheets, headers, merged cells, dates, errors, exact numbers. Oracle: what openpyxl was told to write."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from opsmetrics import ingest
from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Limits, NeedsAnswer, Template, read_file, read_known, reject_csv
from opsmetrics.ingest.missing_codes import CODES
from tests.cases import cases
from tests.ingest.builders import CATALOG, LONG, TODAY, catalog, codes, readings, warnings
from tests.ingest.workbooks import book, rewritten

HEADER = ["date", "site", "line", "metric", "value"]
DAY = dt.date(2025, 1, 27)


def record(value: Any, number: int = 0, site: str = "A") -> list[Any]:
    """A row of a long table."""
    return [DAY + dt.timedelta(number), site, "L1", "scrap", value]


def values(path: Path, **options: Any) -> list[float]:
    """The readings of a workbook in order of time."""
    batch = ingest.prepare(read_file(path, template=LONG), LONG, CATALOG, today=TODAY, **options)
    return readings(batch).sort_values("observed_at")["value"].tolist()


def test_title_rows_a_blank_row_and_totals(tmp_path: Path) -> None:
    rows = [["Scrap report"], [], HEADER, record(1.5), record(2), ["Total", None, None, None, 3.5], ["by planning"]]
    rows[4][0] = DAY + dt.timedelta(1)
    path = book(tmp_path / "a.xlsx", {"Report": rows}, lambda made: made["Report"].merge_cells("A1:E1"))
    sheet = read_file(path)
    assert (sheet.head.line, sheet.head.first, sheet.part, sheet.form) == (3, 4, "Report", "Excel workbook")
    batch = ingest.prepare(sheet, LONG, CATALOG, today=TODAY)
    assert (batch.tally.rows, batch.tally.skipped, batch.tally.records) == (2, 2, 4)
    assert "total_row_skipped" in warnings(batch)
    assert batch.fingerprint == read_file(path, name="other name.xlsx").fingerprint


def test_numbers_keep_every_digit_and_are_never_asked_about(tmp_path: Path) -> None:
    """1.234 as a number is no text that could mean twelve hundred; as a text it still is."""
    given_numbers = [1.234, 12345.678, 0.3333333333333333, 1e-7, 1e20, -3.0]
    path = book(tmp_path / "a.xlsx", {"S": [HEADER, *(record(v, i) for i, v in enumerate(given_numbers))]})
    assert values(path) == given_numbers
    path = book(tmp_path / "b.xlsx", {"S": [HEADER, record(5.25), record("1.234", 1)]})
    with pytest.raises(NeedsAnswer, match=r"1\.234"):
        values(path)
    assert values(path, answers={"decimal": ","}) == [5.25, 1234.0]


@given(numbers=st.lists(st.floats(-1e300, 1e300).filter(lambda n: n not in CODES), min_size=1, max_size=20))
@settings(deadline=None, max_examples=cases(7, 30), suppress_health_check=[HealthCheck.too_slow])
def test_any_number_comes_back(tmp_path_factory: pytest.TempPathFactory, numbers: list[float]) -> None:
    folder = tmp_path_factory.mktemp("book")
    numbers = [float(f"{number:.16g}") for number in numbers]  # the digits that openpyxl writes
    assert values(book(folder / "a.xlsx", {"S": [HEADER, *(record(v, i) for i, v in enumerate(numbers))]})) == numbers


def test_numbers_as_texts_in_the_style_of_their_own(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"S": [HEADER, record(5.5), record("1.234,5", 1), record("7,25", 2)]})
    assert values(path) == [5.5, 1234.5, 7.25]


def test_dates_need_no_question_and_texts_beside_them_may(tmp_path: Path) -> None:
    early = [dt.date(2025, 5, 1), dt.date(2025, 5, 2)]
    path = book(tmp_path / "a.xlsx", {"S": [HEADER, *([day, "A", "L1", "scrap", 1] for day in early)]})
    batch = ingest.prepare(read_file(path), LONG, CATALOG, today=TODAY)
    assert sorted(readings(batch)["observed_at"].dt.date) == early
    stamps = [["when", "minutes"], [dt.datetime(2025, 1, 27, 6, 30, 15), 5], ["27.01.2025 06:45", 6]]
    template = Template("waits", {"when": "ts"}, (ingest.Measured("wait", value="minutes"),))
    path = book(tmp_path / "b.xlsx", {"S": stamps})
    found = readings(ingest.prepare(read_file(path, template=template), template, CATALOG, today=TODAY))
    assert [str(at) for at in found["observed_at"]] == ["2025-01-27 06:30:15", "2025-01-27 06:45:00"]


@pytest.mark.parametrize("dated", [True, False])
def test_days_counted_from_1904(tmp_path: Path, dated: bool) -> None:
    def change(made: Any) -> None:
        made.epoch = CALENDAR_MAC_1904
        for row in made["S"].iter_rows(min_row=2, max_col=1):
            row[0].value = DAY if dated else (DAY - dt.date(1904, 1, 1)).days
            row[0].number_format = "yyyy-mm-dd" if dated else "General"

    path = book(tmp_path / "a.xlsx", {"S": [HEADER, record(1)]}, change)
    batch = ingest.prepare(read_file(path), LONG, CATALOG, today=TODAY)
    assert readings(batch)["observed_at"].dt.date.tolist() == [DAY]
    assert ("excel_serial_dates" in warnings(batch)) is not dated


def test_errors_are_missing_and_said(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"S": [HEADER, record(1), record("#DIV/0!", 1), record("#N/A", 2)]})
    batch = ingest.prepare(read_file(path), LONG, CATALOG, today=TODAY)
    assert (batch.tally.rows, batch.tally.missing) == (1, 2)
    (notice,) = [n for n in batch.warnings if n.code == "excel_error_values"]
    assert notice.text.startswith("2 cells")


def test_formulas_give_their_last_value(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"S": [HEADER, record("=1+41")]})
    part = "xl/worksheets/sheet1.xml"
    assert values(
        rewritten(path, part, lambda xml: xml.replace(b"<v></v>", b"<v>42</v>").replace(b"<v />", b"<v>42</v>"))
    ) == [42.0]


def test_a_merged_key_counts_for_every_row_and_a_merged_number_once(tmp_path: Path) -> None:
    rows = [HEADER, record(1), [None, None, "L2", "scrap", 2], [None, None, "L3", "scrap", None]]

    def change(made: Any) -> None:
        for cells in ("A2:A4", "B2:B4", "E3:E4"):
            made["S"].merge_cells(cells)

    path = book(tmp_path / "a.xlsx", {"S": rows}, change)
    batch = ingest.prepare(read_file(path), LONG, CATALOG, today=TODAY)
    found = readings(batch)
    assert found[["site", "line", "value"]].values.tolist() == [["A", "L1", 1.0], ["A", "L2", 2.0]]
    assert batch.tally.missing == 1


def test_two_header_rows_with_merged_names(tmp_path: Path) -> None:
    rows = [["Date", "Orders", None, "Comment"], [None, "all", "late", None], [DAY, 10, 2, "x"], [DAY, 12, 3, "y"]]

    def change(made: Any) -> None:
        for cells in ("A1:A2", "B1:C1", "D1:D2"):
            made["S"].merge_cells(cells)

    sheet = read_file(book(tmp_path / "a.xlsx", {"S": rows}, change))
    assert sheet.headers == ("Date", "Orders all", "Orders late", "Comment")
    assert sheet.head.first == 3


def test_three_header_rows_with_merged_names_and_units(tmp_path: Path) -> None:
    rows = [["Production"], ["Date", "Site", "Good", None, "Bad"], [None, None, "early", "late", "all"]]
    rows += [[None, None, "pcs", "pcs", "pcs"], *([DAY + dt.timedelta(n), "A", n, 2, 3] for n in range(4))]

    def change(made: Any) -> None:
        for cells in ("A1:E1", "A2:A4", "B2:B4", "C2:D2"):
            made["S"].merge_cells(cells)

    sheet = read_file(book(tmp_path / "a.xlsx", {"S": rows}, change))
    assert sheet.headers == ("Date", "Site", "Good early", "Good late", "Bad all")
    assert (sheet.head.first, sheet.head.units[2:]) == (5, ("pcs", "pcs", "pcs"))


def test_rejects_say_their_row_and_show_it_parted_by_tabs(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {"S": [["Report"], [], HEADER, record("abc"), record("2\nx", 1), record(1, 2), record(2, 3)]},
    )
    batch = ingest.prepare(read_file(path), LONG, CATALOG, today=TODAY)
    assert codes(batch) == [(4, "not_a_number"), (5, "not_a_number")]
    assert list(batch.rejects["text"]) == ["2025-01-27\tA\tL1\tscrap\tabc", '2025-01-28\tA\tL1\tscrap\t"2\nx"']
    assert b"2025-01-27\tA\tL1\tscrap\tabc" in reject_csv(batch)


def test_a_remark_beside_the_table_is_no_surplus_cell(tmp_path: Path) -> None:
    rows = [HEADER, record(1), [*record(2, 1), None, "checked by Ann"]]
    assert values(book(tmp_path / "a.xlsx", {"S": rows})) == [1.0, 2.0]


def table(*numbers: float, site: str = "A") -> list[list[Any]]:
    """A long table."""
    return [HEADER, *(record(v, i, site) for i, v in enumerate(numbers))]


def test_notes_empty_and_hidden_sheets_are_left_out(tmp_path: Path) -> None:
    sheets = {"Read me": [["How to read this"]], "Empty": [], "Data": table(1, 2), "Old": table(9)}

    def change(made: Any) -> None:
        made["Old"].sheet_state = "hidden"

    path = book(tmp_path / "a.xlsx", sheets, change)
    assert read_file(path).part == "Data"
    assert read_file(path, answers={"sheet": "Old"}).cells(2)[-1] == "9"
    with pytest.raises(IngestRefused, match="No sheet 'New' among 'Read me'"):
        read_file(path, answers={"sheet": "New"})


def test_several_tables_are_a_question(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", {"Berlin": table(1, 2, site="B"), "Lyon": table(3, site="L"), "Plan": [["x", "y"], [1, 2]]}
    )
    with pytest.raises(NeedsAnswer) as asked:
        read_file(path)
    (question,) = asked.value.questions
    assert question.code == "sheet" and [c.split(":")[0] for c in question.choices] == ["all", "Berlin", "Lyon", "Plan"]
    assert question.choices[1] == "Berlin: 2 rows with date, site, line, metric, value"
    for answer in ("Lyon", "lyon", question.choices[2]):
        assert read_file(path, answers={"sheet": answer}).part == "Lyon"
    template = Template("own", LONG.columns, sheet="Berlin")
    assert Template.load(template.dump()) == template
    assert read_file(path, template=template).part == "Berlin"
    assert LONG.remembering({"sheet": "Lyon"}).sheet == "Lyon"


def test_sheets_together_keep_their_rows_and_names(tmp_path: Path) -> None:
    bare = [[c for i, c in enumerate(row) if i != 1] for row in table(1, 2)]
    other = [["Lyon"], *([c for i, c in enumerate(row) if i != 1] for row in table(3)), [DAY, "L1", "scrap", "abc"]]
    path = book(tmp_path / "a.xlsx", {"Berlin": bare, "Lyon": other})
    template = Template(
        "sheets",
        {"date": "date", "sheet name": "site", "line": "line", "metric": "metric", "value": "value"},
        sheet="all",
    )
    batch = ingest.prepare(read_file(path, template=template), template, CATALOG, today=TODAY)
    assert readings(batch)[["site", "value"]].values.tolist() == [["Berlin", 1.0], ["Berlin", 2.0], ["Lyon", 3.0]]
    assert codes(batch) == [(4, "not_a_number")]
    assert batch.rejects["text"].tolist() == ["2025-01-27\tL1\tscrap\tabc\tLyon"]
    assert "sheets_together" in warnings(batch)


def test_a_kept_template_knows_its_sheet(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"Berlin": table(1, site="B"), "Lyon": table(3, site="L")})
    mine = Template("lyon", LONG.columns, header=tuple(HEADER), sheet="Lyon")
    assert read_known(path, [LONG, mine]).part == "Lyon"
    with pytest.raises(NeedsAnswer):
        read_known(path, [LONG])
    with pytest.raises(NeedsAnswer):  # two templates, two sheets
        read_known(path, [mine, Template("berlin", LONG.columns, header=tuple(HEADER), sheet="Berlin")])


def test_a_template_tells_the_sheet_by_its_header(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"Other": [["a", "b"], [1, 2]], "Data": table(5)})
    assert read_file(path, template=LONG).part == "Data"


def test_without_any_table(tmp_path: Path) -> None:
    def change(made: Any) -> None:
        made["Data"].sheet_state = "veryHidden"

    path = book(tmp_path / "a.xlsx", {"Empty": [], "Data": table(1)}, change)
    with pytest.raises(IngestRefused, match="hidden: 'Data'") as refused:
        read_file(path)
    assert refused.value.code == "empty_workbook"


def test_too_many_columns(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"Data": [["date", *range(3000)], [DAY, *range(3000)]]})
    with pytest.raises(IngestRefused, match="3,001 columns in sheet 'Data'") as refused:
        read_file(path, limits=Limits(columns=3_000))
    assert refused.value.code == "too_many_columns"
    assert len(read_file(path).headers) == 3_001


def test_what_was_recognised_in_words(tmp_path: Path) -> None:
    found = dict(ingest.recognised_sheet(read_file(book(tmp_path / "a.xlsx", {"Data": table(1, 2)}))))
    assert found == {"Kind": "Excel workbook", "Sheet": "Data", "Header": "row 1", "Rows": "2"}


def test_a_table_that_begins_in_another_column(tmp_path: Path) -> None:
    rows = [[None, None, *row] for row in [["Report"], HEADER, record(1), [None, "B", "L1", "scrap", "#N/A"]]]
    path = book(tmp_path / "a.xlsx", {"S": rows}, lambda made: made["S"].merge_cells("C3:C4"))
    batch = ingest.prepare(read_file(path), LONG, CATALOG, today=TODAY)
    assert (batch.tally.rows, batch.tally.missing, batch.tally.rejected) == (1, 1, 0)
    assert "excel_error_values" in warnings(batch)


def test_an_open_document_spreadsheet(tmp_path: Path) -> None:
    """The least that the format asks for (OpenDocument 1.2, part 1, chapter 9)."""
    names = {"office": "office", "table": "table", "text": "text"}
    spaces = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in names.items())

    def cell(kind: str, value: Any) -> str:
        stated = {"float": f' office:value="{value}"', "date": f' office:date-value="{value}"'}.get(kind, "")
        return f'<table:table-cell office:value-type="{kind}"{stated}><text:p>{value}</text:p></table:table-cell>'

    kinds = ("date", "string", "string", "string", "float")
    lines = [[cell("string", name) for name in HEADER]]
    lines += [[cell(k, v) for k, v in zip(kinds, record(v, i), strict=True)] for i, v in enumerate((1.234, 2))]
    body = "".join(f"<table:table-row>{''.join(line)}</table:table-row>" for line in lines)
    body = f'<office:spreadsheet><table:table table:name="Data">{body}</table:table></office:spreadsheet>'
    content = f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>"
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    assert (read_file(path).form, read_file(path).part) == ("OpenDocument spreadsheet", "Data")
    assert values(path) == [1.234, 2.0]


def test_formulas_that_nobody_computed_are_no_load(tmp_path: Path) -> None:
    """openpyxl writes formulas without their results, as programs do that only make files."""
    path = book(tmp_path / "a.xlsx", {"S": [HEADER, record("=1+1"), record("=2+2", 1)]})
    with pytest.raises(
        IngestRefused, match=r"2 have no number in 'value'.*open the file in a spreadsheet program"
    ) as no:
        values(path)
    assert no.value.code == "nothing_usable"


def test_one_column_of_such_formulas_beside_others_is_told(tmp_path: Path) -> None:
    two = Template(
        "two", {"when": "ts"}, (ingest.Measured("wait", value="minutes"), ingest.Measured("rest", value="rest"))
    )
    kpis = catalog(CATALOG["wait"], Kpi("rest", "Rest", "measured", "lower"))
    stamps = [["when", "minutes", "rest"], [dt.datetime(2025, 1, 27), 5, "=1+1"], [dt.datetime(2025, 1, 28), 6, "=2+2"]]
    batch = ingest.prepare(read_file(book(tmp_path / "a.xlsx", {"S": stamps}), template=two), two, kpis, today=TODAY)
    assert batch.tally.rows == 2
    assert [n.text for n in batch.warnings] == [
        "2 formulas have no result in the file and count as empty: open it in a spreadsheet program, save it and load "
        "it again.",
        "Column 'rest' is empty in every record.",
    ]


def test_a_result_of_0_that_nobody_computed_is_none(tmp_path: Path) -> None:
    """Programs that cannot compute write 0 and ask for computing on opening (as XlsxWriter does by default)."""
    rows = [HEADER, record(0), record("=1+1", 1), record("=2+2", 2), record(3, 3)]

    def results(xml: bytes) -> bytes:
        told = xml.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>0</v>").replace(b"<f>2+2</f><v />", b"<f>2+2</f><v>4</v>")
        return told.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>0</v>").replace(b"<v></v>", b"<v>4</v>")

    path = rewritten(book(tmp_path / "a.xlsx", {"S": rows}), "xl/worksheets/sheet1.xml", results)
    assert values(path) == [0.0, 4.0, 3.0]
    assert [notice.code for notice in read_file(path).notices] == ["formulas_without_result"]
    computed = rewritten(path, "xl/workbook.xml", lambda xml: xml.replace(b'fullCalcOnLoad="1"', b""))
    assert values(computed) == [0.0, 0.0, 4.0, 3.0]


def test_durations_are_minutes_beyond_a_day_too(tmp_path: Path) -> None:
    def change(made: Any) -> None:
        for row in made["S"].iter_rows(min_row=2, min_col=5):
            row[0].number_format = "[h]:mm"

    rows = [HEADER, record(dt.timedelta(hours=30, minutes=5)), record(dt.timedelta(seconds=90), 1)]
    path = book(tmp_path / "a.xlsx", {"S": rows}, change)
    assert values(path) == [1805.0, 1.5]
    assert [notice.text for notice in read_file(path).notices] == ["2 durations are read as minutes."]


def test_tables_side_by_side(tmp_path: Path) -> None:
    """Of one header they are read together; of another one each is a table of its own; empty columns inside a table
    part nothing."""
    left, right = [record(1), record(2, 1)], [record(3, 2), record(4, 3), record(5, 4)]
    beside = [[*HEADER, None, *HEADER], *([*a, None, *b] for a, b in zip([*left, [None] * 5], right, strict=True))]
    path = book(tmp_path / "a.xlsx", {"S": beside})
    assert values(path) == [1.0, 2.0, 3.0, 4.0, 5.0]
    sheet = read_file(path)
    assert sheet.headers == tuple(HEADER)
    assert sheet.notices[0].text == "The tables 'S, columns A to E', 'S, columns G to K' were read together."
    rows = [[*HEADER, None, "site", "target"], [*record(1), None, "A", 7], [*record(2, 1), None, "B", 8]]
    path = book(tmp_path / "b.xlsx", {"S": rows})
    assert values(path) == [1.0, 2.0]
    with pytest.raises(NeedsAnswer, match="2 sheets with tables"):
        read_file(path)
    assert read_file(path, answers={"sheet": "S, columns G to H"}).headers == ("site", "target")
    spaced = [[row[0], None, *row[1:4], None, row[4]] for row in [HEADER, record(1), record(2, 1)]]
    assert values(book(tmp_path / "c.xlsx", {"S": spaced})) == [1.0, 2.0]


def test_sheets_together_whose_columns_stand_in_another_order(tmp_path: Path) -> None:
    turned = [[row[4], *row[:4]] for row in table(3, 4, site="L")]
    path = book(tmp_path / "a.xlsx", {"Berlin": table(1, 2, site="B"), "Lyon": turned})
    batch = ingest.prepare(read_file(path, answers={"sheet": "all"}), LONG, CATALOG, today=TODAY)
    found = readings(batch).sort_values(["site", "observed_at"])
    assert found[["site", "value"]].values.tolist() == [["B", 1.0], ["B", 2.0], ["L", 3.0], ["L", 4.0]]


def test_an_error_is_no_site_and_no_comment(tmp_path: Path) -> None:
    rows = [HEADER, record(1), record(2, 1, site="#N/A"), ["#REF!", *record(3)[1:]], record(4, 3)]
    batch = ingest.prepare(read_file(book(tmp_path / "a.xlsx", {"S": rows})), LONG, CATALOG, today=TODAY)
    assert codes(batch) == [(3, "empty_key"), (4, "bad_date")]
    assert batch.tally.rows == 2
