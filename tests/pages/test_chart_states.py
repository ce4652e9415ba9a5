"""The page of one KPI where there is little or nothing: no definitions, no data, one point."""

from __future__ import annotations

from pathlib import Path

from tests.pages import stores
from tests.pages.stores import block, figure, page, trace


def test_without_definitions_the_page_says_what_to_do(tmp_path: Path) -> None:
    with stores.owned(stores.empty, tmp_path):
        app = page("chart")
        assert not app.exception
        assert block(app, "heading")["title"] == "No KPI is defined yet."


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
