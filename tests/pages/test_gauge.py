"""The Gauge page under AppTest: a table in, a study out, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.test_gauge import written
from tests.pages import stores
from tests.pages.stores import block, blocks, page


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(stores.defined, tmp_path_factory.mktemp("gauge")) as path:
        yield path


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_before_a_table_it_says_what_is_wanted() -> None:
    app = page("gauge")
    assert not app.exception
    assert block(app, "heading")["title"] == "How much of the variation does the measuring make?"
    app = app.button(key="gauge_sample").click().run()
    assert app.query_params["sample"] == "1"
    assert plain(block(app, "heading")["title"]) == "The measuring system makes 19 % of the variation: marginal."
    assert len(app.get("plotly_chart")) == 2
    titles = [one["title"] for one in block(app, "panels")["panels"]]
    assert titles == ["Shares", "Variances", "Analysis of variance", "By averages and ranges"]


def test_options_stand_in_the_address() -> None:
    app = page("gauge", sample="1", design="nested", tolerance="60")
    strip = block(app, "strip")["items"]
    assert "30 parts, 3 operators with parts of their own, 3 readings each" in [item.get("text") for item in strip]
    head = next(one for one in block(app, "panels")["panels"] if one["title"] == "Shares")["head"]
    assert head[-1] == "of tolerance"
    app = app.number_input(key="gauge_tolerance").set_value(None).run()
    assert "tolerance" not in app.query_params


def test_a_pasted_table() -> None:
    app = page("gauge")
    app = app.text_area(key="gauge_text").set_value(written("\t")).run()
    assert plain(block(app, "heading")["title"]).startswith("The measuring system makes 19 %")
    app = app.text_area(key="gauge_text").set_value(written().replace("37.0", "high", 1)).run()
    head = block(app, "heading")
    assert head["title"] == "This table makes no study." and "'high' is not a number" in head["lead"]
    assert not app.exception


def test_columns_are_asked_for_once() -> None:
    app = page("gauge")
    app = app.text_area(key="gauge_text").set_value(written(headers=("Block", "Operator", "Kraft"))).run()
    assert "no column for the part" in block(app, "heading")["lead"]
    app.selectbox(key="gauge_column_part").select("Block")
    app.selectbox(key="gauge_column_operator").select("Operator")
    app.selectbox(key="gauge_column_measurement").select("Kraft")
    app = next(button for button in app.button if button.label == "Go on").click().run()
    assert plain(block(app, "heading")["title"]).startswith("The measuring system makes 19 %")
    app = app.text_area(key="gauge_text").set_value(written(headers=("Block", "Operator", "Force"))).run()
    assert "no column for the part" in block(app, "heading")["lead"], "answers belong to one table"


def test_a_question_about_numbers_is_asked() -> None:
    text = "Part,Value\n" + "\n".join(f"{part},{part + 1}.23{trial}" for part in (1, 2, 3) for trial in (1, 2))
    app = page("gauge")
    app = app.text_area(key="gauge_text").set_value(text).run()
    assert "read in two ways" in block(app, "heading")["lead"]
    app = app.radio[0].set_value(app.radio[0].options[1]).run()
    app = app.button(key="gauge_question_go").click().run()
    assert any(found["kind"] == "panels" for found in blocks(app))
