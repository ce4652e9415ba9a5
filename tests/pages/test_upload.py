"""Upload under AppTest, on real stores and real bytes: from a file to a receipt that adds up, and back."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.ui.clock import span_text
from opsmetrics.ui.upload_files import understand
from opsmetrics.ui.upload_mend import edits_of
from tests.pages import stores
from tests.pages.stores import block, page
from tests.pages.uploading import (
    DAYS,
    HEADER,
    cells,
    days,
    elsewhere_and_back,
    facts,
    grid,
    plain,
    press,
    said,
    title,
    uploaded,
)

# A file whose columns say everything


def test_a_file_is_recognised_compared_and_not_yet_written(full: Path) -> None:
    """And the preview stands under both headings, the file's and ours."""
    app = uploaded({"dispatch.csv": plain()})
    assert title(app) == f"{DAYS} rows are new."
    known = {item["label"]: item["text"] for item in block(app, "known")["items"]}
    first = days()[0]
    assert known["Encoding"] == "UTF-8"
    assert known["Delimiter"] == "comma"
    assert known["Header"] == "line 1"
    assert known["Dates"] == f"{first} = {first.day} {first:%B %Y}"
    assert known["Time zone"] == "UTC"
    assert [item["value"] for item in block(app, "figures")["items"]] == [str(DAYS), "0", "0", "0"]
    assert facts(2) == 0
    noted = block(app, "noted")
    assert noted["mark"]["word"] == "Before you load: 1 thing looks unusual"
    assert noted["lines"] == ["'Line 5' is a new line; known: 'Line 3', 'Line 4'."]
    assert "is a new line" not in said(app), "it is said once, and not among the small print"

    badges = cells(grid(app, "Columns that are read"))
    assert badges[0] == ["date", "date", "0 %", str(first), str(days()[-1]), f"{first} · {days()[1]}"]
    assert badges[2] == ["late orders", "number, decimal point", "0 %", "90", "92", "90 · 91"]
    found = grid(app, "First and last rows")
    heads = [(column["over"], column["name"]) for column in found["columns"][1:]]
    assert heads == [("date", "date or time"), ("line", "Line"), ("late orders", "late orders"), ("orders", "orders")]
    rows = cells(found)
    assert rows[0] == ["2", str(days()[0]), "Line 5", "90", "800"]
    assert rows[-1] == [str(DAYS + 1), str(days()[-1]), "Line 5", "91", "800"]


def test_what_would_change_is_shown_with_who_loaded_it_the_largest_change_first(full: Path) -> None:
    query = "SELECT * FROM counts WHERE kpi = 'late' AND line = 'Line 3' AND observed_at >= ? ORDER BY observed_at"
    before = store.current().read(query, (dt.datetime.combine(days()[0], dt.time()),))
    file = pd.read_csv(io.StringIO(plain("Line 3").decode()))
    old, new = before[["numerator", "denominator"]].to_numpy(), file[["late orders", "orders"]].to_numpy()
    largest = (abs(new - old) / old).max(axis=1)
    app = uploaded({"dispatch.csv": plain("Line 3")})
    assert title(app) == f"No row is new. {DAYS} would change."
    shown = cells(grid(app, f"{DAYS} values"))
    rows = [[str(day) for day in days()].index(row[0].partition(" ")[0]) for row in shown]
    assert [largest[row] for row in rows] == sorted(largest, reverse=True)[: len(rows)], (
        "the largest change comes first"
    )
    for row, at in zip(shown, rows, strict=True):
        assert row[0] == f"{days()[at]} · Line 3 · Late deliveries"
        assert row[1:3] == [f"{top:,g} of {bottom:,g}" for top, bottom in (old[at], new[at])]
    row = shown[0]
    assert row[3].startswith("tester <b>, ")


