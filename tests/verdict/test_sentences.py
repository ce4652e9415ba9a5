"""Golden sentences about special and common cause, one for each pattern.

Authority: the patterns of the specification, filled in by hand with the numbers of the points drawn in each test
(21.39 % is 21.4 %; 17.45 % ± 3 · 0.7833 points is 15.1–19.8 %).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from opsmetrics.verdict import sentences
from opsmetrics.verdict.model import Reason, Sentence
from tests.verdict.sketches import CHANGEOVER, LATE, concerning, days, episode, points, text, verdict, with_target

# Rule 1


def test_beyond_the_limits() -> None:
    frame = days([0.17] * 15 + [0.2139])
    found = concerning(frame, Reason("beyond_limits", "high", (15,)))
    assert text(found, frame) == "Late share 21.4 % is above its limits (15.1–19.8); 1 such day since 16 Nov 2026."


def test_beyond_the_limits_counts_the_episode() -> None:
    """Days 14 and 16 are beyond, the 15th belongs to the same chain and is not; an older chain is not counted."""
    frame = days([0.17, 0.22] + [0.17] * 11 + [0.22, 0.195, 0.2139])
    chain = episode(frame, [13, 14, 15], "beyond_limits", "run_of_8")
    old = episode(frame, [1], "beyond_limits", is_open=False)
    found = concerning(frame, Reason("beyond_limits", "high", (15,)))
    expected = "Late share 21.4 % is above its limits (15.1–19.8); 2 such days since 14 Nov 2026."
    assert text(found, frame, episodes=[old, chain]) == expected


def test_below_the_limits_in_months() -> None:
    frame = days([0.17] * 11 + [0.13], grain="month", start="2018-04-01")
    found = concerning(frame, Reason("beyond_limits", "low", (11,)), side="low", variation="improving", grain="month")
    assert text(found, frame) == "Late share 13.0 % is below its limits (15.1–19.8); 1 such month since Mar 2019."


def test_a_value_just_beyond_its_limit_is_shown_apart_from_it() -> None:
    """19.84 % above 19.80 %: with one decimal both would read 19.8."""
    frame = days([0.17] * 15 + [0.1984])
    found = concerning(frame, Reason("beyond_limits", "high", (15,)))
    expected = "Late share 19.84 % is above its limits (15.10–19.80); 1 such day since 16 Nov 2026."
    assert text(found, frame) == expected


# Runs, zones and shapes


def test_run() -> None:
    """The run began before the eight points that the rule names: nine days since the 8th."""
    frame = days([0.17] * 7 + [0.18] * 9, centre=0.172)
    found = concerning(frame, Reason("run_of_8", "high", tuple(range(8, 16))))
    expected = "Late share has been above its average 17.2 % for 9 days, since 8 Nov 2026."
    assert text(found, frame) == expected


def test_run_passes_over_excluded_days_and_stops_at_gaps() -> None:
    values = [0.18, 0.18, float("nan"), 0.18, 0.25, *[0.18] * 8]
    states = ["judged", "judged", "gap", "judged", "excluded", *["judged"] * 8]
    frame = days(values, state=states, centre=0.172)
    found = concerning(frame, Reason("run_of_8", "high", tuple(range(5, 13))))
    assert text(found, frame) == "Late share has been above its average 17.2 % for 9 days, since 4 Nov 2026."


def test_run_in_weeks() -> None:
    frame = days([0.18] * 8, grain="week", start="2026-09-28", centre=0.172)
    found = concerning(frame, Reason("run_of_8", "high", tuple(range(8))), grain="week")
    expected = "Late share has been above its average 17.2 % for 8 weeks, since the week of 28 Sep 2026."
    assert text(found, frame) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("two_of_three", "Late share: 2 of the last 3 days close to the upper limit (19.8 %)."),
        ("four_of_five", "Late share: 4 of the last 5 days close to the upper limit (19.8 %)."),
    ],
)
def test_zones(rule: str, expected: str) -> None:
    """2 SE is 19.0 %, 1 SE is 18.2 %."""
    frame = days([0.17] * 11 + [0.185, 0.185, 0.192, 0.170, 0.193])
    assert text(concerning(frame, Reason(rule, "high", (13, 15))), frame) == expected


@pytest.mark.parametrize(
    ("rule", "side", "expected"),
    [
        ("trend_of_6", "high", "Late share: 6 days in a row each higher than the one before, since 11 Nov 2026."),
        ("trend_of_6", "low", "Late share: 6 days in a row each lower than the one before, since 11 Nov 2026."),
        ("alternating_14", "none", "Late share: 6 days in a row up and down by turns, since 11 Nov 2026."),
        ("hugging_15", "none", "Late share: 6 days in a row close to its average 17.2 %, since 11 Nov 2026."),
        ("outside_8", "none", "Late share: 6 days in a row away from its average 17.2 %, since 11 Nov 2026."),
    ],
)
def test_shapes(rule: str, side: str, expected: str) -> None:
    frame = days([0.17] * 16, centre=0.172)
    reason = Reason(rule, side, tuple(range(10, 16)))  # type: ignore[arg-type]
    assert text(concerning(frame, reason, side=side, variation="changed"), frame) == expected


def test_conflict_puts_the_worse_clause_first() -> None:
    frame = days([0.17] * 7 + [0.172] * 8 + [0.2139], centre=0.18, error=0.01)
    run = Reason("run_of_8", "low", tuple(range(7, 15)))
    found = concerning(frame, run, Reason("beyond_limits", "high", (15,)))
    assert text(found, frame) == (
        "Late share 21.4 % is above its limits (15.0–21.0); 1 such day since 16 Nov 2026; against that, it has been "
        "below its average 18.0 % for 16 days, since 1 Nov 2026."
    )


def test_contributor_in_units_and_in_per_cent_only_where_parts_have_one_sign() -> None:
    frame = days([0.17] * 15 + [0.2139])
    found = concerning(frame, Reason("beyond_limits", "high", (15,)))
    part: dict[str, Any] = {"slice": "Line 3", "part": 0.031, "whole": 0.042}
    assert text(found, frame, contributor=part).endswith(" Line 3 accounts for 3.1 % of the 4.2 %.")
    assert text(found, frame, contributor=part | {"share": 0.738}).endswith(
        " Line 3 accounts for 3.1 % of the 4.2 % (74 %)."
    )


# Common cause


def test_usual_and_leave_it_alone() -> None:
    frame = days([0.17] * 16, kpi=with_target(LATE, 20.0))
    assert (
        text(verdict(assurance="meets"), frame) == "Late share 17.0 % is in its usual range 15.1–19.8. Leave it alone."
    )


def test_usual_without_target() -> None:
    assert text(verdict(), days([0.17] * 16)) == "Late share 17.0 % is in its usual range 15.1–19.8. Leave it alone."


def test_without_limits_nothing_is_claimed_about_a_range() -> None:
    assert text(verdict(), points([0.05] * 16)) == "Late share 5.0 %: nothing unusual. Leave it alone."
    found = verdict(variation="changed", stance="find_cause")
    assert text(found, points([0.05] * 16)) == "Late share 5.0 % is outside its usual pattern."


def test_range_spans_the_target() -> None:
    kpi = with_target(LATE, 17.5)
    frame = days([0.17] * 12 + [0.18] * 4, kpi=kpi)
    found = verdict(assurance="hit_or_miss", stance="no_single_misses")
    assert text(found, frame, kpi) == (
        "Late share 18.0 % is in its usual range 15.1–19.8. That range spans the target ≤ 17.5 %: 4 of 16 days missed "
        "with nothing unusual."
    )


def test_misses_inside_an_episode_were_unusual() -> None:
    kpi = with_target(LATE, 17.5)
    frame = days([0.21] + [0.17] * 12 + [0.18] * 3, kpi=kpi)
    found = verdict(assurance="hit_or_miss", stance="no_single_misses")
    old = episode(frame, [0], "beyond_limits", is_open=False)
    assert text(found, frame, kpi, [old]).endswith("That range spans the target ≤ 17.5 %: 4 of 16 days missed.")


def test_range_spans_a_target_that_was_always_met() -> None:
    kpi = with_target(LATE, 19.0)
    found = verdict(assurance="hit_or_miss", stance="no_single_misses")
    assert text(found, days([0.17] * 16, kpi=kpi), kpi).endswith(
        "That range spans the target ≤ 19.0 %: none of 16 days missed so far."
    )


def test_target_outside_the_range() -> None:
    kpi = with_target(LATE, 5.0)
    frame = days([0.17] * 16, kpi=kpi)
    assert text(verdict(assurance="fails", stance="change_process"), frame, kpi) == (
        "Late share 17.0 % is in its usual range 15.1–19.8. The target ≤ 5.0 % lies outside it: only a change of the "
        "process will reach it."
    )


def test_a_target_close_to_a_limit_is_shown_apart_from_it() -> None:
    """Lower limit 15.13 %, target 15.1 %: with one decimal the target would seem to lie on the limit."""
    kpi = with_target(LATE, 15.1)
    frame = days([0.17] * 16, kpi=kpi, centre=0.1748)
    assert text(verdict(assurance="fails", stance="change_process"), frame, kpi).startswith(
        "Late share 17.00 % is in its usual range 15.13–19.83. The target ≤ 15.1 % lies outside it"
    )


def test_limits_that_differ_look_different() -> None:
    """17.45 % ± 0.000 003 points: with fewer than six decimals both limits would read the same."""
    frame = days([0.1745] * 16, error=1e-8)
    assert text(verdict(), frame).startswith("Late share 17.450000 % is in its usual range 17.449997–17.450003.")


def test_a_rounded_limit_stays_on_its_side_of_the_target() -> None:
    """The upper limit 18.1497 % lies above the target of 18.1495 %; 18.1 and 18.149 would lie below it."""
    kpi = with_target(LATE, 18.1495)
    frame = days([0.1745] * 16, kpi=kpi, error=0.006997 / 3)
    found = text(verdict(assurance="hit_or_miss", stance="no_single_misses"), frame, kpi)
    assert found.startswith(
        "Late share 17.45 % is in its usual range 16.75–18.15. That range spans the target ≤ 18.1495"
    )


@pytest.mark.parametrize(
    ("aim", "firm", "assurance", "said"),
    [
        (
            16.0,
            True,
            "fails",
            "That range is 16.8–18.1 at the usual 1,000 orders, and the target ≤ 16.0 % lies outside ",
        ),
        (16.0, False, "fails", "As it has run so far, that range is 16.8–18.1 at the usual 1,000 orders, and the "),
        (17.5, True, "hit_or_miss", "That range spans the target ≤ 17.5 %: none of 16 days missed so far."),
    ],
)
def test_a_small_last_day_does_not_contradict_the_target(aim: float, firm: bool, assurance: str, said: str) -> None:
    """The limits of a day with 40 orders, 17.45 ± 3.06 %, hold the target that those of the usual 1,000 do not:
    3.06·√(40/1000) = 0.612."""
    kpi = with_target(LATE, aim)
    frame = days([0.17] * 16, kpi=kpi, error=0.0102, size=[1000.0] * 15 + [40.0])
    found = verdict(assurance=assurance, stance="change_process", firm=firm)
    told = text(found, frame, kpi, chart_kind="p")
    assert told.startswith("Late share 17.0 % is in its usual range 14.4–20.5. ") and said in told


def test_a_large_last_day_does_not_contradict_the_target() -> None:
    """17.45 ± 0.3 % with 10,000 orders, ± 3 % with the usual 100."""
    kpi = with_target(LATE, 19.0)
    frame = days([0.175] * 16, kpi=kpi, error=0.001, size=[100.0] * 15 + [10000.0])
    found = verdict(assurance="hit_or_miss", stance="no_single_misses")
    assert text(found, frame, kpi, chart_kind="p") == (
        "Late share 17.5 % is in its usual range 17.1–17.8. That range is 14.4–20.4 at the usual 100 orders and spans "
        "the target ≤ 19.0 %: 0 of 16 days missed."
    )


def test_limits_of_a_weekday_do_not_contradict_the_target() -> None:
    """A Sunday's centre line, 15 %, lies below that of the other days: the target is judged by 17.45 ± 1.8 %."""
    kpi = with_target(LATE, 19.0)
    frame = days([0.155] * 16, kpi=kpi, error=0.006)
    frame.loc[15, ["centre", "lower", "upper"]] = [0.15, 0.132, 0.168]
    found = verdict(assurance="hit_or_miss", stance="no_single_misses", caveats=("weekday_adjusted",))
    assert text(found, frame, kpi, chart_kind="xmr") == (
        "Late share 15.5 % is in its usual range 13.2–16.8. That range is 15.6–19.2 over the days of the week and "
        "spans the target ≤ 19.0 %: 0 of 16 days missed."
    )


