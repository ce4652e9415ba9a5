"""Upload under AppTest, on real stores and real bytes: from a file to a receipt that adds up, and back."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.ingest import Measured, Template
from opsmetrics.ui.clock import span_text
from tests.pages import stores
from tests.pages.stores import HOSTILE, block, blocks, page

DAYS = 20
HEADER = "date,line,late orders,orders"
FOREIGN = "Datum;Linie;zu spät;Aufträge;Bemerkung"


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    with stores.owned(stores.full, tmp_path) as path:
        yield path


def days() -> list[dt.date]:
    """The last days before yesterday's end, which the full store holds for lines 3 and 4."""
    last = stores.start().date() + dt.timedelta(days=stores.DAYS)
    return [last - dt.timedelta(days=back) for back in range(DAYS, 0, -1)]


def plain(line: str = "Line 5", late: int = 90) -> bytes:
    """A file whose columns are called as the definitions call them."""
    rows = [f"{day},{line},{late + number % 3},800" for number, day in enumerate(days())]
    return "\n".join([HEADER, *rows, ""]).encode()


def foreign() -> bytes:
    """The same in another language, in cp1252, with three records that cannot be loaded and one without a value."""
    rows = [f"{day:%d.%m.%Y};Line 5;{100 + number % 5};800;ok" for number, day in enumerate(days())]
    rows += ["31.11.2025;Line 5;1;800;no such day", f"{days()[0]:%d.%m.%Y};Line 7;47;45;too many"]
    rows += [f"{days()[0]:%d.%m.%Y};Line 8;x7;45;<script>window.pwned=1</script>"]
    rows += [f"{days()[0]:%d.%m.%Y};Line 9;;45;nothing"]
    return "\n".join([FOREIGN, *rows, ""]).encode("cp1252")


def uploaded(files: Mapping[str, bytes]) -> AppTest:
    """The page after these files were chosen."""
    app = page("upload")
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files.items()])
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def keyed(app: AppTest, start: str) -> str:
    """The one button whose key begins so."""
    (found,) = (button.key for button in app.button if button.key and button.key.startswith(start))
    return found


def title(app: AppTest) -> str:
    return str(block(app, "heading")["title"])


def said(app: AppTest) -> str:
    """All marked lines on the page, as one text."""
    lines = [found for found in blocks(app) if found["kind"] == "said"]
    return " | ".join(f"{found['lead']} {(found['mark'] or {}).get('word', '')} {found['text']}" for found in lines)


def cells(found: dict[str, Any]) -> list[list[str]]:
    """The texts of a table."""
    return [[str(cell.get("text", cell.get("mark", {}).get("word"))) for cell in row] for row in found["rows"]]


def grid(app: AppTest, label: str) -> dict[str, Any]:
    return next(
        found for found in blocks(app) if found["kind"] in ("grid", "edged") and found["label"].startswith(label)
    )


def facts(batch: int) -> int:
    return int(store.current().read("SELECT count(*) AS n FROM counts WHERE batch = ?", (batch,))["n"].iloc[0])


def mapped(app: AppTest) -> AppTest:
    """The form of the foreign file, filled and confirmed."""
    app.multiselect[0].select("late").run()
    for part, header in (("numerator", "zu spät"), ("denominator", "Aufträge")):
        (box,) = (found for found in app.selectbox if str(found.key).endswith(f"_kpi_late_{part}"))
        box.select(header).run()
    return press(app, next(str(b.key) for b in app.button if str(b.key).startswith("upload_map_")))


# A file whose columns say everything


def test_a_file_is_recognised_compared_and_not_yet_written(full: Path) -> None:
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


def test_the_preview_stands_under_both_headings(full: Path) -> None:
    found = grid(uploaded({"dispatch.csv": plain()}), "First and last rows")
    heads = [(column["over"], column["name"]) for column in found["columns"][1:]]
    assert heads == [("date", "date or time"), ("line", "Line"), ("late orders", "late orders"), ("orders", "orders")]
    rows = cells(found)
    assert rows[0] == ["2", str(days()[0]), "Line 5", "90", "800"]
    assert rows[-1] == [str(DAYS + 1), str(days()[-1]), "Line 5", "91", "800"]


