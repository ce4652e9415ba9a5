"""Which variables make a T² large."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from opsmetrics.stats.multivariate import contributions, hotelling_t2, mewma, ordered_terms, subsets
from tests.cases import cases


@pytest.fixture(scope="module")
def broken() -> np.ndarray:
    """Two variables that go together and one alone; at 20 each is in its range but the pair is torn apart."""
    draw = np.random.default_rng(3)
    base = draw.standard_normal(40)
    rows = np.column_stack([base, base + 0.1 * draw.standard_normal(40), draw.standard_normal(40)])
    rows[20] = [1.2, -1.2, 0.1]
    return rows


def test_every_order_of_terms_adds_up(broken: np.ndarray) -> None:
    chart = hotelling_t2(broken, names=["flow", "load", "heat"])
    whole = chart.points["value"][20]
    for order in permutations(chart.names):
        terms = ordered_terms(chart, 20, order)
        assert terms["term"].sum() == pytest.approx(whole)
        assert (terms["term"] >= 0).all()
    assert ordered_terms(chart, 20)["given"].tolist() == [(), ("flow",), ("flow", "load")]


def test_a_broken_relation_shows_in_the_conditional_terms_alone(broken: np.ndarray) -> None:
    table = contributions(hotelling_t2(broken, names=["flow", "load", "heat"]), 20)
    assert table["rank"].tolist() == [1, 2, 3]
    assert set(table["name"][:2]) == {"flow", "load"}
    pair = table[:2]
    assert (pair["unconditional"] < pair["unconditional_limit"]).all()
    assert (pair["conditional"] > pair["conditional_limit"]).all()
    assert table["conditional"][2] < table["conditional_limit"][2]


def test_a_conditional_term_is_a_regression_residual(broken: np.ndarray) -> None:
    """Mason & Young: the term given all others is the squared residual of the regression on them, standardised."""
    chart = hotelling_t2(broken)
    matrix, offset = chart.covariance[0], chart.offsets[20]
    others = [1, 2]
    slope = np.linalg.solve(matrix[np.ix_(others, others)], matrix[others, 0])
    rest = offset[0] - slope @ offset[others]
    spread = matrix[0, 0] - slope @ matrix[others, 0]
    table = contributions(chart, 20).set_index("name")
    assert table.loc["X1", "conditional"] == pytest.approx(rest**2 / spread)
    assert table.loc["X1", "unconditional"] == pytest.approx(offset[0] ** 2 / matrix[0, 0])


def test_every_subset(broken: np.ndarray) -> None:
    chart = hotelling_t2(broken)
    table = subsets(chart, 5).set_index("names")["t2"]
    assert len(table) == 7
    assert table[("X1", "X2", "X3")] == pytest.approx(chart.points["value"][5])
    drop = contributions(chart, 5).set_index("name")["conditional"]
    assert table[("X1", "X2", "X3")] - table[("X2", "X3")] == pytest.approx(drop["X1"])


def test_limits_of_terms_hold_for_new_rows() -> None:
    """As many conditional terms of new rows are beyond their limit as α says: the prediction error of a regression."""
    draw, beyond, charts = np.random.default_rng(4), 0, cases(60, 4000)
    for _ in range(charts):
        chart = hotelling_t2(draw.standard_normal((16, 3)), baseline=range(15))
        row = contributions(chart, 15, alpha=0.1)
        beyond += int((row["conditional"] > row["conditional_limit"]).iloc[int(draw.integers(3))])
    assert abs(beyond / charts - 0.1) < 4 * (0.09 / charts) ** 0.5


@pytest.mark.parametrize("position", [-1, 40, 7])
def test_a_slot_without_a_value_is_refused(broken: np.ndarray, position: int) -> None:
    rows = broken.copy()
    rows[7] = np.nan
    with pytest.raises(ValueError, match="position: found"):
        contributions(hotelling_t2(rows), position)


def test_other_charts_and_names_are_refused(broken: np.ndarray) -> None:
    with pytest.raises(ValueError, match="kind 'mewma'"):
        contributions(mewma(broken, upper=10), 5)
    with pytest.raises(ValueError, match="order: found X1, X2"):
        ordered_terms(hotelling_t2(broken), 5, ["X1", "X2"])
    with pytest.raises(ValueError, match="at most 12"):
        subsets(hotelling_t2(np.random.default_rng(1).standard_normal((60, 13))), 5)
