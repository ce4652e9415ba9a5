"""Upload of workbooks: which sheet is meant is asked once, with the sheets' names, rows and first headers."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from opsmetrics import store
from tests.pages.stores import block
from tests.pages.uploading import days, elsewhere_and_back, keyed, press, title, uploaded


def book(**sheets: int) -> bytes:
    """A workbook with one sheet for each name, in which so many orders are late on every day; 0: a hidden one."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, late in sheets.items():
        sheet = made.create_sheet(name)
        sheet.append(["date", "line", "late orders", "orders"])
        for day in days():
            sheet.append([day, f"Line {name}", late or 1, 800])
        sheet.sheet_state = "visible" if late else "hidden"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def lines() -> set[str]:
    """The new lines in the store."""
    found = store.current().read("SELECT DISTINCT line FROM counts WHERE kpi = 'late'")["line"]
    return {name for name in found if name.removeprefix("Line ").isalpha()}


def test_the_only_visible_sheet_is_taken(full: Path) -> None:
    app = uploaded({"dispatch.xlsx": book(Berlin=90, Old=0)})
    assert title(app) == f"{len(days())} rows are new."
    assert ("Sheet", "Berlin") in [(item["label"], item["text"]) for item in block(app, "known")["items"]]
    press(app, "upload_load")
    assert lines() == {"Line Berlin"}


def test_of_several_sheets_one_is_asked_for_and_the_answer_holds_for_the_next_file(full: Path) -> None:
    app = uploaded({"a.xlsx": book(Berlin=90, Q1=80), "b.xlsx": book(Berlin=91, Q1=80)})
    assert title(app) == "2 of 2 files need an answer first."
    (radio,) = app.radio
    count = len(days())
    options = [option.replace("\\", "") for option in radio.options]
    assert options[0].startswith("all: 'Berlin', 'Q1' together")
    assert options[1:] == [f"{name}: {count} rows with date, line, late orders, orders" for name in ("Berlin", "Q1")]
    radio.set_value(radio.options[2]).run()
    app = press(app, keyed(app, "upload_ask_"))
    assert app.radio.len == 0
    assert title(app).startswith(f"{2 * count} rows are new")
    press(app, "upload_load")
    assert lines() == set() and "Line Q1" in set(store.current().read("SELECT DISTINCT line FROM counts")["line"])


def test_a_question_waits_while_the_reader_is_elsewhere(full: Path) -> None:
    app = elsewhere_and_back(uploaded({"a.xlsx": book(Berlin=90, Lyon=80)}))
    app.radio[0].set_value(app.radio[0].options[2]).run()
    app = press(app, keyed(app, "upload_ask_"))
    assert title(app) == f"{len(days())} rows are new."
    press(app, "upload_load")
    assert lines() == {"Line Lyon"}


def test_what_was_taken_is_remembered_with_the_template(full: Path) -> None:
    app = uploaded({"a.xlsx": book(Berlin=90, Lyon=80)})
    app.radio[0].set_value(app.radio[0].options[2]).run()
    app = press(app, keyed(app, "upload_ask_"))
    app.text_input(key=keyed_text(app, "upload_template_")).set_value("Dispatch").run()
    press(app, keyed(app, "upload_keep_"))
    (kept,) = (full.parent / "templates").glob("*.toml")
    assert 'sheet = "Lyon"' in kept.read_text(encoding="utf-8")
    assert uploaded({"next.xlsx": book(Berlin=70, Lyon=60)}).radio.len == 0


def keyed_text(app: object, start: str) -> str:
    """The one text field whose key begins so."""
    (found,) = (box.key for box in app.text_input if str(box.key).startswith(start))  # type: ignore[attr-defined]
    return str(found)


def test_parquet_loads_as_any_other_file(full: Path) -> None:
    columns = {"date": days(), "line": ["Line Lima"] * len(days()), "late orders": range(len(days()))}
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    table = table.append_column("orders", pa.array([800] * len(days())))
    out = io.BytesIO()
    pq.write_table(table, out)
    app = uploaded({"dispatch.parquet": out.getvalue()})
    assert title(app) == f"{len(days())} rows are new."


def test_a_damaged_workbook_is_refused_in_words(full: Path) -> None:
    whole = book(Berlin=90)
    app = uploaded({"dispatch.xlsx": whole[: len(whole) // 2]})
    assert title(app) == "This file cannot be loaded."
    assert "the workbook is damaged" in block(app, "callout")["text"].lower()