def test_what_would_change_is_shown_with_who_loaded_it(full: Path) -> None:
    before = (
        store.current()
        .read(
            "SELECT numerator, denominator FROM counts WHERE kpi = 'late' AND line = 'Line 3' AND observed_at = ?",
            (dt.datetime.combine(days()[0], dt.time()),),
        )
        .iloc[0]
    )
    app = uploaded({"dispatch.csv": plain("Line 3")})
    assert title(app) == f"No row is new. {DAYS} would change."
    row = cells(grid(app, f"{DAYS} values"))[0]
    assert row[:2] == [
        f"{days()[0]} · Line 3 · Late deliveries",
        f"{before['numerator']:g} of {before['denominator']:g}",
    ]
    assert row[2] == "90 of 800"
    assert row[3].startswith("tester <b>, ")


def test_a_load_gives_a_receipt_that_adds_up_and_can_be_undone(full: Path) -> None:
    app = press(uploaded({"dispatch.csv": plain()}), "upload_load")
    assert title(app).startswith(f"{DAYS} records loaded at ")
    assert f"dispatch.csv: {DAYS} loaded = {DAYS} records." in said(app)
    assert facts(2) == DAYS
    assert len(app.file_uploader[0].value) == 0

    app = press(app, "upload_outcome_undo")
    assert title(app) == "Batch 2 undone."
    assert f"{DAYS} values taken out; 0 values put back as before" in said(app)
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
    assert len(store.current().batches()) == 2


def test_cancel_drops_the_file(full: Path) -> None:
    app = press(uploaded({"dispatch.csv": plain()}), "upload_cancel")
    assert title(app) == "Load a file."
    assert len(store.current().batches()) == 1


def elsewhere_and_back(app: AppTest) -> AppTest:
    app.switch_page("pages/data.py").run()
    app.switch_page("pages/upload.py").run()
    assert not app.exception
    return app


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


def test_a_file_without_a_readable_row_offers_nothing_to_load(full: Path) -> None:
    app = uploaded({"late.csv": f"{HEADER}\n2031-01-01,Line 5,1,800\n2031-01-02,Line 5,1,800\n".encode()})
    assert (title(app), block(app, "heading")["lead"]) == ("This file cannot be loaded.", "")
    found = block(app, "callout")
    assert found["mark"]["word"] == "late.csv cannot be loaded"
    assert found["text"].startswith("None of 2 records can be loaded")
    assert "upload_load" not in {button.key for button in app.button}
    labels = [part["label"] for part in blocks(app) if part["kind"] in ("grid", "edged")]
    assert labels[0].startswith("2 rows cannot be read"), "no table without rows, no difference of nothing"
    assert [part for part in blocks(app) if part["kind"] == "figures"] == []


def test_among_several_files_one_without_a_readable_row_is_not_called_ready(full: Path) -> None:
    lost = f"{HEADER}\n2031-01-01,Line 5,1,800\n".encode()
    app = uploaded({"dispatch.csv": plain(), "late.csv": lost})
    assert title(app) == f"{DAYS} rows are new. 1 of 2 files cannot be loaded."
    states = [row[1] for row in cells(grid(app, "Files"))]
    assert states == ["ready", "cannot be loaded"]
    assert block(app, "callout")["mark"]["word"] == "late.csv cannot be loaded", "its steps are shown first"
    press(app, "upload_load")
    assert len(store.current().batches()) == 2


def test_a_text_with_commas_is_no_table(full: Path) -> None:
    app = uploaded({"mail.txt": b"Dear all, the numbers follow.\nRegards, Anna\n"})
    assert title(app) == "This file cannot be loaded."
    said = block(app, "callout")["text"]
    assert said.startswith("No table of measurements: below the line with 'Dear all', 'the numbers follow.' stand only")
    assert "wanted: a header and below it records with a date and a value" in said


