"""The morning after: each watched slice of the sample has the verdict that its truth.csv tells.

Authority: the events that the simulator put in (truth.csv), on mornings after a working day, after a weekend, after
holidays and around both clock changes. Facts are summed by quarter-hour in pandas, as the engine does it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics import sample
from opsmetrics.catalog import Kpi, Slice, parse_slice, read_catalog
from opsmetrics.ingest import Measured, Template
from opsmetrics.review import KpiReview, review
from opsmetrics.series import as_of_instant, build, to_utc

MORNINGS = ["2026-11-20", "2026-11-23", "2026-11-29", "2027-01-02", "2026-03-30", "2026-10-26"]
FAR = dt.datetime(2100, 1, 1)
FIELDS = ["variation", "side", "assurance", "data", "stance"]


@pytest.mark.parametrize("morning", MORNINGS)
def test_the_verdicts_are_those_of_the_truth(tmp_path: Path, morning: str) -> None:
    today = dt.date.fromisoformat(morning)
    sample.write(tmp_path, today)
    catalog = read_catalog(tmp_path / "kpis.toml")
    truth = pd.read_csv(tmp_path / "truth.csv", dtype=str, keep_default_na=False)
    found = []
    for told in truth.itertuples(index=False):
        verdict = reviewed(tmp_path, catalog[told.kpi], parse_slice([told.slice] if told.slice else []), today).verdict
        assert verdict is not None
        found.append([told.kpi, told.slice, *(getattr(verdict, field) for field in FIELDS)])
    assert found == truth[["kpi", "slice", *FIELDS]].to_numpy().tolist()


def reviewed(folder: Path, kpi: Kpi, part: Slice, today: dt.date) -> KpiReview:
    """The review of a slice from the file that states its KPI, as of noon on a day."""
    path, template, entry = _source(folder, kpi)
    frame = pd.read_csv(path)
    days = pd.to_datetime(frame.iloc[:, 0])
    frame = frame.assign(bin=to_utc(days.tolist(), kpi.calendar.time_zone))
    after = days.max() + (pd.offsets.MonthBegin(1) if kpi.operate == "month" else pd.Timedelta(days=1))
    begin, end = to_utc([days.min(), after], kpi.calendar.time_zone)
    spans = pd.DataFrame({"starts_at": [begin], "ends_at": [end], "reporters": [[]]})
    for dimension, value in part:
        frame = frame[frame[template.dimensions[dimension]] == value]
    as_of = as_of_instant(today, kpi.calendar, FAR)
    return review(build(kpi, part, kpi.operate, _binned(frame, kpi, template, entry), spans, as_of), ())


def _source(folder: Path, kpi: Kpi) -> tuple[Path, Template, Measured]:
    for path in folder.glob("sample_*.csv"):
        template = Template.load(folder / "templates" / f"{path.stem}.toml")
        for entry in template.kpis:
            if entry.key == kpi.key:
                return path, template, entry
    raise KeyError(kpi.key)


def _binned(frame: pd.DataFrame, kpi: Kpi, template: Template, entry: Measured) -> pd.DataFrame:
    by = {template.dimensions[kpi.reported_by]: kpi.reported_by} if kpi.reported_by else {}
    grouped = frame.groupby(["bin", *by])
    if entry.value:
        values = grouped[entry.value]
        m2 = values.apply(lambda v: ((v - v.mean()) ** 2).sum())
        summed = pd.DataFrame({"n": values.size(), "mean": values.mean(), "m2": m2, "rows": values.size()})
    else:
        numerator, denominator = grouped[entry.numerator].sum(), grouped[entry.denominator].sum()
        summed = pd.DataFrame({"numerator": numerator, "denominator": denominator, "rows": grouped.size()})
    return summed.reset_index().rename(columns=by)
