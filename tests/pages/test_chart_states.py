"""The page of one KPI where there is little or nothing: no definitions, no data, one point."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from opsmetrics.catalog import Decision
from opsmetrics.measurements import Span, sample_to_stamp
from opsmetrics.store import Store
from opsmetrics.ui import decisions_list, kpi
from tests.built import once
from tests.pages import stores
from tests.pages.stores import block, blocks, figure, page, trace
from tests.store.builders import batch, count


def test_without_definitions_the_page_says_what_to_do(tmp_path: Path) -> None:
    with stores.owned(stores.empty, tmp_path):
        app = page("chart")
        assert not app.exception
        assert block(app, "heading")["title"] == "No KPI is defined yet."
        assert [button.label for button in app.button] == ["Define a KPI"]


def test_a_kpi_without_data_draws_an_empty_chart(tmp_path: Path) -> None:
    with stores.owned(stores.defined, tmp_path):
        app = page("chart", kpi="scrap")
        assert not app.exception
        assert figure(app)["layout"]["annotations"][0]["text"] == "No values to draw yet"
        assert block(app, "heading")["hero"] is None


def test_one_point_is_drawn_without_limits(tmp_path: Path) -> None:
    with stores.owned(stores.one_point, tmp_path):
        app = page("chart", kpi="scrap")
        assert not app.exception
        assert len(trace(app, "points")["text"]) == 1
        assert [found["name"] for found in figure(app)["data"] if found["name"] == "upper"] == []
        assert len(app.dataframe[1].value) == 1
        looked = page("chart", kpi="scrap", look="ewma")
        assert not looked.exception
        said = [part["text"] for part in blocks(looked) if part["kind"] == "caption"]
        assert "EWMA: Nothing to look at through it: this chart has no limits." in said
        looked.selectbox(key="choose_look").select("").run()
        assert "look" not in looked.query_params


MORE = """
[kpis.cans]
name = "Cans"
kind = "proportion"
better = "lower"
unit = "%"
operate = "sample"

[kpis.spills]
name = "Spills"
kind = "count"
better = "lower"
"""


@once
def _odd(path: Path) -> None:
    """Samples without a calendar, a count that is known to be zero, and a chart with two hundred phases."""
    first = stores.start() - dt.timedelta(days=330)
    days = [first + dt.timedelta(days=number) for number in range(420)]
    with Store.open(path) as held:
        desk = stores._desk(held)
        desk.apply(stores.KPIS + MORE, by="tester")
        rows = [count(sample_to_stamp(number), 5 + number % 3, 50, kpi="cans") for number in range(1, 41)]
        rows += [count(day, 60 + number % 7, 2000, kpi="scrap") for number, day in enumerate(days)]
        rows += [count(day, 1 + number % 3, None, kpi="spills") for number, day in enumerate(days[:-1])]
        spans = tuple(Span(key, first, first + dt.timedelta(days=420)) for key in ("scrap", "spills"))
        desk.commit(batch(*rows, dimensions=("line",), spans=spans), by="tester")
        for number in range(3, 400, 2):
            held.decide(Decision("scrap", "phase", start=days[number], value=True, by="A", why=f"change {number}"))


def test_samples_have_one_grain_and_are_decided_about_by_number(tmp_path: Path) -> None:
    with stores.owned(_odd, tmp_path):
        app = page("chart", kpi="cans", point="12")
        assert block(app, "bar")["text"] == "sample 12"
        app = app.button(key="ask_phase").click().run()
        assert not app.exception
        assert "For Cans · by sample number" in [part.get("text") for part in blocks(app)]


def test_two_hundred_phases_leave_the_page_readable(tmp_path: Path) -> None:
    with stores.owned(_odd, tmp_path):
        app = page("chart", kpi="scrap")
        assert not app.exception
        phases = next(part for part in blocks(app) if part.get("title") == "Phases")
        assert (phases["count"], len(phases["items"])) == ("200", kpi.LISTED + 1)
        grid = next(part for part in blocks(app) if part["kind"] == "grid")
        assert len(grid["rows"]) == decisions_list.SHOWN
        app = app.button(key="show_all_decisions").click().run()
        assert len(next(part for part in blocks(app) if part["kind"] == "grid")["rows"]) == 200


def test_a_zero_that_no_row_stands_behind_says_so(tmp_path: Path) -> None:
    with stores.owned(_odd, tmp_path):
        app = page("chart", kpi="spills")
        assert not app.exception
        assert block(app, "heading")["hero"]["value"] == "0.0"
        assert block(app, "rowstitle")["count"] == "0"
        assert any("No row stands behind it" in str(part.get("text")) for part in blocks(app))
