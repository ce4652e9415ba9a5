"""Today where there is little or nothing: no store, no definitions, no data, one point."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from tests.pages import stores
from tests.pages.stores import block, blocks, page
from tests.pages.test_today_news import build, today


@pytest.mark.parametrize(
    ("build", "says", "ways"),
    [
        (stores.empty, "Say first what you measure", ["Define a KPI"]),
        (stores.defined, "Twelve points are enough", ["Load a file", "Type numbers"]),
    ],
)
def test_nothing_to_watch_says_what_to_do(tmp_path: Path, build: object, says: str, ways: list[str]) -> None:
    with stores.owned(build, tmp_path):  # type: ignore[arg-type]
        app = page("today")
        assert not app.exception
        assert block(app, "heading")["title"] == "Nothing to watch yet."
        assert says in block(app, "empty")["text"]
        assert [button.label for button in app.button] == ways


@pytest.mark.parametrize("name", ["summary", "chart", "forecast", "enter", "upload", "data"])
def test_without_a_kpi_every_page_offers_to_define_one_and_nothing_else(tmp_path: Path, name: str) -> None:
    with stores.owned(stores.empty, tmp_path):
        app = page(name)
        assert not app.exception
        assert [button.label for button in app.button] == ["Define a KPI"]
        assert "what you measure" in block(app, "empty")["text"]


def test_one_point_is_shown_and_not_judged(tmp_path: Path) -> None:
    with stores.owned(stores.one_point, tmp_path):
        app = page("today")
        assert not app.exception
        rows = {row["name"]: row for part in blocks(app) if part["kind"] == "section" for row in part["rows"]}
        assert (rows["Scrap rate"]["value"], rows["Scrap rate"]["counts"][0]) == ("3.0", "3 of 100")
        assert "1 of 12 days" in rows["Scrap rate"]["sentence"]
        assert (rows["Changeover time"]["value"], rows["Changeover time"]["spark"]["shapes"]) == ("–", [])


def test_a_closed_store_is_said_in_words_with_a_reference(tmp_path: Path) -> None:
    stores.full(tmp_path / "closed.duckdb")
    store.release()
    app = page("today")
    assert not app.exception, "no trace reaches the page"
    callout = block(app, "callout")
    assert callout["mark"]["word"] == "The store is closed"
    assert len(callout["reference"]) == 4
    assert str(tmp_path) not in str(blocks(app))


def test_an_unforeseen_failure_shows_an_id_and_logs_its_trace(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A store whose table of totals was dropped behind its back: nothing of the engine's words reaches the page."""
    with stores.owned(stores.full, tmp_path):
        with store.current().cursor() as cursor:
            cursor.execute("DROP TABLE count_totals")
        app = page("today")
        callout = block(app, "callout")
        assert "counts" not in str(blocks(app))
        assert callout["reference"] in caplog.text
        assert "Traceback" in caplog.text


def test_the_order_is_by_weight_unless_the_address_asks_for_the_newest(tmp_path: Path) -> None:
    """Two rows: a heavy one of eight days, and one of yesterday that is lighter."""
    with stores.owned(_two, tmp_path):
        assert [row["name"] for row in causes(page("today"))["rows"]] == ["Scrap rate", "Late deliveries"]
        choice = causes(page("today"))["choice"]
        assert (choice["text"], choice["name"], choice["value"]) == ("newest first", "order", "newest")
        newest = causes(page("today", order="newest"))
        assert [row["name"] for row in newest["rows"]] == ["Late deliveries", "Scrap rate"]
        assert (newest["note"], newest["choice"]["value"]) == ("newest first", "")


def causes(app: AppTest) -> dict[str, Any]:
    return next(part for part in blocks(app) if part.get("id") == "find_cause")


def _two(path: Path) -> None:
    build(path, scrap=dict.fromkeys(range(50, 60), 30), late={59: 14})


def test_a_calm_morning_says_how_much_chance_would_have_brought(tmp_path: Path) -> None:
    with stores.owned(build, tmp_path):
        head = block(today(since="day"), "heading")
        assert head["budget"]["text"].startswith("No new signal on 2 charts; ")
        expected = head["budget"]["text"].partition("; ")[2]
        assert head["lead"] == f"No signal since yesterday; {expected}"
