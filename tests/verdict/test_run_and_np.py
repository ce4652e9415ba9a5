"""Two charts that only a catalogue asks for: the run chart of any kind, and the np chart of constant size."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import numpy as np
import pytest

from opsmetrics.review import review
from opsmetrics.verdict.as_dict import review_as_dict
from tests.verdict.made import (
    DEFECTS,
    FALLS,
    LATE,
    OEE,
    SPEED,
    binomial,
    counts,
    decision,
    noise,
    readings,
    totals,
    with_target,
)

RUN = replace(DEFECTS, chart="run")

#: 30 days about 9 without a pattern, by hand: 15 below the median of 8.5 and 15 above it.
CALM = [7.0, 11, 8, 9, 12, 6, 10, 8, 9, 7, 11, 8, 10, 9, 6, 12, 7, 8, 10, 9, 11, 8, 7, 10, 9, 8, 12, 6, 10, 7]


def words(found) -> str:
    told: str = review_as_dict(found)["sentence"]["text"]
    return told.replace("\u00a0", " ")


def said(found) -> tuple[str, str]:
    assert found.verdict is not None
    return found.verdict.variation, found.verdict.side


def test_a_run_chart_has_a_median_and_no_limits() -> None:
    found = review(totals(CALM, kpi=RUN), ())
    assert found.chart is not None and found.chart.kind == "run"
    assert (found.points["centre"] == median(CALM)).all()
    assert found.points[["lower", "upper"]].isna().all(axis=None)
    assert found.choice["why"] == "Chosen in the catalogue." and "c chart" in found.choice["rejected"]
    assert said(found) == ("common_cause", "none") and words(found).startswith("Defects 7.0: nothing unusual.")


def test_a_long_run_has_its_side() -> None:
    """10 days above the median at the end; with 30 useful points more than round(log2 30) + 3 = 8 are too many."""
    values = [*CALM[:21], 13.0, 14, 12, 13, 15, 12, 13, 14, 12]
    found = review(totals(values, kpi=RUN), ())
    assert said(found) == ("concerning", "high")
    assert found.verdict is not None and found.verdict.reasons[0].rule == "long_run"
    assert words(found).startswith("Defects has been above its median 10.0 for 10 days")
    assert found.verdict.episode is not None and found.verdict.episode.open
    low = review(totals([20 - value for value in values], kpi=RUN), ())
    assert said(low) == ("improving", "low")


def test_few_crossings_alone_have_no_side() -> None:
    """Six runs of five: 5 crossings, where chance gives 10 or more (5 % of binomial(29, ½)); no run above 8. Near and
    far points take turns, so that neighbours are not alike."""
    values = [10.2, 18, 10.3, 19, 10.4, 9.8, 2, 9.7, 1, 9.6] * 3
    found = review(totals(values, kpi=RUN), ())
    assert said(found) == ("changed", "none")
    assert [reason.rule for reason in found.verdict.reasons] == ["few_crossings"]  # type: ignore[union-attr]
    assert "crossed its median 10.0 5 times in 30 days; chance gives 10 or more" in words(found)


def test_one_crossing_is_one_time() -> None:
    """Near and far points take turns on each side, so that neighbours are not alike about the step between them."""
    values = [8.9, 1, 8.8, 2, 8.7, 1, 11.4, 18, 11.3, 19, 11.1, 18]
    assert "crossed its median 10.0 1 time in 12 days" in words(review(totals(values, kpi=RUN), ()))


def test_neighbours_alike_silence_a_run_chart() -> None:
    draw, value, values = np.random.default_rng(2), 0.0, []
    for _ in range(80):
        value = 0.9 * value + draw.normal()
        values.append(100 + value)
    found = review(readings(values, kpi=replace(SPEED, chart="run")), ())
    assert found.verdict is not None and "neighbours_alike" in found.verdict.caveats
    assert said(found) == ("common_cause", "none")


@pytest.mark.parametrize(
    "series",
    [
        counts(binomial(40, 0.1, 200), 200, kpi=replace(LATE, chart="run")),
        counts(binomial(40, 0.1, 200), 200, kpi=replace(FALLS, chart="run")),
        readings(noise(40), kpi=replace(SPEED, chart="run")),
        readings(noise(40, centre=0.7, sd=0.02), kpi=replace(OEE, chart="run")),
    ],
)
def test_every_kind_may_have_one(series) -> None:
    found = review(series, ())
    assert found.chart is not None and found.chart.kind == "run"
    assert (found.points["centre"] == median(found.points["value"])).all()
    assert review_as_dict(found)["chart"]["code"] == "run"


def test_a_locked_median_and_an_excluded_day() -> None:
    series = totals(CALM, kpi=RUN)
    locked = review(series, [decision(series, "lock", 0, 11)])
    assert (locked.points["centre"] == median(CALM[:12])).all()
    left_out = review(series, [decision(series, "exclude", 4, 4)])
    assert (left_out.points["centre"] == median(CALM[:4] + CALM[5:])).all()


def test_its_target_is_answered_by_the_record_of_the_lead_periods() -> None:
    kpi = with_target(replace(RUN, operate="month"), 40.0)
    found = review(totals([30.0 + (month % 4) for month in range(24)], kpi=kpi, start="2024-01-01"), ())
    assert found.verdict is not None and found.verdict.assurance == "meets"


# np


def test_np_counts_on_the_chart_and_shares_in_the_points() -> None:
    """100 each day: the np chart is the p chart times 100, and so are its hits."""
    events = [*binomial(59, 0.1, 100), 25.0]
    plain = review(counts(events, 100, kpi=replace(LATE, chart="p")), ())
    found = review(counts(events, 100, kpi=replace(LATE, chart="np")), ())
    assert found.chart is not None and plain.chart is not None and found.chart.kind == "np"
    for column in ("value", "centre", "lower", "upper"):
        np.testing.assert_allclose(found.chart.points[column], plain.chart.points[column] * 100, rtol=1e-12)
        np.testing.assert_allclose(found.points[column], plain.points[column], rtol=1e-12)
    assert said(found) == said(plain) == ("concerning", "high")
    assert found.signals.drop(columns="members").equals(plain.signals.drop(columns="members"))


def test_np_needs_one_size() -> None:
    found = review(counts(binomial(60, 0.1, 100), [100.0] * 59 + [120.0], kpi=replace(LATE, chart="np")), ())
    assert found.chart is not None and found.chart.kind == "p"
    assert found.choice["why"] == "The np chart chosen in the catalogue needs one size, and these vary."


def test_np_follows_the_weekday_where_that_is_decided() -> None:
    busy = [30.0 + (15 if day % 7 > 4 else 0) + shake for day, shake in enumerate(binomial(84, 0.5, 20))]
    kpi = replace(LATE, chart="np")
    series, plain = counts(busy, 200, kpi=kpi), counts(busy, 200, kpi=replace(LATE, chart="p"))
    found, other = (review(s, [decision(s, "weekday", 0)]) for s in (series, plain))
    np.testing.assert_allclose(found.points["upper"], other.points["upper"], rtol=1e-9)
    np.testing.assert_allclose(found.points["centre"], other.points["centre"], rtol=1e-9)
