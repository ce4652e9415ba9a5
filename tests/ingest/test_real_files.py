"""The real files of the shared material. Authority: its truths.json, computed from the same files with pandas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from opsmetrics import ingest
from opsmetrics.catalog import Calendar, Kpi
from opsmetrics.ingest import IngestRefused, Layout, Meaning, Measure, NeedsAnswer, Template, check, read_file
from tests.ingest.builders import catalog, counts, readings, warnings
from tests.paths import ROOT, SHARED, needs_shared
from tests.truths import truth

pytestmark = needs_shared
DATA = SHARED / "data"

BREACHES = Kpi(
    "ae_breaches",
    "4-hour breaches",
    "proportion",
    "lower",
    dimensions=("organisation", "type"),
    reported_by="organisation",
    operate="month",
    calendar=Calendar("england", "Europe/London"),
)
ADMISSIONS = replace(BREACHES, key="ae_admissions", name="Admissions", kind="ratio", better="neither")
JUICE = Kpi("orange_juice_defects", "Defective cans", "proportion", "lower", operate="sample")
MACHINE = Kpi("machine_temperature", "Machine temperature", "measured", "neither")
DEFINITIONS = catalog(BREACHES, ADMISSIONS, JUICE, MACHINE, dimensions=("organisation", "type"))


def example(name: str) -> Template:
    """The template of an example."""
    return Template.load(ROOT / "examples" / name / "template.toml")


def test_36_months_of_emergency_departments() -> None:
    known, template = truth("2_waits/nhs_ae_2016_2019/*.csv"), example("nhs_ae")
    frames, records = [], 0
    for path in sorted((DATA / "2_waits" / "nhs_ae_2016_2019").glob("*.csv")):
        sheet = read_file(path, template=template)
        assert ingest.choose_template(sheet, [template]) is template
        batch = ingest.prepare(sheet, template, DEFINITIONS)
        assert batch.tally.adds_up() and not warnings(batch) and batch.rejects.empty
        frame = counts(batch)
        frame = frame[frame["kpi"] == BREACHES.key]
        span, _ = sorted(batch.spans, key=lambda one: one.kpi != BREACHES.key)
        month = pd.Period(path.stem[:7])
        assert (span.starts_at, span.ends_at) == (_london(month.start_time), _london((month + 1).start_time))
        assert list(span.reporters) == sorted(frame["organisation"].unique())
        records += batch.tally.records
        frames.append(frame.assign(month=str(month)))
    everything = pd.concat(frames)
    assert (len(frames), records) == (known["files"], known["rows"])
    assert everything["denominator"].sum() == known["attendances"]
    assert everything["numerator"].sum() == known["breaches"]
    assert everything["organisation"].nunique() == known["orgs"]
    sums = everything.groupby("month")[["denominator", "numerator"]].sum()
    assert [[month, *row] for month, row in zip(sums.index, sums.to_numpy().tolist(), strict=True)] == known["monthly"]
    worst = everything.groupby("organisation")["numerator"].sum().nlargest(5)
    assert [[name, value] for name, value in worst.items()] == known["top5_org_breaches"]


def _london(local: pd.Timestamp) -> Any:
    return local.tz_localize("Europe/London").tz_convert("UTC").tz_localize(None)


def test_orange_juice_by_sample_number() -> None:
    known, template = truth("1_defects/qcc_textbook/orangejuice.txt"), example("orange_juice")
    path = DATA / "1_defects" / "qcc_textbook" / "orangejuice.txt"
    batch = ingest.prepare(read_file(path, template=template), template, DEFINITIONS)
    frame = counts(batch)
    assert len(frame) == batch.tally.records == known["rows"]
    trial = frame[frame["observed_at"] <= pd.Timestamp(1970, 1, 1) + known["trial_samples"] * pd.Timedelta(minutes=15)]
    assert trial["numerator"].sum() == known["D_trial"]
    assert trial["numerator"].sum() / trial["denominator"].sum() == pytest.approx(
        known["p_chart_trial"]["pbar"], abs=1e-8
    )
    assert set(frame["denominator"]) == {50}


def test_machine_temperature_with_repeated_stamps() -> None:
    known, template = truth("3_uptime/nab/machine_temperature_system_failure.csv"), example("machine_temperature")
    path = DATA / "3_uptime" / "nab" / "machine_temperature_system_failure.csv"
    sheet = read_file(path, template=template)
    batch = ingest.prepare(sheet, template, DEFINITIONS)
    frame = readings(batch)
    assert len(frame) == batch.tally.records == known["rows"]
    assert (frame["sample"] == 1).sum() == known["duplicate_timestamps"]
    assert frame["sample"].max() == 1
    assert frame["value"].mean() == pytest.approx(known["mean"], abs=1e-6)
    assert (frame["value"].min(), frame["value"].max()) == (
        pytest.approx(known["vmin"], abs=1e-6),
        pytest.approx(known["vmax"], abs=1e-6),
    )
    (span,) = batch.spans
    assert str(span.starts_at) == known["min"]
    assert str(span.ends_at - pd.Timedelta(minutes=5).to_pytimedelta()) == known["max"]
    again = readings(ingest.prepare(sheet, template, DEFINITIONS))
    assert again.equals(frame)
    oracle = pd.read_csv(path)
    stamps = pd.to_datetime(oracle["timestamp"])
    keyed = {(at, n): value for at, n, value in zip(frame["observed_at"], frame["sample"], frame["value"], strict=True)}
    numbers = oracle.groupby("timestamp").cumcount()
    assert keyed == dict(zip(zip(stamps, numbers, strict=True), oracle["value"], strict=True))


def _checked(path: Path, time: str, numbers: tuple[str, ...], **options: Any) -> ingest.Checked:
    sheet = read_file(path)
    at = {name: position for position, name in enumerate(sheet.headers)}
    layout = Layout(
        meaning=lambda _: Meaning(tuple(Measure(name, (name,), None) for name in numbers)),
        texts={},
        numbers={name: at[name] for name in numbers},
        time=at[time],
    )
    return check(sheet, layout, **options)


def test_a_french_file_with_american_dates_is_asked_about() -> None:
    path = DATA / "5_messy" / "sncf_tgv_cp1252_comma.csv"
    with pytest.raises(NeedsAnswer) as asked:
        _checked(path, "date", ("nb_train_prevu",))
    assert asked.value.questions[0].code == "date_order"
    done = _checked(path, "date", ("nb_train_prevu", "nb_annulation"), answers={"date_order": "mdy"})
    assert (done.tally.records, done.tally.rejected) == (8154, 0)  # 8,154 records in 10,672 lines (data README)
    assert done.sheet.lines == 10672
    months = done.table()["@stamp"].dt.to_period("M")
    assert (str(months.min()), str(months.max())) == ("2018-01", "2023-06")


def test_one_slip_of_the_pen_among_1197_dates() -> None:
    done = _checked(DATA / "5_messy" / "garments_bom_damaged.csv", "year", ("actual_productivity",))
    assert (done.tally.records, done.tally.rows, done.tally.rejected) == (1197, 1196, 1)
    assert list(done.rejects["line"]) == [2]
    assert list(done.rejects["code"]) == ["implausible_date"]


def test_none_is_a_category_and_numbers_with_commas_add_up() -> None:
    done = _checked(DATA / "4_events" / "faa_birdstrikes.csv", "Flight Date", ("Cost Total $",))
    frame = pd.read_csv(DATA / "4_events" / "faa_birdstrikes.csv", thousands=",")
    assert done.tally.rows == len(frame) == 10_000
    assert done.table()["Cost Total $"].sum() == frame["Cost Total $"].sum()


def test_a_header_is_missed_and_an_rtf_document_refused() -> None:
    known = truth("5_messy/nhs_ods_etr_no_header.csv")
    sheet = read_file(DATA / "5_messy" / "nhs_ods_etr_no_header.csv")
    assert (sheet.head.line, sheet.lines, len(sheet.headers)) == (None, known["rows"], known["cols"])
    assert sheet.cells(1)[0] == known["first_code"]
    with pytest.raises(IngestRefused, match="RTF"):
        read_file(DATA / "5_messy" / "sncf_full_trains_is_really_rtf.csv")


DEATHS = Kpi("deaths", "Total deaths, all ages", "count", "lower", operate="week", calendar=Calendar("e", "UTC"))


@pytest.mark.parametrize("name", ["ons_2019Mortality.xls", "ons_2019Mortality-Weekly_figures.csv"])
def test_weeks_across_below_a_preamble(name: str) -> None:
    """68 rows and 54 columns: the only sheet with a table of five, or the same sheet as text with Excel's serials."""
    known = truth("5_messy/ons_2019Mortality-Weekly_figures.csv")
    columns = {"Week ended": "metric", "date": "date", "value": "numerator"}
    template = Template("ons", columns, answers={"serial_base": "1900"})
    sheet = read_file(DATA / "5_messy" / name, template=template)
    assert (sheet.head.line, sheet.across and sheet.across.count) == (5, known["weeks_with_total"])
    batch = ingest.prepare(sheet, template, catalog(DEATHS))
    frame = counts(batch).sort_values("observed_at")
    assert len(frame) == known["weeks_with_total"] and batch.tally.adds_up()
    assert frame["numerator"].sum() == known["total_deaths_all_weeks"]
    ends = frame["numerator"].iloc[[0, -1]].tolist()
    assert ends == [float(known["first"]), float(known["last"])]
    assert str(frame["observed_at"].iloc[0].date()) == known["first_week_ended_date"]
    assert not any(row.text.startswith("Total deaths, all ages") for row in batch.rejects.itertuples())
