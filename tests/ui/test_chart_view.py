"""Which periods are drawn, and where a period of the address lies."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from opsmetrics.catalog import Calendar, EventSource, Stream
from opsmetrics.review import review as reviewed
from opsmetrics.ui import chart_choice, chart_view
from opsmetrics.ui.links import ChartView
from opsmetrics.ui.pareto_view import ParetoView
from tests.figures import reviews
from tests.ui.judged import series

LATE = reviews.late_deliveries()
VIEW = ChartView("late", LATE.series.slice)
JUDGED = reviewed(series([10.0, 12.0] * 20), ())


def test_a_stamp_leads_back_to_its_position() -> None:
    for position in (0, 40, len(LATE.points) - 1):
        assert chart_view.position_of(LATE, chart_view.stamp(LATE, position)) == position
    assert chart_view.position_of(LATE, "1999-01-01") is None
    assert chart_view.position_of(LATE, "") is None


def test_a_range_cuts_behind_and_counts_back_so_that_positions_stay() -> None:
    ends = {"start": chart_view.stamp(JUDGED, 10), "end": chart_view.stamp(JUDGED, 19)}
    shown, span = chart_view.drawn(JUDGED, ChartView("k", **ends))
    assert (len(shown.points), span) == (20, 10)
    assert shown.points["centre"].tolist() == JUDGED.points["centre"].tolist()[:20]
    assert shown.verdict is JUDGED.verdict
    assert (shown.signals["position"] < 20).all()


def test_the_ends_of_a_range_may_be_swapped_and_half_a_range_is_none() -> None:
    first, last = chart_view.stamp(JUDGED, 5), chart_view.stamp(JUDGED, 9)
    assert chart_view.window(JUDGED, ChartView("k", start=last, end=first)) == (5, 9)
    assert chart_view.window(JUDGED, ChartView("k", start=first)) is None
    assert chart_view.drawn(JUDGED, ChartView("k", start=first, end="1999-01-01"))[0] is JUDGED


def test_a_stretch_of_the_address_is_chosen_whichever_end_stands_first_and_only_where_both_are_there() -> None:
    first, last = chart_view.stamp(JUDGED, 5), chart_view.stamp(JUDGED, 9)
    chosen = chart_choice.chosen
    assert chosen(JUDGED, ChartView("k", point=first)) == (5, 5)
    assert chosen(JUDGED, ChartView("k", point=first, until=last)) == (5, 9)
    assert chosen(JUDGED, ChartView("k", point=last, until=first)) == (5, 9)
    assert chosen(JUDGED, ChartView("k", point=first, until="1999-01-01")) is None
    assert chosen(JUDGED, ChartView("k", until=last)) is None


def test_periods_that_an_address_asks_for_and_the_chart_lacks_are_named_once() -> None:
    here = chart_view.stamp(JUDGED, 5)
    asked = {"kpi": "k", "point": here, "until": "soon", "from": "1999-01-01", "to": "1999-01-01", "span": "30"}
    assert chart_view.not_there(JUDGED, asked) == ["no period “soon”", "no period “1999-01-01”"]
    assert chart_view.not_there(JUDGED, {"point": here, "until": ""}) == []


@pytest.mark.parametrize(
    ("values", "stem"),
    [
        ((("line", "Line 3"),), "late_Line-3_day_2026-11-16"),
        ((("line", "../../etc/passwd"),), "late_etc-passwd_day_2026-11-16"),
        ((("line", "Tür & Tor"), ("site", "京都")), "late_Tür-Tor_京都_day_2026-11-16"),
        ((("line", "<script>"),), "late_script_day_2026-11-16"),
        ((("line", "///"),), "late_day_2026-11-16"),
    ],
)
def test_a_file_is_named_after_its_view_and_verdict_and_nothing_else(
    values: tuple[tuple[str, str], ...], stem: str
) -> None:
    shown = replace(LATE, series=replace(LATE.series, slice=values))
    assert chart_view.file_stem(shown, replace(VIEW, as_of=dt.date(2026, 11, 16))) == f"{stem}_{shown.id}"


def test_a_stretch_of_one_period_has_one_name() -> None:
    assert chart_view.stretch_label(JUDGED, 3, 3) == "5 Mar 2026"
    assert chart_view.stretch_label(JUDGED, 3, 5) == "5 Mar 2026 – 7 Mar 2026"


@pytest.mark.parametrize(
    ("point", "position"),
    [
        ({"customdata": [7.0]}, 7),
        ({"customdata": {"0": 7}}, 7),
        ({"customdata": 7}, 7),
        ({"customdata": []}, None),
        ({"x": 3}, None),
    ],
)
def test_a_point_of_the_chart_tells_its_position_and_a_line_tells_none(point: dict, position: int | None) -> None:
    assert chart_choice.position_in(point) == position


def test_the_events_behind_periods_are_asked_for_by_their_days_slice_and_date() -> None:
    """The judged days start on 2 March 2026 and run on UTC's clock; Pareto reads the link back as the same question."""
    review = replace(JUDGED, kpi=replace(JUDGED.kpi, events=EventSource(stream="stops", categories=("Jam",))))
    view = ChartView("k", as_of=dt.date(2026, 5, 1))
    link = chart_view.events_link(review, view, 2, 4)
    assert link is not None and link["page"] == "pareto"
    read = ParetoView.read(link["params"], Stream("stops", "Stops", calendar=Calendar()), "28d")
    assert (read.first, read.last) == (dt.date(2026, 3, 4), dt.date(2026, 3, 6))
    assert (read.slice, read.as_of) == ((("category", "Jam"),), dt.date(2026, 5, 1))
    assert chart_view.events_link(JUDGED, view, 2, 4) is None
