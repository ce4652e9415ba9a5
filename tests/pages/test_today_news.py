"""Today tells what is new since the reader's last visit, also where it is over again by now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.measurements import Span
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.pages import stores
from tests.pages.stores import block, blocks
from tests.paths import ROOT
from tests.store.builders import batch, count

KPIS = """
[kpis.scrap]
name = "Scrap rate"
kind = "proportion"
better = "lower"
unit = "%"
numerator = "pieces"
denominator = "pieces made"

[kpis.late]
name = "Late deliveries"
kind = "proportion"
better = "lower"
unit = "%"
"""

ANN = "a" * 32


def build(path: Path, scrap: Mapping[int, int] = {57: 25}, late: Mapping[int, int] = {}) -> None:
    """Two shares of five in a hundred, more or less, of 60 days, but for these days: scrap left its limits three days
    ago and came back."""
    with Store.open(path) as opened:
        desk = Desk(opened, Settings.from_environment().for_store(path))
        desk.apply(KPIS, by="tester")
        first, last = stores.start() + dt.timedelta(days=30), stores.start() + dt.timedelta(days=90)
        days = [first + dt.timedelta(days=n) for n in range(60)]
        usual = [4, 6, 5, 5, 4, 6, 5, 6, 4, 5] * 6
        rows = [count(day, scrap.get(n, usual[n]), 100, kpi="scrap") for n, day in enumerate(days)]
        rows += [count(day, late.get(n, usual[n]), 100, kpi="late") for n, day in enumerate(days)]
        spans = tuple(Span(kpi, first, last) for kpi in ("scrap", "late"))
        desk.commit(batch(*rows, dimensions=(), spans=spans), by="tester")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(build, tmp_path_factory.mktemp("plant")) as path:
        yield path


def today(reader: str = "", **params: str) -> AppTest:
    """The page as a reader sees it, whose browser has this name."""
    app = AppTest.from_file(str(ROOT / "navigation.py"), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    app.session_state["reader"] = reader
    app.run()
    assert not app.exception
    return app


def over(app: AppTest) -> list[dict[str, Any]]:
    return [row for part in blocks(app) if part["kind"] == "section" and part["id"] == "over" for row in part["rows"]]


def breach() -> str:
    day = stores.start() + dt.timedelta(days=87)
    return f"{day.day} {day:%b} {day.year}"


def test_a_breach_that_is_over_is_listed_for_the_last_week_and_not_for_yesterday(plant: Path) -> None:
    app = today(since="week")
    (row,) = over(app)
    assert row["sentence"] == f"Scrap rate was above its limits on {breach()}; back in its usual range."
    assert (row["mark"]["word"], row["second"]["word"]) == ("Concerning, high", "now: Stable")
    assert row["meta"] == f"detected {breach()}"
    assert block(app, "heading")["title"] == "One came and went. Leave all 2 alone."
    assert over(today(since="day")) == []
    assert block(today(since="day"), "heading")["title"] == "Nothing changed. Leave all 2 alone."


def test_the_row_of_now_stays_where_it_is(plant: Path) -> None:
    sections = {part["id"]: part for part in blocks(today(since="week")) if part["kind"] == "section"}
    assert list(sections) == ["over", "leave_alone"]
    assert [row["name"] for row in sections["leave_alone"]["rows"]] == ["Scrap rate", "Late deliveries"]


def test_the_table_tells_the_news(plant: Path) -> None:
    table = today(since="week").dataframe[0].value.set_index("KPI")
    assert table.loc["Scrap rate", "New"] == f"came and went, detected {breach()}"
    assert table.loc["Late deliveries", "New"] == ""


def test_without_a_visit_it_is_yesterday_and_says_so(plant: Path) -> None:
    app = today()
    assert "since yesterday, as no earlier visit is known" in block(app, "heading")["eyebrow"]
    control = app.get("button_group")[0]
    assert control.options == ["Yesterday", "Last week"], "no visit is known, and the site has no shifts"


def test_the_last_visit_is_the_window_of_whoever_comes_back(plant: Path) -> None:
    """Ann looked five days ago: before the breach."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    store.look(store.current(), ANN, now - dt.timedelta(days=5))
    app = today(f"{ANN}.{1_700_000_000}")
    assert [row["name"] for row in over(app)] == ["Scrap rate"]
    assert app.get("button_group")[0].options[0] == "Last visit"
    again = today(f"{ANN}.{1_700_000_000}")
    assert len(over(again)) == 1, "a reload belongs to the same visit"
    assert [row["name"] for row in over(today(f"{ANN}.{1_700_000_000}", since="day"))] == []


def test_a_second_visit_knows_when_the_browser_got_its_name(plant: Path) -> None:
    """Before its first visit was over the browser had no name to be noted under."""
    met = int((dt.datetime.now(dt.UTC) - dt.timedelta(days=6)).timestamp())
    assert len(over(today(f"{'b' * 32}.{met}"))) == 1
    assert over(today(f"{'c' * 32}.{int(dt.datetime.now(dt.UTC).timestamp())}")) == []


def test_a_reader_who_stays_is_not_noted_at_each_run(plant: Path) -> None:
    app = today(f"{'d' * 32}.{1_700_000_000}")
    noted = store.current().read("SELECT last_at FROM visits WHERE reader = ?", ["d" * 32])
    app.run()
    assert store.current().read("SELECT last_at FROM visits WHERE reader = ?", ["d" * 32]).equals(noted)


def test_as_of_a_day_the_window_lies_before_that_day(plant: Path) -> None:
    """Two days after the breach the page tells of it, as of then."""
    day = (stores.start() + dt.timedelta(days=89)).date().isoformat()
    assert len(over(today(as_of=day, since="week"))) == 1
    assert "since yesterday" not in block(today(as_of=day), "heading")["eyebrow"]


def test_an_unknown_window_shows_the_usual_one(plant: Path) -> None:
    assert "since yesterday" in block(today(since="rubbish"), "heading")["eyebrow"]
