"""Stores of the public data sets, loaded with the definitions and templates of the examples, and what is known of them.

The figures of `truths` were computed from the same files with numpy and pandas, apart from this program; their limits
use the constant 1.128 where ours computes d2(2) = 2/√π.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from opsmetrics.catalog import Catalog, read_catalog
from opsmetrics.desk import Desk
from opsmetrics.desk.events import EventPareto, ParetoQuestion, event_pareto
from opsmetrics.ingest import Template
from opsmetrics.measurements import Receipt
from opsmetrics.review import KpiReview
from opsmetrics.series import to_local
from tests import truths
from tests.paths import ROOT, SHARED
from tests.truths import Known

DATA = SHARED / "data"
EXAMPLES = ROOT / "examples"
#: d2(2) over its value in the tables (Montgomery, Introduction to Statistical Quality Control, Appendix VI).
EXACT_TO_TABLE = 2 / math.sqrt(math.pi) / 1.128

#: Example → the file (or files) that it loads.
FILES = {
    "airline_delays": "2_waits/bts_delay_cause_ORD_2003_2022.csv",
    "bird_strikes": "4_events/faa_birdstrikes.csv",
    "circuit_boards": "1_defects/qcc_textbook/circuit.txt",
    "cylinder_bands": "1_defects/cylinder_bands.data",
    "garments": "1_defects/garments_worker_productivity.csv",
    "incidents": "4_events/incident_event_log_first5998.csv",
    "machine_temperature": "3_uptime/nab/machine_temperature_system_failure.csv",
    "nhs_ae": "2_waits/nhs_ae_2016_2019/*.csv",
    "orange_juice": "1_defects/qcc_textbook/orangejuice.txt",
    "personal_computers": "1_defects/qcc_textbook/pcmanufact.txt",
    "piston_rings": "1_defects/qcc_textbook/pistonrings.txt",
    "request_latency": "3_uptime/nab/ec2_request_latency_system_failure.csv",
    "taxi_rides": "3_uptime/nab/nyc_taxi.csv",
    "tgv": "5_messy/sncf_tgv_cp1252_comma.csv",
    "upptime": "3_uptime/upptime_saints_status_events.csv",
    "upptime_checks": "3_uptime/upptime_saints_status_events.csv",
    "weekly_deaths": "5_messy/ons_2019Mortality.xls",
}


def truth(example: str) -> Known:
    """What is known about the example's file."""
    return truths.truth(FILES[example])


@contextmanager
def loaded(folder: Path, example: str, file: str = "") -> Iterator[tuple[Desk, Receipt]]:
    """A desk on a new store that holds the file, and the receipt."""
    given = EXAMPLES / example
    with Desk.open(folder / f"{example}.duckdb") as desk:
        desk.store.apply_catalog(read_catalog(given / "kpis.toml"), by="tester")
        batch = desk.prepare(DATA / (file or FILES[example]), template=Template.load(given / "template.toml"))
        assert batch.tally.adds_up()
        yield desk, desk.commit(batch, by="tester", publish=False)


def series(tmp_path_factory: pytest.TempPathFactory, example: str) -> Iterator[Desk]:
    """The body of a fixture: a desk on the example's store."""
    with loaded(tmp_path_factory.mktemp(example), example) as (desk, _):
        yield desk


def days_of(desk: Desk, table: str, calendar: str) -> tuple[str, str]:
    """The first and the last day of the rows of a table of facts, on the clock of a calendar of the catalogue."""
    ends = desk.store.read(f"SELECT min(observed_at) AS a, max(observed_at) AS b FROM {table}").iloc[0]
    zone = {kpi.calendar.key: kpi.calendar.time_zone for kpi in desk.catalog.kpis}[calendar]
    first, last = to_local(pd.DatetimeIndex([ends["a"], ends["b"]]), zone)
    return str(first.date()), str(last.date())


def judged(found: KpiReview) -> pd.DataFrame:
    """The points that were judged."""
    return found.points[found.points["state"] == "judged"]


def beyond(found: KpiReview, side: str, form: str = "") -> list[str]:
    """The points beyond a limit, by label or (with `form`) by their period written so."""
    hits = found.signals[(found.signals["rule"] == "beyond_limits") & (found.signals["side"] == side)]
    rows = found.points.iloc[hits["position"]]
    return list(rows["period"].dt.strftime(form)) if form else list(rows["label"])


def limits(found: KpiReview, position: int = 0) -> tuple[float, float]:
    """Lower and upper limit at a row of the points, in stored units, without the bounds of the KPI."""
    assert found.chart is not None
    row = found.chart.points.iloc[position]
    return float(row["lower"]), float(row["upper"])


def ranking(desk: Desk, stream: str, **asked: Any) -> list[list[Any]]:
    """The Pareto ranking of a stream as [name, amount]."""
    table = pareto(desk, stream, **asked).result.ranking
    return [[name, amount] for name, amount in zip(table["name"], table["amount"], strict=True)]


def pareto(desk: Desk, stream: str, **asked: Any) -> EventPareto:
    """The answer to a Pareto question about a stream."""
    return event_pareto(desk, ParetoQuestion(stream, **asked))


def is_i_chart(found: KpiReview, known: Known, per: float, form: str) -> None:
    """The chart of individuals as known: mean, moving range, limits (not cut at bounds), points beyond them."""
    assert found.chart is not None and found.chart.kind == "xmr"
    centre = found.chart.points["centre"].dropna().iloc[0] * per
    sigma = found.chart.sigma[0]
    assert sigma is not None
    ranges = judged(found)["value"].diff().abs().mean() * per
    assert (centre, ranges) == (pytest.approx(known["mean"], rel=1e-6), pytest.approx(known["mr_bar"], rel=1e-5))
    assert sigma * per * EXACT_TO_TABLE == pytest.approx(known["sigma"], rel=1e-5)
    assert centre + 3 * sigma * per * EXACT_TO_TABLE == pytest.approx(known["ucl"], rel=1e-5)
    assert centre - 3 * sigma * per * EXACT_TO_TABLE == pytest.approx(known["lcl"], rel=1e-5)
    assert beyond(found, "high", form) == known["above"]
    assert beyond(found, "low", form) == known["below"]


def drafted(desk: Desk, **pins: str) -> Catalog:
    """The catalogue of a desk with the charts of some KPIs pinned, to look through without changing anything."""
    kpis = tuple(replace(kpi, chart=pins.get(kpi.key, kpi.chart)) for kpi in desk.catalog.kpis)
    return replace(desk.catalog, kpis=kpis)
