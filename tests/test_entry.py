"""Typed numbers: what a text means, which lines are asked for, what is unusual."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

import pandas as pd
import pytest

from opsmetrics import entry
from opsmetrics.access import Viewer
from opsmetrics.desk import Desk
from opsmetrics.entry import EntryRow, NotANumber
from opsmetrics.ingest import typed_batch
from opsmetrics.measurements import Span, sample_to_stamp
from tests.store.builders import batch, count, reading

KPIS = """
[dimensions]
line = "Line"

[calendars.default]
time_zone = "Europe/Berlin"

[kpis.late]
name = "Late"
kind = "proportion"
better = "lower"
unit = "%"
numerator = "late orders"
denominator = "orders"
dimensions = ["line"]
chart = "p"

[kpis.waiting]
name = "Waiting"
kind = "measured"
better = "lower"
unit = "min"
lower_bound = 0
watch = [{}]

[kpis.cans]
name = "Cans"
kind = "proportion"
better = "lower"
unit = "%"
operate = "sample"
chart = "p"

[kpis.audit]
name = "Audit"
kind = "proportion"
better = "lower"
unit = "%"
operate = "month"

[kpis.watched]
name = "Watched"
kind = "proportion"
better = "lower"
unit = "%"
dimensions = ["line"]
watch = [{line = "B"}, {line = "C"}]
"""

DAYS, SIZE = 40, 400
#: The last day that holds numbers, in local time; midnight in Berlin is 23:00 UTC of the day before.
LAST = dt.date(2026, 2, 9)


def midnight(day: int) -> dt.datetime:
    """The start of the n-th day in UTC (winter: one hour behind Berlin)."""
    return dt.datetime.combine(LAST - dt.timedelta(days=DAYS - 1 - day), dt.time()) - dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path = tmp_path_factory.mktemp("entry") / "entry.duckdb"
    with Desk.open(path, role="tests") as opened:
        opened.apply(KPIS, by="tester")
        # 5 and 7 late of 100 in turn, four times over: 20 and 28 of 400, a mean of exactly 6 %.
        rows = [count(midnight(i), 20 + 8 * (i % 2), SIZE, kpi="late", line="A") for i in range(DAYS)]
        rows += [reading(midnight(i), 30 + i % 3, kpi="waiting") for i in range(DAYS)]
        rows += [count(sample_to_stamp(i), 4, 50, kpi="cans") for i in range(1, 31)]
        ends = {"late": midnight(DAYS), "waiting": midnight(DAYS), "cans": sample_to_stamp(31)}
        starts = {"late": midnight(0), "waiting": midnight(0), "cans": sample_to_stamp(1)}
        spans = tuple(Span(key, starts[key], ends[key]) for key in ends)
        opened.commit(batch(*rows, dimensions=("line",), spans=spans), by="tester")
        yield opened


def row(desk: Desk, key: str, day: dt.date = LAST + dt.timedelta(days=1)) -> EntryRow:
    return next(found for found in entry.rows(desk, day) if found.kpi.key == key)


# What a text means


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12.0), (" 12,5 ", 12.5), ("12.5", 12.5), ("\u22123", -3.0), ("0,125", 0.125), ("1234", 1234.0)],
)
def test_a_comma_or_a_point_parts_decimals(text: str, value: float) -> None:
    assert entry.number(text) == value


@pytest.mark.parametrize("text", ["", "x", "1 2", "nan", "inf", "1_000", "1,234,567", "12%", "=1+1"])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(NotANumber, match="type digits"):
        entry.number(text)


def test_a_comma_that_could_part_thousands_is_not_guessed() -> None:
    with pytest.raises(NotANumber, match=r"type 1234, or 1\.234 with a point"):
        entry.number("1,234")


def test_both_counts_make_one_row_of_a_whole_day(desk: Desk) -> None:
    typed = entry.understand(row(desk, "late"), ("38", "412"), "belt stopped")
    assert typed is not None
    (one,) = typed.rows
    assert (one.kpi, one.at, one.dimensions) == ("late", LAST + dt.timedelta(days=1), {"line": "A"})
    assert (one.numerator, one.denominator, one.value, one.note) == (38, 412, None, "belt stopped")
    assert typed.value == 38 / 412
    assert typed.text == "38 of 412"


def test_several_readings_are_the_samples_of_one_instant(desk: Desk) -> None:
    typed = entry.understand(row(desk, "waiting"), ("30 31,5 28.5", ""))
    assert typed is not None
    assert [(one.sample, one.value) for one in typed.rows] == [(0, 30.0), (1, 31.5), (2, 28.5)]
    assert typed.value == pytest.approx(30.0)
    batch_ = typed_batch(typed.rows, desk.catalog)
    assert batch_.tally.rows == batch_.readings.rows == 3


def test_a_reading_typed_again_takes_the_place_of_the_stored_one(desk: Desk) -> None:
    """The builder numbers its readings from 1; the file reader numbers them from 0."""
    line = row(desk, "waiting", LAST)
    typed = entry.understand(line, ("31", ""))
    assert typed is not None
    assert [one.sample for one in typed.rows] == [1]
    found = desk.diff(typed_batch(typed.rows, desk.catalog))
    assert (found.new, found.updated) == (0, 1)


def test_an_empty_line_is_left_out(desk: Desk) -> None:
    assert entry.understand(row(desk, "late"), (" ", "")) is None


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("38", ""), "The number of orders is missing"),
        (("", "412"), "The number of late orders is missing"),
        (("413", "412"), "more than all of them"),
        (("-1", "412"), "cannot be negative"),
        (("1.5", "412"), "whole number"),
        (("0", "0"), "there is no value"),
    ],
)
def test_impossible_counts_are_said(desk: Desk, texts: tuple[str, str], said: str) -> None:
    with pytest.raises(NotANumber, match=said):
        entry.understand(row(desk, "late"), texts)


def test_a_reading_outside_its_bounds_is_said(desk: Desk) -> None:
    with pytest.raises(NotANumber, match="cannot be; possible values"):
        entry.understand(row(desk, "waiting"), ("-3", ""))


# Which lines


def test_a_line_for_each_combination_seen_or_watched(desk: Desk) -> None:
    """`late` was reported by A; `watched` names B and C and never reported; the others have no dimension."""
    found = [(line.kpi.key, line.part) for line in entry.rows(desk, LAST)]
    assert found == [
        ("late", (("line", "A"),)),
        ("waiting", ()),
        ("cans", ()),
        ("audit", ()),
        ("watched", (("line", "B"),)),
        ("watched", (("line", "C"),)),
    ]


def test_a_viewer_is_asked_only_for_what_he_may_see(desk: Desk) -> None:
    scoped = Viewer("line B", {"line": frozenset({"B"})})
    found = [(line.kpi.key, line.part) for line in entry.rows(desk, LAST, viewer=scoped) if line.part]
    assert found == [("watched", (("line", "B"),))]


def test_the_last_number_stands_beside_the_line(desk: Desk) -> None:
    line = row(desk, "late")
    assert (line.last, line.last_value, line.last_size) == ("28 of 400", 0.07, 400.0)
    assert line.last_label == "9 Feb 2026"
    assert line.stored == ""


def test_a_line_knows_what_its_period_holds(desk: Desk) -> None:
    assert row(desk, "late", LAST).stored == "28 of 400"
    assert row(desk, "waiting", LAST).stored == "30.0\u00a0min"


def test_the_next_sample_is_asked_for(desk: Desk) -> None:
    assert row(desk, "cans").at == 31


def test_a_monthly_kpi_asks_for_the_month_of_the_day(desk: Desk) -> None:
    line = row(desk, "audit", dt.date(2026, 2, 17))
    assert line.at == dt.datetime(2026, 2, 1)
    typed = entry.understand(line, ("1", "20"))
    assert typed is not None
    (span,) = typed_batch(typed.rows, desk.catalog).spans
    # 1 February and 1 March begin at 23:00 UTC of the day before.
    assert (span.starts_at, span.ends_at) == (dt.datetime(2026, 1, 31, 23), dt.datetime(2026, 2, 28, 23))


def test_a_local_day_is_stored_at_its_own_midnight_over_both_clock_changes(desk: Desk) -> None:
    """Oracle: pandas' own localisation."""
    kpi = desk.catalog["late"]
    for day in (
        dt.datetime(2026, 3, 29),
        dt.datetime(2026, 3, 30),
        dt.datetime(2026, 10, 25),
        dt.datetime(2026, 10, 26),
    ):
        wanted = pd.Timestamp(day).tz_localize("Europe/Berlin").tz_convert("UTC").tz_localize(None)
        assert entry.instant(kpi, day) == wanted


