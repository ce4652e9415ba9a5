"""Tables below one another: refused with the line of the other header, never read as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.ingest import IngestRefused, prepare, read_file
from opsmetrics.ingest.several import heads, table_above
from tests.ingest.builders import CATALOG, TODAY, written
from tests.ingest.test_parquet import WAITS

DAYS = [f"2025-05-{day:02d}" for day in range(1, 6)]
FIRST = ["when,minutes,line", *(f"{day},{n},A" for n, day in enumerate(DAYS))]


@pytest.mark.parametrize(
    ("below", "line"),
    [
        (["when,made,line", *(f"{day},100{n},A" for n, day in enumerate(DAYS))], 8),
        (["Datum,Ausschuss,Linie", *(f"{day},100{n},A" for n, day in enumerate(DAYS))], 8),
        (["date,line,minutes", *(f"{day},B,100" for day in DAYS[:2])], 8),
    ],
    ids=["another measure", "another language", "another order"],
)
def test_a_table_with_other_columns_below_is_refused_with_its_line(tmp_path: Path, below: list[str], line: int) -> None:
    path = written(tmp_path, "\n".join([*FIRST, "", *below]) + "\n")
    with pytest.raises(IngestRefused, match=f"another one has its header in line {line}") as refused:
        prepare(read_file(path, template=WAITS), WAITS, CATALOG, today=TODAY)
    assert refused.value.code == "several_tables"


def test_a_header_in_two_languages_heads_one_table(tmp_path: Path) -> None:
    path = written(tmp_path, "\n".join(["when,minutes,line", "Datum,min,Linie", *FIRST[1:]]) + "\n")
    batch = prepare(read_file(path, template=WAITS), WAITS, CATALOG, today=TODAY)
    assert batch.tally.rows == len(DAYS) and list(batch.rejects["line"]) == [2]


def test_the_same_header_again_and_other_damage_are_no_second_table(tmp_path: Path) -> None:
    rows = [*FIRST, "When,Minutes (min),Line", *(f"{day},9,B".replace("-05-", "-06-") for day in DAYS), "soon,many,A"]
    path = written(tmp_path, "\n".join(rows) + "\n")
    batch = prepare(read_file(path, template=WAITS), WAITS, CATALOG, today=TODAY)
    assert batch.tally.rows == 10 and set(batch.rejects["code"]) <= {"bad_date"}


def test_a_table_above_the_one_whose_words_fit_better() -> None:
    first = [["date", "line", "scrap"], *([day, "A", "1"] for day in DAYS)]
    assert table_above([*first, [], ["date", "scrap", "line"]], 7) == 0
    preamble = [["Report", "date"], ["Author", "Ann"], ["date", "2025-05-01"]]
    assert table_above([*preamble, ["date", "scrap", "line"]], 3) is None
    assert heads(["Datum", "Ausschuss"]) and not heads(["Datum", "5"]) and not heads(["scrap", "line"])
