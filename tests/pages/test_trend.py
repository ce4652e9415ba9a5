"""The Trend page under AppTest, on a store with three years of figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import forecast_stores, stores
from tests.pages.stores import block, page, trace


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(forecast_stores.years, tmp_path_factory.mktemp("years")) as path:
        yield path


def panels(app: AppTest) -> list[dict[str, Any]]:
    found = [json.loads(part.proto.json or "{}") for part in app.get("bidi_component")]
    blocks = [block for part in found for block in part.get("blocks", []) if block["kind"] == "panels"]
    return list(blocks[0]["panels"])


def test_trend_figure_and_drivers_say_the_same(years: Path) -> None:
    app = page("trend", kpi="otif", slice="line:A", grain="week", **{"with": "wait"})
    assert not app.exception
    head = block(app, "heading")
    assert head["title"].startswith("On time in full · A ")
    assert "a month" in head["title"]
    drivers, used = panels(app)
    assert [row[0].split(",")[0] for row in drivers["rows"]][:2] == ["Waiting time", "Its volume (orders)"]
    assert drivers["text"].endswith("What goes together need not be cause and effect.")
    assert dict(used["rows"])["Model"] == "binomial model of the counts"
    assert dict(used["rows"])["Warnings"] in ("none", "3 while fitting; the fit settled all the same")
    table = app.dataframe[0].value
    line = trace(app, "fitted")
    assert len(table) == len(line["x"]) if not isinstance(line["y"], dict) else True


def test_choosing_writes_the_address_and_a_wrong_name_is_told(years: Path) -> None:
    app = page("trend", kpi="otif", **{"with": "nothing,wait"})
    assert "no values of “nothing” by day to set it against" in block(app, "caption")["text"]
    app.multiselect(key="choose_with").set_value(["wait", "harm"]).run()
    assert app.query_params.get("with") == "wait,harm"
    assert not app.exception


@pytest.mark.parametrize(("kpi", "told"), [("young", "wanted for so many terms"), ("steady", "never change")])
def test_what_cannot_be_told_says_why(years: Path, kpi: str, told: str) -> None:
    app = page("trend", kpi=kpi)
    assert not app.exception
    assert block(app, "heading")["title"] == "No trend can be told."
    assert told in block(app, "heading")["lead"]
    assert not app.get("plotly_chart")


def test_a_wait_without_service_times_says_what_is_missing(years: Path) -> None:
    app = page("trend", kpi="wait")
    assert not app.exception
    found = [json.loads(part.proto.json or "{}") for part in app.get("bidi_component")]
    texts = [block["text"] for part in found for block in part.get("blocks", []) if block["kind"] == "caption"]
    assert any(text.startswith("No other KPI holds readings of a time") for text in texts)
