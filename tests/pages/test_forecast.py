"""The Forecast page under AppTest, on real stores."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import forecast_stores, stores
from tests.pages.stores import block, page, trace


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(forecast_stores.years, tmp_path_factory.mktemp("years")) as path:
        yield path


def panel(app: AppTest, title: str) -> dict[str, Any]:
    panels = block(app, "panels")["panels"]
    return next(found for found in panels if found["title"].startswith(title))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def every(app: AppTest, kind: str) -> list[dict[str, Any]]:
    found = [json.loads(part.proto.json or "{}") for part in app.get("bidi_component")]
    return [block for part in found for block in part.get("blocks", []) if block["kind"] == kind]


def blocks_of(app: AppTest) -> list[dict[str, Any]]:
    return every(app, "panels")


# A full store


def test_a_target_out_of_reach_is_the_headline(years: Path) -> None:
    app = page("forecast", kpi="otif", grain="month")
    assert not app.exception
    head = block(app, "heading")
    assert plain(head["title"]) == "95.0 % is out of reach this year unless the process changes."
    assert (head["hero"]["value"], plain(head["hero"]["unit"])) == ("under 5", " %")
    assert head["hero"]["caption"].startswith("chance for the year 20")
    assert head["eyebrow"] == "On time in full · all · by month, 12 months ahead"
    strip = block(app, "strip")["items"][0]
    assert (strip["mark"]["word"], strip["mark"]["tone"]) == ("Target at risk", "concern")


def test_without_a_chance_the_next_value_is_the_headline(years: Path) -> None:
    app = page("forecast", kpi="bag")
    head = block(app, "heading")
    assert plain(head["title"]).startswith("Likely 7")
    assert "at sample 61, between" in head["title"]
    assert head["hero"]["caption"] == "most likely at sample 61"


def test_page_table_and_figure_say_the_same(years: Path) -> None:
    app = page("forecast", kpi="otif", slice="line:A")
    table = app.dataframe[0].value
    ahead, *_ = block(app, "panels")["panels"]  # its title tells of chances on days whose backtest earns them
    first = ahead["rows"][0]
    assert first[0] == table["Period"].iloc[0]
    assert first[1] == f"{table['Most likely'].iloc[0]:.1f}"
    assert first[2] == f"{table['80 % from'].iloc[0]:.1f}–{table['80 % to'].iloc[0]:.1f}"
    assert trace(app, "likely")["y"]
    assert first[1] in trace(app, "ahead")["text"][0]
    assert len(table) == 28


def test_the_trust_table_names_rivals_and_measured_coverage(years: Path) -> None:
    app = page("forecast", kpi="otif", slice="line:A")
    found = panel(app, "Can it be trusted?")
    names = [row[0] for row in found["rows"]]
    assert names == [
        "This forecast",
        "Repeating the last season",
        "Repeating the last day",
        "Holt-Winters smoothing",
        "80 % range held",
        "95 % range held",
    ]
    assert "better" in found["rows"][1][2]
    held = app.dataframe[1].value["Inside 80 %"]
    assert found["rows"][4][2].startswith(f"{(held == 'yes').sum()} of {len(held)} (")


def test_the_model_card_says_what_was_used(years: Path) -> None:
    app = page("forecast", kpi="otif", slice="line:A")
    rows = dict(panel(app, "What was used")["rows"])
    assert rows["History"].startswith("1,095 days, ")
    assert rows["Season"] == "repeats every 7 days"
    assert rows["Phase"] == "all of it; a change of level is proposed on its chart and not decided"
    assert "All of its history counts: a change of level is proposed" in str(every(app, "caption"))
    weights = [int(rows[name].split()[1].split("\u00a0")[0]) for name in rows if rows[name].startswith("weight")]
    assert sum(weights) in (99, 100, 101)


def test_the_horizon_of_the_link_is_drawn_and_bounded(years: Path) -> None:
    app = page("forecast", kpi="wait", horizon="5")
    assert len(app.dataframe[0].value) == 5
    assert len(page("forecast", kpi="wait", horizon="9999").dataframe[0].value) == 4 * 28


def test_choosing_writes_the_address_and_starts_afresh(years: Path) -> None:
    app = page("forecast", kpi="otif", slice="line:A", grain="week", horizon="26")
    app.selectbox(key="choose_horizon").select("13").run()
    assert app.query_params.get("horizon") == "13"
    app.selectbox(key="choose_kpi").select("wait").run()
    assert app.query_params.get("kpi") == "wait"
    assert not {"slice", "grain", "horizon"} & set(app.query_params)
    assert not app.exception


def test_as_of_an_earlier_day_knows_only_what_was_known_then(years: Path) -> None:
    day = forecast_stores.first_day() + dt.timedelta(days=400)
    app = page("forecast", kpi="wait", as_of=day.date().isoformat())
    assert not app.exception
    rows = dict(panel(app, "What was used")["rows"])
    assert rows["History"].startswith("400 days, ")


@pytest.mark.parametrize("horizon", ["0", "9999"])
def test_a_horizon_that_cannot_be_is_told_of(years: Path, horizon: str) -> None:
    app = page("forecast", kpi="wait", horizon=horizon)
    said = f"The address asks for what is not here: no horizon “{horizon}” (1 to 112 days). The usual view is shown"
    assert any(said in each["text"] for each in every(app, "caption"))


@pytest.mark.parametrize("params", [{"grain": "fortnight"}, {"horizon": "-3"}, {"horizon": "x"}, {"kpi": "no such"}])
def test_a_link_that_is_not_understood_falls_back(years: Path, params: dict[str, str]) -> None:
    app = page("forecast", **params)
    assert not app.exception
    assert len(app.dataframe[0].value) == 28


# What if


def test_a_scenario_in_the_address_is_drawn_beside_the_course_as_it_goes(years: Path) -> None:
    app = page("forecast", kpi="otif", grain="month", what_if="level@2020-01-01:-2;sale@2020-01-01..2020-01-02:+5%")
    assert not app.exception
    table, supposed = blocks_of(app)[0]["panels"]
    assert table["head"] == ["", "As it goes", "What if"]
    usual, other = (float(table["rows"][0][column].split(" ")[0]) for column in (1, 2))
    assert usual - other == pytest.approx(2.0, abs=0.11)
    assert table["rows"][-2][0].startswith("20")
    assert table["rows"][-1][0] == f"Chance for {table['rows'][-2][0]}"
    assert plain(supposed["rows"][0][0]) == "Level, from 1 Jan 2020 on: −2.0 points"
    assert supposed["rows"][1][0].endswith("(outside the 12 months ahead)")
    assert trace(app, "as it goes")["y"]
    assert "What if" in app.dataframe[0].value
    app.button(key="what_if_out_0").click().run()
    assert app.query_params.get("what_if") == "sale@2020-01-01..2020-01-02:+5%"


@pytest.mark.parametrize("text", ["sale", "strike@2099-01-01", "level@2020-01-01"])
def test_a_scenario_that_cannot_be_is_told_and_left_out(years: Path, text: str) -> None:
    app = page("forecast", kpi="otif", what_if=text)
    assert not app.exception
    assert f"no scenario “{text}”" in block(app, "caption")["text"]
    assert len(app.get("plotly_chart")) == 1
    assert all(block["kind"] != "panels" or len(block["panels"]) == 3 for block in blocks_of(app))


def test_the_form_adds_to_the_address_or_says_what_is_missing(years: Path) -> None:
    app = page("forecast", kpi="wait")
    assert not app.text_input, "the form is made once it is opened"
    app.session_state["what_if_open"] = True
    app.run()
    app.text_input(key="what_if_amount_0").input("much").run()
    app.button(key="what_if_add_0").click().run()
    assert any("the name of the event" in caption.value for caption in app.caption)
    app.selectbox(key="what_if_kind_0").select("level").run()
    app.text_input(key="what_if_amount_0").input("-5").run()
    app.button(key="what_if_add_0").click().run()
    assert app.query_params.get("what_if", "").endswith(":-5")
    assert not app.exception


# Odd series


def test_what_never_moved_says_so(years: Path) -> None:
    app = page("forecast", kpi="steady")
    assert "it has not moved in 1,095 days." in plain(block(app, "heading")["title"])
    assert panel(app, "Can it be trusted?")["text"].startswith("It never moved")


def test_rare_events_have_a_rate(years: Path) -> None:
    app = page("forecast", kpi="harm", horizon="7")
    assert not app.exception
    assert plain(block(app, "heading")["title"]).startswith("About 0.")
    assert len({row[1] for row in panel(app, "What is likely")["rows"]}) == 1


def test_four_days_give_a_wide_range_and_say_why(years: Path) -> None:
    app = page("forecast", kpi="young")
    assert "4 days are few: the range is wide on purpose." in block(app, "heading")["lead"]
    assert panel(app, "Can it be trusted?")["text"].startswith("Too few days")
    assert not panel(app, "Can it be trusted?")["rows"]


def test_no_judged_period_says_what_to_do(years: Path) -> None:
    app = page("forecast", kpi="young", grain="quarter")
    assert not app.exception
    assert block(app, "heading")["title"] == "Nothing to forecast from yet."
    assert not app.get("plotly_chart")
    assert [button.label for button in app.button] == ["Load a file", "Type numbers"]


def test_samples_have_no_year(years: Path) -> None:
    strip = block(page("forecast", kpi="bag"), "strip")["items"][0]
    assert strip["mark"]["word"] == "no chance for a year of samples"
