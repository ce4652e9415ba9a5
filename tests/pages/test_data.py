"""The Data page under AppTest, on real stores: full, empty, and with a single point."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.access import OPEN
from opsmetrics.desk import Desk
from opsmetrics.facts import rows_between
from opsmetrics.store import Chore, StoreError
from opsmetrics.ui import undo_asking, upload_job
from opsmetrics.working import tell
from tests.pages import pareto_stores, stores
from tests.pages.stores import block, blocks, page
from tests.store.builders import batch, event


def grid(app: AppTest, label: str) -> list[list[str]]:
    """The texts of a table of blocks."""
    found = next(part for part in blocks(app) if part["kind"] == "grid" and part["label"] == label)
    return [[cell["text"] if "text" in cell else cell["mark"]["word"] for cell in row] for row in found["rows"]]


def test_the_page_says_that_everything_is_here(seen: Path) -> None:
    app = page("data")
    assert not app.exception
    assert block(app, "heading")["title"] == "All data are here."
    assert [(row[0], row[1], row[3]) for row in grid(app, "Freshness")[:3]] == [
        ("Late deliveries", "Fresh", "180"),
        ("Changeover time", "Fresh", "450"),
        ("Scrap rate", "Fresh", "90"),
    ]


def test_a_kpi_leads_to_its_chart_and_a_file_to_what_is_in_it(seen: Path) -> None:
    freshness = next(part for part in blocks(page("data")) if part["kind"] == "grid" and part["label"] == "Freshness")
    cells = dict(zip((column["name"] for column in freshness["columns"]), freshness["rows"][0], strict=True))
    assert cells["KPI"]["go"]["href"] == "chart?kpi=late"
    assert cells["Last file"]["go"]["href"] == "data?batch=1"
    last = stores.start() + dt.timedelta(days=stores.DAYS - 1)
    assert cells["Last observation"]["text"] == f"{last.day} {last:%b %Y}", "rows without a time of day say the day"


def test_every_batch_stands_in_the_ledger_with_its_undo(seen: Path) -> None:
    (line,) = grid(page("data"), "Loaded before")
    assert line[0] == "1"
    assert line[2:4] == ["tester <b>", "dispatch <b>2026</b>.csv"]
    assert line[-1] == "Undo"


def test_inside_a_file_its_parts_add_up(seen: Path) -> None:
    strip = block(page("data"), "strip")
    told = {item["label"]: item["text"] for item in strip["items"]}
    assert told["Records"] == "810 loaded = 810"
    assert told["Stored"] == "810 new · 0 changed · 0 identical"


def test_a_file_is_taken_back_from_inside_it_after_a_question(seen: Path) -> None:
    app = page("data")
    app.button(key="inside_undo").click().run()
    assert not app.exception
    assert "takes out 810 values" in block(app, "callout")["text"]
    app.button(key="upload_undo_no").click().run()
    assert not [part for part in blocks(app) if part["kind"] == "callout"]
    assert store.current().batches()["undone_at"].isna().all()


def test_an_undo_is_watched_and_cancelled_while_the_page_stays(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object, **__: object) -> None:
        while True:
            tell("Taking back", 1, 2)
            time.sleep(0.01)

    monkeypatch.setattr(Desk, "undo", endless)
    app = page("data")
    app.button(key="inside_undo").click().run()
    monkeypatch.setattr(upload_job, "PATIENCE", 0.0)
    app.button(key="upload_undo_yes").click().run()
    assert not app.exception
    assert [row[0] for row in grid(app, "Loaded before")] == ["1"], "the page is there"
    assert len(grid(app, "Freshness")) > 2
    app.button(key="inside_undo").click().run()
    assert "upload_undo_yes" not in [button.key for button in app.button], "one at a time"
    app.switch_page("pages/kpis.py").run()
    assert not app.exception
    app.button(key="undo_stop").click().run()  # it is watched on whatever page its reader is
    for _ in range(50):
        if said := [part for part in blocks(app) if "was cancelled" in str(part.get("text"))]:
            break
        app.run()
    assert said[0]["text"] == "Undo of batch 1 was cancelled: nothing was changed."
    assert [toast.value for toast in app.toast] == [said[0]["text"]], "in sight wherever the reader has scrolled to"
    app.switch_page("pages/data.py").run()
    assert not [part for part in blocks(app) if "was cancelled" in str(part.get("text"))], "told once"
    assert store.current().batches()["undone_at"].isna().all()


def test_what_an_undo_would_do_is_looked_at_beside_the_page(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> None:
        while True:
            tell("Looking")
            time.sleep(0.01)

    monkeypatch.setattr(upload_job, "PATIENCE", 0.0)
    monkeypatch.setattr(undo_asking, "undo_effect", endless)
    app = page("data")
    app.button(key="inside_undo").click().run()
    assert not app.exception
    assert "takes out 810 values" in block(app, "callout")["text"], "what the ledger knows is told at once"
    assert app.button(key="upload_undo_yes").disabled
    assert len(grid(app, "Freshness")) > 2, "the page is there"
    look = app.session_state["undo_look"]
    app.button(key="upload_undo_no").click().run()
    assert not app.exception
    assert "upload_undo_yes" not in [button.key for button in app.button]
    assert look.job.wait(20), "it is stopped"
    assert store.current().batches()["undone_at"].isna().all()


def test_a_batch_that_somebody_else_undid_is_refused_in_words(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise StoreError("Batch 1 was undone already.")

    monkeypatch.setattr(undo_asking, "undo_effect", gone)
    app = page("data")
    app.button(key="inside_undo").click().run()
    told = block(app, "callout")
    assert told["mark"]["word"] == "Batch 1 cannot be undone"
    assert told["text"] == "Batch 1 was undone already. Nothing was changed."
    assert not app.exception


def chosen() -> AppTest:
    """The page with the first row of the newest day of Late deliveries chosen: Line 3."""
    app = page("data", kpi="late")
    app.session_state["value_rows_late"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    return app.run()


def save(app: AppTest) -> None:
    """Press the button of the correction."""
    next(button for button in app.button if button.label == "Save the correction").click().run()


def numbers() -> tuple[float, float]:
    """Numerator and denominator of that row, as they are stored."""
    held = store.current()
    start = pd.Timestamp(stores.start() + dt.timedelta(days=stores.DAYS - 1))
    part = (("line", "Line 3"),)
    rows = rows_between(held, held.catalog["late"], part, start, start + pd.Timedelta(days=1), viewer=OPEN)
    return float(rows["numerator"].iloc[0]), float(rows["denominator"].iloc[0])


def test_a_number_is_corrected_with_a_reason(full: Path) -> None:
    before = numbers()
    app = chosen()
    assert [row[0] for row in grid(app, "History")] == [f"{before[0]:,.0f} of {before[1]:,.0f}"]
    app.number_input[0].set_value(1.0)
    app.text_input(key="value_why_1").set_value("counted again")
    save(app)
    assert not app.exception
    assert numbers() == (1.0, before[1])
    newest = grid(app, "History")[0]
    assert (newest[0], newest[2], newest[5]) == (f"1 of {before[1]:,.0f}", "correction", "counted again")
    assert app.text_input(key="value_why_2").value == "", "the reason belongs to the number that was corrected"


@pytest.mark.parametrize(("number", "why", "says"), [(1.0, "", "No reason"), (5000.0, "x", "5000 of")])
def test_what_cannot_be_stored_is_said_and_changes_nothing(seen: Path, number: float, why: str, says: str) -> None:
    before = numbers()
    app = chosen()
    app.number_input[0].set_value(number)
    app.text_input(key="value_why_1").set_value(why)
    save(app)
    assert not app.exception
    assert says in block(app, "callout")["text"]
    assert numbers() == before


@pytest.mark.parametrize(
    ("build", "title"),
    [(stores.empty, "Nothing has been loaded yet."), (stores.defined, "Nothing has been loaded yet.")],
)
def test_without_data_the_page_says_what_to_do(tmp_path: Path, build: Callable[[Path], None], title: str) -> None:
    with stores.owned(build, tmp_path):
        app = page("data")
        assert not app.exception
        assert block(app, "heading")["title"] == title
        ways = {"Load a file", "Type numbers"} if build is stores.defined else {"Define a KPI"}
        assert {button.label for button in app.button} >= ways


def test_one_point_is_shown(tmp_path: Path) -> None:
    with stores.owned(stores.one_point, tmp_path):
        app = page("data")
        assert not app.exception
        assert block(app, "heading")["title"] == "3 KPIs have no data yet.", "Today asks for them first, too"
        assert ["Scrap rate", "1"] in [[row[0], row[3]] for row in grid(app, "Freshness")]


def test_what_the_app_did_by_itself_stands_below(full: Path) -> None:
    assert not any("Morning run" in part.get("text", "") for part in blocks(page("data")))
    at, day = dt.datetime(2026, 3, 2, 6), dt.date(2026, 3, 2)
    silent = [{"kpi": "late"}, {"kpi": "scrap"}]
    held = store.current()
    held.record_chore(Chore("morning", "default", day, at, failed=False, told={"reviewed": 7, "silent": silent}))
    told = {"path": "/b/kpis.duckdb", "bytes": 6_300_000}
    held.record_chore(Chore("backup", "default", day, at, failed=False, told=told))
    later = at + dt.timedelta(days=1)
    held.record_chore(Chore("backup", "default", day, later, failed=True, told={"error": "The disk is full."}))
    lines = [part["text"] for part in blocks(page("data")) if part["kind"] == "caption"]
    assert "Morning run · 2 Mar 2026, 06:00 · 7 verdicts kept, 2 wait for data" in lines
    (backup,) = [line for line in lines if line.startswith("Backup")]
    assert "2 Mar 2026, 06:00 · /b/kpis.duckdb, 6.3 MB, opened and checked" in backup
    assert "Failed 3 Mar 2026, 06:00, and is tried again: The disk is full." in backup


def test_rejected_records_are_given_to_be_mended(full: Path, tmp_path: Path) -> None:
    path = tmp_path / "week.csv"
    path.write_text(
        "date,site,line,late numerator,late denominator\n2024-03-01,North,A,1,10\n2024-03-02,North,A,many,10\n"
    )
    desk = Desk.of_process()
    desk.commit(desk.prepare(path), by="Ada", publish=False)
    app = page("data", batch="2")
    assert not app.exception
    assert "1 rejected record of batch 2: none is settled yet." in [text.value for text in app.text]
    assert len(app.get("download_button")) >= 2


def test_an_event_is_followed_through_the_files_that_stated_it(tmp_path: Path) -> None:
    noon = dt.datetime.combine(pareto_stores.today(), dt.time(12)) - dt.timedelta(days=1)
    with stores.owned(pareto_stores.no_events, tmp_path):
        for minutes, file in ((5.5, "first.csv"), (9.0, "second.csv")):
            stop = event(noon, "Jam", line="Line 1", minutes=minutes, reference="S-1")
            Desk.of_process().commit(batch(stop, dimensions=("line", "shift"), source=file), by="Ada", publish=False)
        app = page("data", kpi="events:stops")
        app.session_state["value_events_stops"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
        app.run()
        assert not app.exception
        told = [[*row[1:5], row[6], row[7]] for row in grid(app, "History")]
        assert told == [
            ["Jam", "9", "2", "second.csv", "Ada", "in force"],
            ["Jam", "5.5", "1", "first.csv", "Ada", "stated again by batch 2"],
        ]
        assert "Events it took away or stated otherwise (1)" in [fold.label for fold in app.expander]
        assert "It overwrote nothing." not in [text.value for text in app.text]
