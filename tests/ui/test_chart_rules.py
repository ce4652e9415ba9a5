"""Looking with other rules: a view of the same chart, which never touches the verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Decision
from opsmetrics.review import review as reviewed
from opsmetrics.stats import RULE_SETS
from opsmetrics.ui import chart_rules
from opsmetrics.ui.chart_rules import deciding, looked_at, named, viewed, workings
from tests.ui.judged import series

#: Twenty quiet days, then nine above: a run of 8 at the 28th, of 9 at the 29th, nothing beyond the limits.
SHIFTED = [12.0, 10.0] * 10 + [12.5] * 9


def test_the_verdicts_own_rules_are_named_with_the_reason() -> None:
    judged = reviewed(series(SHIFTED), ())
    decides = deciding(judged, workings(judged))
    assert decides.rules == RULE_SETS["daily"]
    assert decides.words == "beyond its limits, 8 on one side"
    assert "looked at often" in decides.why


def test_rules_of_the_definition_say_so() -> None:
    judged = reviewed(series(SHIFTED, rules=("nelson",)), ())
    decides = deciding(judged, workings(judged))
    assert (decides.words, decides.why) == ("Nelson", "Chosen in the definition.")


def test_neighbours_that_are_alike_leave_the_limits_only() -> None:
    """A slow wave: the lag-1 autocorrelation about any single step is far above max(0.25, 2/sqrt(n))."""
    wave = (10 + 3 * np.sin(np.arange(80) / 4)).tolist()
    judged = reviewed(series(wave), ())
    decides = deciding(judged, workings(judged))
    assert decides.rules == ("beyond_limits",)
    assert "alike" in decides.why


def test_equal_values_have_no_rules_to_look_with() -> None:
    judged = reviewed(series([5.0] * 30), ())
    decides = deciding(judged, workings(judged))
    assert (decides.rules, decides.words) == ((), "none")
    assert "finds nothing" in chart_rules.view_words(judged, ("nelson",), decides)
    assert looked_at(judged, ("nelson",)).signals.empty


@pytest.mark.parametrize(("rules", "wanted"), [(("run_of_9",), {28}), (("run_of_8",), {27, 28}), (("rule_1",), set())])
def test_the_hits_of_a_view_are_those_of_its_rules(rules: tuple[str, ...], wanted: set[int]) -> None:
    judged = reviewed(series(SHIFTED), ())
    seen = looked_at(judged, rules)
    assert set(seen.signals["position"]) == wanted
    assert seen.verdict is judged.verdict
    assert seen.points is judged.points


def test_a_hit_that_the_verdict_knows_keeps_whether_it_decides() -> None:
    judged = reviewed(series(SHIFTED), ())
    eight = looked_at(judged, ("run_of_8", "run_of_9")).signals
    decides = dict(zip(zip(eight["position"], eight["rule"], strict=True), eight["decides"], strict=True))
    assert decides == {(27, "run_of_8"): True, (28, "run_of_8"): True, (28, "run_of_9"): False}


def test_a_view_steps_over_excluded_points_as_the_verdict_does() -> None:
    """With the third of the high days excluded the run of 8 ends a day later, in the verdict and in the view."""
    given = series(SHIFTED)
    day = pd.Timestamp(given.points["period"].iloc[22]).to_pydatetime()
    out = Decision("k", "exclude", start=day, end=day, value=True, grain="day")
    judged = reviewed(given, (out,))
    own = judged.signals[judged.signals["rule"] == "run_of_8"]
    assert looked_at(judged, ("run_of_8",)).signals["position"].tolist() == own["position"].tolist() == [28]
    assert 22 not in looked_at(judged, ("run_of_8",)).signals["members"].iloc[0]


def test_sets_and_single_rules_have_names() -> None:
    assert named(RULE_SETS["western_electric"]) == "Western Electric"
    assert named(("run_of_7",)) == "7 on one side"
    assert viewed(("aiag",)) == RULE_SETS["aiag"]
    assert viewed(("run_of_7", "run_of_9")) == ("run_of_7", "run_of_9")
    assert set(chart_rules.SET_NAMES) == set(RULE_SETS), "every set can be looked with"
