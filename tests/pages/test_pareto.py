"""The Pareto page under AppTest, on real stores: what it says, its drill, its link, and its states with little data."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics.ui import links
from opsmetrics.ui.clock import span_text
from opsmetrics.verdict import wording
from tests.pages import pareto_stores, stores
from tests.pages.stores import HOSTILE, HOSTILE_LINE, block, blocks, figure, page, trace

RECENT = {"period": "28d", "compare": "previous"}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(pareto_stores.full, tmp_path_factory.mktemp("pareto")) as path:
        yield path


def title(app: AppTest) -> str:
    return str(block(app, "heading")["title"]).replace("\u00a0", " ")


def lines(app: AppTest, kind: str = "ranked", place: int = 0) -> dict[str, dict[str, object]]:
    """The lines of a block by name."""
    found = [part for part in blocks(app) if part["kind"] == kind][place]
    return {item["name"]: item for item in found["items"]}


def follow(link: object) -> AppTest:
    """The page behind a link of the page."""
    return page("pareto", **link["params"])  # type: ignore[index]


# What it says


def test_the_page_opens_with_its_verdict(full: Path) -> None:
    app = page("pareto")
    assert not app.exception
    assert title(app) == "Five of eleven reasons make 86 % of stops."
    head = block(app, "heading")
    assert head["eyebrow"].startswith("Line stops by reason · ")
    assert head["eyebrow"].endswith(" · 1,284 stops")
    assert head["lead"] == (
        "Short shot really leads: 452 against 281 for Flash is more than chance gives. "
        "Short shot rose. Burn mark fell. Nothing else really changed."
    )


def test_figure_list_and_table_say_the_same(full: Path) -> None:
    app = page("pareto", **RECENT)
    bars, table = trace(app, "bars"), app.dataframe[0].value
    assert bars["text"][:3] == ["452", "281", "179"]
    assert [item["amount"] for item in lines(app).values()] == bars["text"]
    assert list(table["Count"])[:11] == [452, 281, 179, 112, 84, 61, 44, 33, 22, 10, 6], "collapsed ones too"
    assert list(table.columns)[:6] == ["Reason", "Count", "Share", "Running share", "Vital few", "In Other"]
    assert list(table["Verdict"])[:4] == ["Rose", "No real change", "No real change", "Fell"]


def test_what_rose_and_what_fell(full: Path) -> None:
    found = lines(page("pareto", **RECENT), "changes")
    assert list(found)[:2] == ["Short shot", "Flash"]
    row = found["Short shot"]
    assert (row["before"], row["after"], row["change"], row["range"]) == ("331", "452", "+121", "+65 to +177")
    assert row["mark"]["word"] == "Rose"  # type: ignore[index]
    assert row["mark"]["tone"] == "concern"  # type: ignore[index]
    assert found["Burn mark"]["mark"]["tone"] == "improve"  # type: ignore[index]
    assert found["Flash"]["mark"]["tone"] == "muted"  # type: ignore[index]


def test_how_it_was_tested_is_told(full: Path) -> None:
    found = block(page("pareto", **RECENT), "lines")
    words = " ".join(item["text"] for item in found["items"])
    assert "binomial" in words and "Holm" in words and "clusters" in words


# Down to the rows


def test_a_name_leads_to_its_parts_and_their_rows(full: Path) -> None:
    app = follow(lines(page("pareto", **RECENT))["Short shot"]["go"])
    assert not app.exception
    assert [step["text"] for step in block(app, "heading")["trail"]] == ["Line stops", "Reason: Short shot"]
    parts = lines(app)
    assert set(parts) == {"Gate", "Core", "Cavity"}
    above = block(app, "rowstitle")
    assert (above["title"], above["count"]) == ("Rows behind Short shot", "452")
    assert above["links"] == [{"text": "undo this file", "go": links.target("data", batch="1")}]
    rows = app.dataframe[1].value
    assert len(rows) == 452
    assert set(rows["Reason"]) == {"Short shot"}
    assert set(rows["File"]) == {"stops <b>November</b>.csv"}
    assert set(rows["Loaded by"]) == {"tester <b>"}
    deeper = follow(parts["Gate"]["go"])
    assert len(deeper.dataframe[1].value) == int(str(parts["Gate"]["amount"]))
    assert [step["text"] for step in block(deeper, "heading")["trail"]][-1] == "Part: Gate"


def test_the_trail_leads_back(full: Path) -> None:
    app = page("pareto", slice="category:Flash,subcategory:Core", by="line", **RECENT)
    trail = block(app, "heading")["trail"]
    assert [step["text"] for step in trail] == ["Line stops", "Reason: Flash", "Part: Core"]
    back = follow(trail[1]["go"])
    assert back.query_params.get("slice") == "category:Flash"
    assert set(lines(back)) == {"Gate", "Core", "Cavity"}
    assert title(follow(trail[0]["go"])) == "Five of eleven reasons make 86 % of stops."


def test_other_opens_its_members(full: Path) -> None:
    app = page("pareto", **RECENT)
    other = lines(app)["Other (2)"]
    assert other["amount"] == "16"
    opened = follow(other["go"])
    members = lines(opened, place=1)
    assert set(members) == {"Crack", HOSTILE}
    assert [item["amount"] for item in members.values()] == ["10", "6"]
    assert next(part for part in blocks(opened) if part["kind"] == "foot")["link"] == "hide them"


# Controls and link


def test_each_measure_that_holds_something_is_offered(full: Path) -> None:
    for measure, start in (("minutes", "of the minutes."), ("cost", "of the cost."), ("weight", "weighted stops.")):
        app = page("pareto", measure=measure, **RECENT)
        assert not app.exception
        assert title(app).endswith(start)
    app = page("pareto", **RECENT)
    assert app.segmented_control(key="choose_measure").options == ["Count", "Minutes", "Cost", "Weight"]
    app.segmented_control(key="choose_measure").set_value("cost").run()
    assert app.query_params.get("measure") == "cost"


def test_the_pickers_write_the_address(full: Path) -> None:
    app = page("pareto", **RECENT)
    app.selectbox(key="choose_by").select("line").run()
    assert app.query_params.get("by") == "line"
    assert set(lines(app)) == {"Line 1", "Line 2", HOSTILE_LINE}
    app.selectbox(key="choose_slice_line").select("Line 1").run()
    assert app.query_params.get("slice") == "line:Line 1"
    app.selectbox(key="choose_period").select("7d").run()
    app.selectbox(key="choose_compare").select("none").run()
    assert (app.query_params.get("period"), app.query_params.get("compare")) == ("7d", "none")
    assert not [part for part in blocks(app) if part["kind"] == "changes"]


def test_days_of_ones_own_start_from_those_shown(full: Path) -> None:
    app = page("pareto", **RECENT)
    app.selectbox(key="choose_period").select("custom").run()
    assert app.query_params.get("period") == "custom"
    assert len(str(app.query_params.get("start"))) == 10
    assert title(app) == "Five of eleven reasons make 86 % of stops."
    app.date_input(key="choose_start").set_value(pareto_stores.today()).run()
    assert not app.exception


def test_everything_compares_with_nothing(full: Path) -> None:
    app = page("pareto", period="all")
    assert block(app, "heading")["eyebrow"].endswith("2,521 stops")
    assert not [part for part in blocks(app) if part["kind"] == "changes"]
    assert [part for part in blocks(app) if part["kind"] == "ranked"][-1]["title"] == "By reason"


def test_a_link_that_is_not_understood_shows_the_plain_view(full: Path) -> None:
    rubbish = {
        "stream": "no",
        "measure": "x",
        "by": "planet",
        "slice": "a:b,planet:Mars",
        "period": "custom",
        "top": "-3",
    }
    app = page("pareto", compare="x", start="rubbish", **rubbish)
    assert not app.exception
    assert title(app) == "Five of eleven reasons make 86 % of stops."


def test_many_bars_are_lines_that_lie(full: Path) -> None:
    assert len(page("pareto", top="11", **RECENT).get("plotly_chart")) == 1
    app = page("pareto", by="line", slice="category:Flash", **RECENT)
    assert len(app.get("plotly_chart")) == 1


def test_names_reach_the_page_as_text(full: Path) -> None:
    app = page("pareto", by="line", slice=f"category:{HOSTILE.replace('%', '%25').replace(',', '%2C')}", period="28d")
    assert not app.exception
    assert block(app, "heading")["trail"][-1]["text"] == f"Reason: {HOSTILE}"
    words = json.dumps(figure(app)["data"] + [figure(app)["layout"]])
    assert "<img" not in words and "<script" not in words
    assert not app.markdown, "nothing on this page is drawn as markdown"


def test_the_page_stands_as_of_a_day_and_keeps_it_on_the_way_down(full: Path) -> None:
    day = pareto_stores.today() - dt.timedelta(days=28)
    app = page("pareto", as_of=day.isoformat(), period="28d")
    assert not app.exception
    ends = day - dt.timedelta(days=28), day - dt.timedelta(days=1)
    assert f" · {span_text(*ends)} · " in block(app, "heading")["eyebrow"], "the last 28 days before that day"
    assert next(iter(lines(app).values()))["amount"] == "331"
    down = follow(lines(app)["Short shot"]["go"])
    assert down.query_params.get("as_of") == day.isoformat()
    assert down.dataframe[-1].value["When"].max() < pd.Timestamp(day) + pd.Timedelta(hours=12)
    app.selectbox(key="choose_stream").select("quiet").run()
    assert app.query_params.get("as_of") == day.isoformat()


def test_days_after_the_date_asked_for_are_refused_with_a_sentence(full: Path) -> None:
    today = pareto_stores.today()
    ends = {"start": today.isoformat(), "end": today.isoformat()}
    app = page("pareto", as_of=(today - dt.timedelta(days=7)).isoformat(), period="custom", **ends)
    assert not app.exception
    said = [part["text"] for part in blocks(app) if part["kind"] == "caption" and "The address asks" in part["text"]]
    assert len(said) == 1 and wording.date(today) in said[0]


def test_before_the_first_event_the_page_says_so_and_lets_one_out(full: Path) -> None:
    app = page("pareto", as_of="2001-01-01")
    assert not app.exception
    assert title(app) == "No stops are known as of 1 Jan 2001."
    assert app.date_input(key="as_of").value == dt.date(2001, 1, 1)


# Little or nothing


def test_an_empty_period_says_where_the_events_are(full: Path) -> None:
    app = page("pareto", period="custom", start="2001-01-01", end="2001-01-31")
    assert not app.exception
    assert title(app) == "No stops from 1 Jan 2001 to 31 Jan 2001."
    assert "Choose another period or slice" in next(b["text"] for b in blocks(app) if b["kind"] == "caption")


def test_a_stream_without_events_asks_for_them(full: Path) -> None:
    app = page("pareto", stream="quiet")
    assert not app.exception
    assert title(app) == "No near misses have been loaded yet."
    assert [button.label for button in app.button] == ["Load events"]
    assert app.selectbox(key="choose_stream").options == ["Line stops", "Near misses"]
