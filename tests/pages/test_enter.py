"""Enter under AppTest, on real stores: typed numbers become one batch, and nothing else does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.desk import Desk
from tests.pages import stores
from tests.pages.stores import HOSTILE, block, blocks, page


def field(app: AppTest, label: str) -> int:
    """The place of the field with this label among the text inputs."""
    (place,) = (number for number, found in enumerate(app.text_input) if found.label == label)
    return place


def typed(app: AppTest, values: dict[str, str]) -> AppTest:
    """The page after these fields were filled, one after the other as a person does."""
    for label, text in values.items():
        app.text_input[field(app, label)].set_value(text).run()
    assert not app.exception
    return app


def save(app: AppTest) -> AppTest:
    app.button(key="enter_save").click().run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All marked lines on the page, as one text."""
    lines = [found for found in blocks(app) if found["kind"] == "said"]
    return " | ".join(f"{found['lead']} {(found['mark'] or {}).get('word', '')} {found['text']}" for found in lines)


def day_before() -> str:
    """A day without numbers: the one before the stores' first."""
    return (stores.start() - dt.timedelta(days=1)).date().isoformat()


LINE_3 = {"Late deliveries Line 3, late orders": "160", "Late deliveries Line 3, orders": "900"}


def test_one_line_for_each_kpi_and_slice(seen: Path) -> None:
    app = page("enter")
    assert not app.exception
    assert block(app, "heading")["title"].startswith("Every line holds a number for ")
    # Late deliveries of two lines, changeover, scrap, hostile: two fields each, one for the readings.
    labels = [
        found.label for found in app.text_input if found.label not in ("Your name", "Note for this entry (optional)")
    ]
    assert len(labels) == 9
    assert labels[:2] == list(LINE_3)


def test_a_day_without_numbers_is_counted_in_the_headline(seen: Path) -> None:
    assert block(page("enter", day=day_before()), "heading")["title"].startswith("5 of 5 lines have no number yet for ")


def test_typed_numbers_are_one_batch_with_a_receipt_and_an_undo(full: Path) -> None:
    app = typed(page("enter", day=day_before()), {**LINE_3, "Scrap rate, counted": "70", "Scrap rate, in all": "2000"})
    app.text_input[field(app, "Note for this entry (optional)")].set_value("belt stopped").run()
    app = save(app)
    ledger = store.current().batches()
    last = ledger.iloc[-1]
    assert (last["source"], last["records"], last["new"], last["updated"]) == ("typed", 2, 2, 0)
    assert last["note"] == "belt stopped"
    assert last["kpis"] == ("late", "scrap")
    facts = store.current().read("SELECT kpi, numerator, denominator FROM counts WHERE batch = 2 ORDER BY kpi")
    assert facts.to_dict("records") == [
        {"kpi": "late", "numerator": 160.0, "denominator": 900.0},
        {"kpi": "scrap", "numerator": 70.0, "denominator": 2000.0},
    ]
    assert "2 records loaded at" in said(app)
    assert "2 loaded = 2 records" in said(app)
    assert all(found.value == "" for found in app.text_input if found.label in LINE_3)

    app.button(key="enter_outcome_undo").click().run()
    assert not app.exception
    assert "Batch 2 undone" in said(app)
    assert store.current().read("SELECT count(*) AS n FROM counts WHERE batch = 2")["n"].iloc[0] == 0


def test_nothing_typed_saves_nothing(seen: Path) -> None:
    app = save(page("enter"))
    assert app.caption[-1].value == "Nothing was saved. Nothing typed yet."
    assert len(store.current().batches()) == 1


def test_half_a_pair_is_not_complete_yet_and_no_mistake(seen: Path) -> None:
    first = next(iter(LINE_3))
    app = typed(page("enter", day=day_before()), {first: LINE_3[first]})
    assert "Not complete The number of orders is missing" in said(app)
    assert "Not understood" not in said(app)
    assert save(app).caption[-1].value == "Nothing was saved. 1 line is not complete yet."


