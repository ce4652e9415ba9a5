"""Records that repeat or contradict each other. Oracle: a dictionary of the records' keys."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import Measured, Template
from tests.cases import cases
from tests.ingest.builders import WAITS, catalog, codes, counts, prepared, readings, warnings

HEAD = "date,site,line,metric,value\n"
RECORD = st.tuples(st.integers(1, 3), st.sampled_from("AB"), st.sampled_from(["scrap", "SCRAP"]), st.integers(1, 2))


@given(records=st.lists(RECORD, min_size=1, max_size=12))
@settings(deadline=None, max_examples=cases(10, 25))
def test_equal_records_once_and_contradictions_never(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[int, str, str, int]]
) -> None:
    text = HEAD + "".join(f"2025-01-0{day},{site},L1,{metric},{value}\n" for day, site, metric, value in records)
    batch = prepared(tmp_path_factory.mktemp("twice"), text)
    groups = defaultdict(list)
    for day, site, _, value in records:
        groups[day, site].append(value)
    clear = {key: values[0] for key, values in groups.items() if len(set(values)) == 1}
    found = readings(batch)
    assert {
        (at.day, site): value for at, site, value in found[["observed_at", "site", "value"]].itertuples(index=False)
    } == clear
    assert batch.tally.rejected == sum(len(values) for key, values in groups.items() if key not in clear)
    assert batch.tally.duplicates == sum(len(groups[key]) - 1 for key in clear)
    assert batch.tally.adds_up()


def test_both_sides_of_a_contradiction_are_named(tmp_path: Path) -> None:
    batch = prepared(tmp_path, HEAD + "2025-01-27,A,L1,scrap,1\n2025-01-28,A,L1,scrap,2\n2025-01-27,A,L1,scrap,3\n")
    assert codes(batch) == [(2, "conflicting_duplicate"), (4, "conflicting_duplicate")]
    assert "conflicting_duplicates" in warnings(batch)


def test_key_and_name_of_a_kpi_are_one_key(tmp_path: Path) -> None:
    batch = prepared(tmp_path, HEAD + "2025-01-27,A,L1,scrap,1\n2025-01-27,A,L1,Scrap weight,1\n")
    assert (batch.tally.rows, batch.tally.duplicates) == (1, 1)


def test_records_that_complete_each_other_are_both_kept(tmp_path: Path) -> None:
    definitions = catalog(
        Kpi("late", "Late", "proportion", "lower", dimensions=("site",)),
        Kpi("scrap", "Scrap", "measured", "lower", dimensions=("site", "line")),
    )
    wide = Template(
        "wide",
        {"date": "date", "site": "site", "line": "line"},
        (Measured("late", numerator="late", denominator="all"), Measured("scrap", value="kg")),
    )
    head = "date,site,line,late,all,kg\n"
    # the site's counts stand in the row of each of its lines: one fact, two readings
    batch = prepared(tmp_path, head + "2025-01-27,A,L1,1,10,5\n2025-01-27,A,L2,1,10,6\n", wide, definitions)
    assert (batch.tally.rows, batch.tally.duplicates, batch.tally.rejected) == (2, 0, 0)
    assert list(counts(batch)["numerator"]) == [1]
    assert list(readings(batch)["value"]) == [5, 6]
    # the same with other counts contradicts itself
    batch = prepared(tmp_path, head + "2025-01-27,A,L1,1,10,5\n2025-01-27,A,L2,2,10,6\n", wide, definitions)
    assert [code for _, code in codes(batch)] == ["conflicting_duplicate"] * 2
    # each row states what the other leaves open
    batch = prepared(tmp_path, head + "2025-01-27,A,L1,1,10,\n2025-01-27,A,L1,,,5\n", wide, definitions)
    assert (batch.tally.rows, counts(batch).shape[0], readings(batch).shape[0]) == (2, 1, 1)
    assert batch.tally.adds_up()


def test_equal_records_that_are_added_up_are_told(tmp_path: Path) -> None:
    """One row for each job: the third equals the first in every column, the second only in those that are read."""
    added = Template("jobs", {"date": "date"}, (Measured("jobs", numerator="bad", denominator="rows"),), repeats="add")
    jobs = catalog(Kpi("jobs", "Bad jobs", "proportion", "lower"))
    text = "date,job,bad\n2025-01-27,7,1\n2025-01-27,8,1\n2025-01-27,7,1\n"
    batch = prepared(tmp_path, text, added, jobs)
    assert counts(batch)[["numerator", "denominator"]].to_numpy().tolist() == [[3, 3]]
    (told,) = [notice.text for notice in batch.warnings if notice.code == "equal_records_added"]
    assert told == "1 record equals another one in every column; each counts, as the template adds them up."
    assert "equal_records_added" not in warnings(prepared(tmp_path, text.replace(",7,1\n", ",9,1\n", 1), added, jobs))


def test_repeated_readings_are_numbered_in_file_order(tmp_path: Path) -> None:
    numbered = Template("waits", WAITS.columns, WAITS.kpis, repeats="samples")
    stamps = ["05:00", "05:05", "05:00", "05:00", "05:10"]
    text = "when,minutes\n" + "".join(f"2025-01-27 {stamp},{i}\n" for i, stamp in enumerate(stamps, start=1))
    found = readings(prepared(tmp_path, text, numbered))
    assert dict(zip(found["value"], found["sample"], strict=True)) == {1: 0, 2: 0, 3: 1, 4: 2, 5: 0}
    again = readings(prepared(tmp_path, text, numbered))
    assert found.equals(again)
    assert [code for _, code in codes(prepared(tmp_path, text, WAITS))] == ["conflicting_duplicate"] * 3


def test_a_sample_column_numbers_the_readings(tmp_path: Path) -> None:
    told = Template("waits", {"when": "date", "reading": "sample"}, (Measured("wait", value="minutes"),))
    text = "when,reading,minutes\n2025-01-27,1,5\n2025-01-27,2,6\n2025-01-27,x,7\n2025-01-27,2,6\n"
    batch = prepared(tmp_path, text, told)
    assert list(readings(batch)["sample"]) == [1, 2]
    assert codes(batch) == [(4, "bad_sample")]
    assert batch.tally.duplicates == 1
