"""The control chart: its traces are compared, value for value, with the columns of the result that it draws."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from opsmetrics.catalog import Decision, Kpi
from opsmetrics.figures import control_chart, spread_chart
from opsmetrics.figures.labels import APART, pushed_apart
from opsmetrics.figures.layout import MARGIN
from opsmetrics.figures.text import plain, short, tick_labels
from opsmetrics.figures.tokens import DARK, LIGHT
from opsmetrics.stats import xmr
from tests.figures import reviews

HOSTILE = '<b>bold</b> <a href="https://evil.example">x</a> & "quoted"'


def traces(figure: go.Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def texts(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


def shown(column: pd.Series, kpi: Kpi) -> np.ndarray:
    return column.to_numpy(dtype=float) * kpi.multiplier


# Values


def test_the_line_holds_the_judged_and_excluded_values() -> None:
    review = reviews.late_deliveries()
    (line,) = traces(control_chart(review), "value")
    wanted = shown(review.points["value"], review.kpi)
    wanted[-1] = np.nan  # the running period is not on the line
    np.testing.assert_array_equal(line.y, wanted)
    np.testing.assert_array_equal(line.x, np.arange(92))


@pytest.mark.parametrize("side", ["lower", "upper"])
def test_the_limits_are_those_of_the_result_phase_by_phase(side: str) -> None:
    review = reviews.late_deliveries()
    parts = traces(control_chart(review), side)
    assert len(parts) == 2
    for phase, trace in enumerate(parts):
        column = review.points.loc[review.points["phase"] == phase, side]
        np.testing.assert_array_equal(trace.y[1:-1], shown(column, review.kpi))
        np.testing.assert_array_equal(trace.x[1:-1], column.index)
        assert trace.line.shape == "hvh"


def test_the_band_lies_between_the_limits() -> None:
    figure = control_chart(reviews.late_deliveries())
    fills = [trace.fill for trace in figure.data if trace.name == "upper"]
    order = [trace.name for trace in figure.data]
    assert fills == ["tonexty", "tonexty"]
    assert order.index("upper") == order.index("lower") + 1, "tonexty fills to the trace before"


def test_the_centre_and_the_dated_target_are_those_of_the_result() -> None:
    review = reviews.late_deliveries()
    figure = control_chart(review)
    centre = np.concatenate([trace.y[1:-1] for trace in traces(figure, "centre")])
    np.testing.assert_array_equal(centre, shown(review.points["centre"], review.kpi))
    target = np.concatenate([trace.y[1:-1] for trace in traces(figure, "target")])
    np.testing.assert_array_equal(target, shown(review.points["target_high"], review.kpi))
    assert set(np.round(target, 9)) == {18.0, 16.0}


def test_a_signal_stands_at_its_value_with_its_value() -> None:
    review = reviews.late_deliveries()
    figure = control_chart(review)
    (mark,) = traces(figure, "concerning")
    np.testing.assert_array_equal(mark.x, [90])
    np.testing.assert_array_equal(mark.y, shown(review.points["value"].iloc[[90]], review.kpi))
    assert mark.marker.symbol == "diamond"
    assert "<b>22.5</b>" in texts(figure)


def test_every_member_of_a_run_is_marked_and_only_the_newest_is_named() -> None:
    review = reviews.changeover()
    figure = control_chart(review)
    (mark,) = traces(figure, "improving")
    np.testing.assert_array_equal(mark.x, np.arange(32, 40))
    assert len([text for text in texts(figure) if text.startswith("<b>")]) == 1


def test_a_row_of_signals_beyond_the_limits_is_named_once_at_its_farthest() -> None:
    review = reviews.late_deliveries()
    points = review.points.copy()
    points.loc[[86, 87, 88], ["value", "tone"]] = [[0.23, "concerning"], [0.26, "concerning"], [0.24, "concerning"]]
    points.loc[[86, 87, 88], "signal"] = True
    bold = [text for text in texts(control_chart(replace(review, points=points))) if text.startswith("<b>")]
    assert bold == ["<b>26.0</b>", "<b>22.5</b>"]


def test_hits_that_do_not_decide_stay_on_the_chart_without_colour() -> None:
    review = reviews.late_deliveries()
    (mark,) = traces(control_chart(review), "silent")
    np.testing.assert_array_equal(mark.x, [60])  # the point that completes it, not each of its members
    assert mark.marker.color == LIGHT.limit


def test_an_excluded_point_is_crossed_with_its_reason() -> None:
    review = reviews.late_deliveries()
    figure = control_chart(review)
    (cross,) = traces(figure, "excluded")
    np.testing.assert_array_equal(cross.x, [52])
    assert cross.marker.symbol == "x-thin"
    assert "outage, excluded" in texts(figure)


def test_the_running_period_is_hollow_with_a_dashed_link() -> None:
    review = reviews.late_deliveries()
    figure = control_chart(review)
    (ring,), (link,) = traces(figure, "unfinished"), traces(figure, "link")
    np.testing.assert_array_equal(ring.x, [91])
    np.testing.assert_array_equal(link.x[:2], [90, 91])
    assert "px" in link.line.dash
    assert ring.marker.color == LIGHT.page


def test_missing_periods_break_the_line_and_are_ruled() -> None:
    review = reviews.changeover()
    figure = control_chart(review)
    (line,) = traces(figure, "value")
    assert np.flatnonzero(np.isnan(line.y)).tolist() == [18, 19]
    assert line.connectgaps is False
    assert [shape.x0 for shape in figure.layout.shapes] == [18, 19]


def test_long_trailing_gaps_are_cut() -> None:
    (line,) = traces(control_chart(reviews.stopped(400)), "value")
    assert len(line.y) == 30 + 3


def test_a_running_period_without_a_value_takes_no_room() -> None:
    review = reviews.stable()
    points = pd.concat([review.points, review.points.iloc[[-1]].assign(value=np.nan, state="running")])
    (line,) = traces(control_chart(replace(review, points=points.reset_index(drop=True))), "value")
    assert len(line.y) == 30


def test_about_five_periods_are_named_a_whole_number_of_weeks_apart() -> None:
    axis = control_chart(reviews.late_deliveries()).layout.xaxis
    assert len(axis.tickvals) == 5
    assert {b - a for a, b in itertools.pairwise(axis.tickvals)} == {21}
    assert axis.ticktext[-1] == "17 Nov"


def test_the_span_shows_the_last_periods_with_the_limits_of_all() -> None:
    review = reviews.late_deliveries()
    figure = control_chart(review, span=30)
    (line,) = traces(figure, "value")
    assert len(line.y) == 30
    (upper,) = traces(figure, "upper")
    np.testing.assert_array_equal(upper.y[1:-1], shown(review.points["upper"].iloc[-30:], review.kpi))


# Words


def test_the_phase_is_ruled_and_says_why() -> None:
    figure = control_chart(reviews.late_deliveries())
    assert [shape.x0 for shape in figure.layout.shapes if shape.y1 > 1] == [33.5]
    assert any(text.endswith("since new routing") for text in texts(figure))


def test_the_ends_name_limits_centre_and_target_of_the_last_judged_period() -> None:
    review = reviews.late_deliveries()
    last = review.points.iloc[90]
    ends = [text for text in texts(control_chart(review)) if text.split()[0] in ("upper", "centre", "lower", "target")]
    assert sorted(ends) == sorted(
        [
            f"upper {last['upper'] * 100:.1f}",
            f"centre {last['centre'] * 100:.1f}",
            f"lower {last['lower'] * 100:.1f}",
            "target 16.0",
        ]
    )


def test_the_hover_says_what_stands_behind_a_point_and_what_it_means() -> None:
    (touch,) = traces(control_chart(reviews.late_deliveries()), "points")
    words = dict(zip(touch.customdata[:, 0], touch.text, strict=True))
    assert "161 of 716 orders · limits" in words[90]
    assert "◆ above the upper limit" in words[90]
    assert "half-finished: drawn, not judged" in words[91]
    assert "excluded" in words[52]
    assert "does not decide" in words[60]
    assert "inside the limits: leave it alone" in words[10]


def test_without_limits_no_hover_speaks_of_them() -> None:
    (touch,) = traces(control_chart(reviews.one_point()), "points")
    assert "limits" not in touch.text[0]
    assert touch.text[0].endswith("judged")


def test_each_point_carries_its_position_for_the_rows_behind_it() -> None:
    (touch,) = traces(control_chart(reviews.changeover(), span=30), "points")
    assert touch.customdata[:, 0].tolist() == [p for p in range(10, 40) if p not in (18, 19)]


def test_names_are_text_everywhere_on_the_figure() -> None:
    """Plotly would draw <b> and open <a>: whatever a person named must arrive escaped."""
    kpi = replace(reviews.LATE, unit="<i>%</i>", denominator=HOSTILE, name=HOSTILE)
    review = reviews.late_deliveries(kpi)
    points = review.points.assign(label=[f"{HOSTILE} {i}" for i in range(92)], note=HOSTILE)
    decisions = tuple(replace(d, why=HOSTILE) if isinstance(d, Decision) else d for d in review.decisions)
    written = control_chart(replace(review, points=points, decisions=decisions)).to_dict()
    for text in strings(written):
        assert "<a" not in text
        assert "<i>" not in text
        assert "<b>bold" not in text


def strings(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    if isinstance(found, dict):
        return [text for item in found.values() for text in strings(item)]
    if isinstance(found, list | tuple | np.ndarray):
        return [text for item in found for text in strings(item)]
    return []


def test_neighbours_whose_notes_read_the_same_once_cut_are_named_once() -> None:
    review = reviews.late_deliveries()
    long = "Trial run with new steel of the second supplier"
    notes = [f"{long}; New phase" if i == 20 else long if i in (21, 22) else "" for i in range(len(review.points))]
    figure = control_chart(replace(review, points=review.points.assign(note=notes)))
    assert len([text for text in texts(figure) if text.startswith("Trial run")]) == 1


def test_old_notes_become_ticks() -> None:
    review = reviews.stable()
    points = review.points.assign(note=[f"note {i}" if i % 3 == 0 else "" for i in range(30)])
    figure = control_chart(replace(review, points=points))
    written = [text for text in texts(figure) if text.startswith("note")]
    (ticks,) = traces(figure, "older notes")
    assert sorted(written) == ["note 15", "note 18", "note 21", "note 24", "note 27"]
    assert list(ticks.text) == ["note 0", "note 3", "note 6", "note 9", "note 12"]


def test_notes_cover_neither_points_nor_each_other() -> None:
    """Their lines lie above the plot, one for each, and no leader runs through the text of a lower one."""
    review = reviews.stable()
    noted = (3, 9, 24, 27, 29)
    points = review.points.assign(note=[f"a rather long note {i}" if i in noted else "" for i in range(30)])
    figure = control_chart(replace(review, points=points))
    layout = figure.layout
    low, high = layout.yaxis.range
    inner = layout.height - layout.margin.t - layout.margin.b
    assert inner == control_chart(review).layout.height - MARGIN["t"] - MARGIN["b"], "the plot keeps its height"
    notes = [note for note in layout.annotations if str(note.text).startswith("a rather long note")]
    lines = [(note.y - low) / (high - low) * inner - note.ay - inner for note in notes]  # above the top of the plot
    assert sorted(round(line) for line in lines) == [32, 48, 64, 80, 96]
    assert max(lines) + 8 <= layout.margin.t
    for note, line in zip(notes, lines, strict=True):
        side = 1 if note.xanchor == "left" else -1
        across = [
            other.x for other, above in zip(notes, lines, strict=True) if above > line and other.xanchor == note.xanchor
        ]
        assert all((x - note.x) * side < 0 for x in across)


# Bare charts, themes, degenerate input


def test_a_bare_result_from_a_notebook_draws_itself() -> None:
    chart = xmr([4.8, 5.6] * 15 + [9.0])  # mean 5.32, mean range 0.89: limits 5.32 ± 2.66 · 0.89 = 2.96 to 7.68
    figure = control_chart(chart)
    (line,), (upper,) = traces(figure, "value"), traces(figure, "upper")
    np.testing.assert_array_equal(line.y, chart.points["value"])
    np.testing.assert_array_equal(upper.y[1:-1], chart.points["upper"])
    (mark,) = traces(figure, "changed")
    assert mark.x.tolist() == [30], "beyond the limits, and a bare chart knows no good direction"


def test_the_spread_chart_holds_the_moving_ranges() -> None:
    review = reviews.changeover()
    assert review.chart is not None
    assert review.chart.spread is not None
    figure = spread_chart(review)
    (line,) = traces(figure, "value")
    np.testing.assert_array_equal(line.y, review.chart.spread.points["value"])
    assert traces(figure, "improving")[0].x.size == 0, "drawn without signals"


def test_a_chart_without_a_spread_says_so() -> None:
    with pytest.raises(ValueError, match="only XmR and Xbar-S"):
        spread_chart(reviews.late_deliveries())


def test_the_theme_paints_the_figure() -> None:
    review = reviews.late_deliveries()
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        figure = control_chart(review, theme=theme)  # type: ignore[arg-type]
        assert traces(figure, "upper")[0].fillcolor == colours.band
        assert traces(figure, "concerning")[0].marker.color == colours.concern
        assert figure.layout.font.color == colours.ink


def test_nothing_measured_says_so() -> None:
    assert texts(control_chart(reviews.empty())) == ["No values to draw yet"]


def test_one_point_is_drawn_without_limits() -> None:
    figure = control_chart(reviews.one_point())
    assert traces(figure, "upper") == []
    np.testing.assert_array_equal(traces(figure, "value")[0].y, [21.0])


@pytest.mark.parametrize("build", [reviews.late_deliveries, reviews.changeover, reviews.stopped])
def test_the_review_is_left_as_it_was(build: Any) -> None:
    review = build()
    before = review.points.copy()
    control_chart(review)
    pd.testing.assert_frame_equal(review.points, before)


# Helpers


@pytest.mark.parametrize(
    "heights", [[10.0, 12.0, 14.0], [0.0, 100.0], [5.0, 5.0], [100.0, 10.0, 103.0, 11.0], [], [0, 13, 26, 39]]
)
def test_labels_keep_their_order_and_their_distance(heights: list[float]) -> None:
    """Invariants: at least APART between neighbours, the order stays, nothing moves where there is room."""
    moved = [h + s for h, s in zip(heights, pushed_apart(heights), strict=True)]
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    gaps = [moved[b] - moved[a] for a, b in itertools.pairwise(order)]
    assert all(gap >= APART - 0.2 for gap in gaps)
    if all(abs(a - b) >= APART for i, a in enumerate(heights) for b in heights[i + 1 :]):
        assert moved == heights


def test_ticks_say_the_year_where_it_changes() -> None:
    assert tick_labels(["Nov 2018", "Dec 2018", "Jan 2019", "Feb 2019"]) == ["Nov<br>2018", "Dec", "Jan<br>2019", "Feb"]
    assert tick_labels(["16 Nov 2026", "17 Nov 2026"]) == ["16 Nov", "17 Nov"]
    assert tick_labels(["16 Nov 2026, Early", "17 Nov 2026, <b>"]) == ["16 Nov<br>Early", "17 Nov<br>&lt;b&gt;"]
    assert tick_labels(["30 Dec 2026, Late", "2 Jan 2027, Early"]) == ["30 Dec<br>Late 2026", "2 Jan<br>Early 2027"]
    assert tick_labels(["sample 1", "sample 15"]) == ["1", "15"]
    assert tick_labels(["week of 16 Nov 2026", "week of 23 Nov 2026"]) == ["16 Nov", "23 Nov"]


def test_short_text_keeps_its_length() -> None:
    assert short("routing", 10) == "routing"
    assert short("a new routing table", 10) == "a new rou…"
    assert plain('<a href="x">&') == '&lt;a href="x"&gt;&amp;'
