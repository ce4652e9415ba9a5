"""The sparkline: coordinates are checked against the plain proportion of the picture that a value should take."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from opsmetrics.figures import sparkline, sparkline_svg
from opsmetrics.figures.sparkline import PERIODS
from opsmetrics.figures.sparkline_parts import MARGIN
from opsmetrics.figures.svg import Shape
from opsmetrics.figures.tokens import DARK
from opsmetrics.review import KpiReview
from tests.figures import reviews

WIDTH, HEIGHT = 200, 44


def painted(shapes: list[Shape], attribute: str, paint: str) -> list[Shape]:
    return [shape for shape in shapes if shape.get(attribute) == paint]


def corners(d: str) -> list[tuple[float, float]]:
    pairs = re.findall(r"(-?[\d.]+) (-?[\d.]+)", d)
    return [(float(x), float(y)) for x, y in pairs]


def naive_y(review: KpiReview, value: float) -> float:
    """Height of a value: domain of everything drawn in the window, 6 % padding, measured from the top."""
    window = review.points.iloc[-PERIODS:]
    window = window[window["state"] != "excluded"]
    columns = ["value", "centre", "lower", "upper", "target_low", "target_high"]
    low, high = float(np.nanmin(window[columns])), float(np.nanmax(window[columns]))
    pad = 0.06 * (high - low)
    return HEIGHT * (1 - (value - (low - pad)) / (high - low + 2 * pad))


def naive_x(review: KpiReview, position: int) -> float:
    first = len(review.points) - PERIODS
    return MARGIN + (position - first) * (WIDTH - 2 * MARGIN) / (PERIODS - 1)


def test_the_line_runs_through_every_judged_value() -> None:
    review = reviews.stable()
    line = painted(sparkline(review), "stroke", "line")[0]
    assert line["d"].count("M") == 1
    drawn = corners(line["d"].replace("M", " ").replace("L", " "))
    tail = review.points.iloc[-PERIODS:]
    wanted = [(naive_x(review, int(p)), naive_y(review, float(v))) for p, v in tail["value"].items()]
    assert np.allclose(drawn, wanted, atol=0.051), "within the rounding to a tenth"


def test_the_band_reaches_from_limit_to_limit() -> None:
    review = reviews.stable()
    band = painted(sparkline(review), "fill", "band")
    assert len(band) == 1
    heights = {y for _, y in corners(band[0]["d"].replace("M", " ").replace("L", " ").replace("Z", " "))}
    last = review.points.iloc[-1]
    assert heights == {round(naive_y(review, last["upper"]), 1), round(naive_y(review, last["lower"]), 1)}


def test_the_band_steps_where_the_limits_vary() -> None:
    review = reviews.late_deliveries()
    band = painted(sparkline(review), "fill", "band")[0]
    xs = [x for x, _ in corners(band["d"].replace("M", " ").replace("L", " ").replace("Z", " "))]
    half_way = {round(naive_x(review, p) + (WIDTH - 2 * MARGIN) / (PERIODS - 1) / 2, 1) for p in range(64, 92)}
    steps = set(xs) - {min(xs), max(xs)}
    assert steps, "p limits change with the size of each day"
    assert all(min(abs(x - h) for h in half_way) <= 0.11 for x in steps)


def test_a_phase_change_parts_the_band() -> None:
    review = reviews.late_deliveries()
    early = replace(review, points=review.points.iloc[:45], signals=reviews.NO_SIGNALS)
    bands = painted(sparkline(early), "fill", "band")
    assert len(bands) == 2
    ends = [corners(b["d"].replace("M", " ").replace("L", " ").replace("Z", " ")) for b in bands]
    gap = min(x for x, _ in ends[1]) - max(x for x, _ in ends[0])
    assert gap == pytest.approx(1.6, abs=0.11)


def test_every_member_of_an_episode_is_marked() -> None:
    discs = [s for s in painted(sparkline(reviews.changeover()), "fill", "improve") if s["tag"] == "circle"]
    assert len(discs) == 8, "a run of eight has eight members"


def test_a_concerning_point_is_a_diamond_at_its_value() -> None:
    review = reviews.late_deliveries()
    diamonds = painted(sparkline(review), "fill", "concern")
    assert len(diamonds) == 1
    xs, ys = zip(*corners(diamonds[0]["d"].replace("M", " ").replace("L", " ").replace("Z", " ")), strict=True)
    assert np.mean(xs) == pytest.approx(naive_x(review, 90), abs=0.1)
    assert np.mean(ys) == pytest.approx(naive_y(review, float(review.points["value"].iloc[90])), abs=0.1)


def test_without_a_good_direction_a_signal_is_an_outlined_square() -> None:
    review = reviews.changeover()
    points = review.points.assign(tone=review.points["tone"].replace("improving", "changed"))
    squares = [s for s in sparkline(replace(review, points=points)) if s["tag"] == "rect"]
    assert len(squares) == 8
    assert {s["stroke"] for s in squares} == {"ink"}


def test_the_running_period_is_hollow_and_linked_by_dashes() -> None:
    shapes = sparkline(reviews.late_deliveries())
    rings = [s for s in shapes if s["tag"] == "circle" and s.get("fill") == "page"]
    dashed = [s for s in painted(shapes, "stroke", "line") if "stroke-dasharray" in s]
    assert len(rings) == 1
    assert len(dashed) == 1


def test_a_gap_breaks_the_line_and_is_marked() -> None:
    review = reviews.changeover()
    shapes = sparkline(review)
    assert painted(shapes, "stroke", "line")[0]["d"].count("M") == 2
    marks = painted(shapes, "stroke", "data")
    assert len(marks) == 1
    assert marks[0]["d"].count("M") == 2, "two days are missing"


def test_a_series_that_stopped_long_ago_keeps_three_empty_slots() -> None:
    marks = painted(sparkline(reviews.stopped(400)), "stroke", "data")
    assert marks[0]["d"].count("M") == 3


def test_the_latest_point_is_marked_unless_a_signal_is() -> None:
    dots = [s for s in painted(sparkline(reviews.stable()), "fill", "ink") if s["tag"] == "circle"]
    assert len(dots) == 1
    assert [s for s in painted(sparkline(reviews.changeover()), "fill", "ink") if s["tag"] == "circle"] == []


def test_an_excluded_outlier_does_not_flatten_the_rest() -> None:
    review = reviews.late_deliveries()
    points = review.points.copy()
    points.loc[80, ["state", "value"]] = ["excluded", 0.9]
    shapes = sparkline(replace(review, points=points))
    crosses = painted(shapes, "stroke", "muted")
    assert len(crosses) == 1
    assert min(y for _, y in corners(crosses[0]["d"].replace("M", " ").replace("L", " "))) < 0, "on the upper edge"
    heights = [y for _, y in corners(painted(shapes, "stroke", "line")[0]["d"].replace("M", " ").replace("L", " "))]
    assert np.ptp(heights) > HEIGHT / 3


def test_a_dated_target_steps() -> None:
    review = reviews.late_deliveries()
    early = replace(review, points=review.points.iloc[:30], signals=reviews.NO_SIGNALS)
    target = [s for s in painted(sparkline(early), "stroke", "ink") if s["tag"] == "path"]
    assert len({y for _, y in corners(target[0]["d"].replace("M", " ").replace("L", " "))}) == 2


def test_nothing_measured_draws_nothing() -> None:
    assert sparkline(reviews.empty()) == []


def test_one_point_is_one_dot_in_the_middle() -> None:
    shapes = sparkline(reviews.one_point())
    dots = [s for s in shapes if s["tag"] == "circle"]
    assert [s["cx"] for s in dots] == ["100"]


def test_a_constant_series_does_not_divide_by_its_range() -> None:
    review = reviews.stable()
    points = review.points.assign(value=1.0, lower=np.nan, upper=np.nan, centre=np.nan)
    line = painted(sparkline(replace(review, points=points)), "stroke", "line")[0]
    assert {y for _, y in corners(line["d"].replace("M", " ").replace("L", " "))} == {22.0}


def test_the_shapes_are_small_plain_data() -> None:
    text = json.dumps(sparkline(reviews.late_deliveries()))
    assert json.loads(text) == sparkline(reviews.late_deliveries())
    assert len(text) < 3500


def test_the_svg_text_takes_the_colours_of_its_theme() -> None:
    root = ET.fromstring(sparkline_svg(reviews.late_deliveries(), "dark", alt="Late <b>"))
    assert root.get("aria-label") == "Late <b>"
    used = {e.get(a) for e in root.iter() for a in ("fill", "stroke")} - {None, "none"}
    assert used <= {DARK.band, DARK.limit, DARK.ink, DARK.line, DARK.concern, DARK.page, DARK.muted, DARK.data}


@pytest.mark.parametrize("build", [reviews.late_deliveries, reviews.changeover, reviews.stopped])
def test_the_review_is_left_as_it_was(build: object) -> None:
    review = build()  # type: ignore[operator]
    before, hits = review.points.copy(), review.signals.copy()
    sparkline(review)
    pd.testing.assert_frame_equal(review.points, before)
    pd.testing.assert_frame_equal(review.signals, hits)
