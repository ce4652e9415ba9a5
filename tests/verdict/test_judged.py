"""Which periods are judged (verdict.md 3 and 4). The expected states follow the wording of the two rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.catalog import Decision
from opsmetrics.verdict.judged import judge_periods
from tests.cases import cases
from tests.verdict import made
from tests.verdict.made import LATE, counts, decision

MONTHLY = replace(LATE, operate="month")


def states(series, decisions=()):
    return list(judge_periods(series, decisions).state)


def regular(n: int, *, without: dict[str, list[int]], names: str = "ABC") -> dict[str, list[bool]]:
    """Reporters that report in every period but those listed."""
    return {name: [row not in without.get(name, []) for row in range(n)] for name in names}


def reported(n: int, grain: str = "month", **without: list[int]):
    presence = regular(n, without=without)
    kpi = replace(LATE, operate=grain, dimensions=("line",), reported_by="line")
    return counts([5] * n, kpi=kpi, presence=presence)


# 3: ended, arrived, defined, not excluded


def test_3_a_period_that_has_ended_and_arrived_is_judged() -> None:
    assert states(counts([5, 6, 7])) == ["judged"] * 3


def test_3_a_period_that_still_runs_is_not_judged() -> None:
    assert states(counts([5, 6, 7], running=True)) == ["judged", "judged", "running"]


def test_3_without_trials_there_is_no_value_to_judge() -> None:
    assert states(counts([5, 0, 7], [100, 0, 100])) == ["judged", "undefined", "judged"]


def test_3_an_excluded_period_is_drawn_but_not_judged() -> None:
    series = counts([5, 6, 7])
    found = judge_periods(series, [decision(series, "exclude", 1)])
    assert list(found.state) == ["judged", "excluded", "judged"]
    assert found.drawn.all() and found.judged.tolist() == [True, False, True]


def test_3_an_exclusion_covers_all_periods_from_its_start_to_its_end() -> None:
    series = counts([5] * 5)
    assert states(series, [decision(series, "exclude", 1, 3)]) == ["judged", *["excluded"] * 3, "judged"]


def test_3_an_empty_excluded_period_stays_a_gap() -> None:
    series = counts([5, None, 7])
    assert states(series, [decision(series, "exclude", 1)])[1] == "gap"


# 3: arrival without reporters is the covered span


def test_3_without_reporters_a_period_arrives_when_a_batch_reaches_its_end() -> None:
    series = counts([5, 6, 7], reaches_end=[True, True, False])
    assert states(series) == ["judged", "judged", "partial"]


def test_3_a_person_may_mark_a_period_complete() -> None:
    series = counts([5, 6, 7], reaches_end=[True, True, False])
    assert states(series, [decision(series, "complete", 2)]) == ["judged"] * 3


def test_3_a_decision_without_a_grain_marks_periods_of_the_operate_grain_only() -> None:
    series = counts([5, 6, 7], kpi=replace(LATE, operate="day"), grain="month", reaches_end=[True, True, False])
    assert states(series, [decision(series, "complete", 2)])[2] == "partial"
    assert states(series, [decision(series, "complete", 2, grain="month")])[2] == "judged"


# 3: arrival by reporters


def test_3_with_fewer_than_eight_like_periods_the_span_decides() -> None:
    series = reported(8, C=[7])
    assert states(series) == ["judged"] * 8
    partly = replace(series, points=series.points.assign(reaches_end=[True] * 7 + [False]))
    assert states(partly)[7] == "partial"


def test_3_a_regular_reporter_that_is_missing_leaves_the_period_partial_and_is_named() -> None:
    found = judge_periods(reported(9, C=[8]), ())
    assert found.state[8] == "partial"
    assert found.outstanding[8] == ("C",)
    assert found.absent[8] == ()


def test_3_six_of_the_last_eight_make_a_reporter_five_do_not() -> None:
    assert states(reported(9, C=[0, 1, 8]))[8] == "partial"
    assert states(reported(9, C=[0, 1, 2, 8]))[8] == "judged"


def test_3_absent_in_two_consecutive_months_is_retired_from_the_first_absence_and_named() -> None:
    found = judge_periods(reported(10, C=[8, 9]), ())
    assert list(found.state[8:]) == ["judged", "judged"]
    assert found.absent[8] == ("C",) and found.absent[9] == ("C",)


@pytest.mark.parametrize("grain", ["day", "shift"])
def test_3_by_day_and_shift_it_takes_five_absences(grain: str) -> None:
    four = judge_periods(reported(13, grain, C=[9, 10, 11, 12]), ())
    assert list(four.state[9:]) == ["partial"] * 4
    five = judge_periods(reported(14, grain, C=[9, 10, 11, 12, 13]), ())
    assert list(five.state[9:]) == ["judged"] * 5
    assert list(five.absent[9:]) == [("C",)] * 5


def test_3_a_retired_reporter_is_named_for_eight_like_periods() -> None:
    found = judge_periods(reported(19, "day", C=range(9, 19)), ())
    assert list(found.state[9:]) == ["judged"] * 10
    assert list(found.absent[9:]) == [("C",)] * 8 + [()] * 2


def test_3_a_reporter_that_came_back_was_absent_and_not_late() -> None:
    found = judge_periods(reported(10, C=[8]), ())
    assert found.state[8] == "judged"
    assert found.absent[8] == ("C",) and found.absent[9] == ()


def test_3_the_running_period_shows_that_a_reporter_is_back() -> None:
    series = reported(10, C=[8])
    running = replace(series, points=series.points.assign(ended=[True] * 9 + [False]))
    assert states(running)[8:] == ["judged", "running"]


def test_3_the_running_period_is_not_a_second_absence() -> None:
    series = reported(10, C=[8, 9])
    running = replace(series, points=series.points.assign(ended=[True] * 9 + [False]))
    assert states(running)[8:] == ["partial", "running"]


def test_3_periods_without_any_facts_are_gaps_and_nobodys_absence() -> None:
    presence = {name: [True] * 8 + [False] * 3 + [name != "C"] for name in "ABC"}
    kpi = replace(MONTHLY, dimensions=("line",), reported_by="line")
    series = counts([5] * 8 + [None] * 3 + [5], kpi=kpi, presence=presence)
    found = judge_periods(series, ())
    assert list(found.state[8:]) == ["gap", "gap", "gap", "partial"]


def test_3_where_nobody_reports_regularly_the_span_decides() -> None:
    presence = {"A": [row % 2 == 0 for row in range(10)], "B": [row % 2 == 1 for row in range(10)]}
    kpi = replace(MONTHLY, dimensions=("line",), reported_by="line")
    reaches = [True] * 9 + [False]
    series = counts([5] * 10, kpi=kpi, presence=presence, reaches_end=reaches)
    assert states(series) == ["judged"] * 9 + ["partial"]


def test_3_marked_complete_means_nobody_is_missing() -> None:
    late, retired = reported(9, C=[8]), reported(10, C=[8, 9])
    for series, row in ((late, 8), (retired, 9)):
        found = judge_periods(series, [decision(series, "complete", row)])
        assert found.state[row] == "judged"
        assert found.outstanding[row] == found.absent[row] == ()


def naive_arrival(presence: np.ndarray, patience: int) -> list[tuple[set[int], set[int]]]:
    """Outstanding and absent reporters of each period, straight from the wording of rule 3, one period at a time. The
    last 8 like periods are those before the period, or before the absence began, if that is no longer ago."""
    answer = []
    like = [t for t in range(len(presence)) if presence[t].any()]
    for t in range(len(presence)):
        late: set[int] = set()
        away: set[int] = set()
        if t in like and like.index(t) >= 8:
            earlier, following = like[: like.index(t)], like[like.index(t) + 1 :]
            for r in range(presence.shape[1]):
                silent = next((k for k, s in enumerate(earlier[::-1]) if presence[s, r]), len(earlier))
                since = [earlier[-8:]] if silent >= 8 else [earlier[-8:], earlier[: len(earlier) - silent][-8:]]
                if presence[t, r] or not any(len(w) == 8 and presence[w, r].sum() >= 6 for w in since):
                    continue
                run = 1
                for neighbours in (earlier[::-1], following):
                    for s in neighbours:
                        if presence[s, r]:
                            break
                        run += 1
                retired, returned = run >= patience, presence[following, r].any() if following else False
                (away if retired or returned else late).add(r)
        answer.append((late, away))
    return answer


@given(
    rows=st.lists(st.lists(st.integers(0, 9).map(lambda x: x > 1), min_size=4, max_size=4), min_size=9, max_size=30),
    grain=st.sampled_from(["day", "month"]),
)
@settings(max_examples=cases(60, 150), deadline=None)
def test_3_arrival_equals_a_naive_reading_of_the_rule(rows: list[list[bool]], grain: str) -> None:
    """Oracle: one loop per sentence of verdict.md 3."""
    present = np.array(rows)
    values = [5.0 if any(row) else None for row in rows]
    kpi = replace(LATE, operate=grain, dimensions=("line",), reported_by="line")
    series = counts(values, kpi=kpi, presence={f"R{r}": present[:, r] for r in range(4)})
    found = judge_periods(series, ())
    for t, (late, away) in enumerate(naive_arrival(present, 2 if grain == "month" else 5)):
        assert set(found.outstanding[t]) == {f"R{r}" for r in late}
        assert set(found.absent[t]) == {f"R{r}" for r in away}
        assert found.state[t] == ("gap" if values[t] is None else "partial" if late else "judged")


# 4: covered spans


def test_4_the_first_period_counts_only_when_covered_from_its_start() -> None:
    series = counts([5, 6, 7], from_start=[False, True, True])
    assert states(series) == ["uncovered", "judged", "judged"]


def test_4_a_later_period_needs_no_cover_of_its_start() -> None:
    assert states(counts([5, 6, 7], from_start=[True, False, True])) == ["judged"] * 3


def test_4_the_first_period_is_the_first_with_facts() -> None:
    assert states(counts([None, 6, 7], from_start=[True, False, True])) == ["gap", "uncovered", "judged"]


def test_4_marking_the_first_period_complete_makes_it_count() -> None:
    series = counts([5, 6, 7], from_start=[False, True, True])
    assert states(series, [decision(series, "complete", 0)])[0] == "judged"


def test_4_a_period_without_facts_is_a_gap() -> None:
    assert states(counts([5, None, 7])) == ["judged", "gap", "judged"]


# 1: samples


def test_1_samples_are_always_complete() -> None:
    kpi = replace(LATE, operate="sample")
    series = counts([5, 6, 7], kpi=kpi, grain="sample", reaches_end=False, from_start=False)
    assert states(series) == ["judged"] * 3
    assert states(series, [Decision(kpi.key, "exclude", start=2)]) == ["judged", "excluded", "judged"]


def test_moments_of_another_kind_of_series_hold_nothing() -> None:
    """Days and sample numbers never compare: an old decision must not stop a review."""
    series = counts([5, 6, 7])
    assert states(series, [Decision(LATE.key, "exclude", start=2)]) == ["judged"] * 3


def test_nothing_received_is_changed() -> None:
    series = reported(10, C=[8])
    points, presence = series.points.copy(), series.presence.copy()
    judge_periods(series, [decision(series, "exclude", 2)])
    assert series.points.equals(points) and series.presence.equals(presence)


def test_an_empty_series_has_no_states() -> None:
    assert states(counts([])) == []
    assert made.counts([]).points.empty