@pytest.mark.parametrize(
    ("aim", "assurance", "stance", "expected"),
    [
        (5.0, "fails", "change_process", "As it has run so far, the target ≤ 5.0 % lies outside it: only a change of "),
        (16, "hit_or_miss", "no_single_misses", "As it has run so far, that range spans the target ≤ 16.0 %: 16 of 16"),
    ],
)
def test_not_firm_says_so(aim: float, assurance: str, stance: str, expected: str) -> None:
    kpi = with_target(LATE, aim)
    frame = days([0.17] * 16, kpi=kpi)
    found = verdict(assurance=assurance, stance=stance, firm=False, caveats=("neighbours_alike",))
    assert expected in text(found, frame, kpi)


def test_range_target_and_single_readings() -> None:
    kpi = replace(with_target(CHANGEOVER, low=18.0, high=24.0), decimals=0)
    frame = points([20.0] * 15 + [25.0], kpi=kpi, centre=20.0, error=2.0)
    found = verdict(assurance="hit_or_miss", stance="no_single_misses")
    assert text(found, frame, kpi) == (
        "Changeover time 25 min is in its usual range 14–26. That range spans the target 18–24 min: 1 of 16 days "
        "missed with nothing unusual."
    )


# Ended episodes


def test_fridays_breach_survives_a_normal_sunday() -> None:
    """13 November 2026 is a Friday, the 15th a Sunday."""
    frame = days([0.17] * 12 + [0.2139, 0.17, 0.17])
    friday = episode(frame, [12], "beyond_limits", is_open=False)
    expected = "Late share was above its limits on 13 Nov 2026; back in its usual range. Leave it alone."
    assert text(verdict(), frame, episodes=[friday]) == expected


