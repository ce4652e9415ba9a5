"""The page of all forecasts under AppTest, on real stores: it says what `forecast --all --json` prints."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics.cli import main
from opsmetrics.desk import Desk, finished
from opsmetrics.desk.finished import Question, watched
from opsmetrics.desk.forecast_outlook import Outlook, outlooks
from opsmetrics.desk.forecast_outlook_sentences import periods
from opsmetrics.ui import forecasts, upload_job
from tests.pages import stores
from tests.pages.stores import block, blocks, page

Printed = list[dict[str, Any]]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    """What the command line prints of the store that these pages then look at."""
    folder = tmp_path_factory.mktemp("forecasts")
    stores.full(folder / "pages.duckdb")
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: said.append(" ".join(map(str, words))))
        assert main(["forecast", "--all", "--json", "--store", str(folder / "pages.duckdb")]) == 0
    with stores.owned(lambda _: None, folder):
        yield json.loads("".join(said))["forecasts"]


def rows(app: AppTest) -> dict[str, dict[str, Any]]:
    """The rows by their keys, each with the section that it stands in."""
    sections = [each for each in blocks(app) if each["kind"] == "section"]
    return {row["key"]: row | {"section": each["id"]} for each in sections for row in each["rows"]}


def key(each: dict[str, Any]) -> str:
    return f"{each['kpi']}|{each['grain']}|{', '.join(each['slice'].values())}"


def test_page_and_json_are_one(printed: Printed) -> None:
    app = page("forecasts")
    assert not app.exception
    assert not app.markdown, "hostile names are text: nothing on this page is drawn as markdown"
    shown, table = rows(app), app.dataframe[0].value.to_dict("records")
    assert sorted(shown) == sorted(key(each) for each in printed)
    assert len(table) == len(printed) > 4
    for each, line in zip(printed, table, strict=True):
        row, first = shown[key(each)], each["points"][0]
        assert row["section"] == each["outlook"]
        assert row["sentence"] == line["Will we make it?"] == each["sentence"]
        assert row["meta"] == line["Past forecasts"] == each["past_forecasts"]
        assert line["Next"] == first["label"] == row["counts"][-1]
        for column, name in (("Most likely", "mean"), ("80 % from", "lower_80"), ("95 % to", "upper_95")):
            assert line[column] == pytest.approx(first[name])
        assert row["spark"]["shapes"]
        (landed,) = each["landing"].values()
        assert line["Lands at"] == pytest.approx(landed["likely"])
        held = each["coverage"]["80"]
        assert f"Of {held['of']} past values" in row["ahead"].replace("\u00a0", " ")
        assert line["80 % range held"] == held["inside"]


def test_the_file_of_all_periods_is_the_json(printed: Printed) -> None:
    lines = periods(outlooks(watched(Question(Desk.of_process())))).to_dict("records")
    points = [(each, point) for each in printed for point in each["points"]]
    assert len(lines) == len(points) > 100
    for line, (each, point) in zip(lines, points, strict=True):
        assert (line["Unit"], line["Period"]) == (each["unit"], point["label"])
        for column, name in (("Most likely", "mean"), ("50 % from", "lower_50"), ("95 % to", "upper_95")):
            assert line[column] == pytest.approx(point[name])


def test_the_headline_counts_what_the_sections_hold(printed: Printed) -> None:
    head = block(app := page("forecasts"), "heading")
    misses = [row for row in rows(app).values() if row["section"] == "misses"]
    assert len(misses) > 1
    aimed = [each for each in printed if each["outlook"] in ("misses", "open", "meets")]
    assert head["title"] == f"{len(misses)} of {len(aimed)} targets will likely be missed."
    assert head["eyebrow"].endswith(f" · {len(printed)} watched")
    assert all(row["mark"]["tone"] == "concern" for row in misses)


def test_the_end_of_the_year_is_asked_for_in_the_address(printed: Printed) -> None:
    app = page("forecasts", stretch="year")
    told = [row for row in rows(app).values() if row["section"] in ("misses", "open", "meets")]
    assert told and all(row["sentence"].startswith(str(dt.date.today().year)) for row in told)
    assert "this year" in block(app, "heading")["title"]
    app.segmented_control(key="choose_stretch").set_value("").run()
    assert "stretch" not in app.query_params
    assert "this year" not in block(app, "heading")["title"]
    assert not page("forecasts", stretch="decade").exception


def test_filters_choose_and_a_row_leads_to_its_forecast(printed: Printed) -> None:
    app = page("forecasts", category="Moulding")
    (row,) = rows(app).values()
    assert row["name"] == "Scrap rate"
    assert row["go"]["href"] == "forecast?kpi=scrap"
    assert block(app, "heading")["title"] == "Scrap rate will likely miss its target."
    nothing = page("forecasts", q="no such thing")
    assert block(nothing, "heading")["title"] == "No forecast fits these filters."
    assert nothing.button(key="clear_filters")


def test_a_quarter_of_an_hour_later_the_same_rows_stand_there(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, drawn = rows(page("forecasts")), list[Outlook]()
    now = finished.quarter_now()
    monkeypatch.setattr(finished, "quarter_now", lambda: now + 1)
    monkeypatch.setattr(forecasts, "row", lambda found, as_of: drawn.append(found))
    assert rows(page("forecasts")) == before
    assert drawn == [], "everything is reviewed anew, and no row is"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Forecasts are made only after this is set; until then the work can be stopped, and no page waits for it."""
    opened = threading.Event()

    def gated(*asked: Any) -> list[Outlook]:
        while not opened.wait(0.01):
            asked[2]("Late deliveries", 1, 4)
        return outlooks(*asked)

    monkeypatch.setattr(upload_job, "PATIENCE", 0.0)
    monkeypatch.setattr(forecasts, "outlooks", gated)
    return opened


def earlier(days: int) -> str:
    """A day as of which no other test has asked for forecasts."""
    return (stores.start() + dt.timedelta(days=stores.DAYS - days)).date().isoformat()


def waited(app: AppTest) -> AppTest:
    """The page once the work of its session is over."""
    if "forecasts" in app.session_state:
        assert app.session_state["forecasts"][0].wait(60)
        app.run()
    return app


def test_what_is_not_made_comes_with_progress(printed: Printed, gate: threading.Event) -> None:
    app = page("forecasts", as_of=earlier(20))
    assert not app.exception
    assert block(app, "heading")["title"] == "Forecasts are being made."
    assert {row["section"] for row in rows(app).values()} == {"missing"}
    assert app.button(key="forecasts_stop").label == "Cancel"
    gate.set()
    waited(app)
    assert "missing" not in {row["section"] for row in rows(app).values()}
    assert app.dataframe[0].value["KPI"].size == len(printed)


def test_stopping_holds_until_the_others_are_asked_for(printed: Printed, gate: threading.Event) -> None:
    app = page("forecasts", as_of=earlier(25))
    app.button(key="forecasts_stop").click().run()
    waited(app)
    assert f"Stopped: {len(printed)} are not made yet. What was made is kept." in [text.value for text in app.text]
    assert block(app, "heading")["title"] == "Not all forecasts are made."
    assert "forecasts" not in app.session_state, "no run begins it again"
    gate.set()
    waited(app.button(key="forecasts_make").click().run())
    assert "missing" not in {row["section"] for row in rows(app).values()}
