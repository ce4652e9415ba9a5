"""The verdict put together (verdict.md 1, 2, 5, 33, 37) and what a chart shows at each point."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from opsmetrics.review import KpiReview, review
from opsmetrics.verdict import restarts
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.build import judge
from opsmetrics.verdict.model import Verdict
from opsmetrics.verdict.proposals import difference
from opsmetrics.verdict.sentences import render
from opsmetrics.verdict.workings import work_out
from tests.cases import cases
from tests.verdict.made import LATE, SPEED, WEIGHT, binomial, counts, decision, noise, readings, with_target

BASE = [48.8, 50.8, 49.2, 51.2] * 7 + [49.0, 51.0]


def of(found: KpiReview) -> Verdict:
    assert found.verdict is not None
    return found.verdict


# 1: identity


def test_1_a_verdict_is_a_pure_function_of_its_identity() -> None:
    series = counts(binomial(40, 0.1, 500), 500)
    decisions = [decision(series, "exclude", 3), decision(series, "phase", 10)]
    first, second = (judge(series, decisions, (3, 2, "abc")) for _ in range(2))
    assert first.verdict is not None and second.verdict is not None
    assert asdict(first.verdict) == asdict(second.verdict)
    identity = first.verdict.identity
    assert (identity.kpi, identity.slice, identity.grain, identity.as_of) == ("late", (), "day", series.as_of)
    assert (identity.data_version, identity.decisions_version, identity.definitions_version) == (3, 2, "abc")
    pd.testing.assert_frame_equal(first.points, second.points)


def test_1_decisions_of_other_kpis_and_slices_change_nothing() -> None:
    series = counts(binomial(40, 0.1, 500), 500)
    other = [replace(decision(series, "exclude", 39), kpi="other"), decision(series, "phase", 30, slice=(("a", "b"),))]
    assert of(review(series, other)).n == 40


def test_nothing_received_is_changed() -> None:
    series = counts([*binomial(40, 0.1, 500), None], 500)
    before = series.points.copy()
    shown = pd.DataFrame({"as_of": [series.as_of], "as_of_period": ["x"], "value": [0.1], "episodes": ["[]"]})
    kept = shown.copy()
    review(series, [decision(series, "exclude", 3)], shown=shown)
    pd.testing.assert_frame_equal(series.points, before)
    pd.testing.assert_frame_equal(shown, kept)


# 2: fields


def test_2_the_figures_are_those_of_the_last_judged_period() -> None:
    series = counts([*binomial(40, 0.1, 500), None], 500, kpi=with_target(LATE, 12.0))
    found = of(review(series, ()))
    last = series.points.iloc[39]
    assert (found.as_of_period, found.value, found.size) == (last["label"], last["value"], 500)
    assert (found.numerator, found.denominator, found.n) == (last["numerator"], 500, 40)
    assert found.target == {"high": 0.12} and found.met is not None and found.met[1] == 40


def test_2_limits_are_none_where_there_are_none() -> None:
    found = of(review(counts([5]), ()))
    assert (found.lower, found.upper) == (None, None) and found.centre == 0.05


@pytest.mark.parametrize("values", [[], [5.0], [None, 5.0], [5.0, None]])
def test_empty_and_one_point_series_have_a_verdict(values: list[float | None]) -> None:
    for series in (counts(values), readings(values), counts(values, running=True)):
        found = review(series, ())
        assert of(found).variation in ("none", "too_few")
        assert len(found.points) == len(values)
        assert render(of(found).sentence)
        json.dumps(review_as_dict(found))


def test_2_the_answer_is_plain_json_with_the_fields_of_the_specification() -> None:
    found = review(readings([*BASE, 70.0, None], kpi=SPEED), ())
    answer = json.loads(json.dumps(review_as_dict(found)))
    assert (answer["variation"], answer["side"], answer["as_of_period"]) == ("improving", "high", "4 Feb 2026")
    assert answer["reasons"] == [{"rule": "beyond_limits", "side": "high", "members": [30]}]
    assert answer["episodes"][0]["start_label"] == "4 Feb 2026"


def test_12_shown_episodes_survive_the_way_through_json() -> None:
    """What a review answers is what the store keeps and gives back."""
    first = review(readings([*BASE, 70.0], kpi=SPEED), ())
    answer = review_as_dict(first)
    kept = pd.DataFrame(
        {
            "as_of": [of(first).identity.as_of],
            "as_of_period": [of(first).as_of_period],
            "value": [of(first).value],
            "episodes": [json.dumps(answer["episodes"])],
        }
    )
    same = review(readings([*BASE, 70.0, 50.0], kpi=SPEED), (), shown=kept)
    assert [episode.closed_because for episode in same.episodes] == [None]
    corrected = review(readings([*BASE, 50.0, 50.2], kpi=SPEED), (), shown=kept)
    (lost,) = corrected.episodes
    assert (lost.closed_because, lost.rules) == ("no_longer_outside", ("beyond_limits",))
    again = kept.assign(episodes=[json.dumps(review_as_dict(corrected)["episodes"])])
    later = review(readings([*BASE, 50.0, 50.2, 50.4], kpi=SPEED), (), shown=pd.concat([kept, again]))
    assert later.episodes == (lost,)


# 33: firm


def test_33_firm_where_nothing_speaks_against_the_usual_range() -> None:
    assert of(review(readings(noise(40), kpi=SPEED), ())).firm
    assert of(review(counts([0] * 40), ())).firm


def test_33_not_firm_with_neighbours_alike() -> None:
    walk = np.cumsum(noise(60, centre=0.0)) * 0.3 + np.array(noise(60, seed=9, sd=0.1))
    found = of(review(readings([float(x) for x in walk], kpi=replace(SPEED, rules=("beyond_limits",))), ()))
    assert "neighbours_alike" in found.caveats and not found.firm


def stepped() -> list[float]:
    """A step of two standard deviations in the middle; the last points lie on the centre line between the levels."""
    return [*noise(30, seed=1), *noise(30, seed=2, centre=52.0), 51.0, 50.9]


def test_33_not_firm_while_a_step_waits_for_a_decision() -> None:
    found = review(readings(stepped(), kpi=replace(SPEED, rules=("beyond_limits",))), ())
    assert of(found).variation == "common_cause"
    assert not of(found).firm and "step_proposed" in of(found).caveats
    assert any("start a new phase there?" in text for text in found.proposals)
    assert not any("lock" in text for text in found.proposals)


def test_33_an_accepted_step_is_firm_again() -> None:
    series = readings(stepped(), kpi=replace(SPEED, rules=("beyond_limits",)))
    at = next(
        row for row in range(28, 33) if f"on {series.points['label'].iloc[row]}" in review(series, ()).proposals[0]
    )
    found = review(series, [decision(series, "phase", at)])
    assert of(found).firm and "step_proposed" not in of(found).caveats


def test_33_a_special_cause_is_not_firm() -> None:
    assert not of(review(readings([*noise(30), 70.0], kpi=SPEED), ())).firm


def test_33_chance_alone_seldom_proposes_a_step() -> None:
    """Simulation, 100 charts of 60 normal points (400 in soak); the threshold is set for 0.135 % of them."""
    charts, most = cases((100, 2), (400, 4))
    proposed = sum(
        "step_proposed" in of(review(readings(noise(60, seed), kpi=SPEED), ())).caveats for seed in range(charts)
    )
    assert proposed <= most


# 37: what a restart says of the verdict before it


def test_37_the_old_verdict_is_told_after_a_restart() -> None:
    series = readings([*BASE, 70.0, *noise(3)], kpi=SPEED)
    found = review(series, [decision(series, "phase", 31)])
    assert of(found).variation == "too_few"
    assert "Before: Improving, high." in render(of(found).sentence)


# Points


def test_points_carry_side_signal_tone_and_note() -> None:
    series = readings([*BASE, 70.0, 50.0, 49.0], kpi=SPEED)
    note = replace(decision(series, "annotate", 30), value="new nozzle", why="")
    points = review(series, [note, decision(series, "exclude", 32)]).points
    assert points.loc[30, ["side", "signal", "tone", "note"]].tolist() == ["high", True, "improving", "new nozzle"]
    assert points.loc[31, ["side", "signal", "tone", "note"]].tolist() == ["none", False, "", ""]
    assert points.loc[32, ["state", "note"]].tolist() == ["excluded", "told so"]


def test_a_point_of_two_episodes_shows_the_bad_one() -> None:
    """A falling end of a high run: the run improves, the trend does not (better = higher)."""
    values = [48.0, 53.0, 53.5, 53.4, 53.0, 52.6, 52.2, 51.8, 51.4]
    series = readings([*BASE, *values], kpi=replace(SPEED, rules=("beyond_limits", "run_of_8", "trend_of_6")))
    points = review(series, [decision(series, "lock", 0, 29)]).points
    assert points["tone"].tolist()[31:] == ["improving"] + ["concerning"] * 7
    assert points["side"].tolist()[31:] == ["high"] + ["low"] * 7


def test_several_notes_on_one_period_stand_side_by_side() -> None:
    series = readings(BASE, kpi=SPEED)
    texts = [replace(decision(series, "annotate", 3), value=text) for text in ("first", "second")]
    assert review(series, texts).points["note"].iloc[3] == "first · second"


def test_the_reason_of_a_phase_stands_at_its_first_period() -> None:
    series = readings(BASE, kpi=SPEED)
    notes = review(series, [decision(series, "phase", 15)]).points["note"]
    assert notes.iloc[15] == "told so" and (notes != "").sum() == 1


def test_gaps_and_running_periods_are_gaps_of_the_chart() -> None:
    series = readings([*BASE, None, 50.0], kpi=SPEED, running=True)
    found = review(series, ())
    assert found.chart is not None
    assert len(found.chart.points) == len(found.points) == 32
    assert found.chart.points["value"].isna().tolist()[30:] == [True, True]
    assert found.points["value"].iloc[31] == 50.0


def test_a_range_target_tones_each_episode_by_itself() -> None:
    kpi = with_target(WEIGHT, low=46.0, high=50.0)  # middle 48, centre line about 50
    series = readings([*BASE, 57.0, 50.0, 44.4, 50.0], kpi=kpi)
    tones = review(series, [decision(series, "lock", 0, 29)]).points["tone"]
    assert tones.iloc[30] == "concerning" and tones.iloc[32] == "concerning"
    near = review(replace(series, kpi=with_target(WEIGHT, low=40.0, high=50.0)), [decision(series, "lock", 0, 29)])
    assert near.points["tone"].iloc[30] == "concerning" and near.points["tone"].iloc[32] == "improving"


# 5 and 37: restarting limits again


def test_37_how_often_limits_were_restarted_is_said_beforehand() -> None:
    series = readings(noise(200), kpi=SPEED)
    made = [decision(series, "phase", row, grain="day") for row in (40, 80)]
    asked = decision(series, "phase", 120)
    assert restarts.warning([], asked, "day") == ""
    assert restarts.warning(made, asked, "day").startswith("This is the 3rd restart in 12 months")
    assert restarts.warning(made, asked, "week") == ""  # by week they were not restarted
    taken_back = [made[0], replace(made[1], value=False)]
    assert restarts.warning(taken_back, asked, "day").startswith("This is the 2nd restart in 12 months")
    long_ago = replace(asked, start=pd.Timestamp(series.points["period"].iloc[120]) + pd.DateOffset(years=2))
    assert restarts.warning(made, long_ago, "day") == ""


def test_5_a_drift_is_no_restart() -> None:
    drifting = [value + 0.02 * day for day, value in enumerate(noise(160, seed=3))]
    found = review(readings(drifting, kpi=SPEED), ())
    assert [text.startswith("Its level drifts, from about") for text in found.proposals] == [True]


def test_5_of_several_steps_the_latest_is_proposed_and_told_from_the_level_before_it() -> None:
    stepped = [value + 1.5 * (day >= 100) + 1.5 * (day >= 140) for day, value in enumerate(noise(160, seed=5))]
    series = readings(stepped, kpi=SPEED)
    (text,) = [one for one in review(series, ()).proposals if "start a new phase there?" in one]
    assert "(40 days before, 20 after" in text
    accepted = review(series, [decision(series, "phase", 140)])
    assert not any("start a new phase there?" in one for one in accepted.proposals)


def test_5_a_proposed_step_says_by_how_much_with_an_interval() -> None:
    stepped = [value + 4.0 * (day >= 60) for day, value in enumerate(noise(100, seed=5))]
    found = work_out(readings(stepped, kpi=SPEED), ())
    known = ttest_ind(stepped[60:], stepped[:60], equal_var=False).confidence_interval(0.95)
    middle = np.mean(stepped[60:]) - np.mean(stepped[:60])
    said = f"The change is put at {middle:.1f} g, 95 % range {known.low:.1f}–{known.high:.1f}."
    assert difference(found).replace("\N{NO-BREAK SPACE}", " ") == said
    assert difference(work_out(readings(noise(60), kpi=SPEED), ())) == ""
