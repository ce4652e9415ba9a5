"""The names that definitions may use are those that the statistics know (the catalogue imports nothing of them)."""

from __future__ import annotations

import pytest

from opsmetrics import stats
from opsmetrics.catalog import CHARTS, RULE_SETS, RULES
from opsmetrics.catalog.names import KINDS, is_rule

#: Charts whose function has a longer name than the definitions use.
_FUNCTIONS = {"np": "np_chart", "run": "run_chart", "g": "g_chart", "t": "t_chart"}


def test_rule_sets_are_those_of_the_statistics() -> None:
    assert dict(stats.RULE_SETS) == RULE_SETS


def test_rules_are_those_of_the_statistics() -> None:
    assert {*stats.RULES, *stats.ANHOEJ} == set(RULES)


_LENGTHS = (0, 1, 2, 3, 14, 100, 101)
_SPELLED = [
    *(f"{start}_{n}" for start in ("run_of", "trend_of", "alternating", "hugging", "outside") for n in _LENGTHS),
    *(f"trend_of_{n}_ties_skipped" for n in _LENGTHS),
    *(f"outside_{n}_both_sides" for n in _LENGTHS),
    *(f"{k}_of_{m}_beyond_{z}" for k in (0, 1, 3) for m in (1, 3, 101) for z in ("0", "1.5", "2.0", "2", "6", "6.5")),
    *("2_of_3_beyond_2_one_side", "2_of_3_beyond_2_within_limits", "2_of_3_beyond_2_one_side_within_limits"),
    *("", "run_of_", "run_of_08", "run_of_8_ties_skipped", "trend_of_7_both_sides", "1 of 3", "run_of_8 "),
]


@pytest.mark.parametrize("name", _SPELLED)
def test_rules_with_own_lengths_are_those_of_the_statistics(name: str) -> None:
    try:
        known = stats.rule(name).name != ""
    except ValueError:
        known = False
    assert is_rule(name) == known


@pytest.mark.parametrize("kind", KINDS)
def test_charts_of_each_kind_exist(kind: str) -> None:
    charts = set(CHARTS[kind]) - {"rare"}  # type: ignore[index]  # rare lines need no chart function
    assert charts
    functions = {chart: _FUNCTIONS.get(chart, chart) for chart in charts}
    assert {chart for chart, name in functions.items() if not callable(getattr(stats, name, None))} == set()
