"""Printing cylinders from file to review: one row for each job, no header, and a change in what was recorded.
Authority: truths.json."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from tests.paths import needs_shared
from tests.real_stores import DATA, EXAMPLES, FILES, beyond, days_of, judged, loaded, series, truth

pytestmark = needs_shared
FILE = DATA / FILES["cylinder_bands"]
COLUMNS = 40


@pytest.fixture(scope="module")
def bands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "cylinder_bands")


def test_spoilt_jobs_by_month_and_press(bands: Desk) -> None:
    known = truth("cylinder_bands")
    months = judged(bands.review("band_rate"))
    counted = zip(months["period"].dt.strftime("%Y-%m"), months["numerator"], months["denominator"], strict=True)
    assert [list(month) for month in counted] == known["monthly"]
    spoilt, jobs = months["numerator"].sum(), months["denominator"].sum()
    assert jobs == known["physical_nonblank_lines"]
    assert {"noband": jobs - spoilt, "band": spoilt} == dict(known["band_type_counts"])
    assert spoilt / jobs == pytest.approx(known["defect_rate_band"], abs=1e-6)
    for press, of_press, in_all in known["by_press"]:
        mine = judged(bands.review("band_rate", (("press", press),)))
        assert (mine["numerator"].sum(), mine["denominator"].sum()) == (of_press, in_all)
    assert days_of(bands, "counts", "plant") == (known["min_date"], known["max_date"])


def test_no_record_is_lost_or_doubled(tmp_path: Path) -> None:
    known = truth("cylinder_bands")
    with loaded(tmp_path, "cylinder_bands") as (_, receipt):
        assert receipt.tally.rows == known["lines_with_40_fields"]
        faulty = known["lines_with_other_field_count"] + known["unparseable_dates"]
        assert len(receipt.as_dict()["reject_lines"]) == faulty
        told = {notice.code for notice in receipt.warnings}
        assert ("equal_records_added" in told) == (known["exact_duplicate_rows"] > 0)


def test_the_p_chart_of_spoilt_jobs(bands: Desk) -> None:
    known = truth("cylinder_bands")["p_chart_monthly"]
    found = bands.review("band_rate")
    assert found.chart is not None and found.chart.kind == "p"
    assert (len(judged(found)), beyond(found, "high", "%Y-%m")) == (known["points"], known["above_ucl"])
    assert beyond(found, "low", "%Y-%m") == known["below_lcl"]
    assert found.chart.points["centre"].dropna().iloc[0] == pytest.approx(known["pbar"], abs=1e-8)


def test_a_change_of_recording_and_tiny_samples_are_told(bands: Desk) -> None:
    """After November 1991 every recorded job is spoilt, one to five a month: not the process, but what was recorded."""
    found = bands.review("band_rate")
    assert found.verdict is not None
    assert {"small_numbers", "step_proposed"} <= set(found.verdict.caveats)
    (proposal,) = [text for text in found.proposals if "level" in text]
    assert "Dec 1991" in proposal and "100.0" in proposal
    assert "strip of rare events" in found.choice["rejected"]


def test_limits_of_the_months_before_flag_what_was_recorded_later(tmp_path: Path) -> None:
    with loaded(tmp_path, "cylinder_bands") as (desk, _):
        first, last = pd.Timestamp("1990-04-01"), pd.Timestamp("1991-09-01")
        desk.decide(Decision("band_rate", "lock", start=first, end=last, by="tester", why="before the change"))
        found = desk.review("band_rate")
        assert {"1993-09", "1994-10"} <= set(beyond(found, "high", "%Y-%m"))
        assert found.verdict is not None and found.verdict.variation == "concerning"


def test_a_file_without_headers_loses_no_row_and_spellings_are_told(bands: Desk) -> None:
    oracle = pd.read_csv(FILE, header=None)
    inks = oracle[10].str.upper().value_counts()
    for ink in ("COATED", "UNCOATED", "COVER"):
        assert judged(bands.review("band_rate", (("ink", ink),)))["denominator"].sum() == inks[ink]


def test_customers_spelt_in_several_ways_are_made_one(tmp_path: Path) -> None:
    """83 spellings of 71 customers: the receipt names those that were changed."""
    known = truth("cylinder_bands")["customer_case_variants"]
    customers = pd.read_csv(FILE, header=None)[2]
    assert (customers.nunique(), customers.str.upper().nunique()) == (known["raw"], known["upper"])
    text = (EXAMPLES / "cylinder_bands" / "kpis.toml").read_text(encoding="utf-8")
    lines = (EXAMPLES / "cylinder_bands" / "template.toml").read_text(encoding="utf-8")
    with Desk.open(tmp_path / "c.duckdb") as desk:
        text = text.replace('paper = "Paper type"', 'paper = "Paper type"\ncustomer = "Customer"')
        desk.apply(text.replace('"ink", "paper"]', '"ink", "paper", "customer"]'), by="tester")
        template = Template.load(lines.replace('"column 10" =', '"column 3" = "customer"\n"column 10" ='))
        batch = desk.prepare(FILE, template=template)
        stored = batch.counts.reader().read_all().to_pandas()["customer"]
        assert stored.nunique() == known["upper"]
        assert any("customer" in notice.text for notice in batch.warnings if notice.code == "values_normalised")


def test_question_marks_are_missing_numbers_and_a_value_of_their_own_in_texts(tmp_path: Path) -> None:
    """All 40 columns loaded, each number a KPI and each text a dimension of the jobs: what is a question mark gives no
    reading, and is seen among the values of a text."""
    known = truth("cylinder_bands")
    oracle = pd.read_csv(FILE, header=None, dtype=str).apply(lambda column: column.str.strip())
    said = oracle.where(oracle != "?")
    numeric = [c for c in range(1, COLUMNS) if pd.to_numeric(said[c], errors="coerce").notna().sum() == said[c].count()]
    texts = [c for c in range(1, COLUMNS - 1) if c not in numeric]
    with Desk.open(tmp_path / "all.duckdb") as desk:
        desk.apply(_definitions(numeric, texts), by="tester")
        batch = desk.prepare(FILE, template=Template.load(_template(numeric, texts)))
        assert (batch.tally.rows, batch.tally.rejected) == (known["physical_nonblank_lines"], 0)
        desk.commit(batch, by="tester", publish=False)
        readings = desk.store.read("SELECT count(*) AS n FROM readings").iloc[0]["n"]
        unread = len(oracle) * len(numeric) - readings
        asked = " + ".join(f"(SELECT coalesce(sum(denominator), 0) FROM counts WHERE c{c} = '?')" for c in texts)
        marked = desk.store.read(f"SELECT {asked} AS n").iloc[0]["n"]
        assert unread + marked == known["question_mark_cells"]
        assert unread and marked


def _definitions(numeric: list[int], texts: list[int]) -> str:
    dimensions = "\n".join(f'c{c} = "Column {c + 1}"' for c in texts)
    kpis = "\n".join(f'[kpis.n{c}]\nname = "n{c}"\nkind = "measured"\nbetter = "neither"' for c in numeric)
    listed = ", ".join(f'"c{c}"' for c in texts)
    jobs = f'[kpis.jobs]\nname = "jobs"\nkind = "proportion"\nbetter = "lower"\ndimensions = [{listed}]'
    return f'[dimensions]\n{dimensions}\n\n[calendars.default]\ntime_zone = "UTC"\n\n{kpis}\n\n{jobs}\n'


def _template(numeric: list[int], texts: list[int]) -> str:
    roles = "\n".join([f'"column {c + 1}" = "c{c}"' for c in texts] + ['"column 1" = "date"'])
    header = ", ".join(f'"column {c + 1}"' for c in range(COLUMNS))
    kpis = "\n".join(f'[[kpis]]\nkey = "n{c}"\nvalue = "column {c + 1}"' for c in numeric)
    jobs = f'[[kpis]]\nkey = "jobs"\nnumerator = "column {COLUMNS}"\ndenominator = "rows"\ntrue = ["band"]'
    top = f'name = "all"\nheader = [{header}]\ndate_order = "ymd"\ndecimal = "."\nrepeats = "samples"'
    return f"{top}\n\n[columns]\n{roles}\n\n{kpis}\n\n{jobs}\n"
