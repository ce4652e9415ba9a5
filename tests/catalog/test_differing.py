"""Which entries of two states of the definitions differ, and in what."""

from __future__ import annotations

import datetime as dt

from opsmetrics.catalog import Decision, read_catalog
from opsmetrics.catalog.differing import Difference, differences
from opsmetrics.catalog.editing import tables_of

TEXT = """
[dimensions]
line = "Line"

[streams.stops]
name = "Stops"

[kpis.scrap]
name = "Scrap"
kind = "proportion"
better = "lower"
unit = "%"
target = 4
owner = "A. Roth"

[kpis.late]
name = "Late"
kind = "proportion"
better = "lower"
"""

CATALOG = read_catalog(TEXT)
BEFORE = tables_of(CATALOG)


def after(*changes: tuple[str, str]) -> list[Difference]:
    """What differs once these texts are replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return differences(BEFORE, tables_of(read_catalog(text)))


def test_equal_definitions_do_not_differ_however_they_are_written() -> None:
    assert after() == []
    assert after(("target = 4", "target = 4.0"), ("[dimensions]", "# a word\n[dimensions]")) == []


def test_new_changed_and_leaving_entries_of_every_section_are_told() -> None:
    found = after(
        ('line = "Line"', 'line = "Press"\nsite = "Site"'),
        ("[kpis.late]", "[kpis.waits]"),
        ('owner = "A. Roth"', ""),
        ('name = "Stops"', 'name = "Line stops"'),
    )
    by_key = {(one.section, one.key): (one.how, one.fields) for one in found}
    assert by_key == {
        ("dimensions", "line"): ("changed", (("name", "Line", "Press"),)),
        ("dimensions", "site"): ("new", ()),
        ("streams", "stops"): ("changed", (("name", "Stops", "Line stops"),)),
        ("kpis", "scrap"): ("changed", (("owner", "A. Roth", None),)),
        ("kpis", "waits"): ("new", ()),
        ("kpis", "late"): ("leaves", ()),
    }


def test_a_target_that_was_decided_is_one_that_a_file_without_it_would_take_back() -> None:
    later = Decision("scrap", "target", start=dt.datetime(2026, 7, 1), value={"value": 3.0}, by="B", why="w")
    (found,) = differences(tables_of(CATALOG, [later]), BEFORE)
    ((name, before, now),) = found.fields
    assert (found.key, name, now) == ("scrap", "target", 4)
    assert [line["value"] for line in before] == [3]
