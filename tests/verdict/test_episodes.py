"""Rules that decide and the episodes they make (verdict.md 9, 11, 12). Charts are locked on a known baseline, so that
each expected hit follows from the wording of its rule."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from opsmetrics.review import KpiReview, review
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.episodes import with_shown
from opsmetrics.verdict.hits import neighbours, rule_set
from opsmetrics.verdict.measures import Measures
from tests.verdict.made import LATE, SPEED, counts, decision, noise, readings

#: Up and down about 50 by turns; σ = mean moving range / d2(2) = 1.75, limits 44.7 and 55.3.
BASE = [48.8, 50.8, 49.2, 51.2] * 7 + [49.0, 51.0]
HIGH, LOW = 56.0, 44.0
SIGMA = float(np.abs(np.diff(BASE)).mean()) / (2 / np.sqrt(np.pi))


def locked(values: list[float | None], *, kpi=SPEED, more=(), **shape: Any) -> KpiReview:
    """The values after the baseline, on its limits."""
    series = readings([*BASE, *values], kpi=kpi, **shape)
    return review(series, [decision(series, "lock", 0, 29), *(make(series) for make in more)])


def spans(found: KpiReview) -> list[tuple[str, int, int, int, bool]]:
    """side, start, detected, last and open of each episode, positions counted from the end of the baseline."""
    return [(e.side, e.start - 30, e.detected - 30, e.last - 30, e.open) for e in found.episodes]


def excluded(*rows: int):
    return [lambda series, row=row: decision(series, "exclude", 30 + row) for row in rows]


def decide(found: KpiReview) -> set[str]:
    return set(found.signals.loc[found.signals["decides"], "rule"])


# 9


def test_9_neighbours_alike_leave_rule_1() -> None:
    """An autoregressive series with coefficient 0.7, seed 11; r1 is its lag-1 autocorrelation about the best step."""
    rng, level, values = np.random.default_rng(11), 0.0, []
    for _ in range(120):
        level = 0.7 * level + float(rng.normal())
        values.append(50 + level)
    found = review(readings(values, kpi=replace(SPEED, operate="month")), ())
    assert found.verdict is not None and "neighbours_alike" in found.verdict.caveats
    assert decide(found) <= {"beyond_limits"}
    runs = found.signals[found.signals["rule"] == "run_of_8"]
    assert len(runs) and not runs["decides"].any()


def test_9_the_threshold_is_a_quarter_or_two_over_root_n() -> None:
    def alike(values: list[float]) -> tuple[float, bool]:
        array = np.array(values)
        blank = np.full(len(array), np.nan)
        return neighbours(Measures(array, np.ones(len(array)), None, blank, np.zeros(len(array))))

    found = [(n, *alike(noise(n, seed))) for n in (30, 100) for seed in range(300)]
    assert {flag for _, _, flag in found} == {True, False}
    for n, r1, flag in found:
        assert flag == (r1 > max(0.25, 2 / np.sqrt(n)))


def test_9_a_real_step_does_not_pass_as_autocorrelation() -> None:
    """Simulation, 500 charts of 60 points with a step of 1.5 σ in the middle; verdict.md 9 gives 1 % flagged."""
    flagged = 0
    for seed in range(500):
        values = np.array(noise(60, seed)) + np.repeat([0.0, 1.5], 30)
        flagged += neighbours(Measures(values, np.ones(60), None, values * np.nan, np.zeros(60)))[1]
    assert flagged / 500 < 0.03


# 11


@pytest.mark.parametrize(
    ("grain", "lead", "rules"),
    [
        ("day", None, {"beyond_limits", "run_of_8"}),
        ("shift", None, {"beyond_limits", "run_of_8"}),
        ("week", None, {"beyond_limits", "run_of_8"}),
        ("sample", None, {"beyond_limits", "run_of_8"}),
        ("week", "week", {"beyond_limits", "run_of_8", "two_of_three", "four_of_five"}),
        ("month", None, {"beyond_limits", "run_of_8", "two_of_three", "four_of_five"}),
        ("quarter", None, {"beyond_limits", "run_of_8", "two_of_three", "four_of_five"}),
    ],
)
def test_11_rules_by_grain(grain: str, lead: str | None, rules: set[str]) -> None:
    assert set(rule_set(replace(SPEED, lead=lead), grain)) == rules  # type: ignore[arg-type]


def test_11_a_kpi_may_name_its_own_rules_or_a_set_of_them() -> None:
    assert rule_set(replace(SPEED, rules=("nelson",)), "day")[:2] == ("beyond_limits", "run_of_9")
    assert rule_set(replace(SPEED, rules=("beyond_limits", "trend_of_6")), "day") == ("beyond_limits", "trend_of_6")


@pytest.mark.parametrize(
    ("rule", "values", "said"),
    [
        ("run_of_5", [50.4, 50.2, 50.7, 50.3, 50.6], "above its average 50.0 g for 5 days, since"),
        ("trend_of_4", [49.0, 49.5, 50.0, 50.5], "4 days in a row each higher than the one before, since"),
        ("trend_of_3_ties_skipped", [49.0, 49.5, 49.5, 50.5], "days in a row each higher than the one before, since"),
        ("2_of_2_beyond_1.5", [50 + 1.6 * SIGMA] * 2, "2 of the last 2 days close to the upper limit"),
        ("3_of_3_beyond_0", [50.4, 50.2, 50.4], "3 of the last 3 days above its average 50.0 g"),
        ("hugging_4", [50.1, 49.9, 50.1, 49.9], "4 days in a row close to its average"),
    ],
)
def test_11_a_rule_with_a_length_of_its_own_decides_and_is_told(rule: str, values: list[float], said: str) -> None:
    found = locked([48.0, *values], kpi=replace(SPEED, rules=("beyond_limits", rule)))
    assert rule in decide(found) and said in review_as_dict(found)["sentence"]["text"].replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_11_rules_that_are_looked_at_but_do_not_decide_are_listed() -> None:
    found = locked([50 + 2.2 * SIGMA, 50.0, 50 + 2.2 * SIGMA])
    zones = found.signals[found.signals["rule"] == "two_of_three"]
    assert zones["position"].tolist() == [32] and not zones["decides"].any()
    leads = locked([50 + 2.2 * SIGMA, 50.0, 50 + 2.2 * SIGMA], kpi=replace(SPEED, operate="month"))
    assert decide(leads) == {"two_of_three"}


def test_11_a_value_on_the_limit_is_not_beyond_it() -> None:
    assert decide(locked([50 + 3 * SIGMA])) == set()
    assert decide(locked([50 + 3 * SIGMA + 1e-6])) == {"beyond_limits"}


def test_11_a_point_on_the_centre_line_breaks_a_run() -> None:
    assert decide(locked([51.0] * 8)) == {"run_of_8"}
    assert decide(locked([51.0] * 6 + [50.0] + [51.0])) == set()


# 12


def test_12_an_episode_starts_at_its_earliest_member_and_is_detected_when_a_hit_completes() -> None:
    assert spans(locked([48.0] + [52.0] * 9)) == [("high", 1, 8, 9, True)]


def test_12_hits_whose_members_touch_are_one_episode() -> None:
    assert spans(locked([50.0, HIGH, HIGH, 50.0])) == [("high", 1, 1, 2, False)]


def test_12_hits_apart_are_episodes_apart() -> None:
    assert spans(locked([50.0, HIGH, 50.0, HIGH, 50.0])) == [("high", 1, 1, 1, False), ("high", 3, 3, 3, False)]


def test_12_a_run_and_a_breach_inside_it_are_one_episode() -> None:
    found = locked([48.0, 52.0, HIGH, *[52.0] * 8, 48.0])
    assert spans(found) == [("high", 1, 2, 10, False)]
    assert found.episodes[0].rules == ("beyond_limits", "run_of_8")
    assert found.episodes[0].members == tuple(range(31, 41))


def test_12_the_two_sides_are_episodes_apart() -> None:
    assert [row[0] for row in spans(locked([HIGH, LOW]))] == ["high", "low"]


def test_12_open_while_the_last_judged_point_completes_a_hit() -> None:
    assert locked([HIGH]).episodes[0].open
    assert not locked([HIGH, 50.0]).episodes[0].open


def test_12_a_period_that_is_not_judged_leaves_an_episode_open() -> None:
    found = locked([HIGH, 50.0], running=True)
    assert found.episodes[0].open and found.verdict is not None and found.verdict.episode == found.episodes[0]


def test_12_a_gap_parts_two_episodes() -> None:
    assert [row[1:4] for row in spans(locked([HIGH, None, HIGH]))] == [(0, 0, 0), (2, 2, 2)]


def test_12_a_gap_breaks_a_run() -> None:
    assert spans(locked([48.0, *[52.0] * 7, None, *[52.0] * 7])) == []


def test_12_no_episode_crosses_a_phase() -> None:
    values = [*noise(24), 60.0, 61.0, *noise(22, seed=8, centre=61.0)]
    series = readings(values, kpi=SPEED)
    found = review(series, [decision(series, "phase", 26)])
    assert [(e.start, e.last, e.open) for e in found.episodes if e.side == "high"] == [(24, 25, False)]


def test_12_a_new_phase_closes_the_episode_before_it() -> None:
    """The phase has begun with the running period: nothing of it is judged yet, and the old breach is over."""
    series = readings([*BASE, HIGH, 50.0], kpi=SPEED, running=True)
    found = review(series, [decision(series, "phase", 31)])
    assert [e.open for e in found.episodes] == [False]


def test_12_a_phase_of_fewer_than_twelve_points_opens_no_episode() -> None:
    """Rule 14: with fewer than 12 points nothing is judged beyond an early warning."""
    values = [*BASE[:10], 90.0]
    assert review(readings(values, kpi=SPEED), ()).episodes == ()


# 4: excluded points


def test_4_an_excluded_point_shows_its_hits_but_opens_no_episode() -> None:
    found = locked([50.0, HIGH, 50.0], more=excluded(1))
    assert spans(found) == []
    hit = found.signals[found.signals["position"] == 31]
    assert "beyond_limits" in set(hit["rule"]) and not hit["decides"].any()


def test_4_patterns_step_over_excluded_points() -> None:
    """Four, an excluded breach, four: eight judged points in a row on one side."""
    found = locked([48.0] + [52.0] * 4 + [HIGH] + [52.0] * 4, more=excluded(5))
    assert spans(found) == [("high", 1, 9, 9, True)]
    assert 35 not in found.episodes[0].members
    assert spans(locked([48.0] + [52.0] * 4 + [HIGH] + [52.0] * 3, more=excluded(5))) == []


def test_4_breaches_on_both_sides_of_an_excluded_point_touch() -> None:
    assert spans(locked([HIGH, 50.0, HIGH], more=excluded(1))) == [("high", 0, 0, 2, True)]


# 12: episodes that were shown


def shown(*episodes: dict[str, Any], as_of: str = "2026-02-05", value: float = HIGH) -> pd.DataFrame:
    """One kept verdict, with the columns of the store that matter here."""
    return pd.DataFrame(
        {
            "as_of": [pd.Timestamp(as_of)],
            "as_of_period": ["4 Feb 2026"],
            "value": [value],
            "episodes": [json.dumps(list(episodes))],
        }
    )


TOLD = {"side": "high", "open": True, "rules": ["beyond_limits"]} | {
    f"{name}_label": "4 Feb 2026" for name in ("start", "detected", "last")
}
NAMES = [str(day.day) + day.strftime(" %b %Y") for day in pd.date_range("2026-01-05", periods=40)]


def test_12_a_shown_episode_that_the_data_dissolve_is_closed_and_kept() -> None:
    (kept,) = with_shown((), shown(TOLD), pd.Timestamp("2026-03-01"), NAMES)
    assert (kept.closed_because, kept.open, kept.side) == ("no_longer_outside", False, "high")
    assert (kept.start, kept.detected, kept.last) == (30, 30, 30) and kept.start_label == "4 Feb 2026"


def test_12_a_shown_episode_that_still_stands_is_listed_once() -> None:
    found = locked([HIGH, 50.0])
    assert found.points["label"].iloc[30] == "4 Feb 2026"
    assert with_shown(found.episodes, shown(TOLD), pd.Timestamp("2026-03-01"), NAMES) == found.episodes


def test_12_a_shown_episode_that_grew_is_one_with_its_longer_self() -> None:
    found = locked([HIGH, HIGH, HIGH])
    assert with_shown(found.episodes, shown(TOLD), pd.Timestamp("2026-03-01"), NAMES) == found.episodes


def test_12_the_same_side_is_needed() -> None:
    found = locked([LOW, 50.0])
    assert len(with_shown(found.episodes, shown(TOLD), pd.Timestamp("2026-03-01"), NAMES)) == 2


def test_12_several_showings_of_one_episode_leave_one() -> None:
    later = TOLD | {"last_label": "6 Feb 2026"}
    table = pd.concat([shown(TOLD), shown(later)], ignore_index=True)
    (kept,) = with_shown((), table, pd.Timestamp("2026-03-01"), NAMES)
    assert kept.last == 32


def test_12_what_was_shown_later_is_unknown_as_of_an_earlier_day() -> None:
    assert with_shown((), shown(TOLD, as_of="2026-03-02"), pd.Timestamp("2026-03-01"), NAMES) == ()


def test_12_a_shown_episode_whose_periods_are_gone_is_still_kept() -> None:
    (kept,) = with_shown((), shown(TOLD), pd.Timestamp("2026-03-01"), NAMES[:10])
    assert (kept.start, kept.last) == (-1, -1) and kept.last_label == "4 Feb 2026"


def test_12_a_review_keeps_a_dissolved_episode() -> None:
    """The breach was corrected after it had been shown."""
    series = readings([*BASE, 50.0, 50.0], kpi=SPEED)
    found = review(series, [decision(series, "lock", 0, 29)], shown=shown(TOLD))
    assert [e.closed_because for e in found.episodes] == ["no_longer_outside"]
    assert not found.points["signal"].any()
    assert found.verdict is not None and found.verdict.variation == "common_cause" and found.verdict.episode is None


# Invariants


@pytest.mark.parametrize("seed", range(5))
def test_adding_a_constant_leaves_signals_and_negating_swaps_sides(seed: int) -> None:
    values = np.array(noise(60, seed, sd=1.0))
    values[40:] += 2.5
    here, moved, mirrored = (
        review(readings([float(x) for x in v], kpi=SPEED), ()).episodes for v in (values, values + 1000, -values)
    )
    assert here and here == moved
    swapped = {"high": "low", "low": "high"}
    assert [(swapped[e.side], e.start, e.detected, e.last) for e in mirrored] == [
        (e.side, e.start, e.detected, e.last) for e in sorted(here, key=lambda e: (e.detected, swapped[e.side]))
    ]


def test_a_proportion_makes_the_same_episodes_as_its_complement() -> None:
    """p and 1 − p are one chart seen from both sides."""
    events = [float(x) for x in np.random.default_rng(5).binomial(200, 0.2, 60)]
    events[50:] = [70.0] * 10
    here = review(counts(events, 200, kpi=LATE), ()).episodes
    there = review(counts([200 - e for e in events], 200, kpi=LATE), ()).episodes
    assert here and [(e.start, e.detected, e.last) for e in here] == [(e.start, e.detected, e.last) for e in there]
