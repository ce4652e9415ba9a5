"""The names that definitions may use are those that the statistics know (the catalogue imports nothing of them)."""

from __future__ import annotations

import pytest

from opsmetrics import stats
from opsmetrics.catalog import CHARTS, RULE_SETS, RULES
from opsmetrics.catalog.names import COMPUTED_KINDS


def test_rule_sets_are_those_of_the_statistics() -> None:
    assert dict(stats.RULE_SETS) == RULE_SETS


def test_rules_are_those_of_the_statistics() -> None:
    assert set(stats.RULES) == set(RULES)


@pytest.mark.parametrize("kind", COMPUTED_KINDS)
def test_charts_of_the_kinds_that_are_computed_exist(kind: str) -> None:
    charts = set(CHARTS[kind]) - {"rare"}  # type: ignore[index]  # rare lines need no chart function
    assert charts
    assert {chart for chart in charts if not callable(getattr(stats, chart, None))} == set()
