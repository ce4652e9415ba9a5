"""Charts of every kind: what is drawn is what the result holds, and the words at it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from opsmetrics.figures import between_chart, control_chart, sparkline, spread_chart, tokens
from opsmetrics.review import KpiReview, review
from opsmetrics.stats import g_chart, run_chart
from opsmetrics.verdict.languages import language
from tests.figures.test_charts import texts, traces
from tests.verdict.made import (
    DEFECTS,
    ENERGY,
    FALLS,
    HARM,
    LATE,
    WAIT,
    binomial,
    counts,
    decision,
    noise,
    readings,
    totals,
    with_target,
)

SIZES = [300.0 + 40 * (day % 7) for day in range(40)]


def falls(kpi=FALLS) -> KpiReview:
    return review(counts([4.0 + day % 5 for day in range(40)], SIZES, kpi=kpi), ())


def harm(**more: Any) -> KpiReview:
    events = [1.0 if day in (5, 14, 30, 31, 58) else 0.0 for day in range(80)]
    return review(totals(events, kpi=replace(HARM, **more)), ())


def hover(figure: Any, place: int) -> list[str]:
    (touch,) = traces(figure, "points")
    return str(touch.text[place]).replace("\u00a0", " ").split("<br>")


@pytest.mark.parametrize("chart", ["u", "u_prime", "xmr", "run"])
def test_limits_of_a_rate_are_drawn_as_they_are(chart: str) -> None:
    shown = falls(replace(FALLS, chart=chart))
    figure = control_chart(shown)
    for side in ("lower", "upper"):
        parts = traces(figure, side)
        if chart == "run":
            assert parts == [], "no band without limits"
            continue
        (part,) = parts
        np.testing.assert_allclose(part.y[1:-1], shown.points[side] * 1000)
        assert part.line.shape == "hvh"
        assert side == "lower" or (len(set(part.y)) == 7) == chart.startswith("u"), "seven sizes, seven steps"


def test_i_prime_limits_follow_the_denominators() -> None:
    shown = review(counts(noise(40, centre=800, sd=60), [200.0 + 9 * day for day in range(40)], kpi=ENERGY), ())
    assert shown.chart is not None and shown.chart.kind == "i_prime"
    (upper,) = traces(control_chart(shown), "upper")
    np.testing.assert_allclose(upper.y[1:-1], shown.points["upper"])
    assert (np.diff(upper.y[1:-1]) < 0).all(), "larger days have narrower limits"


def test_an_np_chart_counts_on_its_axis() -> None:
    kpi = with_target(replace(LATE, chart="np"), 20.0)
    shown = review(counts(binomial(40, 0.1, 100), 100, kpi=kpi, running=True), ())
    assert shown.chart is not None
    figure = control_chart(shown)
    (line,), (upper,), (target,) = (traces(figure, name) for name in ("value", "upper", "target"))
    np.testing.assert_allclose(line.y[:-1], shown.points["numerator"][:-1])
    np.testing.assert_allclose(upper.y[1:-1], shown.chart.points["upper"].dropna())
    np.testing.assert_allclose(target.y, 20.0)
    assert figure.layout.yaxis.ticksuffix in (None, "")
    assert "target 20" in texts(figure)
    assert " of 100 · limits " in hover(figure, 0)[1]
    assert sparkline(shown)


def test_a_run_chart_names_its_median() -> None:
    figure = control_chart(falls(replace(FALLS, chart="run")))
    assert [text for text in texts(figure) if text.startswith("median")]
    assert not [text for text in texts(figure) if text.startswith(("centre", "upper", "lower"))]
    bare = control_chart(run_chart([3.0, 4.0, 9.0, 4.0, 5.0]))
    assert [text for text in texts(bare) if text.startswith("median 4")]


def test_hovers_say_what_stands_behind_each_kind() -> None:
    assert hover(control_chart(falls()), 0)[1].startswith("4 falls in 300 bed days · limits 0.0–")
    waits = review(readings(noise(30, centre=20), 312, 5.0, kpi=replace(WAIT, statistic="p90")), ())
    assert hover(control_chart(waits), 0)[1].startswith("p90 of 312 readings · limits ")


def test_too_few_readings_are_drawn_hollow_with_their_reason() -> None:
    series = readings(noise(20, centre=20), 40, 5.0, kpi=WAIT)
    points = series.points.assign(size=[40.0] * 19 + [12.0])
    figure = control_chart(review(replace(series, points=points), ()))
    (ring,) = traces(figure, "unfinished")
    assert ring.x.tolist() == [19] and ring.y.tolist() == pytest.approx([points["value"].iloc[19]])
    assert hover(figure, 19)[-1] == "too few readings: drawn, not judged"


def test_only_charts_with_a_spread_have_one_beneath() -> None:
    amounts = review(totals([9.5 + 0.25 * (day % 7) for day in range(40)]), ())
    assert amounts.chart is not None and amounts.chart.spread is not None
    (line,) = traces(spread_chart(amounts), "value")
    np.testing.assert_allclose(line.y[1:], np.abs(np.diff(amounts.points["value"])))
    with pytest.raises(ValueError, match="no chart of its spread"):
        spread_chart(falls())


# Between events


def test_the_strip_of_a_rare_series_has_no_band() -> None:
    figure = control_chart(harm())
    assert traces(figure, "upper") == [] and len(traces(figure, "value")[0].y) == 80


@pytest.mark.parametrize("chart", [None, "g"])
def test_the_chart_beneath_is_that_of_the_result(chart: str | None) -> None:
    shown = harm(chart=chart)
    assert shown.between is not None
    figure, points = between_chart(shown), shown.between.points
    (line,), (upper,), (centre,), (ring,), (touch,) = (
        traces(figure, name) for name in ("value", "upper", "centre", "unfinished", "points")
    )
    np.testing.assert_allclose(line.y[:-1], points["value"])
    assert np.isnan(line.y[-1]), "what is still open is not on the line"
    assert ring.y.tolist() == [shown.between.since_last]
    for trace, name in ((upper, "upper"), (centre, "centre")):
        np.testing.assert_allclose(trace.y[1:-2], points[name])
    assert touch.customdata.ravel().tolist() == [14, 30, 31, 58, 58], "a click picks the period of the event"
    assert ("median" if chart == "g" else "centre") in " ".join(texts(figure))


def test_the_words_at_an_event() -> None:
    figure = between_chart(harm())
    assert hover(figure, 0)[0] == "<b>19 Jan 2026</b>  9 days since the one before"
    assert hover(figure, 0)[1].startswith("limits ") and hover(figure, 0)[2] == "no more than chance gives"
    assert hover(figure, 4) == ["<b>21.5 days</b>", "so far, since 4 Mar 2026"]


def test_a_hit_between_events_is_a_quiet_one() -> None:
    events = {7 * week: 1.0 for week in range(1, 13)} | dict.fromkeys((15, 31, 284), 1.0)
    shown = review(totals([events.get(day, 0.0) for day in range(300)], kpi=HARM), ())
    figure = between_chart(shown, theme="dark")
    (silent,) = traces(figure, "silent")
    assert silent.x.tolist() == [13] and silent.marker.color == tokens("dark").limit
    assert [len(traces(figure, tone)[0].x) for tone in ("concerning", "improving", "changed")] == [0, 0, 0]
    assert hover(figure, 13)[-1] == "◇ rarer than chance gives"


def test_without_events_there_is_nothing_to_draw_beneath() -> None:
    with pytest.raises(ValueError, match="only rare series with two events have"):
        between_chart(falls())


def test_a_bare_g_chart_from_a_notebook_is_drawn_too() -> None:
    figure = control_chart(g_chart([4, 0, 9, 3, 12, 7]))
    assert "median" in " ".join(texts(figure)) and len(traces(figure, "upper")) == 1


def test_the_words_on_figures_come_from_the_language() -> None:
    words = language("en").words["figure"]
    shown = " ".join(texts(control_chart(falls(with_target(FALLS, 20.0)))))
    assert all(words[code] in shown for code in ("upper", "centre", "lower", "target"))
    assert texts(control_chart(review(totals([], kpi=DEFECTS), ()))) == [words["nothing"]]


# Labels that would lie over each other


def test_an_excluded_stretch_is_named_once_in_its_middle() -> None:
    series = totals([9.0 + day % 4 for day in range(40)])
    shown = review(series, [decision(series, "exclude", 10, 14), decision(series, "exclude", 20, 20)])
    notes = [note for note in control_chart(shown).layout.annotations if "excluded" in str(note.text)]
    assert [(note.text, note.x) for note in notes] == [("told so, excluded", 12), ("told so, excluded", 20)]


def test_phase_labels_that_do_not_fit_are_left_out_and_their_rules_stay() -> None:
    series = totals([9.0 + day % 4 for day in range(120)])
    decided = [decision(series, "phase", 5 * phase) for phase in range(1, 24)]
    figure = control_chart(review(series, decided))
    rules = [shape for shape in figure.layout.shapes if shape.y1 == 1.06]
    labels = [note for note in figure.layout.annotations if " since told so" in str(note.text)]
    assert len(rules) == 23 and 3 <= len(labels) < 12
    assert max(label.x for label in labels) == 114.5, "the newest stays"
    starts = sorted(label.x for label in labels)
    assert min(np.diff(starts)) * 800 / 120 >= 6.5 * len(str(labels[0].text))
