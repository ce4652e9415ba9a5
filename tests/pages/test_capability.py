"""The Capability page under AppTest, on a real store: signals are said first, limits stand in the address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics.desk import Desk
from opsmetrics.desk.capability import capability_study
from opsmetrics.stats.capability import capability
from tests.pages import capability_stores, stores
from tests.pages.stores import block, blocks, figure, page


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(capability_stores.weights, tmp_path_factory.mktemp("weights")) as path:
        yield path


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def panel(app: AppTest, title: str) -> dict[str, Any]:
    return next(found for found in block(app, "panels")["panels"] if found["title"] == title)


def said(app: AppTest) -> str:
    head = block(app, "heading")
    return plain(f"{head['title']} {head['lead']}")


def test_a_stable_process(weights: Path) -> None:
    app = page("capability", kpi="bag")
    assert not app.exception
    head = block(app, "heading")
    assert head["eyebrow"] == "Capability · Bag weight · all"
    assert "would lie outside 495 to 505 g." in said(app) and "No signal in 60 days" in said(app)
    assert head["hero"]["caption"].startswith("Ppk, 95 %:")
    study = capability_study(Desk.of_process(), Desk.of_process().review("bag"))
    values = study.readings["value"].to_numpy()
    assert len(values) == 300, "five readings on each day of the phase in force"
    again = capability(values.reshape(60, 5), lower=495, upper=505, freedom="within")
    rows = {row[0]: row[1] for row in panel(app, "Indices")["rows"]}
    for name in ("cp", "cpk", "pp", "ppk"):
        assert rows[name.capitalize()] == f"{again[name].value:.2f}"  # type: ignore[union-attr]
    traces = {trace["name"] for trace in figure(app)["data"]}
    assert traces == {"readings", "outside", "law"}
    assert {"lower limit 495", "upper limit 505"} <= {note["text"] for note in figure(app)["layout"]["annotations"]}


def test_all_periods_are_another_question(weights: Path) -> None:
    app = page("capability", kpi="bag", span="0")
    assert block(app, "strip")["items"][-1]["text"] == "450 from 90 days"


def test_signals_are_said_before_any_figure(weights: Path) -> None:
    app = page("capability", kpi="jumpy")
    head = block(app, "heading")
    assert head["title"].startswith("These figures do not predict: ") and head["hero"] is None
    assert "Look at the chart first" in head["lead"]
    process = block(app, "strip")["items"][0]["mark"]
    assert process["tone"] == "concern" and "with a signal" in process["word"]


def test_limits_of_the_address_are_a_look_only(weights: Path) -> None:
    app = page("capability", kpi="bag", low="none", high="501", target="500")
    assert "above 501 g" in said(app)
    assert any(
        "The definition has lower limit 495 g, upper limit 505 g." in plain(str(found.get("text")))
        for found in blocks(app)
    )
    rows = [row[0] for row in panel(app, "Indices")["rows"]]
    assert rows == ["Cpk", "CPU", "Ppk", "PPU"]
    assert Desk.of_process().catalog["bag"].spec_upper == 505


def test_typing_a_limit_writes_it_into_the_address(weights: Path) -> None:
    app = page("capability", kpi="bag")
    field = next(found for found in app.number_input if found.key == "limit_upper")
    assert field.value == 505
    app = field.set_value(502.5).run()
    assert app.query_params["high"] == "502.5" and "495 to 502.5 g" in said(app)
    app = next(found for found in app.number_input if found.key == "limit_upper").set_value(505.0).run()
    assert "high" not in app.query_params
    app = next(found for found in app.number_input if found.key == "limit_lower").set_value(None).run()
    assert app.query_params["low"] == "none" and "above 505 g" in said(app)


def test_what_is_not_understood_is_told(weights: Path) -> None:
    app = page("capability", kpi="bag", method="cauchy", high="wide", low="600")
    captions = " ".join(str(found.get("text")) for found in blocks(app) if found["kind"] == "caption")
    assert "no distribution “cauchy”" in captions and "no number “wide”" in captions
    assert "The lower limit of 600 is not below the upper one of 505" in captions
    assert "495 to 505 g" in said(app)


def test_another_distribution(weights: Path) -> None:
    app = page("capability", kpi="wait", method="lognormal")
    assert panel(app, "Indices")["rows"][0][2] != "–"
    bare = page("capability", kpi="wait", method="percentile")
    assert panel(bare, "Indices")["text"] == "This method gives no interval."
    assert {trace["name"] for trace in figure(bare)["data"]} == {"readings", "outside"}
    assert [row[0] for row in panel(app, "Indices")["rows"]] == ["Ppk", "PPU"]
    shape = next(item for item in block(app, "strip")["items"] if item["label"] == "Shape")
    assert shape["text"] == "not normal" and "Lognormal distribution fits better" in shape["more"]
    assert "lognormal" in str(app.query_params["method"])


@pytest.mark.parametrize(
    ("kpi", "title", "lead"),
    [
        ("none", "Nothing is stored to look at.", "load a file"),
        ("same", "All 270 readings are 500.00 g: there is no spread to compare.", "rounded"),
        ("bare", "No specification limit is set.", "Type a limit below"),
        ("energy", "Energy is not made of single readings or counts.", "choose a KPI"),
    ],
)
def test_what_cannot_be_answered_says_why(weights: Path, kpi: str, title: str, lead: str) -> None:
    app = page("capability", kpi=kpi)
    assert not app.exception
    head = block(app, "heading")
    assert plain(head["title"]) == title and lead in head["lead"] and head["hero"] is None


def test_few_readings_say_that_they_are_few(weights: Path) -> None:
    text = said(page("capability", kpi="few"))
    assert "10 readings are few" in text and "Too few days are judged to tell whether the process is stable." in text


def test_a_method_that_does_not_fit_says_why(weights: Path) -> None:
    app = page("capability", kpi="bag", method="box_cox", high="-1", low="none")
    assert block(app, "heading")["title"] == "This method does not fit these readings."
    assert "upper limit of -1" in block(app, "heading")["lead"]


def test_what_is_counted(weights: Path) -> None:
    app = page("capability", kpi="scrap")
    assert "pieces" in said(app) and "scrapped pieces" in said(app)
    rows = {row[0]: row for row in panel(app, "What was counted")["rows"]}
    assert rows["Looked at"][1] == "36,000 pieces" and " to " in rows["In a million"][2] and "Process Z" in rows
    assert not app.number_input
