"""Writing a catalogue: what is written reads back equal, with the targets that were decided.

Authority: the round trip itself, over any sound catalogue (hypothesis), and small cases worked by hand.
"""

from __future__ import annotations

import datetime as dt
import tomllib

from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Catalog, Decision, Kpi, Target, read_catalog, write_catalog
from tests.catalog.catalogs import FULL, PLAIN, catalogs


@given(catalogs())
def test_what_is_written_reads_back_equal(catalog: Catalog) -> None:
    back = read_catalog(write_catalog(catalog))
    assert back.kpis == catalog.kpis
    assert back.dimensions == catalog.dimensions
    assert back.calendars == catalog.calendars
    assert back.streams == catalog.streams


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_any_text_is_escaped(text: str) -> None:
    """Names of decisions may hold anything; so may a catalogue that was not read from a file."""
    catalog = Catalog((Kpi("a", text, "proportion", "lower"),))
    assert tomllib.loads(write_catalog(catalog))["kpis"]["a"]["name"] == text


def test_writing_twice_writes_the_same() -> None:
    once = write_catalog(read_catalog(FULL))
    assert write_catalog(read_catalog(once)) == once
    assert 'rules = "nelson"' in once
    assert 'expected_after = "1d 6h 30min"' in once
    assert "target = [499, 501.5]" in once


def test_what_stands_at_its_default_is_left_out() -> None:
    table = tomllib.loads(write_catalog(read_catalog(PLAIN)))["kpis"]["late"]
    assert table == {"name": "Late", "kind": "proportion", "better": "lower", "unit": "%"}


def decided(*values: tuple[dt.datetime | int | None, object], part: tuple[tuple[str, str], ...] = ()) -> list[Decision]:
    return [Decision("late", "target", part, start=start, value=value, id=n) for n, (start, value) in enumerate(values)]


def test_decided_targets_take_the_place_of_those_in_the_definition() -> None:
    catalog = read_catalog(PLAIN + "target = 9")
    decisions = decided(
        (None, {"value": 5.0}), (dt.datetime(2026, 4, 1), {"value": 4.5}), (dt.datetime(2026, 9, 1), {})
    )
    written = write_catalog(catalog, decisions)
    assert read_catalog(written)["late"].targets == (
        Target(None, 5.0),
        Target(dt.date(2026, 4, 1), 4.5),
        Target(dt.date(2026, 9, 1)),
    )
    assert read_catalog(write_catalog(catalog, decisions[:1])).kpis[0].targets == (Target(None, 5.0),)


def test_a_range_that_was_decided_is_written_as_one() -> None:
    catalog = read_catalog(PLAIN.replace('"lower"', '"neither"'))
    for start in (None, dt.datetime(2026, 4, 1)):
        back = read_catalog(write_catalog(catalog, decided((start, {"low": 18.0, "high": 24.0}))))
        assert back["late"].targets == (Target(start.date() if start else None, None, 18.0, 24.0),)


def test_superseded_targets_and_those_of_other_kpis_are_not_written() -> None:
    catalog = read_catalog(PLAIN + "target = 9")
    first = Decision("late", "target", value={"value": 5.0}, id=1)
    second = Decision("late", "target", value={"value": 4.0}, id=2, supersedes=1)
    other = Decision("wait", "target", value={"value": 1.0}, id=3)
    assert read_catalog(write_catalog(catalog, [first, second, other]))["late"].targets == (Target(None, 4.0),)
    assert read_catalog(write_catalog(catalog, [other]))["late"].targets == (Target(None, 9.0),)
    back = Decision("late", "target", value=None, id=4, supersedes=2)
    assert read_catalog(write_catalog(catalog, [first, second, back]))["late"].targets == ()


def test_what_a_definition_cannot_hold_is_told_in_a_comment() -> None:
    decisions = decided((None, {"value": 5.0}), part=(("line", 'Line "3"\n[x]'),)) + decided((15, {"value": 4.0}))
    written = write_catalog(read_catalog(PLAIN + "target = 9"), decisions)
    comments = [line for line in written.splitlines() if line.startswith("#")]
    assert len(comments) == 2
    assert 'Line "3" [x]' in comments[0]
    assert "from 15" in comments[1]
    assert read_catalog(written)["late"].targets == ()
