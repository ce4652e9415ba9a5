"""Series of real data, whole and by hand-checked figures.

Authority: ../shared/data/truths.json (computed with numpy and pandas from the published files).
"""

from __future__ import annotations

import pandas as pd
import pytest

from opsmetrics.catalog import Kpi, read_catalog
from opsmetrics.series import build, to_utc
from tests.paths import ROOT, SHARED, needs_shared
from tests.truths import truth

pytestmark = needs_shared


def definition(example: str) -> Kpi:
    return read_catalog(ROOT / "examples" / example / "kpis.toml").kpis[0]


def test_nhs_months_add_up_on_the_calendar_of_england() -> None:
    kpi = definition("nhs_ae")
    files = sorted((SHARED / "data" / "2_waits" / "nhs_ae_2016_2019").glob("*.csv"))
    rows = pd.concat([pd.read_csv(file) for file in files])
    rows = rows.assign(bin=to_utc(pd.to_datetime(rows["period"]).tolist(), "Europe/London"), rows=1)
    facts = rows.groupby(["bin", "org_code"], as_index=False)[["breaches", "attendances", "rows"]].sum()
    facts.columns = pd.Index(["bin", "organisation", "numerator", "denominator", "rows"])
    begin, end = to_utc(pd.to_datetime(["2016-04-01", "2019-04-01"]), "Europe/London")
    spans = pd.DataFrame({"starts_at": [begin], "ends_at": [end], "reporters": [[]]})
    series = build(kpi, (), "month", facts, spans, pd.Timestamp("2019-04-01 11:00"))
    told = truth("2_waits/nhs_ae_2016_2019/*.csv")
    ended = series.points[series.points["ended"]]
    found = zip(ended["period"].dt.strftime("%Y-%m"), ended["denominator"], ended["numerator"], strict=True)
    assert [list(month) for month in found] == told["monthly"]
    assert ended[["from_start", "reaches_end"]].all(axis=None)
    assert ended["value"].idxmax() == ended.index[ended["label"] == "Feb 2019"][0]
    assert series.presence is not None
    assert series.presence.shape == (37, told["orgs"])
    assert (series.points["label"].iloc[-1], series.points["rows"].iloc[-1]) == ("Apr 2019", 0)


def test_the_machines_days_are_means_of_their_readings_and_its_ends_are_not_covered() -> None:
    kpi = definition("machine_temperature")
    readings = pd.read_csv(SHARED / "data" / "3_uptime" / "nab" / "machine_temperature_system_failure.csv")
    stamps = pd.to_datetime(readings["timestamp"])
    values = readings["value"].groupby(stamps.dt.floor("15min"))
    m2 = values.apply(lambda v: ((v - v.mean()) ** 2).sum())
    facts = pd.DataFrame({"n": values.size(), "mean": values.mean(), "m2": m2, "rows": values.size()})
    facts = facts.rename_axis("bin").reset_index()
    step = pd.Timedelta(minutes=5)
    spans = pd.DataFrame({"starts_at": [stamps.min()], "ends_at": [stamps.max() + step], "reporters": [[]]})
    points = build(kpi, (), "day", facts, spans, pd.Timestamp("2014-02-20 12:00")).points
    days, told = points[points["rows"] > 0], truth("3_uptime/nab/machine_temperature_system_failure.csv")
    assert days["rows"].sum() == told["rows"]
    assert (days["value"] * days["size"]).sum() / days["size"].sum() == pytest.approx(told["mean"], abs=1e-6)
    assert days["value"].mean() == pytest.approx(told["daily_mean_i_chart"]["mean"], abs=1e-6)
    assert days["value"].diff().abs().mean() == pytest.approx(told["daily_mean_i_chart"]["mr_bar"], abs=1e-6)
    assert not days["from_start"].iloc[0]
    assert not days["reaches_end"].iloc[-1]
    assert days["from_start"].iloc[1:].all()
    assert days["reaches_end"].iloc[:-1].all()
