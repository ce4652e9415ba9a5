"""What becomes of each record: skipped, missing, rejected with line and reason, or loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics import ingest
from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Measured, Template
from tests.ingest.builders import (
    CATALOG,
    LONG,
    RATIO,
    TODAY,
    catalog,
    codes,
    counts,
    prepared,
    readings,
    warnings,
    written,
)

HEAD = "date,site,line,metric,value\n"


def test_ragged_rows(tmp_path: Path) -> None:
    text = HEAD + (
        "2025-01-27,A,L1,scrap,1\n"
        "2025-01-28,L1,scrap,2\n"
        "2025-01-29,A,L1,EXTRA,scrap,3\n"
        "2025-01-30,A,L1,scrap,4,,\n"  # empty cells at the end harm nobody
        "2025-01-31,A,L1,scrap,5\n"
    )
    batch = prepared(tmp_path, text)
    assert codes(batch) == [(3, "too_few_fields"), (4, "too_many_fields")]
    assert list(readings(batch)["value"]) == [1, 4, 5]
    assert list(batch.rejects["text"]) == ["2025-01-28,L1,scrap,2", "2025-01-29,A,L1,EXTRA,scrap,3"]


def test_blank_total_header_and_note_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    text = HEAD + (
        "2025-01-27,A,L1,scrap,1\n"
        "\n"
        "   \n"
        ",,,,\n"
        "Subtotal A,,,,1\n"
        "Date,Site,LINE,metric,Value\n"
        "2025-01-27,Total,,scrap,1\n"
        "2025-01-28,A,L1,scrap,2\n"
        "\n"
        "Grand total,,,,3\n"
        "Source: the plant's own system\n"
    )
    batch = prepared(tmp_path, text)
    assert batch.tally.skipped == 9
    assert (batch.tally.records, batch.tally.rows, batch.tally.rejected) == (11, 2, 0)
    assert {"total_row_skipped", "repeated_header_skipped", "note_skipped"} <= warnings(batch)


@pytest.mark.parametrize(
    "word", ["Total", "Gesamtsumme", "Summe Januar", "TOTAL GENERAL", "Sous-total Lyon", "Zwischensumme"]
)
def test_total_words(tmp_path: Path, word: str) -> None:
    batch = prepared(tmp_path, HEAD + f"2025-01-27,A,L1,scrap,1\n{word},,,,1\n")
    assert (batch.tally.rows, batch.tally.skipped) == (1, 1)


def test_a_record_of_all_is_a_total_beside_its_parts_and_a_name_of_its_own_without(tmp_path: Path) -> None:
    rows = [
        "2025-01-27,A,L1,scrap,1",
        "2025-01-27,B,L1,scrap,2",
        "2025-01-27,Alle Werke,L1,scrap,3",
        "2025-01-27,A,Σ,scrap,1",
        "2025-01-27,All sites,All,scrap,3",
        "2025-01-28,All sites,L1,scrap,4",  # nothing else is said of that day
        "2025-01-27,All Saints,L1,scrap,5",
    ]
    batch = prepared(tmp_path, HEAD + "\n".join([*rows, ""]))
    assert list(readings(batch)["site"]) == ["A", "B", "All sites", "All Saints"]
    assert (batch.tally.skipped, batch.tally.rejected) == (3, 0)


def test_a_name_that_says_as_above_is_none(tmp_path: Path) -> None:
    words = ["''", "dito", "IDEM", "〃"]
    rows = [f"2025-01-{day:02},{word},L1,scrap,2\n" for day, word in enumerate(["A", *words], start=1)]
    batch = prepared(tmp_path, HEAD + "".join(rows))
    assert codes(batch) == [(line, "as_above") for line in range(3, 7)]
    assert batch.tally.rows == 1


def test_words_that_only_begin_like_a_total(tmp_path: Path) -> None:
    batch = prepared(tmp_path, HEAD + "2025-01-27,Totalfina,L1,scrap,1\n2025-01-28,A,Summer,scrap,2\n")
    assert batch.tally.rows == 2


def test_a_lone_cell_between_records_is_rejected(tmp_path: Path) -> None:
    batch = prepared(tmp_path, HEAD + "2025-01-27,A,L1,scrap,1\nPlant B\n2025-01-28,B,L1,scrap,2\n")
    assert codes(batch) == [(3, "one_cell_only")]


def test_counts(tmp_path: Path) -> None:
    text = "date,site,late orders,orders\n" + (
        "2025-01-27,A,2,10\n"
        "2025-01-28,A,11,10\n"
        "2025-01-29,A,-1,10\n"
        "2025-01-30,A,0,-10\n"
        "2025-01-31,A,0,0\n"  # nothing happened: loaded, its share is undefined
        "2025-02-01,A,,10\n"
        "2025-02-02,A,5,\n"
        "2025-02-03,,5,10\n"
        ",A,5,10\n"
    )
    batch = prepared(tmp_path, text, RATIO)
    assert codes(batch) == [
        (3, "numerator_exceeds"),
        (4, "negative_count"),
        (5, "negative_count"),
        (9, "empty_key"),
        (10, "no_date"),
    ]
    assert list(counts(batch)["numerator"]) == [2, 0]
    assert (batch.tally.missing, batch.tally.records) == (2, 9)
    assert batch.tally.adds_up()
    reasons = dict(zip(batch.rejects["line"], batch.rejects["reason"], strict=True))
    assert reasons[3] == "'11' is more than its denominator"
    assert dict(zip(batch.rejects["line"], batch.rejects["column"], strict=True))[9] == "site"


def test_values_that_a_kpi_cannot_take(tmp_path: Path) -> None:
    waits = Template("waits", {"when": "ts"}, (Measured("wait", value="minutes"),))
    text = "when,minutes\n2025-01-27 05:00,-1\n2025-01-27 06:00,600\n2025-01-27 07:00,601\n"
    batch = prepared(tmp_path, text, waits)
    assert codes(batch) == [(2, "out_of_bounds"), (4, "out_of_bounds")]


def test_metrics_by_key_or_name_in_any_case(tmp_path: Path) -> None:
    text = HEAD + (
        "2025-01-27,A,L1,scrap,1\n2025-01-28,A,L1,Scrap weight,2\n2025-01-29,A,L1, SCRAP  WEIGHT,3\n"
        "2025-01-30,A,L1,waste,4\n2025-01-31,A,L1,late,5\n2025-01-31,A,L1,juice,5\n"
    )
    batch = prepared(tmp_path, text)
    assert list(readings(batch)["value"]) == [1, 2, 3]
    assert set(readings(batch)["kpi"]) == {"scrap"}
    assert codes(batch) == [(5, "unknown_metric"), (6, "needs_counts"), (7, "needs_counts")]


def test_metrics_that_the_file_cannot_state(tmp_path: Path) -> None:
    definitions = catalog(
        Kpi("late", "Late", "proportion", "lower", dimensions=("site",)),
        Kpi("scrap", "Scrap", "measured", "lower", dimensions=("site", "line")),
        Kpi("juice", "Juice", "proportion", "lower", operate="sample"),
    )
    told = Template("counts", {"date": "date", "site": "site", "kpi": "metric", "n": "numerator", "of": "denominator"})
    text = "date,site,kpi,n,of\n2025-01-27,A,late,1,10\n2025-01-27,A,scrap,1,10\n2025-01-27,A,juice,1,10\n"
    assert codes(prepared(tmp_path, text, told, definitions)) == [(3, "needs_value"), (4, "needs_time")]
    short = Template("short", {"date": "date", "site": "site", "kpi": "metric", "n": "value"})
    assert codes(prepared(tmp_path, text, short, definitions)) == [
        (2, "needs_counts"),
        (3, "needs_dimension"),
        (4, "needs_counts"),
    ]


def test_a_wide_record_gives_several_facts(tmp_path: Path) -> None:
    wide = Template(
        "wide",
        {"date": "date", "site": "site", "line": "line"},
        (Measured("late", numerator="late", denominator="all"), Measured("scrap", value="kg")),
    )
    text = "date,site,line,late,all,kg\n2025-01-27,A,L1,1,10,5\n2025-01-28,A,L1,,10,6\n2025-01-29,A,L1,1,10,\n,,,,,\n"
    batch = prepared(tmp_path, text, wide)
    assert (batch.tally.rows, batch.tally.records, batch.tally.skipped) == (3, 4, 1)
    assert list(counts(batch)["numerator"]) == [1, 1]
    assert list(readings(batch)["value"]) == [5, 6]
    assert (batch.counts.rows, batch.readings.rows) == (2, 2)


def test_one_wrong_cell_rejects_the_whole_record(tmp_path: Path) -> None:
    wide = Template(
        "wide",
        {"date": "date", "site": "site", "line": "line"},
        (Measured("late", numerator="late", denominator="all"), Measured("scrap", value="kg")),
    )
    text = "date,site,line,late,all,kg\n2025-01-27,A,L1,11,10,5\n2025-01-28,A,L1,1,10,x\n2025-01-29,A,L1,1,10,4\n"
    batch = prepared(tmp_path, text, wide)
    assert codes(batch) == [(2, "numerator_exceeds"), (3, "not_a_number")]
    assert (batch.counts.rows, batch.readings.rows) == (1, 1)


def test_dimensions_that_a_kpi_does_not_use_are_null(tmp_path: Path) -> None:
    batch = prepared(tmp_path, "date,site,late orders,orders\n2025-01-27,A,2,10\n", RATIO)
    (row,) = counts(batch).to_dict("records")
    assert row["site"] == "A"
    assert row["line"] is None or row["line"] != row["line"]
    assert batch.counts.reader().schema.names == ["kpi", "observed_at", "site", "line", "numerator", "denominator"]


def test_names_are_tidied_and_their_spellings_made_one(tmp_path: Path) -> None:
    text = HEAD + (
        "2025-01-27,Köln,L1,scrap,1\n2025-01-28, Ko\u0308ln\u00a0,L1,scrap,2\n2025-01-29,KÖLN,L1,scrap,3\n"
        "2025-01-30,K\u200böln,L  1,scrap,4\n2025-01-31,Bonn,007,scrap,5\n"
    )
    batch = prepared(tmp_path, text)
    assert list(readings(batch)["site"]) == ["Köln", "Köln", "Köln", "Köln", "Bonn"]
    assert list(readings(batch)["line"]) == ["L1", "L1", "L1", "L 1", "007"]
    assert "values_normalised" in warnings(batch)


def test_the_spelling_kept_does_not_depend_on_the_order_of_the_records(tmp_path: Path) -> None:
    rows = [
        f"2025-01-{day:02},{site},L1,scrap,1\n" for day, site in enumerate(["lyon", "LYON", "Lyon", "Lyon"], start=1)
    ]
    for order in (rows, rows[::-1]):
        assert set(readings(prepared(tmp_path, HEAD + "".join(order)))["site"]) == {"Lyon"}


def test_a_name_with_a_stray_mark_is_held_back_where_others_have_it_without(tmp_path: Path) -> None:
    """Whether the mark was added, lost or meant the file does not tell; a mark that stands in all of them is meant."""
    rows = [f'"2025-01-{day:02}","A","{line}","scrap","{day}"\n' for day, line in enumerate(["L2", "L1"] * 6, start=1)]
    rows[4] = rows[4].replace('"L2"', '"L"2"')
    batch = prepared(tmp_path, HEAD + "".join(rows))
    assert codes(batch) == [(6, "stray_quote")] and set(readings(batch)["line"]) == {"L1", "L2"}
    meant = "".join(rows).replace('"L2"', '"12"" press"').replace('"L"2"', '"12" press"')
    assert set(readings(prepared(tmp_path, HEAD + meant))["line"]) == {"L1", '12" press'}
    doubled = "".join(rows).replace('"L"2"', '"L""2"')
    assert set(readings(prepared(tmp_path, HEAD + doubled))["line"]) == {"L1", "L2", 'L"2'}


def test_marks_of_the_direction_of_writing_are_no_part_of_a_cell(tmp_path: Path) -> None:
    batch = prepared(
        tmp_path, HEAD + "\u200e2025-01-27,\u2067A\u2069,L1,scrap,\u200e-1.5\n2025-01-27,A\u200f,L2,scrap,2\n"
    )
    assert list(readings(batch)["value"]) == [-1.5, 2] and set(readings(batch)["site"]) == {"A"}


def test_names_that_may_be_one_stay_apart_and_are_told(tmp_path: Path) -> None:
    sites = ["Saint-Étienne", "Saint Etienne", "SaintEtienne", "Düsseldorf", "Duesseldorf", "Lyon"]
    lines = ["1-1", "11", "1 1-1", "11-1", "L-2", "L2"]
    told = zip(sites, lines, strict=True)
    rows = [f"2025-01-{day:02},{site},{line},scrap,1\n" for day, (site, line) in enumerate(told, start=1)]
    batch = prepared(tmp_path, HEAD + "".join(rows))
    assert list(readings(batch)["site"]) == sites
    said = [notice.text for notice in batch.warnings if notice.code == "possible_aliases"]
    assert len(said) == 2
    assert "Saint Etienne / Saint-Étienne / SaintEtienne" in said[0]
    assert "Duesseldorf / Düsseldorf" in said[0]
    assert "'L-2 / L2'. They stay apart." in said[1]
    assert "11" not in said[1]  # 1-1 is not 11


def test_names_that_were_encoded_twice_are_told(tmp_path: Path) -> None:
    sites = ["Köln".encode().decode("cp1252"), "Zürich", "Łódź", "Ãs"]
    rows = [f"2025-01-{day:02},{site},L1,scrap,1\n" for day, site in enumerate(sites, start=1)]
    batch = prepared(tmp_path, HEAD + "".join(rows))
    (said,) = [notice.text for notice in batch.warnings if notice.code == "encoded_twice"]
    assert "KÃ¶ln may be Köln" in said
    assert not any(right in said for right in sites[1:])


def test_nothing_to_load(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused) as refused:
        prepared(tmp_path, HEAD + "\n\nTotal,,,,4\n")
    assert refused.value.code == "no_rows"


def test_a_file_of_rejects_only_is_shown_with_its_reasons_and_never_loaded(tmp_path: Path) -> None:
    content = HEAD + "2025-01-27,A,L1,waste,1\n2025-01-28,A,L1,scrap,\n"
    sheet = ingest.read_file(written(tmp_path, content), template=LONG)
    examined = ingest.examine(sheet, LONG, CATALOG, today=TODAY)
    batch = examined.batch
    assert (batch.tally.rows, batch.tally.rejected, batch.tally.missing) == (0, 1, 1)
    assert batch.readings.reader().read_all().num_rows == 0
    assert codes(batch) == [(2, "unknown_metric")]
    assert str(examined.unusable) == (
        "None of 2 records can be loaded: 1 has no number in 'value'; 1 is rejected, the first in line 2: 'waste' "
        "names no KPI of the catalogue, or more than one; wanted: at least one record that can be loaded; export the "
        "period again, with its values; use the key of a KPI, or add it."
    )
    with pytest.raises(IngestRefused, match="None of 2 records") as refused:
        ingest.prepare(sheet, LONG, CATALOG, today=TODAY)
    assert refused.value.code == "nothing_usable"


def test_facts_can_be_read_again_and_again(tmp_path: Path) -> None:
    batch = prepared(tmp_path, HEAD + "2025-01-27,A,L1,scrap,1\n2025-01-28,A,L1,scrap,2\n")
    first, second = batch.readings.reader(), batch.readings.reader()
    assert first.read_all().equals(second.read_all())
    assert batch.readings.reader().read_all().num_rows == batch.readings.rows == 2


def test_words_of_the_file_are_never_sql(tmp_path: Path) -> None:
    nasty = "'); DROP TABLE stage; --"
    text = f'date,"si""te\'",line,metric,value\n2025-01-27,{nasty},L1,scrap,1\n2025-01-28,A,L1,{nasty},2\n'
    told = Template("nasty", {"date": "date", "si\"te'": "site", "line": "line", "metric": "metric", "value": "value"})
    batch = prepared(tmp_path, text, told)
    assert list(readings(batch)["site"]) == [nasty]
    assert codes(batch) == [(3, "unknown_metric")]


def test_codes_that_were_taken_for_numbers_are_whole_again(tmp_path: Path) -> None:
    rows = ["2025-01-27,1234.0,2.0,scrap,1", "2025-01-28,1234,2.5,scrap,2", "2025-01-29,007,L1,scrap,3"]
    batch = prepared(tmp_path, "\n".join(["date,site,line,metric,value", *rows, ""]))
    assert list(readings(batch)["site"]) == ["1234", "1234", "007"]
    assert list(readings(batch)["line"]) == ["2.0", "2.5", "L1"]  # no codes of whole numbers alone
    assert "values_normalised" in warnings(batch)
