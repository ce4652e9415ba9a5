"""Stores with events for the tests of the Pareto page: seeded stops, hostile names, one single event, none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from opsmetrics.desk import Desk
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.built import once
from tests.event_stores import put
from tests.pages.stores import HOSTILE, HOSTILE_LINE

CATALOG = f"""
[dimensions]
line = "Line"
shift = '''{HOSTILE_LINE}'''

[calendars.default]
time_zone = "Europe/Berlin"

[streams.stops]
name = "Line stops"
dimensions = ["line", "shift"]
category = "Reason"
subcategory = "Part"
unit = "stops"
cost_unit = "€"
weights = {{ Jam = 1, "Guard open" = 5 }}

[streams.quiet]
name = "Near misses"
unit = "near misses"
"""

#: Reason → expected stops in the 28 days before and in the last 28 days.
REASONS = {
    "Short shot": (331, 452), "Flash": (294, 281), "Sink mark": (171, 179), "Burn mark": (186, 112), "Warp": (79, 84),
    "Weld line": (64, 61), "Colour": (41, 44), "Scratch": (36, 33), "Splay": (20, 22), "Crack": (9, 10),
    HOSTILE: (6, 6),
}  # fmt: skip


def today() -> dt.date:
    """The day at the site."""
    return pd.Timestamp.now("Europe/Berlin").date()


@once
def full(path: Path) -> None:
    """56 days of stops up to yesterday; exactly as many of each reason as REASONS says, cost for one in three."""
    draw = np.random.default_rng(3)
    now = pd.Timestamp(today())
    parts = []
    for reason, counts in REASONS.items():
        for number, start in zip(counts, (now - pd.Timedelta(days=56), now - pd.Timedelta(days=28)), strict=True):
            seconds = draw.integers(7200, 28 * 86400 - 7200, number)
            part = pd.DataFrame({"observed_at": start + pd.to_timedelta(seconds, unit="s")})
            parts.append(part.assign(category=reason))
    rows = pd.concat(parts, ignore_index=True)
    rows["subcategory"] = draw.choice(["Gate", "Core", "Cavity"], len(rows), p=[0.6, 0.3, 0.1])
    rows["line"] = draw.choice(["Line 1", "Line 2", HOSTILE_LINE], len(rows), p=[0.5, 0.4, 0.1])
    rows["minutes"] = np.round(draw.lognormal(2, 0.8, len(rows)), 1)
    rows["cost"] = np.where(draw.random(len(rows)) < 0.33, np.round(draw.lognormal(4, 1, len(rows))), np.nan)
    rows["reference"] = [f"S{number}" for number in range(len(rows))]
    span = ((now - pd.Timedelta(days=57)).to_pydatetime(), now.to_pydatetime())
    _build(path, rows, span, "stops <b>November</b>.csv")


@once
def one_event(path: Path) -> None:
    """A single stop, yesterday noon."""
    at = pd.Timestamp(today()) - pd.Timedelta(hours=12)
    rows = pd.DataFrame({"observed_at": [at], "category": ["Jam"], "line": ["Line 1"]})
    _build(path, rows, ((at - pd.Timedelta(days=1)).to_pydatetime(), at.to_pydatetime()), "one.csv")


@once
def no_events(path: Path) -> None:
    """Streams without a single event."""
    with Store.open(path) as opened:
        Desk(opened, Settings.from_environment().for_store(path)).apply(CATALOG, by="tester")


def _build(path: Path, rows: pd.DataFrame, span: tuple[dt.datetime, dt.datetime], source: str) -> None:
    with Store.open(path) as opened:
        Desk(opened, Settings.from_environment().for_store(path)).apply(CATALOG, by="tester")
        put(opened, "stops", rows, source=source, by="tester <b>", spans=[span])