def test_a_load_gives_a_receipt_that_adds_up_and_can_be_undone(full: Path) -> None:
    app = press(uploaded({"dispatch.csv": plain()}), "upload_load")
    assert title(app).startswith(f"{DAYS} records loaded at ")
    assert f"dispatch.csv: {DAYS} loaded = {DAYS} records." in said(app)
    assert f"It covers {span_text(days()[0], days()[-1])}." in said(app)
    assert facts(2) == DAYS
    assert len(app.file_uploader[0].value) == 0

    app = press(app, "upload_outcome_undo")
    assert title(app) == "Batch 2 undone."
    assert f"{DAYS} values taken out. The file stays on record." in said(app)
    assert facts(2) == 0


def test_the_receipt_names_the_verdict_that_changed(full: Path) -> None:
    """Line 3 is concerning because its last day was put at 26 % of about 17 %; 12 % on that day ends it."""
    last = days()[-1]
    content = f"{HEADER}\n{last},Line 3,150,880\n".encode()
    app = press(uploaded({"mended.csv": content}), "upload_load")
    assert "New verdict: Late deliveries · Line 3: stable" in said(app)


def test_the_same_file_again_writes_nothing(full: Path) -> None:
    press(uploaded({"dispatch.csv": plain()}), "upload_load")
    app = uploaded({"renamed.csv": plain()})
    assert title(app) == f"Nothing is new: {DAYS} rows are stored already."
    assert "These very bytes were loaded before, as batch 2." in said(app)
    app = press(app, "upload_load")
    assert title(app) == "Nothing was new: the store already holds all of this."
    assert f"renamed.csv: 0 loaded + {DAYS} stored already = {DAYS} records." in said(app)
    assert len(store.current().batches()) == 2


def test_pasted_cells_are_read_as_a_file_is(full: Path) -> None:
    app = page("upload")
    (box,) = (area for area in app.text_area if str(area.key).startswith("upload_pasted_"))
    box.set_value(plain().decode().replace(",", "\t"))
    app = press(app, "upload_paste_read")
    assert title(app) == f"{DAYS} rows are new."
    assert block(app, "heading")["eyebrow"].startswith("Load data · pasted at ")
    press(app, "upload_load")
    assert facts(2) == DAYS


def test_cells_are_corrected_before_loading_and_the_receipt_says_by_whom(full: Path) -> None:
    text = plain().decode().replace(",91,", ",9x,", 1)
    app = uploaded({"dispatch.csv": text.encode()})
    assert title(app) == f"{DAYS - 1} rows are new. 1 cannot be read."
    assert [expander.label for expander in app.expander] == ["Correct cells here (1 row)"]
    session = app.session_state["upload_session"]
    ((key, file),) = session.files.items()
    edits = edits_of(file.problems, {0: {"cell 2": "91"}})
    session.files[key] = understand(Desk.of_process(), replace(file, edits=edits), file.template, {}, file.how)
    app.run()
    assert title(app) == f"{DAYS} rows are new."
    assert facts(2) == 0
    press(app, "upload_load")
    assert facts(2) == DAYS
    assert "1 cell mended by " in said(app)
    assert "'9x' → '91'" in said(app)
    assert "'9x' → '91'" in store.current().batches().set_index("batch")["note"][2]


def test_cancel_drops_the_file(full: Path) -> None:
    app = press(uploaded({"dispatch.csv": plain()}), "upload_cancel")
    assert title(app) == "Load a file."
    assert len(store.current().batches()) == 1


def test_a_file_is_kept_while_the_reader_is_elsewhere(full: Path) -> None:
    app = elsewhere_and_back(uploaded({"dispatch.csv": plain()}))
    assert title(app) == f"{DAYS} rows are new."
    assert block(app, "heading")["lead"].startswith("Kept while you were away.")
    app.file_uploader[0].set_value([("dispatch.csv", plain(), "text/csv")]).run()
    assert title(app) == f"{DAYS} rows are new.", "chosen again it is one file"
    press(elsewhere_and_back(app), "upload_load")
    assert facts(2) == DAYS
    assert len(store.current().batches()) == 2


