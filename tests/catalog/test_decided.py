"""Which decisions are in force, and which target on which day.

Authority: the sentences of `Decision` and of docs/catalogue.md ("Targets and decisions"); cases worked by hand.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from opsmetrics.catalog import Decision, DecisionKind, Kpi, Slice, Target, effective, target_at

LATE = Kpi("late", "Late", "proportion", "lower", dimensions=("line",))
LINE_3: Slice = (("line", "3"),)
MARCH, MAY = dt.datetime(2026, 3, 1), dt.datetime(2026, 5, 1)


def decision(number: int, kind: DecisionKind = "exclude", **fields: Any) -> Decision:
    return Decision("late", kind, id=number, **fields)


def in_force(*decisions: Decision, part: Slice = (), **options: Any) -> list[int | None]:
    return [d.id for d in effective(decisions, LATE, part, **options)]


def test_later_decisions_replace_those_they_name() -> None:
    first, second = decision(1, start=MARCH), decision(2, start=MAY, value=True, supersedes=1)
    third = decision(3, value=None, supersedes=2)
    assert in_force(first) == [1]
    assert in_force(first, second) == [2]
    assert in_force(first, second, third) == []


def test_false_takes_back_with_and_without_a_name() -> None:
    first, second = decision(1, start=MARCH), decision(2, start=MAY)
    assert in_force(first, second, decision(3, value=False, supersedes=1)) == [2]
    assert in_force(first, second, decision(3, start=MARCH, value=False)) == [2]
    assert in_force(first, second, decision(3, value=False)) == []
    assert in_force(first, decision(2, start=MARCH, value=False), decision(3, start=MARCH)) == [3]


def test_false_takes_back_what_lies_within_its_own_time() -> None:
    march = decision(1, start=MARCH, end=dt.datetime(2026, 3, 5))
    for start, end, left in ((1, 5, []), (1, 9, []), (2, 9, [1]), (1, 4, [1])):
        off = decision(2, start=dt.datetime(2026, 3, start), end=dt.datetime(2026, 3, end), value=False)
        assert in_force(march, off) == left
    samples = decision(1, start=3, end=5)
    assert in_force(samples, decision(2, start=1, end=9, value=False)) == []
    assert in_force(samples, decision(2, start=MARCH, value=False)) == [1]


def test_false_reaches_only_its_own_kind_slice_and_grain() -> None:
    first = decision(1, start=MARCH, grain="day")
    for other in (
        decision(2, "complete", start=MARCH, grain="day", value=False),
        decision(2, start=MARCH, grain="day", value=False, slice=LINE_3),
        decision(2, start=MARCH, grain="week", value=False),
        decision(2, start=MAY, grain="day", value=False),
    ):
        assert in_force(first, other) == [1]


def test_only_targets_of_the_whole_kpi_hold_for_its_slices() -> None:
    whole = (decision(1, "phase", start=MARCH), decision(2, "target", value={"value": 5.0}))
    own = (decision(3, "annotate", slice=LINE_3, value="new belt"),)
    assert in_force(*whole, *own, part=LINE_3) == [2, 3]
    assert in_force(*whole, *own) == [1, 2]
    assert in_force(*whole, *own, part=(("line", "4"),)) == [2]


def test_other_kpis_and_other_grains_are_left_out() -> None:
    everywhere, weekly = decision(1, start=MARCH), decision(2, start=MARCH, grain="week")
    assert in_force(everywhere, weekly, Decision("wait", "exclude", id=3)) == [1, 2]
    assert in_force(everywhere, weekly, grain="day") == [1]
    assert in_force(everywhere, weekly, grain="week") == [1, 2]
    assert [d.id for d in effective([everywhere], "late", ())] == [1]


def target(number: int, start: Any, value: float | None, part: Slice = (), **fields: Any) -> Decision:
    return decision(
        number, "target", start=start, value={} if value is None else {"value": value}, slice=part, **fields
    )


def at(day: str | int, *decisions: Decision, part: Slice = (), kpi: Kpi = LATE) -> float | None:
    found = target_at(kpi, decisions, part, day if isinstance(day, int) else dt.date.fromisoformat(day))
    return None if found is None else found.value


def test_the_target_in_force_is_the_latest_that_has_begun() -> None:
    dated = (target(1, None, 5.0), target(2, MAY, 4.0), target(3, MARCH, 4.5))
    assert [at(day, *dated) for day in ("2026-02-28", "2026-03-01", "2026-04-30", "2026-05-01")] == [5.0, 4.5, 4.5, 4.0]
    assert at("2026-02-28", target(1, MARCH, 4.5)) is None
    assert target_at(LATE, dated, (), dt.date(2026, 4, 1)) == Target(dt.date(2026, 3, 1), 4.5)
    ranged = decision(1, "target", value={"low": 1.0, "high": 2.0})
    assert target_at(LATE, [ranged], (), None) == Target(None, None, 1.0, 2.0)


def test_of_two_targets_from_one_day_the_later_decision_holds() -> None:
    assert at("2026-06-01", target(1, MARCH, 4.0), target(2, MARCH, 3.0)) == 3.0


def test_an_empty_target_ends_the_one_before() -> None:
    ended = (target(1, None, 5.0), target(2, MAY, None))
    assert [at(day, *ended) for day in ("2026-04-30", "2026-05-01")] == [5.0, None]


def test_a_slices_own_target_goes_first_from_its_own_start() -> None:
    both = (target(1, None, 5.0), target(2, MARCH, 2.0, LINE_3))
    assert [at(day, *both, part=LINE_3) for day in ("2026-02-28", "2026-03-01")] == [5.0, 2.0]
    assert at("2026-03-01", *both) == 5.0
    assert at("2026-03-01", *both, target(3, MARCH, None, LINE_3), part=LINE_3) is None


def test_the_definitions_targets_hold_until_something_was_decided() -> None:
    defined = Kpi("late", "Late", "proportion", "lower", targets=(Target(None, 9.0), Target(dt.date(2026, 5, 1), 8.0)))
    assert [at(day, kpi=defined) for day in ("2026-04-30", "2026-05-01")] == [9.0, 8.0]
    assert at("2026-05-01", target(1, None, 2.0, LINE_3), kpi=defined) == 8.0
    assert at("2026-05-01", target(1, None, 2.0, LINE_3), kpi=defined, part=LINE_3) == 2.0
    assert at("2026-05-01", target(1, dt.datetime(2030, 1, 1), 2.0), kpi=defined) is None
    taken_back = (target(1, None, 7.0), decision(2, "target", value=None, supersedes=1))
    assert at("2026-05-01", *taken_back, kpi=defined) is None
    none_from_may = Kpi("late", "Late", "proportion", "lower", targets=(Target(None, 9.0), Target(dt.date(2026, 5, 1))))
    assert [at(day, kpi=none_from_may) for day in ("2026-04-30", "2026-05-01")] == [9.0, None]


@pytest.mark.parametrize(("sample", "value"), [(14, 5.0), (15, 4.0), (99, 4.0)])
def test_samples_have_targets_by_number(sample: int, value: float) -> None:
    assert at(sample, target(1, None, 5.0), target(2, 15, 4.0), target(3, MARCH, 1.0)) == value
