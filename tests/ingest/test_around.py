"""What stands around and between the records, as exports of many programs have it. Authority: the three records."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.ingest import IngestRefused, Measured, Template
from tests.ingest.builders import codes, prepared, readings, warnings

HEAD = "date,site,line,metric,value\n"
ROWS = ("2025-01-27,A,L1,scrap,1\n", "2025-01-28,A,L1,scrap,2\n", "2025-01-29,B,L1,scrap,3\n")
BODY = "".join(ROWS)
BAR = "+------------+------+------+--------+-------+\n"
PRINTED = "| date       | site | line | metric | value |\n"
PRINTED_ROWS = "".join(
    f"| 2025-01-{27 + i} | {site}    | L1   | scrap  |     {i + 1} |\n" for i, site in enumerate("AAB")
)
ALIGNED = "".join(f"2025-01-{27 + i} {site}    L1   scrap      {i + 1}\n" for i, site in enumerate("AAB"))

WHOLE = {
    "psql": PRINTED.replace("| d", " d")[:-3] + "\n" + BAR.strip("+\n") + "\n" + PRINTED_ROWS.replace("|\n", "\n")
    .replace("| 2", " 2") + "(3 rows)\n\n",
    "mysql": f"{BAR}{PRINTED}{BAR}{PRINTED_ROWS}{BAR}3 rows in set (0.00 sec)\n",
    "markdown": f"{PRINTED}|---|:--|---|---|--:|\n{PRINTED_ROWS}",
    "sqlcmd": f"date       site line metric value\n---------- ---- ---- ------ -----\n{ALIGNED}\n(3 rows affected)\n",
    "quoted twice": "".join(f'"{line}"\n' for line in (HEAD + BODY).replace("A", '""A""').splitlines()),
    "quoted twice but the header": HEAD + "".join(f'"{line}"\n' for line in BODY.splitlines()),
    "carets": (HEAD + BODY).replace(",", "^"),
    "types": HEAD + "date,string,string,string,float\n" + BODY,
    "pages": HEAD + ROWS[0] + "Page 1 of 2,,,,\n" + HEAD + ROWS[1] + ROWS[2] + "Page 2 of 2,,,,\n",
    "comments": "# exported\n" + HEAD + ROWS[0] + "# checked, by B\n" + ROWS[1] + ROWS[2],
    "colons": (HEAD + BODY).replace(",", ":"),
    "formats": HEAD + "YYYY-MM-DD,text,text,text,###\n" + BODY,
    "formats in brackets": HEAD + "(DD/MM/YYYY),,,,#.##0\n"
    + "".join(f"0{i + 1}/02/2025,{site},L1,scrap,{i + 1}\n" for i, site in enumerate("AAB")),
    "formulas of texts": HEAD
    + "".join(",".join(f'="{c}"' for c in line.split(",")) + "\n" for line in BODY.split("\n")[:-1]),
    "subtotals": HEAD + ROWS[0] + ROWS[1] + ",A Total,,,3\n" + ROWS[2] + ",B Total,,,3\nGrand Total,,,,6\n",
}  # fmt: skip
LAST = (
    *("Gesamtergebnis,,,,6", "Summe:,,,,6", "Totaal,,,,6", "Eindtotaal,,,,6", "Totale complessivo,,,,6"),
    *("Total général,,,,6", "Suma total,,,,6", "Average,,,,2", "Mittelwert,,,,2", "Moyenne,,,,2", "Anzahl,,,,3"),
    *("-- End of report --", "(1,234 rows affected)", "* preliminary, see handbook", "Source: SAP, plant 1"),
)


def test_three_records_are_loaded_and_nothing_else(tmp_path: Path) -> None:
    cases = WHOLE | {line: f"{HEAD}{BODY}{line}\n" for line in LAST}
    for number, (name, text) in enumerate(cases.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        batch = prepared(folder, text)
        assert (batch.tally.rows, batch.tally.rejected, batch.tally.missing) == (3, 0, 0), name
        assert list(readings(batch)["value"]) == [1, 2, 3], name
        skipped = {"total_row_skipped", "note_skipped"} & warnings(batch)
        assert skipped or name not in LAST, name
        assert list(readings(batch)["site"]) == ["A", "A", "B"], name


@pytest.mark.parametrize("last", ["2025-01-31  Rio de J L99   scrap       9", "2025-01-31  Rio de Janeiro L1 scrap 9"])
def test_columns_of_fixed_width(tmp_path: Path, last: str) -> None:
    lines = [
        "date        site     line  metric  value",
        *(f"2025-01-{i}  New York L{i - 20}    scrap   {i:5}" for i in range(21, 30)),
        last,
    ]
    batch = prepared(tmp_path, "\n".join(lines) + "\n")
    assert list(readings(batch)["value"].head(9)) == list(range(21, 30))
    assert set(readings(batch)["site"].head(9)) == {"New York"}
    assert (batch.tally.rows, batch.tally.rejected) == ((10, 0) if "L99" in last else (9, 1))


def test_a_record_that_only_begins_like_a_note_is_rejected(tmp_path: Path) -> None:
    batch = prepared(tmp_path, HEAD + BODY + "2025-01-3O,Totals Inc,L1,scrap,5\nundated,A,L1,scrap,5\n")
    assert (batch.tally.rows, batch.tally.rejected) == (3, 2)


@pytest.mark.parametrize(
    "title", ["Plant B,,,,", "Plant B", "\nPlant B\n", "Scrap of 29 Jan 2025, page 2\nPlant B,,,,"]
)
def test_titles_in_front_of_a_repeated_header_are_notes(tmp_path: Path, title: str) -> None:
    batch = prepared(
        tmp_path, "Scrap of 27 Jan 2025, page 1\n" + HEAD + ROWS[0] + ROWS[1] + f"{title}\n" + HEAD + ROWS[2]
    )
    assert list(readings(batch)["value"]) == [1, 2, 3]
    assert batch.tally.rejected == 0
    assert batch.tally.records == 3 + batch.tally.skipped
    assert {"note_skipped", "repeated_header_skipped"} <= warnings(batch)


@pytest.mark.parametrize("damaged", ["2025-01-30,A", "2025-01-30", ",A,L1,scrap,5"])
def test_a_damaged_record_in_front_of_a_repeated_header_is_rejected(tmp_path: Path, damaged: str) -> None:
    batch = prepared(tmp_path, HEAD + ROWS[0] + f"{damaged}\n" + HEAD + ROWS[1])
    assert [line for line, _ in codes(batch)] == [3]


def test_labels_with_colons_are_no_columns(tmp_path: Path) -> None:
    for text in ("Plant: A: B\nDay: 1: 2\n", "a:b\n1:2\n2:3\n", "07:03:00\n07:04:00\n07:05:00\n"):
        with pytest.raises(IngestRefused, match="No character parts these lines"):
            prepared(tmp_path, text + "end\n")


def test_a_first_record_is_no_row_of_formats(tmp_path: Path) -> None:
    template = Template("counted", {"n": "sample"}, (Measured("juice", numerator="bad", denominator="all"),))
    batch = prepared(tmp_path, "n,bad,all\n0,0,00\n1,0,50\n", template)
    assert batch.tally.records == 2
