"""Who has not reported yet, seen from everywhere: the whole, the silent line's own page, its siblings, and the week."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from opsmetrics.access import Viewer
from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.measurements import Batch, Span
from opsmetrics.review import KpiReview
from opsmetrics.verdict.rendering import render
from tests.built import once
from tests.store.builders import batch, count

KPIS = """
[calendars.default]
time_zone = "UTC"

[dimensions]
line = "Line"
shift = "Shift"

[kpis.good]
name = "Good cans"
kind = "proportion"
better = "higher"
unit = "%"
dimensions = ["line", "shift"]
reported_by = "line"
lead = "week"

[kpis.jams]
name = "Jams"
kind = "count"
better = "lower"
dimensions = ["line", "shift"]
reported_by = "line"
lead = "week"

[kpis.bad]
name = "Bad cans"
kind = "derived"
better = "lower"
unit = "%"
dimensions = ["line", "shift"]
lead = "week"
formula = "1 - good"
"""

#: Twelve weeks from Monday 31 August 2026; the last day is Sunday 22 November.
FIRST = dt.datetime(2026, 8, 31)
DAYS = 84
MONDAY = dt.date(2026, 11, 23)
DIMENSIONS = ("line", "shift")
KEYS = ("good", "jams", "bad")


def at(day: int, hours: float = 0) -> dt.datetime:
    return FIRST + dt.timedelta(days=day, hours=hours)


def rows(first: int, after: int, lines: str, shifts: str = "E") -> Iterator[dict[str, Any]]:
    """Each line has some 900 good cans of 1,000, and a jam, on each shift of the days from `first` up to `after`."""
    for day, line, shift in itertools.product(range(first, after), lines, shifts):
        yield count(at(day), 900 + day % 7, 1000, kpi="good", line=line, shift=shift)
        yield {**count(at(day), 1, kpi="jams", line=line, shift=shift), "denominator": None}


def file(first: int, after: int, lines: str, shifts: str = "E") -> Batch:
    """A file with the rows of some lines, which covers its days."""
    spans = tuple(Span(key, at(first), at(after), tuple(lines)) for key in ("good", "jams"))
    return batch(*rows(first, after, lines, shifts), dimensions=DIMENSIONS, spans=spans)


@once
def defined(path: Path) -> None:
    with Desk.open(path) as opened:
        opened.apply(KPIS, by="tester")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    defined(tmp_path / "kpis.duckdb")
    with Desk.open(tmp_path / "kpis.duckdb") as opened:
        yield opened


@dataclass
class Asked:
    desk: Desk

    def load(self, *batches: Batch) -> None:
        for each in batches:
            self.desk.commit(each, by="tester", publish=each is batches[-1])

    def of(self, key: str, line: str | None = None, *, shift: str | None = None, **more: Any) -> KpiReview:
        parts = (("line", line), ("shift", shift))
        part = tuple((name, value) for name, value in parts if value is not None)
        return self.desk.review(key, part, as_of=more.pop("as_of", MONDAY), **more)


@pytest.fixture
def asked(desk: Desk) -> Asked:
    return Asked(desk)


def told(review: KpiReview) -> tuple[str, tuple[str, ...]]:
    return review.verdict.data, review.verdict.data_names


def test_a_line_whose_file_is_not_in_is_named_on_its_own_page_and_on_the_whole(asked: Asked) -> None:
    asked.load(file(0, DAYS - 1, "ABC"), file(DAYS - 1, DAYS, "AB"))
    for key in KEYS:
        assert told(asked.of(key)) == ("partial", ("C",)), key
        own = asked.of(key, "C")
        assert told(own) == ("partial", ("C",)), key
        assert own.verdict.as_of_period == "21 Nov 2026", key
        assert render(own.verdict.sentence).endswith("C has not reported since 21 Nov 2026."), key
        assert told(asked.of(key, "A")) == ("fresh", ()), key


def test_a_line_whose_rows_stop_within_a_file_is_named_too(asked: Asked) -> None:
    """The file holds all lines, and those of C end two days before it does."""
    spans = tuple(Span(k, at(0), at(DAYS), ("A", "B", "C")) for k in ("good", "jams"))
    found = (*rows(0, DAYS - 2, "ABC"), *rows(DAYS - 2, DAYS, "AB"))
    asked.load(batch(*found, dimensions=DIMENSIONS, spans=spans))
    for key in ("good", "bad"):
        assert told(asked.of(key)) == told(asked.of(key, "C")) == ("partial", ("C",)), key


def test_nobody_is_late_before_anybody_has_reported(asked: Asked) -> None:
    asked.load(file(0, DAYS - 1, "ABC"))
    for key in KEYS:
        assert [told(asked.of(key, line)) for line in (None, "A", "C")] == [("fresh", ())] * 3, key


def test_a_line_that_reports_now_and_then_is_not_waited_for(asked: Asked) -> None:
    asked.load(file(0, DAYS, "AB"), *(file(day, day + 1, "C") for day in range(0, DAYS - 1, 2)))
    for key in KEYS:
        assert told(asked.of(key)) == told(asked.of(key, "C")) == ("fresh", ()), key


def test_a_line_that_stays_away_is_missing_on_its_own_page_and_retired_from_the_whole(asked: Asked) -> None:
    asked.load(file(0, DAYS - 6, "ABC"), file(DAYS - 6, DAYS, "AB"))
    for key in KEYS:
        assert told(asked.of(key)) == ("fresh", ("C",)), key
        assert told(asked.of(key, "C"))[0] == "missing", key


def test_another_part_of_the_line_may_be_in(asked: Asked) -> None:
    """The night shift of C had no work on the last day; its early shift reported."""
    asked.load(file(0, DAYS - 1, "ABC", "EN"), file(DAYS - 1, DAYS, "ABC", "E"))
    for key in KEYS:
        assert told(asked.of(key, "C")) == told(asked.of(key, "C", shift="N")) == ("fresh", ()), key
    asked.load(file(DAYS, DAYS + 1, "AB", "EN"))
    tuesday = MONDAY + dt.timedelta(days=1)
    for key in KEYS:
        assert told(asked.of(key, "C", shift="E", as_of=tuesday)) == ("partial", ("C",)), key


def test_who_sees_one_line_only_is_told_nothing_of_the_others(asked: Asked) -> None:
    asked.load(file(0, DAYS - 1, "ABC"), file(DAYS - 1, DAYS, "AB"))
    only = Viewer("c", {"line": frozenset({"C"})})
    assert told(asked.of("good", "C", viewer=only)) == ("fresh", ())


# The week


def test_a_week_is_not_judged_while_a_line_is_outstanding_on_its_days(asked: Asked) -> None:
    asked.load(file(0, DAYS - 2, "ABC"), file(DAYS - 2, DAYS, "AB"))
    for key in KEYS:
        week = asked.of(key, grain="week")
        assert told(week) == ("partial", ("C",)), key
        assert (week.verdict.as_of_period, week.points["state"].iloc[-2]) == ("week of 9 Nov 2026", "partial"), key
        assert told(asked.of(key, "C", grain="week"))[0] == "partial", key
    asked.load(file(DAYS - 2, DAYS, "C"))
    for key in KEYS:
        week = asked.of(key, grain="week")
        assert (told(week), week.verdict.as_of_period) == (("fresh", ()), "week of 16 Nov 2026"), key


def test_a_week_is_not_judged_before_its_sunday_is_in(asked: Asked) -> None:
    asked.load(file(0, DAYS - 1, "ABC"))
    for key in KEYS:
        week = asked.of(key, grain="week")
        assert (told(week), week.verdict.as_of_period) == (("partial", ()), "week of 9 Nov 2026"), key
    asked.load(file(DAYS - 1, DAYS, "ABC"))
    for key in KEYS:
        assert asked.of(key, grain="week").verdict.as_of_period == "week of 16 Nov 2026", key


def test_a_line_that_is_back_was_absent_and_the_week_is_judged(asked: Asked) -> None:
    asked.load(file(0, DAYS - 2, "ABC"), file(DAYS - 2, DAYS, "AB"), file(DAYS, DAYS + 1, "ABC"))
    for key in KEYS:
        week = asked.of(key, grain="week", as_of=MONDAY + dt.timedelta(days=1))
        assert week.verdict.as_of_period == "week of 16 Nov 2026", key
        assert week.verdict.data_names == ("C",), key


def test_a_person_may_say_that_the_week_is_complete(asked: Asked) -> None:
    asked.load(file(0, DAYS - 2, "ABC"), file(DAYS - 2, DAYS, "AB"))
    start = dt.datetime(2026, 11, 16)
    for key in ("good", "jams"):
        decision = Decision(key, "complete", start=start, grain="week", value=True, why="C did not run", by="tester")
        asked.desk.decide(decision)
        assert asked.of(key, grain="week").verdict.as_of_period == "week of 16 Nov 2026", key


def test_a_derived_kpi_is_late_when_its_component_is(asked: Asked) -> None:
    asked.desk.apply(
        KPIS.replace('reported_by = "line"\n', 'reported_by = "line"\nexpected_after = "6h"\n', 1), by="tester"
    )
    asked.load(file(0, DAYS - 1, "ABC"))
    five, seven = (dt.datetime.combine(MONDAY, dt.time(hour)) for hour in (5, 7))
    assert [told(asked.of(key, as_of=five)) for key in ("good", "bad")] == [("fresh", ())] * 2
    assert [told(asked.of(key, as_of=seven))[0] for key in ("good", "bad")] == ["late"] * 2
