"""Today under AppTest, on real stores: full, empty, defined without data, and with one point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.catalog import Decision
from tests.pages import stores
from tests.pages.stores import HOSTILE, block, blocks, page


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(stores.full, tmp_path_factory.mktemp("full")) as path:
        yield path


def rows(app: AppTest) -> list[dict[str, Any]]:
    """All rows, in the order of the page."""
    return [row for part in blocks(app) if part["kind"] == "section" for row in part["rows"]]


def names(app: AppTest) -> list[str]:
    return [row["name"] for row in rows(app)]


# Full


def test_the_page_opens_with_its_verdict(full: Path) -> None:
    app = page("today")
    assert not app.exception
    head = block(app, "heading")
    assert head["title"] == "Two got worse, one improved. Leave 3 alone."
    assert head["eyebrow"].endswith("7 watched")


def test_the_groups_follow_the_stances(full: Path) -> None:
    sections = [part for part in blocks(page("today")) if part["kind"] == "section"]
    assert [(part["id"], part["count"]) for part in sections] == [
        ("find_cause", "2"),
        ("change_process", "1"),
        ("learn_keep", "1"),
        ("leave_alone", "3"),
    ]


def test_a_row_holds_the_counts_that_were_loaded(full: Path) -> None:
    """Binomial counts put in by the builder: the last day of Line 3 is set to 26 %."""
    row = rows(page("today"))[0]
    counted, _, total = row["counts"][0].partition(" of ")
    share = int(counted.replace(",", "")) / int(total.replace(",", ""))
    assert row["sub"] == "Line 3"
    assert share == pytest.approx(0.26, abs=0.0006), "rounded to whole orders"
    assert row["value"] == f"{100 * share:.1f}"


def test_search_and_filters_narrow_the_page(full: Path) -> None:
    app = page("today", q="late line 3")
    assert names(app) == ["Late deliveries"]
    assert block(app, "heading")["eyebrow"].endswith("1 of 7 shown")
    assert set(names(page("today", category="Paint"))) == {"Changeover time"}
    assert set(names(page("today", owner="S. Amari"))) == {"Scrap rate"}


def test_filters_that_fit_nothing_say_so(full: Path) -> None:
    app = page("today", q="no such thing")
    assert not app.exception
    assert any("No KPI fits these filters" in text.value for text in app.text)


def test_the_page_can_be_asked_as_of_a_day(full: Path) -> None:
    day = (stores.start().date() + dt.timedelta(days=60)).isoformat()
    app = page("today", as_of=day)
    assert not app.exception
    assert block(app, "heading")["eyebrow"].startswith("As of noon, ")
    assert block(app, "heading")["title"] != block(page("today"), "heading")["title"]


def test_a_date_long_ago_stays_in_the_address(full: Path) -> None:
    app = page("today", as_of="2009-03-04").run()
    assert not app.exception
    assert block(app, "heading")["eyebrow"].startswith("As of noon, Wed 4 Mar 2009")
    assert app.query_params.get("as_of") in ("2009-03-04", ["2009-03-04"])


def test_a_link_that_is_not_understood_shows_the_page(full: Path) -> None:
    """After Back the address of the chart may stand on Today: it is ignored."""
    app = page("today", kpi="late", slice="line:Line 3", as_of="rubbish", show="rubbish")
    assert not app.exception
    assert len(names(app)) == 6, "the whole of Late deliveries and its Line 3 share a row"


def test_the_table_behind_the_page_has_a_line_for_each_row(full: Path) -> None:
    table = page("today").dataframe[0].value
    assert len(table) == 7
    assert table["KPI"].iloc[0] == "Late deliveries"
    assert HOSTILE in set(table["KPI"])


def test_a_decision_shows_at_once(full: Path) -> None:
    """Reviews are kept by the decisions' version: a new target (9 %, above the upper limit) makes new ones."""
    before = next(row for row in rows(page("today")) if row["name"] == "Scrap rate")
    number = store.current().decide(Decision("scrap", "target", value={"value": 9.0}, by="tester", why="test"))
    now = [part["id"] for part in blocks(page("today")) if any(r["name"] == "Scrap rate" for r in part.get("rows", []))]
    store.current().decide(Decision("scrap", "target", supersedes=number, by="tester", why="back again"))
    assert before["mark"]["word"] == "Fails"
    assert now == ["leave_alone"]
