"""The chart of NHS Making Data Count against its rules read aloud, one point after the other, and on worked series.

The two reference cases, computed by NHSRplotthedots 0.2.2, are answered in tests/reference.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.stats import making_data_count

COMMON = "Common Cause"

#: Within this a value is on a line: sums of binary fractions differ in their last digits.
NEAR = 1e-10


def read_aloud(phase: list[float], fixed: int, announced: bool = False) -> list[str]:
    """The texts of one phase whose limits come from its first `fixed` points."""
    base = phase[:fixed]
    ranges = [abs(b - a) for a, b in pairwise(base)]
    first = sum(ranges) / len(ranges)
    kept = [r for r in ranges if r < 3.267 * first]
    centre, width = sum(base) / len(base), 2.66 * sum(kept) / len(kept)
    out = [abs(v - centre) > width + NEAR for v in phase]
    close = [abs(v - centre) > 2 * width / 3 + NEAR and (announced or not out[i]) for i, v in enumerate(phase)]
    side = [(v > centre + NEAR) - (v < centre - NEAR) for v in phase]
    trending, zone, run = set(), set(), set()
    for end in range(len(phase)):
        seven, three = range(end - 6, end + 1), range(end - 2, end + 1)
        if end >= 6:
            steps = [(b > a) - (b < a) for a, b in pairwise(phase[end - 6 : end + 1])]
            trending |= set(seven) if abs(sum(steps)) == 6 else set()
            run |= set(seven) if abs(sum(side[i] for i in seven)) == 7 else set()
        if end >= 2 and abs(sum(side[i] for i in three)) == 3 and sum(close[i] for i in three) >= 2:
            zone |= {i for i in three if close[i]}
    texts = []
    for i, value in enumerate(phase):
        where = "Above" if side[i] > 0 else "Below"
        rising = phase[i + 1] > value if i in trending and i + 1 in trending else i > 0 and value > phase[i - 1]
        texts.append(
            ("Above UCL" if side[i] > 0 else "Below LCL")
            if out[i]
            else f"7 Point Trend ({'In' if rising else 'De'}creasing)"
            if i in trending
            else f"2 in 3 {where} CL"
            if i in zone
            else f"7 Points {where} CL"
            if i in run
            else COMMON
        )
    return texts


smooth = st.lists(st.integers(-12, 12), min_size=12, max_size=60).map(
    lambda steps: [float(v) for v in np.round(np.cumsum(steps) * 0.4 + np.array(steps) * 3, 3)]
)


@settings(max_examples=60, deadline=None)
@given(smooth, st.sampled_from([None, 6, 10]), st.booleans(), st.booleans())
def test_texts_against_the_rules_read_aloud(
    values: list[float], fixed: int | None, rebased: bool, announced: bool
) -> None:
    cut = len(values) // 2 if rebased else 0
    parts = [values[:cut], values[cut:]] if rebased else [values]
    for part in parts:
        base = part[: fixed or len(part)]
        if len(set(base)) == 1:
            return  # no variation: the tool has no limits then
    found = making_data_count(values, rebase_at=cut if rebased else None, fix_after=fixed, announced=announced)
    expected = [text for part in parts for text in read_aloud(part, fixed or len(part), announced)]
    assert list(found.special_causes) == expected


CALM = [10.0, 11.0, 9.0, 10.5, 9.5, 10.0, 11.0, 9.0, 10.5, 9.5, 10.0, 11.0]


@pytest.mark.parametrize(
    ("more", "improvement", "target", "variation", "assurance"),
    [
        ([10.0], "increase", None, "common_cause", "none"),
        ([20.0], "increase", 30.0, "improvement", "consistent_fail"),
        ([20.0], "decrease", 30.0, "concern", "consistent_pass"),
        ([0.0], "increase", 1.0, "concern", "consistent_pass"),
        ([0.0], "decrease", 1.0, "improvement", "consistent_fail"),
        ([0.0], "neutral", 1.0, "neutral", "none"),
        ([10.0], "decrease", 10.0, "common_cause", "inconsistent"),
    ],
)
def test_icons(more: list[float], improvement: Any, target: float | None, variation: str, assurance: str) -> None:
    found = making_data_count(CALM + more, improvement=improvement, target=target, fix_after=len(CALM))
    assert (found.variation, found.assurance) == (variation, assurance)


def test_assurance_is_that_of_the_last_phase() -> None:
    low = [value - 8 for value in CALM]
    whole = making_data_count(CALM + low, target=6.5, rebase_at=[len(CALM)])
    assert whole.assurance == "consistent_fail" and making_data_count(CALM, target=6.5).assurance == "consistent_pass"
    assert whole.chart.points["phase"].nunique() == 2


def test_a_trend_shows_its_direction_and_a_turning_point_the_one_that_follows() -> None:
    values = [*CALM, *(8 + 0.5 * i for i in range(7)), *(10.5 - 0.5 * i for i in range(6))]
    texts = making_data_count(values, fix_after=len(CALM)).special_causes
    assert texts[13:18] == ("7 Point Trend (Increasing)",) * 5
    assert texts[18:] == ("7 Point Trend (Decreasing)",) * 7


def test_large_ranges_are_dropped_once_unless_asked_otherwise() -> None:
    """MR̄ of eight ranges of 1 and two of 20 is 4.8; 20 ≥ 3.267 · 4.8 goes, and the mean of the rest is 1."""
    values = [1.0, 2.0, 1.0, 2.0, 22.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0]
    centre = float(np.mean(values))
    assert making_data_count(values).chart.points["upper"][0] == pytest.approx(centre + 2.66)
    assert making_data_count(values, screened=False).chart.points["upper"][0] == pytest.approx(centre + 2.66 * 4.8)
    exact = making_data_count(values, factors="exact").chart
    assert exact.points["upper"][0] == pytest.approx(centre + 1.5 * np.sqrt(np.pi))
    assert exact.spread is not None and exact.spread.points["value"].iloc[4] == 20


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="improvement: found 'up'; wanted 'increase' or 'decrease' or 'neutral'"):
        making_data_count([1.0], improvement="up")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="rebase_at: found position 3; wanted 0 to 1"):
        making_data_count([1.0, 2.0], rebase_at=3)
    with pytest.raises(ValueError, match="fix_after: found 1; wanted 2 points or more"):
        making_data_count([1.0, 2.0], fix_after=1)


@pytest.mark.parametrize("values", [[], [5.0], [None, None], [0.1] * 20])
def test_little_or_nothing_is_common_cause(values: list[float | None]) -> None:
    found = making_data_count(values, target=1.0)
    assert set(found.special_causes) <= {COMMON} and found.variation == "common_cause"
