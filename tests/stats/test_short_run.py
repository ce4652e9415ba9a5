"""Short runs: deviations from nominal, and z values by part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.stats import ControlChart, constants, d2, dnom, signals, xbar_s, xmr, z_mr

VALUES = [9.6, 9.3, 9.9, 25.6, 25.1, 24.8, 25.0, 10.2, 9.8, 40.0, 41.0]
PARTS = ["A"] * 3 + ["B"] * 4 + ["A"] * 2 + ["C"] * 2
NOMINAL = {"A": 10.0, "B": 25.0, "C": 40.0}


def column(chart: ControlChart, name: str) -> list[float]:
    return [float(number) for number in chart.points[name]]


def test_deviations_from_nominal_are_charted_as_single_values() -> None:
    nominal = [NOMINAL[part] for part in PARTS]
    expected = xmr(np.subtract(VALUES, nominal))
    for chart in (dnom(VALUES, nominal), dnom(VALUES, NOMINAL, parts=PARTS)):
        for name in ("value", "centre", "lower", "upper"):
            assert column(chart, name) == pytest.approx(column(expected, name))
        assert chart.methods["values"] == "deviation from nominal"
        assert chart.spread is not None
    assert (
        dnom(VALUES, nominal, sigma="median_mr", centre=0).sigma
        == xmr(np.subtract(VALUES, nominal), sigma="median_mr").sigma
    )


def test_deviations_of_subgroups() -> None:
    rows = np.random.default_rng(31).normal(0, 1, (6, 3)) + np.array([[10], [10], [25], [25], [25], [10]])
    chart = dnom(rows, [10, 10, 25, 25, 25, 10])
    expected = xbar_s(rows - np.array([[10], [10], [25], [25], [25], [10]]))
    assert column(chart, "upper") == pytest.approx(column(expected, "upper"))


def by_part(part: str) -> np.ndarray:
    return np.array([value for value, label in zip(VALUES, PARTS, strict=True) if label == part])


def test_z_by_part_written_out() -> None:
    """Naive: each part by its own mean and mean moving range."""
    chart = z_mr(VALUES, PARTS)
    for value, part, z in zip(VALUES, PARTS, column(chart, "value"), strict=True):
        own = by_part(part)
        assert z == pytest.approx((value - own.mean()) / (np.abs(np.diff(own)).mean() / d2(2)))
    assert set(column(chart, "upper")) == {3.0}
    assert chart.spread is not None
    known = constants(2)
    assert chart.spread.points["upper"][1] == pytest.approx(known.d2 * known.D4)
    assert chart.points["part"].tolist() == PARTS


def test_one_sigma_for_all_parts() -> None:
    ranges = np.concatenate([np.abs(np.diff(by_part(part))) for part in "ABC"])
    chart = z_mr(VALUES, PARTS, sigma="pooled")
    assert set(np.round(chart.points["part_sigma"], 9)) == {round(ranges.mean() / d2(2), 9)}


def test_ranges_within_runs_leave_out_the_way_from_run_to_run() -> None:
    ranges = np.abs(np.diff(VALUES))[[0, 1, 3, 4, 5, 7, 9]]
    chart = z_mr(VALUES, PARTS, sigma="pooled", ranges="run")
    assert chart.points["part_sigma"][0] == pytest.approx(ranges.mean() / d2(2))
    by_run = z_mr(VALUES, PARTS, sigma="by_run")
    assert by_run.points["part_sigma"][7] == pytest.approx(abs(9.8 - 10.2) / d2(2))
    assert by_run.points["part_sigma"][0] == pytest.approx(np.mean([0.3, 0.6]) / d2(2))
    assert by_run.points["part_centre"][7] == pytest.approx(by_part("A").mean())


def test_relative_to_size_takes_logarithms() -> None:
    chart, logs = z_mr(VALUES, PARTS, sigma="relative"), z_mr(np.log(VALUES), PARTS, sigma="pooled")
    assert column(chart, "value") == pytest.approx(column(logs, "value"))
    with pytest.raises(ValueError, match="found 0 at position 1; wanted numbers above 0"):
        z_mr([1, 0, 2], ["A"] * 3, sigma="relative")


def test_known_figures_by_part() -> None:
    chart = z_mr([12.0, 30.0, 8.0], ["A", "B", "A"], centre={"A": 10, "B": 20}, given={"A": 1, "B": 2})
    assert column(chart, "value") == [2, 5, -2]
    assert signals(chart, "rule_1")["position"].tolist() == [1]


def test_one_part_is_an_xmr_chart_in_standard_errors() -> None:
    values = np.random.default_rng(32).normal(5, 2, 40)
    chart, plain = z_mr(values, ["A"] * 40), xmr(values)
    expected = (plain.points["value"] - plain.points["centre"]) / plain.points["standard_error"]
    assert column(chart, "value") == pytest.approx(expected.tolist())


@given(st.lists(st.integers(-40, 40).map(float), min_size=4, max_size=20), st.sampled_from([-2.0, 4.0]))
def test_z_knows_no_unit(values: list[float], factor: float) -> None:
    parts = ["A" if i % 3 else "B" for i in range(len(values))]
    moved = [factor * value + (1e6 if part == "A" else 0) for value, part in zip(values, parts, strict=True)]
    plain, other = (np.array(column(z_mr(v, parts), "value")) for v in (values, moved))
    assert other == pytest.approx(np.sign(factor) * plain, abs=1e-6, nan_ok=True)


def test_phases_and_exclusions_estimate_anew() -> None:
    values = [1.0, 2, 4, 10, 13, 11, 90]
    chart = z_mr(values, ["A"] * 7, phase=[0] * 3 + [1] * 4, exclude=[6])
    assert chart.points["part_centre"].tolist() == pytest.approx([7 / 3] * 3 + [34 / 3] * 4)
    assert chart.points["part_sigma"][5] == pytest.approx(2.5 / d2(2))


def test_what_has_no_sigma_is_a_gap() -> None:
    assert np.isnan(column(z_mr([5.0, 1, 2, 4], ["A", "B", "B", "B"]), "value")[0])
    assert np.isnan(column(z_mr([0.1] * 20, ["A"] * 20), "value")).all()
    assert np.isnan(column(z_mr([None, None], ["A", "B"]), "value")).all()
    assert z_mr([], []).points.empty


def test_bad_input_is_told() -> None:
    for call, message in (
        (lambda: dnom([1, 2], [1]), "nominal: found 1 for 2 slots"),
        (lambda: dnom([1, 2], {"A": 1}, parts=["A", "B"]), "found none of part 'B'"),
        (lambda: dnom([1, 2], {"A": 1}), "parts: found none"),
        (lambda: z_mr([1, 2], ["A"]), "parts: found 1 for 2 values"),
        (lambda: z_mr([1, 2], ["A", None]), "parts: found none at position 1"),
        (lambda: z_mr([1, 2], ["A", "A"], sigma="own"), "sigma: found 'own'"),
    ):
        with pytest.raises(ValueError, match="found") as refusal:
            call()  # type: ignore[no-untyped-call]
        assert message in str(refusal.value)
