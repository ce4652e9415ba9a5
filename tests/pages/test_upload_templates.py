"""Import templates on the Upload page: which of several is asked, another is taken, they are named and put away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.desk import Desk, templates
from opsmetrics.ingest import Measured, Template
from opsmetrics.ui.upload_files import nearest
from tests.pages.stores import block, blocks
from tests.pages.uploading import DAYS, HEADER, cells, downloads, facts, grid, keyed, plain, press, title, uploaded

OWN = Template(
    "Dispatch: north",
    {"date": "date", "line": "line"},
    (Measured("late", numerator="late orders", denominator="orders"),),
    header=tuple(HEADER.split(",")),
)
TWIN = replace(OWN, name="Turned", kpis=(Measured("late", numerator="orders", denominator="late orders"),))


def note(app: AppTest) -> str:
    return str(next(found for found in blocks(app) if found["kind"] == "step")["note"])


def test_two_templates_with_one_header_ask_which_and_another_is_taken(full: Path) -> None:
    desk = Desk.of_process()
    for template in (OWN, TWIN):
        templates.add(desk, template)
    app = uploaded({"monday.csv": plain()})
    assert title(app) == "One question before it can be read."
    assert note(app) == "several templates fit"
    ask = app.radio[0]
    assert sorted(ask.options) == ["Dispatch: north", "Turned"]
    ask.set_value(
        next(choice for choice in ("1: Turned", "2: Turned") if choice[0] == str(ask.options.index("Turned") + 1))
    )
    app = press(app.run(), keyed(app, "upload_ask_"))
    assert note(app) == "as “Turned”, not loaded before"
    assert title(app) == "This file cannot be loaded.", "more late orders than orders"

    (other,) = (box for box in app.selectbox if str(box.key).startswith("upload_other_"))
    assert other.options == ["Dispatch: north"]
    other.select("Dispatch: north").run()
    app = press(app, keyed(app, "upload_take_"))
    assert title(app) == f"{DAYS} rows are new."
    app = press(app, "upload_load")
    assert facts(2) == DAYS
    assert store.current().batches().set_index("batch")["template"][2] == "Dispatch: north"
    assert len(templates.kept(desk)) == 2, "no third one was kept"


def test_templates_are_listed_renamed_fetched_and_put_away(full: Path) -> None:
    desk = Desk.of_process()
    templates.add(desk, OWN)
    app = uploaded({"monday.csv": plain()})
    app.toggle(key="upload_templates_shown").set_value(True).run()
    assert cells(grid(app, "Import templates")) == [
        ["Dispatch: north", "Late deliveries", "date, line, late orders, orders"]
    ]
    assert downloads(app) == ["Empty file as Excel", "Empty file as CSV", "Template as TOML"]

    app.text_input(key="upload_template_new_Dispatch: north").set_value("Late <b>")
    app = press(app, "upload_template_rename_do")
    assert [each.template.name for each in templates.kept(desk)] == ["Late <b>"]
    assert note(app) == "as “Late <b>”, not loaded before", "the file in hand is read by it still"
    assert next(iter(app.session_state["upload_session"].files.values())).examined.batch.template == "Late <b>"

    templates.add(desk, TWIN)
    app.text_input(key="upload_template_new_Late <b>").set_value("turned")
    app = press(app, "upload_template_rename_do")
    assert "a name of its own" in block(app, "callout")["text"]

    app = press(app, "upload_template_delete_do")
    assert [each.template.name for each in templates.kept(desk)] == ["Turned"]


def test_the_template_is_offered_whose_columns_a_file_nearly_has() -> None:
    renamed = ("Date", "LINE", "late", "orders", "shift")
    assert nearest((OWN,), renamed) is OWN, "three of its four columns, however they are written"
    assert nearest((OWN, TWIN), renamed) is None, "neither of two is nearer"
    assert nearest((OWN,), ("date", "line", "late", "due")) is None and nearest((), renamed) is None