def test_ended_run_from_to() -> None:
    frame = days([0.18] * 8 + [0.17] * 2, centre=0.172)
    ended = episode(frame, range(8), "run_of_8", is_open=False)
    assert text(verdict(), frame, episodes=[ended]) == (
        "Late share was above its average 17.2 % from 1 Nov 2026 to 8 Nov 2026; back in its usual range. "
        "Leave it alone."
    )


def test_ended_zone_and_other_patterns_by_month_and_sample() -> None:
    frame = days([0.17, 0.192, 0.193, 0.17], grain="month", start="2019-01-01")
    ended = episode(frame, [1, 2], "two_of_three", is_open=False)
    assert text(verdict(grain="month"), frame, episodes=[ended]).startswith(
        "Late share was close to the upper limit (19.8 %) from Feb 2019 to Mar 2019; back in its usual range."
    )
    frame = days([0.17, 0.175, 0.17], grain="sample")
    other = episode(frame, [1], "trend_of_6", is_open=False)
    assert text(verdict(grain="sample"), frame, episodes=[other]).startswith(
        "Late share was outside its usual pattern at sample 2; back in its usual range."
    )


def test_an_old_or_dissolved_episode_is_not_told() -> None:
    frame = days([0.2139] + [0.17] * 20)
    old = episode(frame, [0], "beyond_limits", is_open=False)
    assert text(verdict(), frame, episodes=[old]).startswith("Late share 17.0 % is in its usual range")
    frame = days([0.17] * 12 + [0.19, 0.17])
    dissolved = replace(episode(frame, [12], "beyond_limits", is_open=False), closed_because="no_longer_outside")
    assert text(verdict(), frame, episodes=[dissolved]).startswith("Late share 17.0 % is in its usual range")