def test_what_is_kept_can_be_cancelled(full: Path) -> None:
    app = press(elsewhere_and_back(uploaded({"dispatch.csv": plain()})), "upload_cancel")
    assert title(elsewhere_and_back(app)) == "Load a file."


def test_no_copy_of_the_bytes_stays_behind(full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    app = uploaded({"dispatch.csv": plain(), "../../etc/passwd.csv": plain("Line 6")})
    assert not [found for found in folder.rglob("*") if "passwd" in found.name or "dispatch" in found.name]
    assert not list(folder.glob("upload-*"))
    assert all(found.stat().st_mode & 0o077 == 0 for found in folder.iterdir())
    press(app, "upload_cancel")


# Several files


def test_many_files_have_one_line_each_and_one_receipt(full: Path) -> None:
    files = {f"{number:02}.csv": plain(f"Line {number}") for number in range(10, 16)}
    files["picture.csv"] = b"\x89PNG\r\n\x1a\n" + bytes(200)
    app = uploaded(files)
    assert title(app) == f"{6 * DAYS} rows are new. 1 of 7 files cannot be loaded."
    rows = cells(grid(app, "Files"))
    assert [row[1] for row in rows] == ["ready"] * 6 + ["cannot be loaded"]
    assert app.button(key="upload_load").label == "Load the 6 files that are ready"
    noted = block(app, "noted")
    assert noted["mark"]["word"] == "Before you load: 6 things look unusual"
    assert noted["lines"][0] == "10.csv: 'Line 10' is a new line; known: 'Line 3', 'Line 4'."

    app = press(app, "upload_load")
    assert f"6 files: {6 * DAYS} loaded = {6 * DAYS} records." in said(app)
    assert len(store.current().batches()) == 7
    app = press(app, "upload_outcome_undo")
    assert title(app) == "Batches 2–7 undone."
    assert store.current().read("SELECT count(*) AS n FROM counts WHERE batch > 1")["n"].iloc[0] == 0


# Loaded before


def test_the_ledger_lists_every_batch_and_asks_before_an_undo(full: Path) -> None:
    press(uploaded({"dispatch.csv": plain()}), "upload_load")
    app = page("upload")
    rows = cells(grid(app, "Loaded before"))
    assert [row[0] for row in rows] == ["2", "1"]
    assert rows[1][2:4] == ["tester <b>", "dispatch <b>2026</b>.csv"]
    assert rows[0][5:] == [str(DAYS), str(DAYS), "0", "Undo"]
    assert rows[0][4] == span_text(days()[0], days()[-1])

    app.session_state["upload_undo_asked"] = 2
    app.run()
    assert f"takes out {DAYS} values" in block(app, "callout")["text"]
    app = press(app, "upload_undo_no")
    assert facts(2) == DAYS
    app.session_state["upload_undo_asked"] = 2
    app.run()
    app = press(app, "upload_undo_yes")
    assert facts(2) == 0
    assert cells(grid(app, "Loaded before"))[0][8].startswith("undone ")


# Empty stores


def test_without_definitions_the_page_says_what_to_do(tmp_path: Path) -> None:
    with stores.owned(stores.empty, tmp_path):
        app = page("upload")
        assert not app.exception
        assert title(app) == "No KPI is defined yet."


def test_the_first_file_of_all(tmp_path: Path) -> None:
    with stores.owned(stores.defined, tmp_path):
        app = page("upload")
        assert title(app) == "Load a file."
        app = press(uploaded({"dispatch.csv": plain()}), "upload_load")
        assert "1 loaded" not in said(app)
        assert f"{DAYS} loaded = {DAYS} records" in said(app)


def test_one_point_is_listed_as_loaded(tmp_path: Path) -> None:
    with stores.owned(stores.one_point, tmp_path):
        app = page("upload")
        assert not app.exception
        assert len(cells(grid(app, "Loaded before"))) == 1
