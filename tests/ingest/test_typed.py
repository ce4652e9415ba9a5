"""Typed numbers: the same checks as for files, all problems at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from opsmetrics.catalog import Calendar, EventSource, Kpi, Shift
from opsmetrics.ingest import IngestRefused, TypedRefused, TypedRow, typed_batch
from opsmetrics.measurements import BIN, Span, sample_to_stamp
from tests.ingest.builders import BERLIN, CATALOG, LATE, WAIT, catalog, counts, readings

NOW = dt.datetime(2025, 1, 29, 12)
DAY = dt.date(2025, 1, 27)


def test_rows_become_facts() -> None:
    rows = [
        TypedRow("late", DAY, {"site": "A"}, numerator=2, denominator=10, note="snow"),
        TypedRow("wait", dt.datetime(2025, 1, 27, 5, 30), value=12.5),
        TypedRow("juice", 7, numerator=1, denominator=50),
    ]
    batch = typed_batch(rows, CATALOG, by_note="huddle", now=NOW)
    assert counts(batch).drop(columns=["site", "line"]).to_dict("records") == [
        {"kpi": "late", "observed_at": pd.Timestamp("2025-01-27"), "numerator": 2.0, "denominator": 10.0},
        {"kpi": "juice", "observed_at": pd.Timestamp(sample_to_stamp(7)), "numerator": 1.0, "denominator": 50.0},
    ]
    assert readings(batch)[["observed_at", "sample", "value"]].to_dict("records") == [
        {"observed_at": pd.Timestamp("2025-01-27 05:30"), "sample": 0, "value": 12.5}
    ]
    assert (batch.source, batch.note, batch.template) == ("typed", "huddle; snow", None)
    assert (batch.tally.records, batch.tally.rows, batch.tally.adds_up()) == (3, 3, True)
    assert batch.rejects.empty


def test_local_days_and_times_of_the_site() -> None:
    definitions = catalog(replace(WAIT, calendar=BERLIN))
    batch = typed_batch(
        [TypedRow("wait", DAY, value=1), TypedRow("wait", DAY + dt.timedelta(1), value=2)], definitions, now=NOW
    )
    assert list(readings(batch)["observed_at"].astype(str)) == ["2025-01-26 23:00:00", "2025-01-27 23:00:00"]
    assert batch.spans == (Span("wait", dt.datetime(2025, 1, 26, 23), dt.datetime(2025, 1, 28, 23)),)


def test_only_the_typed_periods_are_covered() -> None:
    rows = [
        TypedRow("late", DAY - dt.timedelta(days), {"site": site}, numerator=1, denominator=10)
        for days, site in [(0, "A"), (0, "B"), (1, "A"), (1, "B"), (3, "A")]
    ]
    batch = typed_batch(rows, catalog(replace(LATE, reported_by="site")), now=NOW)
    assert batch.spans == (
        Span("late", dt.datetime(2025, 1, 24), dt.datetime(2025, 1, 25), ("A",)),
        Span("late", dt.datetime(2025, 1, 26), dt.datetime(2025, 1, 28), ("A", "B")),
    )


def test_months_shifts_instants_and_samples_cover_themselves() -> None:
    shifts = Calendar("s", "UTC", shifts=(Shift("day", dt.time(6)), Shift("night", dt.time(18))))
    definitions = catalog(
        Kpi("month", "M", "measured", "lower", operate="month"),
        Kpi("shift", "S", "measured", "lower", operate="shift", calendar=shifts),
        Kpi("sample", "N", "measured", "lower", operate="sample"),
    )
    rows = [
        TypedRow("month", dt.date(2024, 12, 1), value=1),
        TypedRow("shift", dt.datetime(2025, 1, 27, 18), value=1),
        TypedRow("shift", dt.datetime(2025, 1, 26, 7, 30), value=1),
        TypedRow("sample", 4, value=1),
    ]
    found = typed_batch(rows, definitions, now=NOW).spans
    assert set(found) == {
        Span("month", dt.datetime(2024, 12, 1), dt.datetime(2025, 1, 1)),
        Span("shift", dt.datetime(2025, 1, 27, 18), dt.datetime(2025, 1, 28, 6)),
        Span("shift", dt.datetime(2025, 1, 26, 7, 30), dt.datetime(2025, 1, 26, 7, 45)),
        Span("sample", sample_to_stamp(4), sample_to_stamp(4) + BIN),
    }


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (TypedRow("nothing", DAY, value=1), "unknown_kpi"),
        (TypedRow("wait", dt.date(2025, 1, 30), value=1), "implausible_date"),
        (TypedRow("wait", dt.datetime(2025, 1, 29, 12, 1), value=1), "implausible_date"),
        (TypedRow("wait", dt.date(1969, 12, 31), value=1), "implausible_date"),
        (TypedRow("wait", dt.datetime(2025, 1, 27, tzinfo=dt.UTC), value=1), "offset"),
        (TypedRow("wait", 3, value=1), "needs_time"),
        (TypedRow("juice", DAY, numerator=1, denominator=2), "needs_time"),
        (TypedRow("juice", -1, numerator=1, denominator=2), "bad_sample"),
        (TypedRow("late", DAY, numerator=1, denominator=2), "empty_key"),
        (TypedRow("late", DAY, {"site": " "}, numerator=1, denominator=2), "empty_key"),
        (TypedRow("wait", DAY, {"site": "A"}, value=1), "unknown_dimension"),
        (TypedRow("late", DAY, {"site": "A"}, numerator=1), "missing_value"),
        (TypedRow("wait", DAY), "missing_value"),
        (TypedRow("wait", DAY, value=1, numerator=2), "surplus_value"),
        (TypedRow("wait", DAY, value=float("nan")), "not_a_number"),
        (TypedRow("wait", DAY, value=float("inf")), "not_a_number"),
        (TypedRow("wait", DAY, value=601), "out_of_bounds"),
        (TypedRow("wait", DAY, value=-1), "out_of_bounds"),
        (TypedRow("late", DAY, {"site": "A"}, numerator=-1, denominator=2), "negative_count"),
        (TypedRow("late", DAY, {"site": "A"}, numerator=3, denominator=2), "numerator_exceeds"),
    ],
)
def test_what_is_refused(row: TypedRow, code: str) -> None:
    with pytest.raises(TypedRefused) as refused:
        typed_batch([row], CATALOG, now=NOW)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert str(refused.value).endswith(".")


def test_a_time_that_the_clocks_left_out() -> None:
    row = TypedRow("wait", dt.datetime(2024, 3, 31, 2, 30), value=1)
    with pytest.raises(TypedRefused, match="does not exist"):
        typed_batch([row], catalog(replace(WAIT, calendar=BERLIN)), now=NOW)


def test_all_problems_of_all_rows_at_once() -> None:
    rows = [TypedRow("late", DAY, numerator=3, denominator=2), TypedRow("wait", DAY, value=1), TypedRow("wait", 1)]
    with pytest.raises(TypedRefused, match=r"Row 1:.*\(and 3 more\)") as refused:
        typed_batch(rows, CATALOG, now=NOW)
    assert [(p.row, p.code) for p in refused.value.problems] == [
        (0, "empty_key"),
        (0, "numerator_exceeds"),
        (2, "needs_time"),
        (2, "missing_value"),
    ]


def test_the_same_twice_counts_once_and_two_values_are_a_problem() -> None:
    row = TypedRow("wait", DAY, value=1)
    batch = typed_batch([row, row], CATALOG, now=NOW)
    assert (batch.tally.rows, batch.tally.duplicates, batch.readings.rows) == (1, 1, 1)
    with pytest.raises(TypedRefused) as refused:
        typed_batch([row, replace(row, value=2)], CATALOG, now=NOW)
    assert refused.value.problems[0].code == "conflicting_duplicate"
    numbered = typed_batch([row, replace(row, value=2, sample=1)], CATALOG, now=NOW)
    assert list(readings(numbered)["sample"]) == [0, 1]


def test_the_fingerprint_is_of_content_and_time() -> None:
    row = TypedRow("wait", DAY, value=1)
    first = typed_batch([row], CATALOG, now=NOW).fingerprint
    assert typed_batch([row], CATALOG, now=NOW).fingerprint == first
    assert typed_batch([replace(row, value=2)], CATALOG, now=NOW).fingerprint != first
    assert typed_batch([row], CATALOG, now=NOW + dt.timedelta(seconds=1)).fingerprint != first
    assert len(first) == 64


def test_nothing_typed() -> None:
    with pytest.raises(IngestRefused) as refused:
        typed_batch([], CATALOG, now=NOW)
    assert refused.value.code == "no_rows"


def test_a_kpi_that_events_feed_takes_its_denominator_alone() -> None:
    fed = Kpi("fed", "Stops per hour", "rate", "lower", events=EventSource("stops"))
    up = Kpi("up", "Uptime", "ratio", "higher", events=EventSource("stops", "minutes", role="downtime"))
    loss = Kpi("loss", "Margin", "ratio", "higher", lower_bound=-10.0)
    definitions = catalog(fed, up, loss, Kpi("sum", "Sum", "derived", "higher", formula="fed"))
    batch = typed_batch([TypedRow("fed", DAY, denominator=7.5)], definitions, now=NOW)
    assert counts(batch)[["numerator", "denominator"]].to_numpy().tolist() == [[0.0, 7.5]]
    assert typed_batch([TypedRow("loss", DAY, numerator=-2, denominator=7)], definitions, now=NOW).counts.rows == 1
    wrong = [
        TypedRow("fed", DAY, numerator=1, denominator=7.5),
        TypedRow("fed", DAY),
        TypedRow("up", DAY, denominator=1),
        TypedRow("sum", DAY, value=1),
        TypedRow("loss", DAY, numerator=2, denominator=-7),
    ]
    with pytest.raises(TypedRefused) as refused:
        typed_batch(wrong, definitions, now=NOW)
    assert [(problem.row, problem.code) for problem in refused.value.problems] == [
        (0, "surplus_value"),
        (1, "missing_value"),
        (2, "not_recorded"),
        (3, "not_recorded"),
        (4, "negative_count"),
    ]
