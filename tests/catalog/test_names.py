"""The names that definitions may use are those that the statistics know (the catalogue imports nothing of them)."""

from __future__ import annotations

import pytest

from opsmetrics import stats
from opsmetrics.catalog import CHARTS, RULE_SETS, RULES
from opsmetrics.catalog.names import KINDS

#: Charts whose function has a longer name than the definitions use.
_FUNCTIONS = {"np": "np_chart", "run": "run_chart", "g": "g_chart", "t": "t_chart"}


def test_rule_sets_are_those_of_the_statistics() -> None:
    assert dict(stats.RULE_SETS) == RULE_SETS


def test_rules_are_those_of_the_statistics() -> None:
    assert set(stats.RULES) == set(RULES)


@pytest.mark.parametrize("kind", KINDS)
def test_charts_of_each_kind_exist(kind: str) -> None:
    charts = set(CHARTS[kind]) - {"rare"}  # type: ignore[index]  # rare lines need no chart function
    assert charts
    functions = {chart: _FUNCTIONS.get(chart, chart) for chart in charts}
    assert {chart for chart, name in functions.items() if not callable(getattr(stats, name, None))} == set()