def test_a_mistake_is_said_at_its_line_and_blocks_the_save(seen: Path) -> None:
    app = typed(page("enter", day=day_before()), {**LINE_3, "Changeover time, min": "3 x"})
    assert "Not understood “x” is not a number" in said(app)
    app = save(app)
    assert app.caption[-1].value == "Nothing was saved. 1 line is not understood yet."
    assert len(store.current().batches()) == 1


def test_what_is_unusual_is_asked_and_blocks_the_save_until_it_is_confirmed(full: Path) -> None:
    app = typed(page("enter", day=day_before()), {"Scrap rate, counted": "700", "Scrap rate, in all": "2000"})
    assert "Unusual 35.0\u00a0% is outside its usual range" in said(app)
    app = save(app)
    assert app.caption[-1].value.startswith("Nothing was saved. 1 line is unusual")
    assert len(store.current().batches()) == 1

    app.checkbox[0].check().run()
    save(app)
    assert len(store.current().batches()) == 2


def test_a_confirmation_holds_for_the_numbers_confirmed_only(full: Path) -> None:
    app = typed(page("enter", day=day_before()), {"Scrap rate, counted": "700", "Scrap rate, in all": "2000"})
    app.checkbox[0].check().run()
    app = typed(app, {"Scrap rate, counted": "900"})
    assert not app.checkbox[0].value
    save(app)
    assert len(store.current().batches()) == 1


def test_a_stored_value_is_not_overwritten_unasked(full: Path) -> None:
    app = typed(page("enter"), LINE_3)
    assert "already holds" in said(app)
    assert "it would become 160 of 900" in said(app)


def test_names_stay_text(seen: Path) -> None:
    """A name goes to the browser as plain text, and into labels that read Markdown only with its signs escaped."""
    app = page("enter")
    assert any(HOSTILE in found.value for found in app.text)
    labels = [found.label for found in app.text_input]
    assert not any("![" in label or "<script" in label.replace("\\<", "") for label in labels)
    assert not any(HOSTILE in found.value for found in app.markdown)


def test_without_definitions_the_page_says_what_to_do(tmp_path: Path) -> None:
    with stores.owned(stores.empty, tmp_path):
        app = page("enter")
        assert not app.exception
        assert block(app, "heading")["title"] == "Nothing can be typed yet."
        assert len(app.text_input) == 1


def test_before_the_first_number_lines_without_dimensions_can_be_typed(tmp_path: Path) -> None:
    with stores.owned(stores.defined, tmp_path):
        app = typed(page("enter"), {"Scrap rate, counted": "3", "Scrap rate, in all": "100"})
        save(app)
        assert store.current().read("SELECT sum(numerator) AS x FROM counts")["x"].iloc[0] == 3


def test_one_point_stands_beside_its_line(tmp_path: Path) -> None:
    with stores.owned(stores.one_point, tmp_path):
        app = page("enter")
        assert not app.exception
        assert "3 of 100" in [found.value for found in app.text]


FED = """
[streams.stops]
name = "Stops"
[kpis.stops_per_hour]
name = "Stops per hour"
kind = "rate"
better = "lower"
numerator = "stops"
denominator = "hours"
events = {stream = "stops"}
[kpis.stops]
name = "All stops"
kind = "count"
better = "lower"
events = {stream = "stops"}
"""


def fed(path: Path) -> None:
    """Definitions of two KPIs that events feed."""
    with Desk.open(path, role="tests") as opened:
        opened.apply(FED, by="tester")


def test_a_kpi_that_events_feed_says_why_only_its_denominator_is_typed(tmp_path: Path) -> None:
    with stores.owned(fed, tmp_path):
        told = [found.value for found in page("enter").caption]
    assert "Type hours only; stops are counted from the events “Stops”." in told
    assert "Not typed, but computed from events loaded by file: All stops." in told
