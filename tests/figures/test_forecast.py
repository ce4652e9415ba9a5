"""The figure of a forecast says what the result says."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from opsmetrics.desk.forecasting import KpiForecast, forecast_review
from opsmetrics.figures import tokens
from opsmetrics.figures.forecast import forecast_chart
from opsmetrics.figures.forecast_fan import ALPHA
from opsmetrics.figures.forecast_two import Scenario
from opsmetrics.review import review
from opsmetrics.stats.forecast.effects import Change, changed, given
from tests.verdict.made import DEFECTS, LATE, counts, noise, totals, with_target

DAYS = 60


def found(n: int = DAYS, **more: Any) -> KpiForecast:
    kpi = with_target(LATE, 16.0)
    draw = np.random.default_rng(5)
    return forecast_review(review(counts([float(x) for x in draw.binomial(500, 0.12, n)], 500.0, kpi=kpi), ()), **more)


def drawn(source: KpiForecast, **more: Any) -> go.Figure:
    return forecast_chart(source.review, source.forecast, source.ahead, source.positions, **more)


def trace(figure: go.Figure, name: str) -> Any:
    return next(part for part in figure.data if part.name == name)


def texts(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_the_most_likely_line_goes_on_from_the_last_measured_value() -> None:
    source = found()
    line = trace(drawn(source), "likely")
    assert line.line.dash == "4px,3px"
    assert list(line.x) == list(range(DAYS - 1, DAYS + 28))
    assert line.y[0] == pytest.approx(100 * source.review.points["value"].iloc[-1])
    assert line.y[1:] == pytest.approx(100 * source.points["mean"].to_numpy())


def test_three_ranges_lie_inside_each_other_in_one_grey() -> None:
    source = found()
    figure = drawn(source)
    areas = [trace(figure, f"range {coverage}") for coverage in (95, 80, 50)]
    assert [figure.data.index(area) for area in areas] == sorted(figure.data.index(area) for area in areas)
    assert len({area.fillcolor for area in areas}) == 1
    assert areas[0].fillcolor == f"rgba(126,133,143,{ALPHA})"
    assert 0.20 <= ALPHA <= 0.22
    tops = [np.asarray(area.y)[1 : 1 + 28] for area in areas]
    assert (tops[0] >= tops[1]).all()
    assert (tops[1] >= tops[2]).all()
    assert tops[1] == pytest.approx(100 * source.points["upper_80"].to_numpy())


def test_ends_are_named_and_kept_apart() -> None:
    notes = drawn(found()).layout.annotations
    ends = [note for note in notes if note.xanchor == "left" and note.x == 1]
    assert [note.text.replace("\u00a0", " ") for note in ends][:3] == ["50 %", "80 %", "95 %"]
    assert any(note.text.startswith("likely 1") for note in ends)
    assert any(note.text == "target 16.0" for note in ends)


def test_long_names_at_the_end_have_room_and_a_shortened_axis_takes_none() -> None:
    """A count in thousands of millions: its names at the right are written out, its axis says "3.1B"."""
    source = forecast_review(review(totals([3e9 + 1e6 * x for x in noise(60)], kpi=with_target(DEFECTS, 3e9)), ()))
    layout = drawn(source).layout
    longest = max(len(each.text) for each in layout.annotations)
    assert longest > 20
    assert layout.margin.r >= 6 * longest
    assert layout.margin.l <= 16 + 7 * 7


def test_a_rule_parts_measured_from_forecast() -> None:
    figure = drawn(found())
    rule = figure.layout.shapes[0]
    assert (rule.x0, rule.x1) == (DAYS - 1, DAYS - 1)
    assert {"measured", "forecast"} <= set(texts(figure))


def test_what_was_forecast_before_stands_at_the_point_it_missed() -> None:
    source = found()
    before = trace(drawn(source), "before")
    assert source.forecast is not None
    table = source.forecast.backtest.query("step == 1")
    assert list(before.x) == list(table["origin"])
    assert before.y == pytest.approx(100 * table["forecast"].to_numpy())
    assert before.marker.symbol == "line-ew"


def test_limits_and_target_are_drawn() -> None:
    source = found()
    figure = drawn(source)
    assert trace(figure, "upper").y[1] == pytest.approx(100 * source.review.points["upper"].iloc[0])
    targets = [part for part in figure.data if part.name == "target"]
    assert len(targets) == 1
    assert max(targets[0].x) > DAYS + 26, "through the future, where the target still holds"


def test_the_span_cuts_what_was_measured_and_nothing_to_come() -> None:
    figure = drawn(found(), span=20)
    assert len(trace(figure, "points").x) == 20
    assert len(trace(figure, "ahead").x) == 28


def test_everything_drawn_lies_inside_the_axis() -> None:
    figure = drawn(found())
    low, high = figure.layout.yaxis.range
    for part in figure.data:
        y = np.asarray(part.y, dtype=float)
        y = y[np.isfinite(y)]
        assert low <= y.min()
        assert y.max() <= high
    left, right = figure.layout.xaxis.range
    assert left < 0
    assert right > DAYS + 27


def test_the_hover_speaks_in_words_and_escapes_them() -> None:
    source = found(horizon=1)
    ahead = source.ahead.assign(label="<b>6 Mar</b>")
    figure = forecast_chart(source.review, source.forecast, ahead, source.positions)
    text = trace(figure, "ahead").text[0].replace("\u00a0", " ")
    assert text.startswith("<b>&lt;b&gt;6 Mar&lt;/b&gt;</b>  most likely ")
    assert "<br>95 %: " in text
    assert "<br>50 %: " in text


def test_one_period_ahead_is_a_point() -> None:
    assert trace(drawn(found(horizon=1)), "likely").marker.size == 5


def test_a_single_point_is_drawn() -> None:
    figure = drawn(found(1))
    assert len(trace(figure, "points").x) == 1
    assert len(trace(figure, "ahead").x) == 28


def test_nothing_to_forecast_is_said() -> None:
    assert texts(drawn(found(0))) == ["Nothing to forecast from yet"]


def test_dark_takes_its_own_tokens() -> None:
    figure = drawn(found(), theme="dark")
    assert trace(figure, "likely").line.color == tokens("dark").ink
    assert trace(figure, "range 80").fillcolor == f"rgba(118,126,136,{ALPHA})"


def test_only_greys_are_used() -> None:
    """Colour belongs to verdicts: a forecast has none."""
    figure = drawn(found())
    told = figure.to_json()
    assert not any(hue in told for hue in (tokens().concern, tokens().improve, tokens().data))


def test_a_range_without_width_is_not_named() -> None:
    source = forecast_review(review(counts([30.0] * 20, 100.0), ()))
    notes = [text.replace("\u00a0", " ") for text in texts(drawn(source))]
    assert notes == ["measured", "forecast", "likely 30.0"]


# Two courses


def two(kept: slice = slice(None), **more: Any) -> go.Figure:
    source = found()
    assert source.forecast is not None
    lower = changed(source.forecast, [Change(given(-0.02, multiplied=False), np.ones(28))])
    under = Scenario(lower, source.ahead[kept], [("level", 3, 27), ("<b>sale</b>", 5, 6)])
    return drawn(source, under=under, **more)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_scenario_is_drawn_in_full_and_the_course_as_it_goes_hatched_beneath(theme: Any) -> None:
    figure = two(theme=theme)
    usual, other = trace(figure, "as it goes"), trace(figure, "likely")
    assert np.asarray(usual.y)[1:] == pytest.approx(np.asarray(other.y)[1:] + 2.0), "two points lower"
    hatched = trace(figure, "as it goes 80")
    assert hatched.fillpattern.shape == "/"
    assert figure.data.index(hatched) < figure.data.index(trace(figure, "range 95"))
    said = " ".join(texts(figure))
    assert "what if" in said
    assert "as it goes" in said
    assert "&lt;b&gt;sale" in said, "a name is no markup"
    assert "as it goes" in trace(figure, "ahead").text[0]


def test_no_range_runs_into_the_names_of_items() -> None:
    figure = two()
    low, high = figure.layout.yaxis.range
    foot = min(float(np.min(part.y)) for part in figure.data if part.name == "range 95")
    top = max(shape.y1 for shape in figure.layout.shapes if shape.yref == "paper" and shape.y0 == shape.y1)
    assert (foot - low) / (high - low) > top + 0.05


def test_closed_days_part_the_fan() -> None:
    figure = two(kept=slice(None, None))
    whole = [part for part in figure.data if part.name == "likely"]
    assert len(whole) == 1
    source = found()
    open_ones = source.ahead[~source.ahead["step"].isin([10, 11])]
    assert source.forecast is not None
    parted = drawn(source, under=Scenario(source.forecast, open_ones))
    lines = [part for part in parted.data if part.name == "likely"]
    assert [len(line.x) for line in lines] == [10, 17], "nine and the value it opens from; then seventeen"
    assert len([part for part in parted.data if part.name == "range 80"]) == 2


def test_the_last_limits_go_on_as_thin_lines() -> None:
    source = found()
    ahead = [part for part in drawn(source).data if part.name == "limit ahead"]
    last = source.review.points[["lower", "upper"]].iloc[-1] * 100
    assert [line.y[0] for line in ahead] == pytest.approx(list(last))
    assert ahead[0].line.width < 1
