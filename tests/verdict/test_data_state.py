"""The state of the data (verdict.md 34), first match of missing, late, partial, suspect, fresh; one test per state."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from statistics import median

import pandas as pd
import pytest

from opsmetrics.review import review
from opsmetrics.verdict.data_state import DataReport, report_data
from opsmetrics.verdict.judged import judge_periods
from tests.verdict.made import LATE, SPEED, counts, decision, noise, readings

DUE = replace(LATE, expected_after=dt.timedelta(hours=6))


def of(series, decisions=(), shown=None) -> DataReport:
    return report_data(series, judge_periods(series, decisions), shown)


def told(series, row: int, value: float, as_of: str = "2026-01-06") -> pd.DataFrame:
    """A verdict that was shown about a row with another value."""
    return pd.DataFrame(
        {
            "as_of": [pd.Timestamp(as_of)],
            "as_of_period": [series.points["label"].iloc[row]],
            "value": [value],
            "episodes": ["[]"],
        }
    )


# missing


def test_34_missing_when_the_last_three_expected_periods_are_absent() -> None:
    assert of(counts([5, 6, None, None])).state == "fresh"
    found = of(counts([5, 6, None, None, None]))
    assert (found.state, found.past_deadline) == ("missing", True)


def test_34_the_running_period_is_not_expected_yet() -> None:
    assert of(counts([5, 6, None, None, None], running=True)).state == "fresh"


def test_34_periods_before_their_expected_arrival_are_not_absent() -> None:
    kpi = replace(LATE, expected_after=dt.timedelta(days=2))
    assert of(counts([5, 6, None, None, None], kpi=kpi)).state == "late"
    assert of(counts([5, 6, None, None, None, None, None], kpi=kpi)).state == "missing"


def test_34_a_kpi_that_never_had_data_is_missing() -> None:
    assert of(counts([])).state == "missing"


def test_34_an_old_gap_is_not_missing() -> None:
    assert of(counts([5, None, None, None, 6], kpi=DUE)).state == "fresh"


# late


def test_34_late_when_the_expected_arrival_has_passed() -> None:
    """Six hours after the period's end; the series is seen 12 hours, 5 hours and 6 hours after it."""
    series = counts([5, 6, None], kpi=DUE)
    end = series.points["ends_at"].iloc[-1]
    assert (of(series).state, of(series).past_deadline) == ("late", True)
    for hours in (5, 6):
        assert of(replace(series, as_of=end + pd.Timedelta(hours=hours))).state == "fresh"


def test_34_without_an_expected_arrival_nothing_is_ever_late() -> None:
    assert of(counts([5, 6, None, None])).state == "fresh"


def test_34_missing_goes_before_late() -> None:
    assert of(counts([5, None, None, None], kpi=DUE)).state == "missing"


def test_34_late_keeps_the_last_verdict_and_opens_no_episode() -> None:
    series = readings([*noise(30), 70.0, None], kpi=replace(SPEED, expected_after=dt.timedelta(hours=1)))
    found = review(series, ())
    assert found.verdict is not None
    assert (found.verdict.data, found.verdict.stance) == ("late", "get_data")
    assert (found.verdict.variation, found.verdict.as_of_period) == ("improving", series.points["label"].iloc[30])
    assert [episode.detected for episode in found.episodes if episode.open] == [30]


# partial


def late_reporter(kpi=LATE, months: int = 9):
    presence = {name: [name != "C" or row < months - 1 for row in range(months)] for name in "ABC"}
    monthly = replace(kpi, operate="month", dimensions=("line",), reported_by="line")
    return counts([5] * months, kpi=monthly, presence=presence)


def test_34_partial_names_the_reporters_that_are_outstanding() -> None:
    found = of(late_reporter())
    assert (found.state, found.names, found.past_deadline) == ("partial", ("C",), False)
    assert found.reporters == {"C": 7}


def test_34_partial_past_its_deadline_asks_for_the_data() -> None:
    series = late_reporter(DUE)
    assert (of(series).state, of(series).past_deadline) == ("partial", True)
    found = review(series, ())
    assert found.verdict is not None and found.verdict.stance == "get_data"
    early = replace(series, as_of=series.points["ends_at"].iloc[-1] + pd.Timedelta(hours=5))
    assert not of(early).past_deadline


def test_34_partial_without_reporters_has_no_names() -> None:
    found = of(counts([5, 6, 7], reaches_end=[True, True, False]))
    assert (found.state, found.names) == ("partial", ())