def test_a_refused_file_promises_no_loading(full: Path) -> None:
    app = uploaded({"photo.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256))})
    assert (title(app), block(app, "heading")["lead"]) == ("This file cannot be loaded.", "")


def test_the_preview_shows_the_text_of_the_file_where_it_differs(full: Path) -> None:
    shown = grid(mapped(uploaded({"versand.csv": foreign()})), "First and last rows")
    first = days()[0]
    assert [(cell["text"], cell["under"]) for cell in shown["rows"][0][1:]] == [
        (f"{first:%Y-%m-%d}", f"{first:%d.%m.%Y}"), ("Line 5", ""), ("100", ""), ("800", "")
    ]  # fmt: skip


def test_no_copy_of_the_bytes_stays_behind(full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    app = uploaded({"dispatch.csv": plain(), "../../etc/passwd.csv": plain("Line 6")})
    assert not [found for found in folder.rglob("*") if "passwd" in found.name or "dispatch" in found.name]
    assert not list(folder.glob("upload-*"))
    assert all(found.stat().st_mode & 0o077 == 0 for found in folder.iterdir())
    press(app, "upload_cancel")


# A file that needs a person


def test_unknown_columns_are_asked_for_and_then_remembered(full: Path) -> None:
    app = uploaded({"versand.csv": foreign()})
    assert title(app) == "Say which column is which."
    app = mapped(app)
    assert title(app) == f"{DAYS} rows are new. 3 cannot be read."
    known = {item["label"]: item["text"] for item in block(app, "known")["items"]}
    assert known["Encoding"] == "Windows-1252"
    assert known["Delimiter"] == "semicolon"
    first = days()[0]
    assert known["Dates"] == f"{first:%d.%m.%Y} = {first.day} {first:%B %Y}"

    app.text_input(key=next(str(t.key) for t in app.text_input if str(t.key).startswith("upload_template_"))).set_value(
        "Dispatch, daily"
    )
    app = press(app, keyed(app, "upload_keep_"))
    (kept,) = (full.parent / "templates").glob("*.toml")
    assert kept.name.startswith("template_")
    template = Template.load(kept)
    assert (template.name, template.columns["Datum"], template.kpis[0].numerator) == (
        "Dispatch, daily",
        "date",
        "zu spät",
    )

    press(app, "upload_load")
    again = uploaded({"versand-2.csv": foreign()})
    assert title(again).startswith("Nothing is new")
    assert block(again, "step")["note"] == "as “Dispatch, daily”, loaded once before"


def test_rejected_rows_say_line_text_reason_and_mend(full: Path) -> None:
    app = mapped(uploaded({"versand.csv": foreign()}))
    found = grid(app, "3 rows cannot be read")
    rows = cells(found)
    assert found["kind"] == "edged"
    assert found["mark"]["tone"] == "data"
    assert [row[0] for row in rows] == [str(DAYS + 2), str(DAYS + 3), str(DAYS + 4)]
    assert rows[0][1] == "31.11.2025;Line 5;1;800;no such day"
    assert all(row[2] and row[3] for row in rows)
    app = press(app, "upload_load")
    assert f"{DAYS} loaded + 3 rejected + 1 without a value = {DAYS + 4} records" in said(app)


def test_a_mapping_without_a_date_is_refused_with_all_mistakes(full: Path) -> None:
    app = uploaded({"versand.csv": foreign()})
    (box,) = (found for found in app.selectbox if str(found.key).endswith("_role_0"))
    box.select("ignore").run()
    app = press(app, keyed(app, "upload_map_"))
    lines = block(app, "callout")["lines"]
    assert any(line.startswith("No column says when: set one to “date”") for line in lines)
    assert "No KPI is chosen: choose it under “KPIs in this file”, then its columns." in lines
    app.multiselect[0].select("late").run()
    lines = block(press(app, keyed(app, "upload_map_")), "callout")["lines"]
    assert "Late deliveries has no column yet: choose it beside its name, or take the KPI away." in lines
    assert title(app) == "Say which column is which."


def test_a_date_that_can_be_read_in_two_ways_is_asked_once(full: Path) -> None:
    """01/02/2026 may be 1 February or 2 January, and no day of the file is over 12."""
    content = f"{HEADER}\n" + "".join(f"0{d}/02/2026,Line 5,90,800\n" for d in range(1, 9))
    app = uploaded({"a.csv": content.encode(), "b.csv": content.replace("Line 5", "Line 6").encode()})
    assert title(app) == "2 of 2 files need an answer first."
    (radio,) = app.radio
    assert [option.replace("\\", "") for option in radio.options] == [
        "day/month/year, 01/02/2026 is 1 February 2026",
        "month/day/year, 01/02/2026 is 2 January 2026",
    ]
    app.radio[0].set_value(app.radio[0].options[0]).run()
    app = press(app, keyed(app, "upload_ask_"))
    assert app.radio.len == 0
    assert title(app) == "16 rows are new."
    press(app, "upload_load")
    stored = store.current().read("SELECT max(observed_at) AS last FROM counts WHERE line = 'Line 5'")["last"].iloc[0]
    assert stored == dt.datetime(2026, 2, 8)


# Files that cannot be loaded


def test_what_is_no_table_is_refused_and_nothing_written(full: Path) -> None:
    app = uploaded({"picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(200)})
    assert title(app) == "This file cannot be loaded."
    found = block(app, "callout")
    assert found["mark"]["word"] == "picture.csv cannot be loaded"
    assert found["text"].endswith("Nothing was changed.")
    assert not [button for button in app.button if button.key == "upload_load"]


def test_a_file_that_is_too_large_is_refused_with_both_sizes(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSMETRICS_UPLOAD_MB", "0.001")
    app = uploaded({"dispatch.csv": plain() * 20})
    text = block(app, "callout")["text"]
    assert "at most 1 KB" in text
    assert "load it in parts" in text
    assert title(app) == "This file cannot be loaded."


def test_a_template_fits_headers_written_another_way(full: Path) -> None:
    """The preview names the file's own columns, and none of those that are used as unused."""
    roles = {"Date": "date", "LINE": "line"}
    parts = Measured("late", numerator="Late Orders", denominator="Orders")
    template = Template(name="Upper", header=("Date", "LINE", "Late Orders", "Orders"), columns=roles, kpis=(parts,))
    (full.parent / "templates").mkdir()
    (full.parent / "templates" / "upper.toml").write_text(template.dump(), encoding="utf-8")
    app = uploaded({"dispatch.csv": plain()})
    assert block(app, "step")["note"].startswith("as “Upper”")
    heads = [(column["over"], column["name"]) for column in grid(app, "First and last rows")["columns"][1:]]
    assert heads == [("date", "date or time"), ("line", "Line"), ("late orders", "late orders"), ("orders", "orders")]
    assert not [part for part in blocks(app) if part["kind"] == "said" and part["text"].startswith("Not used")]


def test_a_broken_template_is_named_and_does_not_stop_the_page(full: Path) -> None:
    folder = full.parent / "templates"
    folder.mkdir()
    (folder / "mine.toml").write_text("name = 3\n", encoding="utf-8")
    app = uploaded({"dispatch.csv": plain()})
    assert block(app, "callout")["mark"]["word"] == "An import template has mistakes"
    assert title(app) == f"{DAYS} rows are new."


def test_a_name_and_a_cell_that_look_like_markup_stay_text(full: Path) -> None:
    content = plain() + f"{days()[0]},{HOSTILE.replace(',', ' ').replace(chr(34), ' ')},x1,800\n".encode()
    name = f"{HOSTILE.replace('/', '-')}.csv"
    app = uploaded({name: content, "other.csv": plain("Line 6")})
    assert cells(grid(app, "Files"))[0][0] == name
    assert "<script>" in cells(grid(app, "1 row cannot"))[0][1]
    for element in (*app.markdown, *app.caption, *app.button):
        shown = getattr(element, "value", "") or ""
        assert "evil.example" not in str(shown)
        assert "evil.example" not in str(getattr(element, "label", ""))


# Several files


def test_many_files_have_one_line_each_and_one_receipt(full: Path) -> None:
    files = {f"{number:02}.csv": plain(f"Line {number}") for number in range(10, 16)}
    files["picture.csv"] = b"\x89PNG\r\n\x1a\n" + bytes(200)
    app = uploaded(files)
    assert title(app) == f"{6 * DAYS} rows are new. 1 of 7 files cannot be loaded."
    rows = cells(grid(app, "Files"))
    assert [row[1] for row in rows] == ["ready"] * 6 + ["cannot be loaded"]
    assert app.button(key="upload_load").label == "Load the 6 files that are ready"

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
