"""Reading a catalogue: what each key becomes, and what each mistake says.

Authority: the schema reference docs/catalogue.md; each case below is a sentence of it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from opsmetrics.catalog import (
    RULE_SETS,
    Calendar,
    Catalog,
    CatalogError,
    EventSource,
    Kpi,
    Shift,
    Stream,
    Target,
    check,
    read_catalog,
)
from tests.catalog.catalogs import FULL, PLAIN


def test_every_key_is_read() -> None:
    catalog = read_catalog(FULL)
    plant = Calendar(
        "plant",
        "Europe/Berlin",
        6,
        (4, 1),
        (Shift("Early", dt.time(6)), Shift("Night", dt.time(22, 15))),
        frozenset({5, 6}),
        frozenset({dt.date(2026, 12, 25), dt.date(2026, 12, 26)}),
    )
    assert catalog.calendars == (Calendar(), plant)
    assert catalog["late"] == Kpi(
        key="late",
        name="Late deliveries",
        kind="proportion",
        better="lower",
        unit="%",
        description="Orders that left after the promised day.",
        numerator="late orders",
        denominator="orders",
        multiplier=100.0,
        decimals=2,
        targets=(Target(None, 8.5), Target(dt.date(2025, 4, 1), 5.0), Target(dt.date(2026, 4, 1))),
        dimensions=("organisation", "line"),
        reported_by="line",
        operate="day",
        lead="month",
        recorded="shift",
        watch=((), (("line", "Line 3"), ("organisation", "North"))),
        watch_by=("line",),
        owner="Shipping",
        category="Delivery",
        parent="complaints",
        cost_per_unit=40.0,
        calendar=plant,
        expected_after=dt.timedelta(days=1, hours=6, minutes=30),
        chart="p",
        rules=RULE_SETS["nelson"],
    )
    assert catalog["complaints"].multiplier == 1000
    weight = catalog["weight"]
    assert (weight.targets, weight.bounds) == ((Target(None, None, 499.0, 501.5),), (0.0, 1000.0))
    assert (weight.spec_lower, weight.spec_upper, weight.watch) == (495.0, 505.0, ())
    assert weight.rules == ("beyond_limits", "run_of_8")
    assert check(FULL) == ((), ())


def test_streams_and_what_they_feed_are_read() -> None:
    catalog = read_catalog(FULL)
    stops = catalog.stream("stops")
    assert stops == Stream(
        key="stops",
        name="Line stops",
        dimensions=("line",),
        category="Reason",
        subcategory="Detail",
        unit="stops",
        cost_unit="€",
        weights=(("Break down", 5.0), ("jam", 0.5)),
        reported_by="line",
        calendar=catalog.calendars[1],
    )
    assert catalog.stream("falls") == Stream("falls", "Falls", calendar=catalog.calendars[1])
    with pytest.raises(KeyError):
        catalog.stream("fall")
    assert catalog["uptime"].events == EventSource("stops", "minutes", ("Break down",), "downtime")
    assert catalog["falls"].events == EventSource("falls")
    assert (catalog["uptime"].bounds, catalog["uptime"].share, catalog["falls"].share) == ((0.0, 1.0), True, False)


def test_what_is_derived_and_what_lies_within_a_limit_are_read() -> None:
    catalog = read_catalog(FULL)
    assert catalog["yield"].formula == "min(uptime, 1) * (1 - late) ** 2"
    assert (catalog["seen"].within, catalog["seen"].multiplier, catalog["seen"].bounds) == (15.0, 100.0, (0.0, 1.0))


def test_the_version_is_a_hash_of_the_text() -> None:
    first, second = read_catalog(PLAIN), read_catalog(PLAIN + "# a word more\n")
    assert first.version == read_catalog(PLAIN).version != second.version
    assert (first.text, first.kpis) == (PLAIN, second.kpis)


def test_a_file_is_read_with_its_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "kpis.toml"
    path.write_text(PLAIN, encoding="utf-8-sig")
    assert read_catalog(path).kpis == read_catalog(PLAIN).kpis


def test_an_empty_text_is_an_empty_catalogue() -> None:
    assert read_catalog("").kpis == Catalog().kpis


@pytest.mark.parametrize(
    ("content", "found"),
    [(None, "no such file"), (b"name = \xff", "not UTF-8")],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None, found: str) -> None:
    path = tmp_path / "kpis.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CatalogError) as caught:
        read_catalog(path)
    assert found in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_text_that_is_not_toml_names_the_line() -> None:
    with pytest.raises(CatalogError, match=r"line 3, column \d+: found .*; wanted valid TOML"):
        read_catalog('[kpis.a]\nname = "A"\nkind = proportion\n')


@pytest.mark.parametrize(
    ("kind", "unit", "multiplier"),
    [
        ("proportion", "%", 100),
        ("proportion", "", 1),
        ("ratio", "%", 100),
        ("rate", "%", 1),
        ("measured", "%", 1),
        ("measured", "min", 1),
    ],
)
def test_only_quotients_in_per_cent_are_multiplied_by_a_hundred(kind: str, unit: str, multiplier: float) -> None:
    text = PLAIN.replace('"proportion"', f'"{kind}"').replace('"%"', f'"{unit}"')
    assert read_catalog(text)["late"].multiplier == multiplier
