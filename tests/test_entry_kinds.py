"""Typed numbers of every kind of KPI: one number, two, or none."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from opsmetrics import entry
from opsmetrics.desk import Desk
from opsmetrics.entry import EntryRow, NotANumber
from opsmetrics.ingest import typed_batch
from tests.built import once

LAST = dt.date(2026, 2, 9)


def row(desk: Desk, key: str, day: dt.date = LAST) -> EntryRow:
    return next(found for found in entry.rows(desk, day) if found.kpi.key == key)


ANY_KIND = """
[dimensions]
line = "Line"
[calendars.default]
time_zone = "Europe/Berlin"
[streams.stops]
name = "Stops"
[kpis.scrap]
name = "Scrap"
kind = "count"
better = "lower"
numerator = "parts"
[kpis.accidents]
name = "Accidents"
kind = "rare"
better = "lower"
[kpis.claims]
name = "Claims"
kind = "rate"
better = "lower"
numerator = "claims"
denominator = "deliveries"
[kpis.margin]
name = "Margin"
kind = "ratio"
better = "higher"
lower_bound = -1
[kpis.stops_per_hour]
name = "Stops per hour"
kind = "rate"
better = "lower"
denominator = "hours"
events = {stream = "stops"}
[kpis.stops]
name = "Stops"
kind = "count"
better = "lower"
events = {stream = "stops"}
[kpis.uptime]
name = "Uptime"
kind = "ratio"
better = "higher"
events = {stream = "stops", measure = "minutes", role = "downtime"}
[kpis.seen]
name = "Seen in time"
kind = "measured"
statistic = "share_within"
within = 15
better = "higher"
unit = "%"
[kpis.median]
name = "Median"
kind = "measured"
statistic = "median"
better = "lower"
unit = "min"
[kpis.share]
name = "Share"
kind = "derived"
better = "lower"
formula = "scrap / 100"
"""


@pytest.fixture
def any_kind(tmp_path: Path) -> Iterator[Desk]:
    defined(tmp_path / "kinds.duckdb")
    with Desk.open(tmp_path / "kinds.duckdb", role="tests") as opened:
        yield opened


@once
def defined(path: Path) -> None:
    with Desk.open(path, role="tests") as opened:
        opened.apply(ANY_KIND, by="tester")


def test_what_follows_from_elsewhere_is_not_asked_for(any_kind: Desk) -> None:
    asked = [line.kpi.key for line in entry.rows(any_kind, LAST)]
    assert asked == ["scrap", "accidents", "claims", "margin", "stops_per_hour", "seen", "median"]
    for key in ("stops", "uptime", "share"):
        nothing = EntryRow(any_kind.catalog[key], (), dt.datetime(2026, 2, 9), "")
        with pytest.raises(NotANumber, match="nothing is typed for it"):
            entry.understand(nothing, ("1", ""))


def test_what_is_not_typed_is_said_with_where_it_comes_from(any_kind: Desk) -> None:
    catalog = any_kind.catalog
    said = {kpi.key: entry.half_typed(kpi, catalog) for kpi in catalog.kpis}
    assert said.pop("stops_per_hour") == "Type hours only; events are counted from the events “Stops”."
    assert set(said.values()) == {""}
    assert entry.never_typed(catalog) == (
        "Not typed, but computed from events loaded by file: Stops, Uptime; from other KPIs: Share."
    )
    assert entry.never_typed(replace(catalog, kpis=(catalog["scrap"],))) == ""


@pytest.mark.parametrize(
    ("key", "fields", "typed", "value", "text"),
    [
        ("scrap", ("parts",), ("12", ""), 12.0, "12 parts"),
        ("accidents", ("events", "opportunities"), ("1", ""), 1.0, "1"),
        ("accidents", ("events", "opportunities"), ("1", "500"), 1 / 500, "1 in 500"),
        ("claims", ("claims", "deliveries"), ("2,5", "80"), 2.5 / 80, "2.5 in 80"),
        ("margin", ("counted", "in all"), ("-3", "10"), -0.3, "\u22123 in 10"),
        ("stops_per_hour", ("hours",), ("16", ""), math.nan, "16 hours"),
        ("median", ("min",), ("7", ""), 7.0, "7.0\u00a0min"),
    ],
)
def test_each_kind_takes_what_it_needs_and_shows_it_again(
    any_kind: Desk, key: str, fields: tuple[str, ...], typed: tuple[str, str], value: float, text: str
) -> None:
    line = row(any_kind, key, LAST)
    assert entry.fields(line.kpi) == fields
    understood = entry.understand(line, typed)
    assert understood is not None
    assert (understood.value, understood.text) == (pytest.approx(value, nan_ok=True), text)
    assert entry.unusual(line, understood, any_kind.review(key)) == []
    any_kind.commit(typed_batch(list(understood.rows), any_kind.catalog), by="tester")
    again = row(any_kind, key, LAST)
    assert (again.stored, again.last) == (text, text)
    assert again.last_value == (None if math.isnan(value) else pytest.approx(value))
    assert entry.unusual(again, understood, any_kind.review(key)) == []


def test_what_does_not_fit_the_kind_is_told(any_kind: Desk) -> None:
    refused = {
        ("scrap", "12", "100"): "one number",
        ("scrap", "-1", ""): "cannot be negative",
        ("claims", "2", ""): "number of deliveries is missing",
        ("stops_per_hour", "0", ""): "With 0 hours there is no value",
        ("accidents", "", "500"): "missing",
    }
    for (key, first, second), said in refused.items():
        with pytest.raises(NotANumber, match=said):
            entry.understand(row(any_kind, key, LAST), (first, second))


def test_readings_come_to_what_their_statistic_says(any_kind: Desk) -> None:
    """Authority: by hand; half of 12, 18, 14 and 100 lie at 15 or below, and their median is 16."""
    median = entry.understand(row(any_kind, "median", LAST), ("12 18 14 100", ""))
    assert median is not None and (median.value, median.text) == (16, "36.0\u00a0min (mean of 4 readings)")
    seen = entry.understand(row(any_kind, "seen", LAST), ("12 18 14 100", ""))
    assert seen is not None and (seen.value, seen.text) == (0.5, "36.0 (mean of 4 readings)")
    any_kind.commit(typed_batch(list(seen.rows), any_kind.catalog), by="tester")
    again = row(any_kind, "seen", LAST)
    assert (again.stored, again.last_value) == ("4 readings (mean 36.0)", None)
    asked = entry.unusual(again, seen, any_kind.review("seen"))
    assert len(asked) == 1 and "already holds" in asked[0]
