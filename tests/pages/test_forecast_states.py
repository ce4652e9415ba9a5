"""The Forecast page on the stores that all pages share: full, empty, defined only, one point."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from tests.pages import stores
from tests.pages.stores import HOSTILE, HOSTILE_LINE, block, figure, page, trace


def captions(app: AppTest) -> list[str]:
    found = [json.loads(part.proto.json or "{}") for part in app.get("bidi_component")]
    return [block["text"] for part in found for block in part.get("blocks", []) if block["kind"] == "caption"]


@pytest.mark.parametrize("kpi", ["late", "changeover", "scrap", "hostile"])
def test_every_kpi_of_the_full_store(kpi: str, tmp_path: Path) -> None:
    with stores.owned(stores.full, tmp_path):
        app = page("forecast", kpi=kpi)
        assert not app.exception
        assert len(app.dataframe[0].value) == 28


def test_hostile_names_are_text(tmp_path: Path) -> None:
    with stores.owned(stores.full, tmp_path):
        app = page("forecast", kpi="hostile", slice=stores.slice_address(HOSTILE_LINE))
        assert not app.exception
        assert HOSTILE in block(app, "heading")["eyebrow"]
        words = json.dumps(figure(app)["data"] + [figure(app)["layout"]])
        assert "<script" not in words
        assert not app.markdown, "nothing on this page is drawn as markdown"


def test_one_point_is_forecast(tmp_path: Path) -> None:
    with stores.owned(stores.one_point, tmp_path):
        app = page("forecast", kpi="scrap")
        assert not app.exception
        assert "1 day" in block(app, "heading")["lead"]
        assert len(trace(app, "points")["text"]) == 1


@pytest.mark.parametrize("store", ["empty", "defined"])
def test_nothing_yet_is_said(store: str, tmp_path: Path) -> None:
    with stores.owned(getattr(stores, store), tmp_path):
        app = page("forecast")
        assert not app.exception
        assert block(app, "heading")["title"] in ("No KPI is defined yet.", "Nothing to forecast from yet.")


def test_the_caption_says_what_the_ranges_held_and_since_when(tmp_path: Path) -> None:
    with stores.owned(stores.full, tmp_path):
        days = Desk.of_process().review("changeover").points["period"]
        start = days.iloc[30].to_pydatetime()
        Desk.of_process().decide(Decision("changeover", "phase", start=start, value=True, by="A", why="new tool"))
        app = page("forecast", kpi="changeover")
        text = next(text for text in captions(app) if "Ranges come" in text)
        assert "Only what came since " in text
        inside = app.dataframe[1].value["Inside 80 %"]
        assert f"Of {len(inside)} past values, the 80 % range held {(inside == 'yes').sum()}" in text
        assert dict(block(app, "panels")["panels"][2]["rows"])["Phase"].startswith("only since ")
