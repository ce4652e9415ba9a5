"""The shared real data sets as series: read with pandas, arranged by `series.build`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from opsmetrics import series
from opsmetrics.catalog import Kpi, Target
from opsmetrics.measurements import sample_to_stamp
from opsmetrics.series import KpiSeries
from tests.paths import SHARED

NHS = Kpi(
    key="breaches",
    name="A&E breach share",
    kind="proportion",
    better="lower",
    unit="%",
    multiplier=100.0,
    numerator="breaches",
    denominator="attendances",
    targets=(Target(None, 5.0),),
    dimensions=("org", "type"),
    reported_by="org",
    operate="month",
)
JUICE = Kpi(
    key="juice", name="Defective cans", kind="proportion", better="lower", unit="%", multiplier=100.0, operate="sample",
    chart="p",
)  # fmt: skip
MACHINE = Kpi(
    key="machine", name="Machine temperature", kind="measured", better="neither", unit="°F", operate="day"
)  # fmt: skip


def _folder(name: str) -> Path:
    return SHARED / "data" / name


def spans(first: str, end: str) -> pd.DataFrame:
    """One batch that covers first … end (naive UTC)."""
    return pd.DataFrame({"starts_at": [pd.Timestamp(first)], "ends_at": [pd.Timestamp(end)], "reporters": [[]]}).astype(
        {"starts_at": "datetime64[us]", "ends_at": "datetime64[us]"}
    )


@cache
def nhs_facts() -> pd.DataFrame:
    """Month × organisation: attendances and four-hour breaches, April 2016 to March 2019."""
    files = sorted(_folder("2_waits/nhs_ae_2016_2019").glob("*.csv"))
    rows = pd.concat([pd.read_csv(file, parse_dates=["period"]) for file in files])
    summed = rows.groupby(["period", "org_code"], as_index=False).agg(
        numerator=("breaches", "sum"), denominator=("attendances", "sum"), rows=("breaches", "size")
    )
    return summed.rename(columns={"period": "bin", "org_code": "org"}).astype({"bin": "datetime64[us]"})


def nhs(facts: pd.DataFrame | None = None, kpi: Kpi = NHS) -> KpiSeries:
    """The monthly series as of the day after the data end."""
    found = nhs_facts() if facts is None else facts
    return series.build(kpi, (), "month", found, spans("2016-04-01", "2019-04-01"), pd.Timestamp("2019-04-01 12:00"))


def juice(samples: int = 54, kpi: Kpi = JUICE) -> KpiSeries:
    """Samples of 50 cans each and how many were defective."""
    table = pd.read_csv(_folder("1_defects/qcc_textbook/orangejuice.txt"), sep="\t").head(samples)
    facts = pd.DataFrame(
        {
            "bin": pd.to_datetime([sample_to_stamp(int(n)) for n in table["sample"]]).astype("datetime64[us]"),
            "numerator": table["D"].astype(float),
            "denominator": table["size"].astype(float),
            "rows": 1,
        }
    )
    return series.build(kpi, (), "sample", facts, spans("1970-01-01", "1970-01-02"), pd.Timestamp("2026-11-16"))


def machine() -> KpiSeries:
    """Daily means of 5-minute readings, 2013-12-02 21:15 to 2014-02-19 15:25, as of the day after."""
    table = pd.read_csv(_folder("3_uptime/nab/machine_temperature_system_failure.csv"), parse_dates=["timestamp"])
    grouped = table.groupby(table["timestamp"].dt.floor("15min"))["value"]
    facts = grouped.agg(n="size", mean="mean", m2=lambda x: ((x - x.mean()) ** 2).sum(), rows="size").reset_index()
    facts = facts.rename(columns={"timestamp": "bin"}).astype({"bin": "datetime64[us]"})
    covers = spans("2013-12-02 21:15", "2014-02-19 15:30")
    return series.build(MACHINE, (), "day", facts, covers, pd.Timestamp("2014-02-20 12:00"))