# What is unusual


def asked(desk: Desk, key: str, texts: tuple[str, str], day: dt.date = LAST + dt.timedelta(days=1)) -> list[str]:
    line = row(desk, key, day)
    typed = entry.understand(line, texts)
    assert typed is not None
    return entry.unusual(line, typed, desk.review(key, line.part, as_of=LAST + dt.timedelta(days=1)))


@pytest.mark.parametrize("size", [400, 100, 1600])
def test_the_usual_range_is_that_of_the_typed_size(desk: Desk, size: int) -> None:
    """Oracle: the p chart's limits p ± 3·sqrt(p(1−p)/n) with p = 960/16000 = 6 %."""
    p = 0.06
    error = math.sqrt(p * (1 - p) / size)
    found = entry.usual_range(desk.review("late", (("line", "A"),), as_of=LAST + dt.timedelta(days=1)), size)
    assert found == pytest.approx((max(0.0, p - 3 * error), p + 3 * error))


def test_a_usual_number_is_not_asked_about(desk: Desk) -> None:
    assert asked(desk, "late", ("24", "400")) == []


def test_a_number_outside_its_limits_is_asked_about(desk: Desk) -> None:
    """Upper limit for 400: 9.56 %; 39 of 400 are 9.75 %."""
    (text,) = asked(desk, "late", ("39", "400"))
    assert text == "9.8\u00a0% is outside its usual range 2.4–9.6\u00a0%."
    assert asked(desk, "late", ("38", "400")) == []


def test_ten_times_the_last_count_is_asked_about(desk: Desk) -> None:
    assert asked(desk, "late", ("240", "4000")) == ["The number of orders is 10 times what it was last."]
    assert asked(desk, "late", ("2", "40")) == ["The number of orders is 10 times smaller than last."]
    assert asked(desk, "late", ("234", "3900")) == []


def test_a_stored_value_that_would_change_is_asked_about(desk: Desk) -> None:
    assert asked(desk, "late", ("28", "400"), LAST) == []
    assert asked(desk, "late", ("27", "400"), LAST) == [
        "9 Feb 2026 already holds 28 of 400: it would become 27 of 400."
    ]


def test_without_limits_only_the_leap_is_asked_about(desk: Desk) -> None:
    line = row(desk, "audit", LAST)
    review = desk.review("audit", as_of=LAST)
    typed = entry.understand(line, ("19", "20"))
    assert typed is not None
    assert entry.usual_range(review, typed.size) is None
    assert entry.unusual(line, typed, review) == []
