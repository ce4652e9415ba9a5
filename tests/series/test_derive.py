"""Derived KPIs: the formula of what the components are worth, known and arrived where each of them is.

Authority: arithmetic by hand, Python's own arithmetic as an oracle, and the rules in series/derive.py.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Kpi, parse_formula
from opsmetrics.series import KpiSeries, build, derive
from opsmetrics.series.derive import evaluate
from opsmetrics.verdict.judged import judge_periods
from tests.series.facts import AS_OF, BERLIN, BY_LINE, LATE, counts, spans

DERIVED = Kpi("oee", "OEE", "derived", "higher", calendar=BERLIN)
KNOWN = spans(("2026-11-15 23:00", "2026-11-19 23:00"))


def series(key: str, *rows: tuple[str, float, float], known: pd.DataFrame = KNOWN, kpi: Kpi = LATE) -> KpiSeries:
    facts = counts(*((f"2026-11-{day} 10:00", top, bottom) for day, top, bottom in rows))
    return build(replace(kpi, key=key), (), "day", facts, known, AS_OF)


def derived(formula: str, *parts: KpiSeries, kpi: Kpi = DERIVED) -> KpiSeries:
    return derive(replace(kpi, formula=formula), (), "day", {part.kpi.key: part for part in parts}, AS_OF)


def values(found: KpiSeries) -> list[float | None]:
    return [None if np.isnan(value) else value for value in found.points["value"]]


A = series("a", ("16", 9, 10), ("17", 8, 10), ("19", 6, 10))
B = series("b", ("17", 1, 2), ("18", 1, 2), ("19", 0, 2))


def test_a_period_has_a_value_where_each_component_has_one() -> None:
    found = derived("a * b", A, B)
    assert found.points["label"].tolist() == ["17 Nov 2026", "18 Nov 2026", "19 Nov 2026", "20 Nov 2026"]
    assert values(found) == [0.4, None, 0, None]
    assert found.points["rows"].tolist() == [2, 0, 2, 0]
    assert found.points["size"].tolist()[::2] == [1, 1]
    assert found.points[["numerator", "denominator", "spread"]].isna().all(axis=None)
    assert found.presence is None


def test_a_division_by_zero_is_undefined_and_not_a_gap() -> None:
    found = derived("1 / (1 / (a / b))", A, B)
    assert values(found) == [1.6, None, None, None]
    assert found.points["rows"].tolist() == [2, 0, 2, 0]
    assert judge_periods(found, ()).state.tolist() == ["judged", "gap", "undefined", "running"]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("a", 0.8),
        ("-a + 1", 1 - 0.8),
        ("min(a, b, 0.3)", 0.3),
        ("max(a, b)", 0.8),
        ("a ** 2", 0.8**2),
        ("2 * (a - b) / 4", 2 * (0.8 - 0.5) / 4),
        ("(0 - a) ** 0.5", None),
        ("1e308 * 10 * a", None),
    ],
)
def test_formulas_are_evaluated_by_period(formula: str, value: float | None) -> None:
    found = derived(formula, A, B).points.set_index("label").loc["17 Nov 2026", "value"]
    assert found == pytest.approx(np.nan if value is None else value, nan_ok=True)


def test_a_period_has_arrived_where_each_component_has() -> None:
    short = series("b", ("16", 1, 2), ("17", 1, 2), ("18", 1, 2), known=spans(("2026-11-15 23:00", "2026-11-17 23:00")))
    found = derived("a + b", series("a", *((day, 1, 2) for day in ("16", "17", "18", "19"))), short)
    assert found.points["reaches_end"].tolist() == [True, True, False, False, False]
    assert judge_periods(found, ()).state.tolist() == ["judged", "judged", "partial", "gap", "running"]
    late_start = series("b", ("16", 1, 2), ("17", 1, 2), known=spans(("2026-11-16 10:00", "2026-11-19 23:00")))
    begun = derived("a + b", A, late_start)
    assert judge_periods(begun, ()).state.tolist()[:2] == ["uncovered", "judged"]


def test_a_period_without_a_late_reporter_of_a_component_is_not_judged() -> None:
    days = [f"2026-11-{day:02d} 10:00" for day in range(4, 20)]
    rows = [(day, line, 1, 2) for day in days for line in "AB"][:-1]  # B has not reported for the 19th
    known = spans(("2026-11-03 23:00", "2026-11-19 23:00"))
    lines = build(replace(BY_LINE, key="lines"), (), "day", counts(*rows, by=("line",)), known, AS_OF)
    other = build(replace(LATE, key="other"), (), "day", counts(*((day, 1, 2) for day in days)), known, AS_OF)
    assert judge_periods(lines, ()).state.tolist()[-2:] == ["partial", "running"]
    found = derived("lines * other", lines, other)
    assert found.presence is not None
    assert found.presence.columns.tolist() == ["A", "B"]
    assert judge_periods(found, ()).state.tolist()[-2:] == ["partial", "running"]


def test_a_reporter_is_there_where_it_is_in_each_component_it_reports_to() -> None:
    def lines(key: str, *rows: tuple[str, str]) -> KpiSeries:
        facts = counts(*((f"2026-11-{day} 10:00", line, 1, 2) for day, line in rows), by=("line",))
        return build(replace(BY_LINE, key=key), (), "day", facts, KNOWN, AS_OF)

    first = lines("a", ("17", "A"), ("17", "B"), ("18", "A"), ("18", "B"), ("18", "C"), ("17", "C"))
    second = lines("b", ("17", "A"), ("18", "A"), ("18", "B"))
    found = derived("a + b", first, second)
    assert found.presence is not None
    assert found.presence.columns.tolist() == ["A", "B", "C"]
    assert found.presence.iloc[:2].to_numpy().tolist() == [[True, False, True], [True, True, True]]


def test_reporters_of_different_dimensions_are_told_apart() -> None:
    facts = counts(("2026-11-17 10:00", "A", 1, 2), by=("line",))
    by_line = build(replace(BY_LINE, key="a"), (), "day", facts, KNOWN, AS_OF)
    site = replace(BY_LINE, key="b", dimensions=("site",), reported_by="site")
    by_site = build(site, (), "day", facts.rename(columns={"line": "site"}), KNOWN, AS_OF)
    found = derived("a + b", by_line, by_site)
    assert found.presence is not None
    assert found.presence.columns.tolist() == ["A (line)", "A (site)"]


def test_closed_days_that_only_one_component_knows_are_left_out() -> None:
    open_weekdays = replace(BERLIN, closed_weekdays=frozenset({1}))  # 17 November
    a = series("a", ("16", 1, 2), ("17", 1, 2), ("18", 1, 2), kpi=replace(LATE, calendar=open_weekdays))
    b = series("b", ("16", 1, 2), ("18", 1, 2), kpi=replace(LATE, calendar=open_weekdays))
    assert derived("a + b", a, b).points["label"].tolist()[:2] == ["16 Nov 2026", "18 Nov 2026"]


def test_a_derived_kpi_may_be_made_of_derived_ones() -> None:
    inner = derived("a * 2", A, kpi=replace(DERIVED, key="inner"))
    assert values(derived("inner - a", inner, A))[:2] == [0.9, 0.8]


def test_no_facts_make_no_series() -> None:
    nothing = series("b")
    found = derived("a + b", A, nothing)
    assert found.points.empty
    assert found.points.columns.tolist() == A.points.columns.tolist()
    assert found.points["rows"].dtype == A.points["rows"].dtype


def test_a_missing_component_is_named() -> None:
    with pytest.raises(ValueError, match="derived from b"):
        derived("a + b", A)


_NUMBERS = st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), min_size=3, max_size=3)


@given(
    _NUMBERS, _NUMBERS, st.sampled_from(["a + b", "a - b * 2", "a / b", "min(a, b)", "max(a, -b)", "(a + b) / (a - b)"])
)
def test_evaluation_is_that_of_python_for_each_period(a: list[float], b: list[float], formula: str) -> None:
    """Oracle: Python's arithmetic on the same text, one period at a time."""
    found = evaluate(parse_formula(formula), {"a": np.array(a), "b": np.array(b)}, 3)
    for got, left, right in zip(found, a, b, strict=True):
        try:
            expected = eval(formula, {"__builtins__": {}}, {"a": left, "b": right, "min": min, "max": max})
        except ZeroDivisionError:
            expected = np.nan
        if np.isnan(left) or np.isnan(right) or not np.isfinite(expected):
            expected = np.nan
        assert got == pytest.approx(expected, nan_ok=True)