def test_an_improvement_is_not_counted_while_a_reporter_is_absent() -> None:
    frame = days([0.17] * 15 + [0.12])
    found = concerning(
        frame,
        Reason("beyond_limits", "low", (15,)),
        side="low",
        variation="changed",
        caveats=("improvement_unconfirmed",),
        data_names=("Line 3",),
    )
    assert text(found, frame, reporters={"Line 3": 14}) == (
        "Late share 12.0 % is below its limits (15.1–19.8); 1 such day since 16 Nov 2026; not yet counted as an "
        "improvement. Line 3 has not reported since 15 Nov 2026."
    )


def test_a_value_outside_the_limits_is_never_called_usual() -> None:
    """A KPI whose own rules leave out rule 1 has a common cause verdict all the same."""
    frame = days([0.17] * 15 + [0.2139])
    assert text(verdict(), frame).startswith("Late share 21.4 % is above its limits (15.1–19.8)")


# Text of users


def test_names_stay_as_typed() -> None:
    kpi = replace(LATE, name="<b>{v}</b> *late* %s")
    frame = days([0.17] * 16, kpi=kpi)
    assert text(verdict(), frame, kpi).startswith("<b>{v}</b> *late* %s 17.0 % is in its usual range")


def test_unknown_patterns_are_refused_by_name() -> None:
    with pytest.raises(KeyError, match="English has no pattern 'haiku'"):
        sentences.render([Sentence("haiku")])


def test_the_frames_received_are_not_changed() -> None:
    frame = days([0.17] * 15 + [0.2139])
    before = frame.copy(deep=True)
    text(concerning(frame, Reason("beyond_limits", "high", (15,))), frame)
    pd.testing.assert_frame_equal(frame, before)
