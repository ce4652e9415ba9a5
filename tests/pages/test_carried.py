"""What goes along from page to page: filters, the KPI last looked at, its slice, the stream of Pareto."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import pareto_stores, stores
from tests.pages.stores import blocks, page


def asked(app: AppTest, name: str) -> str:
    """What the address says, "" where it says nothing."""
    found = app.query_params.get(name, "")
    return found if isinstance(found, str) else ",".join(found)


def go(app: AppTest, name: str) -> AppTest:
    """The page as the navigation opens it: with an empty address."""
    app.query_params.clear()
    return app.switch_page(f"pages/{name}.py").run()


def test_the_kpi_last_looked_at_is_shown_by_the_forecast_and_back() -> None:
    with stores.seen(stores.full):
        app = page("chart", kpi="late", slice="line:Line 3", grain="week")
        for name in ("forecast", "chart"):
            go(app, name)
            assert not app.exception
            assert asked(app, "kpi") == "late"
            assert asked(app, "slice") == "line:Line 3"
            assert asked(app, "grain") == "week"


def test_a_value_chosen_on_today_is_the_slice_of_the_chart() -> None:
    with stores.seen(stores.full):
        app = go(page("today", line="Line 4"), "chart")
        assert asked(app, "slice") == "line:Line 4"


def test_a_slice_chosen_on_the_chart_filters_today_and_clearing_it_clears_it_there() -> None:
    with stores.seen(stores.full):
        app = page("chart", kpi="late")
        app.selectbox(key="choose_slice").select("line:Line 3").run()
        go(app, "today")
        assert asked(app, "line") == "Line 3"
        go(app, "chart")
        app.selectbox(key="choose_slice").select("").run()
        assert "line" not in go(app, "today").query_params


def test_an_address_that_says_something_wins() -> None:
    with stores.seen(stores.full):
        app = page("today", line="Line 4")
        app.query_params.clear()
        app.query_params["kpi"] = "scrap"
        app.switch_page("pages/chart.py").run()
        assert asked(app, "kpi") == "scrap"
        assert "slice" not in app.query_params


def test_two_values_of_a_dimension_go_along_both() -> None:
    with stores.seen(stores.full):
        app = page("today")
        app.multiselect(key="line").set_value(["Line 3", "Line 4"]).run()
        assert asked(app, "line") == "Line 3,Line 4"
        go(app, "upload")
        assert asked(go(app, "today"), "line") == "Line 3,Line 4"


def test_a_value_that_nobody_has_is_shown_as_chosen_and_fits_nothing() -> None:
    with stores.seen(stores.full):
        app = page("today", category="Nowhere")
        assert not app.exception
        assert app.multiselect(key="category").value == ["Nowhere"]
        assert "No KPI fits these filters. Take one of them away." in [text.value for text in app.text]


def test_the_way_back_to_today_keeps_what_was_chosen() -> None:
    with stores.seen(stores.full):
        app = page("today", category="Dispatch", as_of="2026-01-31")
        app.query_params.clear()
        app.query_params["kpi"], app.query_params["as_of"] = "late", "2026-01-31"
        app.switch_page("pages/chart.py").run()
        back = blocks(app)[0]["trail"][0]["go"]
        assert back["href"] == "?category=Dispatch&as_of=2026-01-31"
        assert back["params"] == {"category": ["Dispatch"], "as_of": "2026-01-31"}


def test_a_day_that_is_still_to_come_is_now() -> None:
    with stores.seen(stores.full):
        app = page("today", as_of="2200-01-01")
        assert not app.exception
        assert app.date_input(key="as_of").value is None
        assert "watched" in blocks(app)[0]["eyebrow"]
        assert "As of noon" not in blocks(app)[0]["eyebrow"]


def test_filters_outlast_a_page_that_knows_none() -> None:
    with stores.seen(stores.full):
        app = page("today", category="Moulding")
        go(app, "upload")
        assert asked(go(app, "today"), "category") == "Moulding"


@pytest.mark.parametrize("name", ["today", "summary"])
def test_an_empty_list_offers_to_clear_its_filters(name: str) -> None:
    with stores.seen(stores.full):
        app = page(name, q="nothing is called this")
        assert "No KPI fits these filters. Take one of them away." in [text.value for text in app.text]
        app.button(key="clear_filters").click().run()
        assert not app.exception
        assert "q" not in app.query_params
        assert "clear_filters" not in [button.key for button in app.button]


def test_pareto_takes_the_slice_and_keeps_its_stream_period_and_date() -> None:
    with stores.seen(pareto_stores.full):
        app = page("pareto", stream="stops", period="90d", as_of="2026-01-05")
        app = go(go(app, "today"), "pareto")
        assert asked(app, "stream") == "stops"
        assert asked(app, "period") == "90d"
        assert asked(app, "as_of") == "2026-01-05"


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("chart", {"kpi": "nobody"}),
        ("chart", {"kpi": "late", "slice": "moon:Full", "grain": "century", "as_of": "never"}),
        ("forecast", {"kpi": "late", "grain": "sample"}),
        ("data", {"batch": "nobody"}),
        ("kpis", {"edit": "nobody"}),
    ],
)
def test_what_an_address_gets_wrong_is_said_once(name: str, params: dict[str, str]) -> None:
    with stores.seen(stores.full):
        app = page(name, **params)
        assert not app.exception
        said = [
            part["text"] for part in blocks(app) if part["kind"] == "caption" and "The address asks" in part["text"]
        ]
        assert len(said) == 1
        assert all(value in said[0] for key, value in params.items() if key in ("grain", "as_of") or value == "nobody")


@pytest.mark.parametrize("name", ["chart", "forecast"])
def test_a_slice_that_no_row_holds_is_named(name: str) -> None:
    with stores.seen(stores.full):
        said = [
            part["text"] for part in blocks(page(name, kpi="late", slice="line:Line 99")) if part["kind"] == "caption"
        ]
        assert "Nothing is stored for “Line 99” of Late deliveries: choose another slice." in said
        told = [
            part["text"] for part in blocks(page(name, kpi="late", slice="line:Line 3")) if part["kind"] == "caption"
        ]
        assert not [text for text in told if "Nothing is stored" in text]


@pytest.mark.parametrize("name", ["summary", "chart", "pareto", "forecast", "enter", "upload", "data", "kpis"])
def test_a_closed_store_is_said_on_every_page(tmp_path: Path, name: str) -> None:
    app = page(name)
    assert not app.exception
    assert next(part for part in blocks(app) if part["kind"] == "callout")["mark"]["word"] == "The store is closed"