def test_34_an_old_period_that_was_never_covered_to_its_end_is_not_partial() -> None:
    assert of(counts([5, 6, 7], reaches_end=[True, False, True])).state == "fresh"


def test_34_nothing_of_the_period_and_part_of_the_one_before_is_late() -> None:
    assert of(counts([5, 6, None], reaches_end=[True, False, False], kpi=DUE)).state == "late"


# suspect


def test_34_suspect_when_restated_after_it_was_shown() -> None:
    series = counts([5, 6, 7])
    found = of(series, shown=told(series, 2, 0.08))
    assert (found.state, found.suspect) == ("suspect", {"code": "restated", "position": 2})
    verdict = review(series, (), shown=told(series, 2, 0.08)).verdict
    assert verdict is not None and verdict.stance == "get_data"


def test_34_the_same_value_up_to_rounding_is_not_restated() -> None:
    series = counts([5, 6, 7])
    assert of(series, shown=told(series, 2, 0.07 * (1 + 1e-12))).state == "fresh"
    assert of(series, shown=told(series, 2, 0.07 * (1 + 1e-6))).state == "suspect"


def test_34_only_the_last_judged_period_is_looked_at() -> None:
    series = counts([5, 6, 7])
    assert of(series, shown=told(series, 1, 0.5)).state == "fresh"


def test_34_what_was_shown_later_is_unknown_as_of_an_earlier_day() -> None:
    series = counts([5, 6, 7])
    assert of(series, shown=told(series, 2, 0.08, as_of="2026-02-01")).state == "fresh"


def test_34_marking_the_period_complete_settles_it() -> None:
    series = counts([5, 6, 7])
    complete = decision(series, "complete", 2)
    assert of(series, [complete], told(series, 2, 0.08)).state == "fresh"


@pytest.mark.parametrize(
    ("last", "factor"),
    [(1000.0, 100.0), (10_400.0, 1000.0), (0.104, 0.01), (0.0096, 0.001), (1060.0, None), (500.0, None), (0.0, None)],
)
def test_34_suspect_when_the_last_value_jumps_by_a_hundred_or_a_thousand(last: float, factor: float | None) -> None:
    """The usual value is 10; within 5 % of a factor counts."""
    found = of(readings([9.0, 10.0, 11.0, 10.0, last]))
    expected = None if factor is None else {"code": "jump", "position": 4, "factor": factor}
    assert found.suspect == expected and found.state == ("fresh" if factor is None else "suspect")


def test_34_a_jump_needs_three_points_before_it() -> None:
    assert of(readings([10.0, 10.0, 1000.0])).state == "fresh"


def test_34_a_size_that_is_seen_now_and_then_is_no_slip() -> None:
    """A difference between two lines: its median is 0.01, so that an ordinary 1 is a hundred times of it."""
    about_zero = [0.9, -1.1, 0.01, 1.2, -0.8, 0.01, -1.3, 0.7, 0.02, -0.5]
    usual = median(about_zero)
    assert usual == 0.01
    assert of(readings([*about_zero, 100 * usual])).state == "fresh"
    assert of(readings([*about_zero, 1000 * usual])).state == "suspect"


def test_34_a_jump_that_is_right_is_settled_by_marking_it_complete() -> None:
    series = readings([9.0, 10.0, 11.0, 10.0, 1000.0])
    assert of(series, [decision(series, "complete", 4)]).state == "fresh"


def test_34_partial_goes_before_suspect() -> None:
    series = counts([5, 6, 7, 8], reaches_end=[True, True, True, False])
    assert of(series, shown=told(series, 2, 0.5)).state == "partial"


# fresh


def test_34_otherwise_fresh() -> None:
    assert of(counts([5, 6, 7])) == DataReport("fresh")


def test_1_samples_are_always_fresh() -> None:
    series = counts([5, 6, 7], kpi=replace(LATE, operate="sample"), grain="sample")
    assert of(series, shown=told(series, 2, 0.5)).state == "fresh"
    assert of(counts([], kpi=replace(LATE, operate="sample"), grain="sample")).state == "fresh"


def test_3_who_is_absent_from_the_last_judged_period_is_named() -> None:
    presence = {name: [name != "C" or row < 8 for row in range(10)] for name in "ABC"}
    kpi = replace(LATE, operate="month", dimensions=("line",), reported_by="line")
    found = of(counts([5] * 10, kpi=kpi, presence=presence))
    assert (found.state, found.names, found.reporters) == ("fresh", ("C",), {"C": 7})
