"""Numbers, dates and codes as text. Authority: each text written out by hand; signs by their code points."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.stats import ANHOEJ, RULE_SETS, RULES, rule
from opsmetrics.verdict import precision, wording
from opsmetrics.verdict.languages import LANGUAGES, language
from opsmetrics.verdict.model import STANCES, Assurance, DataState, Variation
from tests.verdict.sketches import CHANGEOVER, LATE, YIELD

NB = "\u00a0"
MINUS = "\u2212"


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        (0.2139, f"21.4{NB}%"),
        (0.0, f"0.0{NB}%"),
        (1.0, f"100.0{NB}%"),
        (12.3456, f"1,234.6{NB}%"),
        (-0.021, f"{MINUS}2.1{NB}%"),
        (-0.0001, f"0.0{NB}%"),  # no minus before a zero
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_value_in_the_shown_unit(stored: float | None, text: str) -> None:
    assert wording.value(LATE, stored) == text


def test_value_without_unit_and_with_its_own_decimals() -> None:
    assert wording.value(LATE, 0.2139, unit=False) == "21.4"
    assert wording.value(replace(CHANGEOVER, decimals=0), 1234.5) == f"1,234{NB}min"
    assert wording.value(replace(CHANGEOVER, unit="", decimals=2), 3.14159) == "3.14"


@pytest.mark.parametrize(
    ("x", "decimals", "text"),
    [(412, None, "412"), (1198.0, None, "1,198"), (38.5, None, "38.5"), (0.12345, None, "0.123"), (2.0, 2, "2.00")],
)
def test_number(x: float, decimals: int | None, text: str) -> None:
    assert wording.number(x, decimals) == text


def test_ranges() -> None:
    assert wording.limits(LATE, 0.151, 0.198) == "15.1–19.8"
    assert wording.limits(LATE, 0.151, 0.198, unit=True) == f"15.1–19.8{NB}%"
    assert wording.limits(CHANGEOVER, -2.0, 3.1) == f"{MINUS}2.0 to 3.1"
    assert wording.limits(CHANGEOVER, math.nan, math.nan, unit=True) == "–"
    assert wording.limits(CHANGEOVER, None, 3.1) == "3.1"


def test_counts() -> None:
    assert wording.counts(LATE, 38, 412) == "38 of 412"
    assert wording.counts(LATE, 1234.0, 45678.0) == "1,234 of 45,678"
    assert wording.counts(LATE, 193, 902, named=True) == "193 of 902 orders"
    assert wording.counts(LATE, math.nan, 5) == ""
    assert wording.counts(LATE, None, None) == ""


def test_what_stands_behind_a_point() -> None:
    assert wording.behind(LATE, {"numerator": 38, "denominator": 412}) == "38 of 412 orders"
    assert wording.behind(CHANGEOVER, {"size": 5.0}) == "5 readings"
    assert wording.behind(CHANGEOVER, {"size": 1.0}) == "1 reading"
    assert wording.behind(CHANGEOVER, {"size": math.nan}) == ""


@pytest.mark.parametrize(
    ("kpi", "target", "text"),
    [
        (LATE, {"high": 0.05}, f"≤{NB}5.0{NB}%"),
        (YIELD, {"low": 0.97}, f"≥{NB}97.0{NB}%"),
        (LATE, {"value": 0.05}, f"≤{NB}5.0{NB}%"),
        (YIELD, {"value": 0.97}, f"≥{NB}97.0{NB}%"),
        (replace(CHANGEOVER, decimals=0), {"low": 18.0, "high": 24.0}, f"18–24{NB}min"),
        (CHANGEOVER, {"low": 18.0, "high": 18.0}, f"18.0{NB}min"),
        (YIELD, {"low": 0.9995}, f"≥{NB}99.95{NB}%"),  # a target is never rounded
        (LATE, {"high": 29 / 200}, f"≤{NB}14.5{NB}%"),
        (LATE, {"low": math.nan, "high": 0.07}, f"≤{NB}7.0{NB}%"),
        (LATE, {}, ""),
        (LATE, None, ""),
    ],
)
def test_target(kpi: wording.Kpi, target: dict[str, float | None] | None, text: str) -> None:
    assert wording.target(kpi, target) == text


def test_target_without_its_unit() -> None:
    assert wording.target(LATE, {"high": 0.16}, unit=False) == f"≤{NB}16.0"


def test_numbers_that_differ_look_different() -> None:
    """19.84 % above a limit of 19.79 %: with one decimal both read 19.8."""
    assert precision.apart(LATE, (0.1984, 0.1979)) == 1
    assert precision.apart(LATE, (0.1984, 0.1684)) == 0
    assert precision.apart(LATE, (0.1984, 0.1984)) == 0
    assert precision.apart(LATE, (0.198401, 0.198402)) == 3
    assert precision.apart(LATE, (0.1, 0.1 + 1e-10)) == 7
    assert precision.apart(LATE, (0.2, 0.2 + 1e-15)) == 0  # no number of decimals helps


def test_a_range_shows_its_width() -> None:
    """17.449997 to 17.450003 %: 17.4–17.5 would be true of each end and a lie about the range."""
    assert precision.for_range(LATE, 0.17449997, 0.17450003) == 5
    assert precision.for_range(LATE, 0.15, 0.19) == 0
    assert precision.for_range(LATE, 0.15, 0.15) == 0  # no width to show


def test_a_limit_is_shown_on_its_side_of_the_target() -> None:
    assert precision.apart_from(LATE, {"high": 0.151}, 0.1513) == 1
    assert precision.apart_from(LATE, {"high": 0.151}, 0.1499) == 0
    assert precision.apart_from(LATE, {"high": 0.15104}, 0.1513, 0.19) == 1  # 15.1 would lie below 15.104
    assert precision.apart_from(LATE, {"high": 0.151}, 0.151) == 0
    assert precision.apart_from(LATE, None, 0.151) == 0


def test_dates() -> None:
    assert wording.date(dt.date(2026, 11, 16)) == "16 Nov 2026"
    assert wording.date(dt.date(2026, 11, 16), weekday=True) == "Mon 16 Nov 2026"
    assert wording.instant(dt.datetime(2026, 11, 16, 5, 31)) == "16 Nov 2026, 05:31"


@pytest.mark.parametrize(
    ("n", "grain", "text"),
    [(1, "day", "1 day"), (3, "month", "3 months"), (2, "sample", "2 samples"), (0, "shift", "0 shifts")],
)
def test_periods(n: int, grain: str, text: str) -> None:
    assert wording.periods(n, grain) == text


@pytest.mark.parametrize(
    ("code", "side", "text"),
    [
        ("concerning", "high", "Concerning, high"),
        ("improving", "low", "Improving, low"),
        ("changed", "high", "Changed, high"),
        ("changed", "none", "Changed"),
        ("common_cause", "none", "Stable"),
        ("too_few", "none", "Too few points"),
        ("constant", "none", "Constant"),
        ("none", "none", "No data"),
    ],
)
def test_variation(code: str, side: str, text: str) -> None:
    assert wording.variation(code, side) == text


def test_assurance() -> None:
    assert [wording.assurance(code) for code in get_args(Assurance)] == [
        "No target",
        "Too early",
        "Meets",
        "Fails",
        "Hit or miss",
    ]
    assert wording.assurance("fails", firm=False) == "Fails, as it has run so far"
    assert wording.assurance("too_early", firm=False) == "Too early"


def test_data() -> None:
    assert wording.data("late") == "Late"
    assert wording.data("partial", ("Line 3",)) == "Partial: Line 3"
    assert wording.data("partial", ("A", "B", "C", "D", "E")) == "Partial: A, B, C and 2 others"
    assert wording.data("fresh", ("Line 3",)) == "Fresh"


def test_stances() -> None:
    assert [wording.stance(stance) for stance in STANCES] == [
        "Find the cause",
        "Get the data first",
        "Change the process",
        "Do not chase single misses",
        "Learn and keep it",
        "Leave it alone",
        "Wait",
    ]
    assert all(wording.stance_why(stance) for stance in STANCES)
    said = {stance for stance in STANCES if wording.stance_why(stance) != wording.stance_why(stance, firm=False)}
    assert said == {"leave_alone"}, "what moved is noise only where the verdict is firm"


def test_rules_and_states() -> None:
    assert wording.rule("beyond_limits") == "beyond its limits"
    assert wording.rule("run_of_8") == "8 on one side"
    assert wording.rule("run_of_12") == "12 on one side"
    assert wording.rule("trend_of_7_ties_skipped") == "7 in a row up or down, equal ones passed over"
    assert wording.rule("outside_4_both_sides") == "4 away from the average, some on each side"
    own = wording.rule("3_of_4_beyond_1.5_one_side")
    assert own == "3 of 4 more than 1.5 standard errors from the average, all on that side"
    assert wording.state("running") == "half-finished: drawn, not judged"


def test_where_a_point_lies() -> None:
    row = {"state": "judged", "value": 5.0, "lower": 1.0, "upper": 4.0, "signal": True}
    assert wording.point_state(row) == "above the upper limit"
    assert wording.point_state({**row, "value": 0.5}) == "below the lower limit"
    assert wording.point_state({**row, "value": 3.0}) == "part of a pattern: see the rules it completes"
    assert wording.point_state({**row, "value": 3.0, "signal": False}) == "inside the limits: leave it alone"
    assert wording.point_state({**row, "state": "gap"}) == "no data"


def test_caveats_without_words_are_shown_as_written() -> None:
    assert wording.caveat("neighbours_alike") == "neighbours are alike: only points beyond the limits decide"
    assert wording.caveat("some_new_code") == "some new code"


@pytest.mark.parametrize(
    "code",
    [
        *("first_event", "improvement_unconfirmed", "neighbours_alike", "small_numbers"),
        *("step_proposed", "weekday_adjusted", "weekday_not_adjusted", "absent_reporters", "not_pooled"),
    ],
)
def test_every_caveat_that_a_verdict_gives_has_words(code: str) -> None:
    assert code in language("en").words["caveat"]


def test_every_language_has_every_word() -> None:
    """A code of the model without a word would only fail on the day it first occurs."""
    rules = {rule for rules in RULE_SETS.values() for rule in rules} | set(ANHOEJ)
    for tongue in LANGUAGES.values():
        words = tongue.words
        assert set(words["variation"]) == {*get_args(Variation), "early_warning"}
        assert set(words["assurance"]) == set(get_args(Assurance))
        assert set(words["data"]) == set(get_args(DataState))
        assert set(words["stance"]) == set(words["stance.why"]) == set(STANCES)
        assert all(wording.rule(name, tongue.code) for name in rules)
        assert {rule(name).pattern for name in RULES} - set(words["rule.pattern"]) == {"limits"}
        assert set(words) == set(language("en").words)
        assert set(tongue.patterns) == set(language("en").patterns)


def test_a_language_that_is_not_written_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="language 'xx' is not written yet; choose one of en"):
        wording.value(LATE, 0.1, language="xx")


def test_a_code_without_a_word_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="English has no word for 'sideways' in its table 'variation'"):
        wording.variation("sideways")


@given(st.floats(allow_nan=True, allow_infinity=True), st.integers(0, 4))
def test_no_number_is_ever_shown_as_nan(x: float, decimals: int) -> None:
    text = wording.value(replace(CHANGEOVER, decimals=decimals), x)
    assert "nan" not in text.lower()
    assert "inf" not in text.lower()
    assert "-" not in text  # a true minus, never a hyphen


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_reading_the_text_back_gives_the_rounded_number(x: float, decimals: int) -> None:
    """Oracle: Python's own round."""
    text = wording.number(x, decimals).replace(",", "").replace(MINUS, "-")
    assert float(text) == pytest.approx(round(x, decimals), abs=1e-9)
