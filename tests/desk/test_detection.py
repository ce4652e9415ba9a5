"""A chart, what it notices, and rivals that call as rarely."""

from __future__ import annotations

import pytest

from opsmetrics.desk.detection import Detection, Detector
from opsmetrics.desk.detection_sentences import ToldDetection, rounded, share


@pytest.mark.parametrize(
    "chosen",
    [Detector(), Detector(rules="western_electric"), Detector("ewma", weight=0.4, width=2.5), Detector("cusum", n=3)],
)
def test_rivals_call_as_rarely(chosen: Detector) -> None:
    found = Detection(chosen, 0.8)
    assert found.charts[0] == chosen
    assert len({(chart.kind, chart.rules) for chart in found.charts}) == len(found.charts) >= 3
    for chart in found.charts:
        assert chart.arl(0.0) == pytest.approx(found.false_alarm, rel=1e-6)


def test_noticed_by_is_the_first_point_with_that_chance() -> None:
    found = Detection(Detector(), 2.0)
    by = found.noticed_by(0.9)
    assert by is not None and found.unnoticed[by] <= 0.1 < found.unnoticed[by - 1]
    assert Detection(Detector(), 0.0).noticed_by(0.9) is None


def test_curves_meet_what_is_said() -> None:
    found = Detection(Detector(n=4), 0.5)
    row = found.curves[found.curves["shift"] == 0.5].iloc[0]
    assert row["arl_0"] == pytest.approx(found.waits[0]) == pytest.approx(43.89, abs=0.01)
    assert row["missed_5"] == pytest.approx(found.unnoticed[5])


def test_numbers_as_people_say_them() -> None:
    assert [rounded(x) for x in (1.26, 9.97, 43.9, 370.4, 1234.5, 98765.0)] == [1.3, 10, 44, 370, 1230, 98800]
    assert [share(x) for x in (0.0, 0.0004, 0.123, 0.9999, 1.0)] == [
        "0.0\u00a0%",
        "<\u00a00.1\u00a0%",
        "12.3\u00a0%",
        ">\u00a099.9\u00a0%",
        "100.0\u00a0%",
    ]


def test_a_rival_that_is_hardly_quicker_is_no_advice() -> None:
    told = ToldDetection(Detection(Detector("cusum", k=0.25), 0.5))
    assert told.lead().endswith("No other chart with as few false alarms notices it much sooner.")
