"""The Pareto page where there is little or nothing: no definitions, no event, one event."""

from __future__ import annotations

from pathlib import Path

from tests.pages import pareto_stores, stores
from tests.pages.stores import block, page


def test_without_a_stream_the_page_says_what_to_do(tmp_path: Path) -> None:
    with stores.owned(stores.empty, tmp_path):
        app = page("pareto")
        assert not app.exception
        assert str(block(app, "heading")["title"]) == "No stream of events is defined yet."
        assert [button.label for button in app.button] == ["Go to KPIs"], "a file of events would have no place"


def test_without_an_event_the_page_says_what_a_file_of_them_is(tmp_path: Path) -> None:
    with stores.owned(pareto_stores.no_events, tmp_path):
        app = page("pareto")
        assert not app.exception
        assert str(block(app, "heading")["title"]) == "No stops have been loaded yet."
        assert "each row is one event" in block(app, "empty")["text"]
        assert [button.label for button in app.button] == ["Load events"]


def test_one_event_is_too_early(tmp_path: Path) -> None:
    with stores.owned(pareto_stores.one_event, tmp_path):
        app = page("pareto")
        assert not app.exception
        assert str(block(app, "heading")["title"]) == "One event so far: Jam. Too early to rank."
        assert [item["amount"] for item in block(app, "ranked")["items"]] == ["1"]
        assert len(app.get("plotly_chart")) == 1
