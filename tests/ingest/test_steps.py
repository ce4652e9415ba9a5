"""Gaps between stamps that come regularly. Oracle: the stamps are made with known gaps, and pandas finds them too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Calendar, Kpi
from opsmetrics.ingest import Measured, Template
from opsmetrics.ingest.steps import length
from opsmetrics.measurements import Batch
from tests.ingest.builders import catalog, prepared

HEAT = Kpi("heat", "Heat", "measured", "lower", calendar=Calendar("b", "Europe/Berlin"))
COLD = Kpi("cold", "Cold", "measured", "lower", calendar=Calendar("b", "Europe/Berlin"))
READINGS = Template("heat", {"when": "ts"}, (Measured("heat", value="heat"), Measured("cold", value="cold")))
FIVE = pd.Timedelta(minutes=5)


def batch_of(folder: Path, stamps: pd.DatetimeIndex) -> Batch:
    text = "when,heat,cold\n" + "".join(f"{at:%Y-%m-%d %H:%M:%S},{n % 7},{n % 5}\n" for n, at in enumerate(stamps))
    return prepared(folder, text, READINGS, catalog(HEAT, COLD))


def said(batch: Batch) -> list[str]:
    return [notice.text for notice in batch.warnings if notice.code == "gaps"]


def stamps(start: str, number: int) -> pd.DatetimeIndex:
    return pd.date_range(start, periods=number, freq=FIVE)


def test_a_gap_is_told_with_its_length_and_start_on_the_sites_clock(tmp_path: Path) -> None:
    batch = batch_of(tmp_path, stamps("2026-03-02 08:00", 100).delete(range(40, 60)))
    assert said(batch) == [
        "Heat, Cold: 1 gap between stamps that come every 5 minutes: 105 minutes from 2 Mar 2026, 11:15."
    ]


@given(st.sets(st.integers(1, 198), max_size=12))
def test_every_missing_stretch_is_one_gap(tmp_path_factory: pytest.TempPathFactory, missing: set[int]) -> None:
    left = stamps("2026-03-02 00:00", 200).delete(sorted(missing))
    apart = pd.Series(left).diff().dropna()
    told = said(batch_of(tmp_path_factory.mktemp("gaps"), left))
    number = int((apart > FIVE).sum())
    assert len(told) == (number > 0)
    if number:
        minutes = int(apart.max() / pd.Timedelta(minutes=1))
        assert f" {number} gap" in told[0]
        assert length(dt.timedelta(minutes=minutes)) in told[0]


def test_a_clock_change_is_no_gap(tmp_path: Path) -> None:
    """Berlin: 29 March 2026 has no 02:00 to 03:00, 25 October has it twice and the file once."""
    spring = stamps("2026-03-28 20:00", 120)
    spring = spring[(spring < "2026-03-29 02:00") | (spring >= "2026-03-29 03:00")]
    assert said(batch_of(tmp_path, spring)) == []
    assert said(batch_of(tmp_path, stamps("2025-10-25 20:00", 120))) == []


def test_what_comes_irregularly_or_late_has_no_gaps(tmp_path: Path) -> None:
    seldom = pd.DatetimeIndex(
        [pd.Timestamp("2026-03-02") + pd.Timedelta(minutes=n * n % 997 + 3 * n) for n in range(99)]
    )
    assert said(batch_of(tmp_path, seldom.sort_values().unique())) == []
    late = stamps("2026-03-02 08:00", 100) + pd.to_timedelta([60 if n % 9 == 0 else 0 for n in range(100)], unit="s")
    assert said(batch_of(tmp_path, late)) == []
    few = stamps("2026-03-02 08:00", 20).delete(range(5, 9))
    assert said(batch_of(tmp_path, few)) == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (90, "90 seconds"), (300, "5 minutes"), (3600, "1 hour"), (5400, "90 minutes"),
     (9000, "2.5 hours"), (86_400, "1 day"), (3 * 86_400, "3 days")],
)  # fmt: skip
def test_lengths_in_words(seconds: int, text: str) -> None:
    assert length(dt.timedelta(seconds=seconds)) == text
