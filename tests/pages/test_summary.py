"""The Summary under AppTest, on real stores: full, empty, defined without data, and with one point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.settings import Settings
from opsmetrics.ui import rows as today_rows
from opsmetrics.verdict import sentences, wording
from tests.pages import stores
from tests.pages.stores import HOSTILE, block, blocks, page


def lines(app: AppTest) -> list[dict[str, Any]]:
    """The rows of the table, in the order of the page."""
    return [row for group in block(app, "summary")["groups"] for row in group["rows"]]


def test_every_kpi_stands_once_under_its_heading(seen: Path) -> None:
    app = page("summary")
    assert not app.exception
    assert [row["name"] for row in lines(app)] == ["Late deliveries", "Changeover time", "Scrap rate", HOSTILE]
    assert [group["title"] for group in block(app, "summary")["groups"]] == [
        "Dispatch", "Paint", "Moulding", "<h1>Area</h1>",
    ]  # fmt: skip


def test_the_headline_and_what_to_ask_about(seen: Path) -> None:
    app = page("summary")
    assert block(app, "heading")["title"] == "One cannot meet its target as it runs. Ask about Scrap rate first."
    (asked,) = block(app, "asks")["items"]
    assert (asked["name"], asked["mark"]["word"]) == ("Scrap rate", "Fails")


def test_a_row_says_what_the_review_says(seen: Path) -> None:
    """The same verdict as in every other channel, at the grain that the KPI is led by."""
    held = store.current()
    desk = Desk(held, Settings.from_environment().for_store(held.path))
    review = desk.review("late", grain="month")
    verdict = today_rows.known(review)
    row = lines(page("summary"))[0]
    assert row["sentence"] == sentences.render(verdict.sentence)
    assert row["marks"][0]["word"] == wording.variation(verdict.variation, verdict.side)
    assert row["marks"][1]["word"] == wording.assurance(verdict.assurance, verdict.firm)
    assert row["period"] == verdict.as_of_period
    assert row["counts"] == f"{verdict.numerator:,.0f} of {verdict.denominator:,.0f}"
    assert row["go"]["params"] == {"kpi": "late", "grain": "month", "verdict": review.id}


def test_a_slice_is_chosen_for_the_kpis_that_have_it(seen: Path) -> None:
    app = page("summary", line="Line 3")
    found = {row["name"]: row["sub"] for row in lines(app)}
    assert found["Late deliveries"] == "Line 3 · M. Okafor"
    assert found["Scrap rate"] == "S. Amari"


def test_filters_let_only_some_pass(seen: Path) -> None:
    assert [row["name"] for row in lines(page("summary", category="Paint"))] == ["Changeover time"]
    assert [row["name"] for row in lines(page("summary", q="scrap"))] == ["Scrap rate"]


def test_what_was_chosen_on_today_is_chosen_here(seen: Path) -> None:
    app = page("today", category="Paint")
    app.switch_page("pages/summary.py").run()
    assert not app.exception
    assert [row["name"] for row in lines(app)] == ["Changeover time"]
    app.switch_page("pages/today.py").run()
    assert {row["name"] for part in blocks(app) if part["kind"] == "section" for row in part["rows"]} == {
        "Changeover time"
    }


def test_as_of_a_day_the_page_shows_what_was_known_then(seen: Path) -> None:
    app = page("summary", as_of=(stores.start() + dt.timedelta(days=40)).date().isoformat())
    assert not app.exception
    assert "As of noon" in block(app, "heading")["eyebrow"]


def test_the_table_behind_holds_the_figures(seen: Path) -> None:
    table = page("summary").dataframe[-1].value
    assert table["KPI"].tolist()[:3] == ["Late deliveries", "Changeover time", "Scrap rate"]
    assert {"Month to date", "Quarter to date", "Year to date", "Same part of last year"} <= set(table.columns)


@pytest.mark.parametrize("build", [stores.empty, stores.defined])
def test_without_data_the_page_says_what_to_do(tmp_path: Path, build: Callable[[Path], None]) -> None:
    with stores.owned(build, tmp_path):
        app = page("summary")
        assert not app.exception
        assert block(app, "heading")["title"] == "Nothing to sum up yet."


def test_one_point_is_shown(tmp_path: Path) -> None:
    with stores.owned(stores.one_point, tmp_path):
        app = page("summary")
        assert not app.exception
        row = next(row for row in lines(app) if row["name"] == "Scrap rate")
        assert (row["value"], row["marks"][0]["word"]) == ("3.0", "Too few points")
