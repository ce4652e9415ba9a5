"""The page of one KPI under AppTest, on a real, full store."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.settings import Settings
from opsmetrics.verdict import wording
from tests.pages import stores
from tests.pages.stores import HOSTILE, HOSTILE_LINE, block, blocks, figure, page, trace


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(stores.full, tmp_path_factory.mktemp("full")) as path:
        yield path


# Full


def test_a_deep_link_opens_kpi_slice_and_grain(full: Path) -> None:
    app = page("chart", kpi="late", slice="line:Line 3")
    assert not app.exception
    head = block(app, "heading")
    assert (head["title"], head["trail"][-1]["text"]) == ("Late deliveries", "Line 3")
    assert head["lead"].startswith("Late deliveries 26.0")
    assert head["hero"]["value"] == "26.0"


def test_the_strip_gives_the_reason_for_the_chart_and_what_was_rejected(full: Path) -> None:
    strip = block(page("chart", kpi="late", slice="line:Line 3"), "strip")
    assert [(item["label"], item["text"]) for item in strip["items"][-2:]] == [
        ("Chart", "p chart"),
        ("Rules", "beyond its limits, 8 on one side"),
    ]
    chart, rules = strip["why"]
    assert chart["lead"] == "p chart"
    assert "σz" in chart["text"]
    assert "p′ chart" in chart["text"]
    assert rules == {"lead": "Rules", "text": "A chart that is looked at often: few rules, few false alarms."}


def test_the_figure_the_table_and_the_row_of_today_say_the_same(full: Path) -> None:
    app = page("chart", kpi="late", slice="line:Line 3")
    table = app.dataframe[0].value
    row = next(r for part in blocks(page("today")) if part["kind"] == "section" for r in part["rows"])
    assert f"{table['Value'].dropna().iloc[-1]:.1f}" == row["value"] == block(app, "heading")["hero"]["value"]
    assert "above the upper limit" in trace(app, "points")["text"][-1]


def test_a_measured_kpi_has_its_spread_beneath(full: Path) -> None:
    app = page("chart", kpi="changeover")
    assert len(app.get("plotly_chart")) == 2
    assert len(page("chart", kpi="late").get("plotly_chart")) == 1


def test_a_coarser_grain_is_a_view_without_a_verdict(full: Path) -> None:
    app = page("chart", kpi="late", grain="week")
    assert not app.exception
    assert "view without a verdict" in block(app, "heading")["lead"]
    monthly = page("chart", kpi="late", grain="month")
    assert "view without a verdict" not in block(monthly, "heading")["lead"], "its lead grain has one"


def test_the_span_of_the_link_cuts_the_chart(full: Path) -> None:
    assert len(trace(page("chart", kpi="changeover", span="30"), "points")["text"]) == 30
    assert len(trace(page("chart", kpi="changeover", span="0"), "points")["text"]) == stores.DAYS


def test_choosing_another_kpi_writes_the_address_and_starts_afresh(full: Path) -> None:
    app = page("chart", kpi="late", slice="line:Line 3", grain="week")
    app.selectbox(key="choose_kpi").select("scrap").run()
    assert block(app, "heading")["title"] == "Scrap rate"
    assert app.query_params.get("kpi") == "scrap"
    assert "slice" not in app.query_params
    assert "grain" not in app.query_params


def test_choosing_a_slice_and_a_span_writes_the_address(full: Path) -> None:
    app = page("chart", kpi="late")
    app.selectbox(key="choose_slice").select("line:Line 4").run()
    app.selectbox(key="choose_span").select("30").run()
    assert app.query_params.get("slice") == "line:Line 4"
    assert app.query_params.get("span") == "30"
    assert block(app, "heading")["trail"][-1]["text"] == "Line 4"


def test_a_second_look_stands_beneath_and_in_the_address(full: Path) -> None:
    app = page("chart", kpi="late")
    lead = block(app, "heading")["lead"]
    app.selectbox(key="choose_look").select("cusum").run()
    assert not app.exception
    assert app.query_params.get("look") == "cusum"
    assert len(app.get("plotly_chart")) == 2
    said = [part["text"] for part in blocks(app) if part["kind"] == "caption"]
    assert any(text.startswith("CUSUM: Two running sums") for text in said)
    assert block(app, "heading")["lead"] == lead, "the verdict stays as it is"
    app.selectbox(key="choose_look").select("").run()
    assert "look" not in app.query_params
    assert len(page("chart", kpi="late", look="rubbish").get("plotly_chart")) == 1


def test_a_figure_is_followed_to_its_rows_and_its_file(full: Path) -> None:
    app = page("chart", kpi="changeover")
    rows = app.dataframe[1].value
    value = block(app, "heading")["hero"]["value"]
    assert len(rows) == 5, "five readings a day"
    assert f"{rows['Value'].mean():.1f}" == value
    assert set(rows["File"]) == {"dispatch <b>2026</b>.csv"}
    title = block(app, "rowstitle")
    assert "loaded" in title["note"]
    assert "by tester <b>" in title["note"]
    day = f"{stores.start() + dt.timedelta(days=stores.DAYS - 1):%Y-%m-%d}"
    assert [(link["text"], link["go"]["params"]) for link in title["links"]] == [
        ("history and correction", {"kpi": "changeover", "day": day}),
        ("undo this file", {"batch": "1"}),
    ]


def test_the_rows_of_another_period_can_be_chosen(full: Path) -> None:
    app = page("chart", kpi="changeover")
    chooser = next(box for box in app.selectbox if box.label == "Period")
    chooser.select(10).run()
    label = trace(app, "points")["text"][10].removeprefix("<b>").partition("</b>")[0]
    assert block(app, "rowstitle")["title"] == f"Rows behind {label}"
    assert app.query_params.get("point") == (stores.start() + dt.timedelta(days=10)).date().isoformat()


def test_signals_that_decide_stand_before_those_that_do_not(full: Path) -> None:
    lists = {
        part["title"]: part["items"] for part in blocks(page("chart", kpi="changeover")) if part["kind"] == "lines"
    }
    notes = [item["note"] for item in lists["Signals"]]
    assert notes == sorted(notes), "decides, then listed"
    assert notes[0] == "decides"
    assert lists["Episodes"]


def test_names_reach_the_page_as_text(full: Path) -> None:
    app = page("chart", kpi="hostile", slice=stores.slice_address(HOSTILE_LINE))
    assert not app.exception
    assert block(app, "heading")["title"] == HOSTILE
    words = json.dumps(figure(app)["data"] + [figure(app)["layout"]])
    assert "<i>" not in words
    assert "<script" not in words
    assert not app.markdown, "nothing on this page is drawn as markdown"


def test_a_link_that_is_not_understood_shows_a_chart(full: Path) -> None:
    app = page("chart", kpi="no such", grain="fortnight", span="x", slice="a:b:c", as_of="rubbish")
    assert not app.exception
    assert block(app, "heading")["title"] == "Late deliveries"


def test_as_of_shows_an_earlier_day(full: Path) -> None:
    """At noon of a day that day still runs: the day before is the last one judged."""
    day = stores.start() + dt.timedelta(days=60)
    app = page("chart", kpi="changeover", as_of=day.date().isoformat())
    before = wording.date(day - dt.timedelta(days=1))
    assert block(app, "heading")["hero"]["caption"].startswith(before)
    assert app.dataframe[0].value["State"].iloc[-1] == "half-finished: drawn, not judged"


# Points, ranges, rules, files


def day(number: int) -> str:
    """The n-th day of the store as the address names it."""
    return (stores.start() + dt.timedelta(days=number)).date().isoformat()


def test_the_point_of_the_link_is_ringed_followed_and_can_be_decided_about(full: Path) -> None:
    app = page("chart", kpi="changeover", point=day(70), span="0")
    assert trace(app, "points")["selectedpoints"] == [70]
    bar = block(app, "bar")
    assert bar["chosen"]
    assert [item["text"] for item in bar["acts"]] == ["Note", "New phase from here", "Exclude", "Clear"]
    assert block(app, "rowstitle")["title"] == f"Rows behind {bar['text']}"


def test_a_point_that_is_not_there_chooses_nothing(full: Path) -> None:
    app = page("chart", kpi="changeover", point="1999-01-01")
    assert not block(app, "bar")["chosen"]
    assert "selectedpoints" not in trace(app, "points")
    assert "no period “1999-01-01”" in block(app, "caption")["text"]


def test_a_stretch_of_the_link_is_veiled_and_fills_the_form(full: Path) -> None:
    app = page("chart", kpi="changeover", point=day(60), until=day(64), span="0")
    bar = block(app, "bar")
    assert bar["text"].startswith("5 days selected, ")
    assert [item["text"] for item in bar["acts"]][:2] == ["Exclude", "Lock limits here"]
    assert [(s["x0"], s["x1"]) for s in figure(app)["layout"]["shapes"] if s["type"] == "rect"][-1] == (59.5, 64.5)
    first, last = bar["text"].removeprefix("5 days selected, ").split(" – ")
    assert block(app, "rowstitle")["title"] == f"Rows behind {last}"
    app.button(key="ask_exclude").click().run()
    ends = [next(box for box in app.selectbox if box.label == label) for label in ("From", "To")]
    assert [box.format_func(box.value) for box in ends] == [first, last]


def test_another_period_or_slice_takes_the_place_of_a_stretch(full: Path) -> None:
    app = page("chart", kpi="changeover", point=day(60), until=day(64))
    app.selectbox(key="choose_point").select(50).run()
    assert (app.query_params.get("point"), "until" in app.query_params) == (day(50), False)
    app = page("chart", kpi="late", slice="line:Line 3", point=day(60), until=day(64))
    app.selectbox(key="choose_slice").select("line:Line 4").run()
    assert not {"point", "until"} & set(app.query_params)


def test_a_range_of_the_link_cuts_the_chart_and_leaves_limits_and_verdict(full: Path) -> None:
    whole = page("chart", kpi="changeover", span="0")
    app = page("chart", kpi="changeover", **{"from": day(20), "to": day(39)})
    assert figure(app)["layout"]["xaxis"]["range"] == [19.4, 39.6]
    assert trace(app, "points")["text"] == trace(whole, "points")["text"][20:40], "with the limits of all points"
    assert block(app, "heading")["lead"] == block(whole, "heading")["lead"]
    app.selectbox(key="choose_span").select("30").run()
    assert "from" not in app.query_params
    assert len(trace(app, "points")["text"]) == 30


def test_other_rules_are_a_view_that_says_what_decides(full: Path) -> None:
    plain, app = page("chart", kpi="changeover"), page("chart", kpi="changeover", rules="rule_1")
    note = block(app, "notice")
    assert note["lead"] == "View only."
    assert "decided by: beyond its limits, 8 on one side" in note["text"]
    assert "rules" not in note["link"]["go"]["params"]
    assert block(app, "heading")["lead"] == block(plain, "heading")["lead"]
    rules = {
        item["lead"].partition(",")[0]
        for part in blocks(app)
        if part["kind"] == "lines" and part["title"] == "Signals"
        for item in part["items"]
    }
    assert rules <= {"beyond its limits"}


def test_rules_are_chosen_by_set_or_one_by_one_and_stand_in_the_link(full: Path) -> None:
    app = page("chart", kpi="changeover")
    app.selectbox(key="choose_rules").select("nelson").run()
    assert app.query_params.get("rules") == "nelson"
    app.multiselect(key="own_rules").set_value(["run_of_7"]).run()
    assert app.query_params.get("rules") == "run_of_7"
    assert "7 on one side" in block(app, "notice")["text"]
    app.multiselect(key="own_rules").set_value([]).run()
    assert "rules" not in app.query_params


def test_files_are_named_after_kpi_slice_grain_and_day(full: Path) -> None:
    app = page("chart", kpi="late", slice="line:Line 3", as_of=day(60))
    held = store.current()
    desk = Desk(held, Settings.from_environment().for_store(held.path))
    id_ = desk.review("late", (("line", "Line 3"),), as_of=dt.date.fromisoformat(day(60))).id
    assert block(app, "pictures")["file"] == f"late_Line-3_day_{day(60)}_{id_}"
    assert any(f"Verdict {id_}" in line for line in block(app, "pictures")["texts"])


def test_a_link_beside_another_verdict_says_what_that_one_said(full: Path) -> None:
    old, now = page("chart", kpi="late", as_of=day(60)), page("chart", kpi="late")
    was, is_ = (block(app, "strip")["note"].rpartition(" ")[2] for app in (old, now))
    assert was != is_
    came = page("chart", kpi="late", verdict=was)
    told = block(came, "notice")
    assert was in told["lead"]
    assert block(old, "heading")["lead"] in told["text"]
    assert told["text"].endswith(f"python -m opsmetrics verify {was}")
    for harmless in ({"verdict": is_}, {"verdict": "00000-00000"}, {"verdict": "no id"}, {}):
        assert not [part for part in blocks(page("chart", kpi="late", **harmless)) if part["kind"] == "notice"]
    other = page("chart", kpi="scrap", verdict=was)
    assert not [part for part in blocks(other) if part["kind"] == "notice"]


def test_the_form_of_another_kpi_does_not_follow(full: Path) -> None:
    app = page("chart", kpi="changeover")
    app.button(key="ask_annotate").click().run()
    assert any(box.label == "Note" for box in app.text_area)
    app.query_params["kpi"] = "scrap"
    app.run()
    assert not app.text_area
