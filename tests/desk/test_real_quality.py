"""Quality data from file to review: textbook samples, printing cylinders, garments. Authority: truths.json, and for the
textbook tables Montgomery, Introduction to Statistical Quality Control, and the manual of the R package qcc."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from tests import truths
from tests.paths import ROOT, needs_shared
from tests.real_stores import DATA, beyond, judged, limits, loaded, pareto, ranking, series, truth

pytestmark = needs_shared


@pytest.fixture(scope="module")
def bands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "cylinder_bands")


@pytest.fixture(scope="module")
def garments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "garments")


def lock(desk: Desk, kpi: str, last: int) -> None:
    desk.decide(Decision(kpi, "lock", start=1, end=last, by="tester", why="the trial samples"))


# Numbered samples, columns parted by blanks


def test_circuit_boards_on_their_c_chart(tmp_path: Path) -> None:
    known = truth("circuit_boards")
    with loaded(tmp_path, "circuit_boards") as (desk, receipt):
        assert receipt.tally.rows == receipt.new == known["rows"]
        lock(desk, "board_nonconformities", known["trial"])
        found = desk.review("board_nonconformities")
        assert found.chart is not None and found.chart.kind == "c"
        assert limits(found) == pytest.approx((known["lcl"], known["ucl"]), abs=1e-6)
        assert found.chart.points["centre"].iloc[0] == pytest.approx(known["cbar"], abs=1e-6)
        trial = [*beyond(found, "low"), *beyond(found, "high")]
        assert [name for name in trial if int(name.split()[1]) <= known["trial"]] == [
            f"sample {number}" for number in known["out"]
        ]


def test_computers_numbered_by_their_rows_on_a_u_chart(tmp_path: Path) -> None:
    known = truth("personal_computers")
    with loaded(tmp_path, "personal_computers") as (desk, receipt):
        assert receipt.tally.rows == known["rows"]
        found = desk.review("computer_nonconformities")
        assert list(found.points["label"]) == [f"sample {number}" for number in range(1, known["rows"] + 1)]
        assert found.chart is not None and found.chart.kind == "u"
        assert limits(found) == pytest.approx((known["lcl"], known["ucl"]), abs=1e-6)
        assert found.chart.points["centre"].iloc[0] == pytest.approx(known["ubar"], abs=1e-9)
        assert (beyond(found, "low"), beyond(found, "high")) == ([], known["out"])
        assert found.verdict is not None and found.verdict.variation == "common_cause"


def test_piston_rings_in_samples_of_five(tmp_path: Path) -> None:
    """The spread is estimated by standard deviations in place of ranges: limits agree to a fifth of a micrometre."""
    known = truth("piston_rings")
    with loaded(tmp_path, "piston_rings") as (desk, receipt):
        assert (receipt.tally.rows, receipt.new) == (known["rows"], known["rows"])
        lock(desk, "ring_diameter", 25)
        found = desk.review("ring_diameter")
        assert found.chart is not None and found.chart.kind == "xbar_s"
        assert len(found.points) == known["samples"] and set(found.points["size"]) == {5}
        assert found.chart.points["centre"].iloc[0] == pytest.approx(known["xbarbar_first25"], abs=1e-6)
        assert limits(found) == pytest.approx((known["xbar_lcl"], known["xbar_ucl"]), abs=2e-4)
        assert beyond(found, "high") == [f"sample {number}" for number in known["phase2_out"]]
        assert beyond(found, "low") == known["phase1_out"] == []
        assert found.verdict is not None and "step_proposed" in found.verdict.caveats
        assert any("sample 33" in text for text in found.proposals), "its level rose before it left the limits"
        assert found.chart.spread is not None


# Printing cylinders


def test_spoilt_jobs_by_month_and_press(bands: Desk) -> None:
    known = truth("cylinder_bands")
    months = judged(bands.review("band_rate"))
    counted = zip(months["period"].dt.strftime("%Y-%m"), months["numerator"], months["denominator"], strict=True)
    assert [list(month) for month in counted] == known["monthly"]
    assert months["denominator"].sum() == known["physical_nonblank_lines"]
    rate = months["numerator"].sum() / months["denominator"].sum()
    assert rate == pytest.approx(known["defect_rate_band"], abs=1e-6)
    for press, spoilt, jobs in known["by_press"]:
        mine = judged(bands.review("band_rate", (("press", press),)))
        assert (mine["numerator"].sum(), mine["denominator"].sum()) == (spoilt, jobs)


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
    assert "rare" in found.choice["rejected"] or "rare" in found.choice["why"]


def test_limits_of_the_months_before_flag_what_was_recorded_later(tmp_path: Path) -> None:
    with loaded(tmp_path, "cylinder_bands") as (desk, _):
        first, last = pd.Timestamp("1990-04-01"), pd.Timestamp("1991-09-01")
        desk.decide(Decision("band_rate", "lock", start=first, end=last, by="tester", why="before the change"))
        found = desk.review("band_rate")
        assert {"1993-09", "1994-10"} <= set(beyond(found, "high", "%Y-%m"))
        assert found.verdict is not None and found.verdict.variation == "concerning"


def test_a_file_without_headers_loses_no_row_and_spellings_are_told(bands: Desk) -> None:
    ledger = bands.batches().iloc[0]
    assert ledger["rows"] == truth("cylinder_bands")["lines_with_40_fields"]
    oracle = pd.read_csv(DATA / "1_defects" / "cylinder_bands.data", header=None)
    inks = oracle[10].str.upper().value_counts()
    for ink in ("COATED", "UNCOATED", "COVER"):
        assert judged(bands.review("band_rate", (("ink", ink),)))["denominator"].sum() == inks[ink]


def test_customers_spelt_in_several_ways_are_made_one(tmp_path: Path) -> None:
    """83 spellings of 71 customers."""
    known = truth("cylinder_bands")["customer_case_variants"]
    customers = pd.read_csv(DATA / "1_defects" / "cylinder_bands.data", header=None)[2]
    assert (customers.nunique(), customers.str.upper().nunique()) == (known["raw"], known["upper"])
    text = (ROOT / "examples" / "cylinder_bands" / "kpis.toml").read_text(encoding="utf-8")
    lines = (ROOT / "examples" / "cylinder_bands" / "template.toml").read_text(encoding="utf-8")
    with Desk.open(tmp_path / "c.duckdb") as desk:
        text = text.replace('paper = "Paper type"', 'paper = "Paper type"\ncustomer = "Customer"')
        desk.apply(text.replace('"ink", "paper"]', '"ink", "paper", "customer"]'), by="tester")
        template = Template.load(lines.replace('"column 10" =', '"column 3" = "customer"\n"column 10" ='))
        batch = desk.prepare(DATA / "1_defects" / "cylinder_bands.data", template=template)
        stored = batch.counts.reader().read_all().to_pandas()["customer"]
        assert stored.nunique() == known["upper"]
        assert any("customer" in notice.text for notice in batch.warnings if notice.code == "values_normalised")


# Garments


def test_productivity_of_all_team_days(garments: Desk) -> None:
    known = truth("garments")
    days = judged(garments.review("productivity"))
    assert (days["size"].sum(), len(days)) == (known["rows"], known["distinct_dates"])
    for kpi, mean in (("productivity", "mean_actual"), ("planned_productivity", "mean_target")):
        points = judged(garments.review(kpi))
        assert (points["value"] * points["size"]).sum() / known["rows"] == pytest.approx(known[mean], abs=1e-6)
    stamps = days["period"].dt.strftime("%Y-%m-%d")
    means = [[day, round(value, 6)] for day, value in zip(stamps, days["value"], strict=True)]
    assert means[:3] == known["daily_mean_actual_first3"]
    assert (stamps.iloc[0], stamps.iloc[-1]) == (known["min_date"], known["max_date"])


def test_productivity_by_department(garments: Desk) -> None:
    oracle = pd.read_csv(DATA / "1_defects" / "garments_worker_productivity.csv")
    means = oracle.groupby(oracle["department"].str.strip())["actual_productivity"].mean()
    for department, rows in truth("garments")["departments_stripped"]:
        days = judged(garments.review("productivity", (("department", department),)))
        assert days["size"].sum() == rows
        assert (days["value"] * days["size"]).sum() / rows == pytest.approx(means[department], rel=1e-12)


def test_team_days_that_met_their_target_and_those_beyond_belief(garments: Desk) -> None:
    known = truth("garments")
    found = garments.store.read(
        "SELECT count(*) FILTER (a.value >= t.value) AS met, count(*) FILTER (a.value > 1) AS above FROM readings a "
        "JOIN readings t USING (observed_at, department, team) "
        "WHERE a.kpi = 'productivity' AND t.kpi = 'planned_productivity'"
    ).iloc[0]
    assert (found["met"], found["above"]) == (known["rows_meeting_target"], known["actual_gt_1"])
    weeks = garments.review("believable").points
    assert (weeks["denominator"] - weeks["numerator"]).sum() == known["actual_gt_1"]


def test_overtime_and_changes_of_style_add_up(garments: Desk) -> None:
    known = truth("garments")
    assert garments.review("overtime").points["numerator"].sum() == known["over_time_total"]
    assert garments.review("style_changes").points["numerator"].sum() == known["style_changes_total"]


def test_idle_minutes_by_team(garments: Desk) -> None:
    known = truth("garments")
    answer = pareto(garments, "idle", by="team", measure="minutes")
    assert (answer.events, answer.result.total) == (known["idle_rows"], known["idle_time_total"])
    found = ranking(garments, "idle", by="team", measure="minutes")
    assert found[:5] == [[str(team), minutes] for team, minutes in known["top5_team_idle_time"]]


def test_the_damaged_copy_of_the_same_file(tmp_path: Path) -> None:
    """A byte order mark, a column of dates called year, a first date of 1905, departments misspelt and with blanks."""
    known = truths.truth("5_messy/garments_bom_damaged.csv")
    kpis = (ROOT / "examples" / "garments" / "kpis.toml").read_text(encoding="utf-8")
    lines = (ROOT / "examples" / "garments" / "template.toml").read_text(encoding="utf-8")
    template = Template.load(lines.replace('"date"', f'"{known["first_column"]}"', 1).replace("date = ", "year = "))
    with Desk.open(tmp_path / "damaged.duckdb") as desk:
        desk.apply(kpis, by="tester")
        batch = desk.prepare(DATA / "5_messy" / "garments_bom_damaged.csv", template=template)
        assert (batch.tally.records, batch.tally.rows, batch.tally.rejected) == (known["rows"], known["rows"] - 1, 1)
        (reject,) = batch.rejects.itertuples()
        assert (reject.line, reject.column) == (2, "year") and known["impossible_dates"][0][1] in reject.text
        desk.commit(batch, by="tester", publish=False)
        found = desk.store.read("SELECT department, count(*) AS n FROM readings WHERE kpi = 'productivity' GROUP BY 1")
        spelt = dict(zip(found["department"], found["n"], strict=True))
        raw = dict(known["department_raw"])
        assert spelt == {"sweing": raw["sweing"] - 1, "finishing": raw["finishing "] + raw["finishing"]}
