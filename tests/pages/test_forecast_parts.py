"""Parts and total on the Forecast page under AppTest: they say what `forecast --parts --json` prints."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics.catalog import NotUnderstood
from opsmetrics.cli import main
from opsmetrics.desk.forecast_parts import Parts, parts
from opsmetrics.ui import forecast_parts, upload_job
from tests.pages import stores
from tests.pages.stores import blocks, page

Printed = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    """What the command line prints of the store that these pages then look at, by how parts and total agree."""
    folder = tmp_path_factory.mktemp("parts")
    stores.full(folder / "pages.duckdb")
    found = {}
    for how, more in (("mint", []), ("bottom_up", ["--bottom-up"])):
        with pytest.MonkeyPatch.context() as patch:
            said: list[str] = []
            patch.setattr("builtins.print", lambda *words, said=said, **_: said.append(" ".join(map(str, words))))
            asked = ["forecast", "late", "--parts", "line", "--horizon", "7", "--json", *more]
            assert main([*asked, "--store", str(folder / "pages.duckdb")]) == 0
        found[how] = json.loads("".join(said))
    with stores.owned(lambda _: None, folder):
        yield found


def panel(app: AppTest) -> dict[str, Any]:
    """The table of parts, the last of the page."""
    found: dict[str, Any] = [each for each in blocks(app) if each["kind"] == "panels"][-1]["panels"][0]
    return found


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("−", "-")


@pytest.mark.parametrize("how", ["mint", "bottom_up"])
def test_page_and_json_are_one(printed: Printed, how: str) -> None:
    app = page("forecast", kpi="late", slice="", parts="line", horizon="7", agree=how)
    assert not app.exception
    told, shown, table = printed[how], panel(app), app.dataframe[0].value
    assert told["how"] == how
    assert shown["title"] == f"Late deliveries by line, {told['periods'][0]}: parts and total agree."
    assert plain(shown["text"]).startswith(plain(told["sentence"]))
    names = ["total", *(part["slice"]["line"] for part in told["parts"][1:])]
    assert [row[0] for row in shown["rows"]] == names == ["total", "Line 3", "Line 4"]
    for name, row, part in zip(names, shown["rows"], told["parts"], strict=True):
        value, low, high, alone = (part[key][0] for key in ("value", "lower_80", "upper_80", "alone"))
        assert [plain(cell) for cell in row[1:4]] == [f"{value:.1f} %", f"{low:.1f}–{high:.1f}", f"{alone:.1f}"]
        assert float(plain(row[4])) == pytest.approx(value - alone, abs=0.051)
        assert row[5] == f"{part['above'][0]:.0f} of {part['below'][0]:,.0f}"
        assert float(row[6]) == pytest.approx(100 * sum(part["above"]) / sum(part["below"]), abs=0.051)
        lines = table[table["Part"] == name]
        assert list(lines["Period"]) == told["periods"]
        for column, key in (
            ("Together", "value"),
            ("80 % from", "lower_80"),
            ("80 % to", "upper_80"),
            ("On its own", "alone"),
            ("late orders together", "above"),
            ("late orders alone", "above_alone"),
            ("orders together", "below"),
            ("orders alone", "below_alone"),
        ):
            assert list(lines[column]) == pytest.approx(part[key])


def test_numerators_and_denominators_add_up_apart_and_ranges_hold_what_agrees(printed: Printed) -> None:
    for how, told in printed.items():
        total, *lines = told["parts"]
        for side in ("above", "below"):
            added = [sum(each) for each in zip(*(part[side] for part in lines), strict=True)]
            assert added == pytest.approx(total[side])
            alone = [sum(each) for each in zip(*(part[f"{side}_alone"] for part in lines), strict=True)]
            if how == "bottom_up":
                assert added == pytest.approx(alone), "no part is moved"
            else:
                assert all(min(a, b) - 1e-9 <= x <= max(a, b) + 1e-9
                           for x, a, b in zip(added, alone, total[f"{side}_alone"], strict=True))  # fmt: skip
        for part in told["parts"]:
            held = zip(part["lower_80"], part["value"], part["upper_80"], strict=True)
            assert all(0 <= low <= value <= high <= 100 for low, value, high in held)


def test_it_is_chosen_and_left_in_the_address(printed: Printed) -> None:
    app = page("forecast", kpi="late", horizon="7", slice="")
    assert "choose_agree" not in [box.key for box in app.selectbox]
    app.selectbox(key="choose_parts").select("line").run()
    assert app.query_params.get("parts") == "line"
    app.selectbox(key="choose_agree").select("bottom_up").run()
    assert "bottom-up" in panel(app)["text"]
    app.selectbox(key="choose_slice").select(stores.slice_address("Line 3")).run()
    assert not {"parts", "agree"} & set(app.query_params), "a slice has no parts, and no word is made of them"
    app.selectbox(key="choose_kpi").select("scrap").run()
    assert not {"parts", "agree"} & set(app.query_params)
    assert not [box for box in app.selectbox if box.key == "choose_parts"], "scrap has no dimension"
    assert not app.exception


def test_a_slice_has_no_parts_and_what_is_not_there_is_said(printed: Printed) -> None:
    part = page("forecast", kpi="late", slice=stores.slice_address("Line 3"), parts="line", horizon="7")
    assert not [box for box in part.selectbox if box.key == "choose_parts"]
    assert "parts of Late deliveries, which are those of all slices" in " ".join(str(each) for each in blocks(part))
    wrong = page("forecast", kpi="late", slice="", parts="shift", horizon="7")
    told = " ".join(str(each) for each in blocks(wrong))
    assert "no shift to part Late deliveries by" in told
    assert wrong.selectbox(key="choose_parts").value == ""


def test_a_refusal_is_a_sentence(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> Parts:
        raise NotUnderstood("figures of Late deliveries by line to forecast from", "Load some.")

    monkeypatch.setattr(forecast_parts, "parts", refused)
    app = page("forecast", kpi="late", slice="", parts="line", horizon="6")
    assert not app.exception
    captions = [each["text"] for each in blocks(app) if each["kind"] == "caption"]
    assert "Wanted figures of Late deliveries by line to forecast from. Load some." in captions


def waited(app: AppTest) -> AppTest:
    """The page once the work of its session is over."""
    if "forecast_parts" in app.session_state:
        assert app.session_state["forecast_parts"][0].wait(60)
        app.run()
    return app


def test_long_work_is_watched_and_stopped(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = threading.Event()

    def gated(*asked: Any, **more: Any) -> Parts:
        while not opened.wait(0.01):
            more["between"]("Line 3", 1, 6)
        return parts(*asked, **more)

    monkeypatch.setattr(upload_job, "PATIENCE", 0.0)
    monkeypatch.setattr(forecast_parts, "parts", gated)
    app = page("forecast", kpi="late", slice="", parts="line", horizon="6", agree="bottom_up")
    waited(app.button(key="forecast_parts_stop").click().run())
    assert "Stopped: the parts are not forecast yet." in [text.value for text in app.text]
    opened.set()
    waited(app.button(key="forecast_parts_make").click().run())
    assert panel(app)["rows"][0][0] == "total"
