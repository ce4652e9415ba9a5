"""The example catalogues: they read without a mistake or a warning, and say what their data are."""

from __future__ import annotations

import pytest

from opsmetrics.catalog import Kpi, Target, check, read_catalog
from tests.paths import ROOT, SHARED, needs_shared
from tests.real_stores import FILES

EXAMPLES = tuple(FILES)


def definitions(example: str) -> tuple[Kpi, ...]:
    return read_catalog(ROOT / "examples" / example / "kpis.toml").kpis


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_reads_without_mistake_or_warning(example: str) -> None:
    assert check((ROOT / "examples" / example / "kpis.toml").read_text(encoding="utf-8")) == ((), ())


def test_every_example_is_tested() -> None:
    assert {folder.name for folder in (ROOT / "examples").iterdir() if folder.is_dir()} == set(EXAMPLES)


def test_nhs_breaches_are_monthly_reported_by_organisation() -> None:
    kpi, admissions = definitions("nhs_ae")
    assert (admissions.key, admissions.kind) == ("ae_admissions", "ratio")
    assert (kpi.key, kpi.kind, kpi.better, kpi.operate, kpi.reported_by) == (
        "ae_breaches",
        "proportion",
        "lower",
        "month",
        "organisation",
    )
    assert (kpi.dimensions, kpi.unit, kpi.multiplier) == (("organisation", "type"), "%", 100)
    assert (kpi.targets, kpi.calendar.time_zone) == ((Target(None, 5.0),), "Europe/London")


def test_orange_juice_is_a_pinned_p_chart_of_samples() -> None:
    (kpi,) = definitions("orange_juice")
    assert (kpi.key, kpi.operate, kpi.chart, kpi.better) == ("orange_juice_defects", "sample", "p", "lower")


def test_machine_temperature_is_the_mean_of_readings_by_day() -> None:
    (kpi,) = definitions("machine_temperature")
    assert (kpi.key, kpi.kind, kpi.statistic, kpi.operate) == ("machine_temperature", "measured", "mean", "day")
    assert (kpi.better, kpi.calendar.time_zone) == ("neither", "UTC")


@needs_shared
def test_the_unit_of_the_machine_is_not_stated_by_its_source() -> None:
    (row,) = [
        line for line in (SHARED / "data" / "README.md").read_text().splitlines() if line.startswith("|3_uptime/nab")
    ]
    assert "°" not in row
    assert definitions("machine_temperature")[0].unit == ""
