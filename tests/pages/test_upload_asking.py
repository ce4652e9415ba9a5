"""Upload of files that need a person: columns and dates are asked for once, templates remember the answers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from opsmetrics import store
from opsmetrics.desk.rejected import rejects_file
from opsmetrics.ingest import Measured, Template
from tests.pages.stores import block, blocks
from tests.pages.uploading import (
    DAYS,
    HEADER,
    cells,
    days,
    downloads,
    foreign,
    grid,
    keyed,
    mapped,
    plain,
    press,
    said,
    title,
    uploaded,
)


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


def test_both_counts_in_one_cell_are_proposed_and_taken_once_confirmed(full: Path) -> None:
    rows = [f"{day},Line 5,{90 + number % 3} of 800" for number, day in enumerate(days())]
    app = uploaded({"pairs.csv": "\n".join(["date,line,late orders", *rows, ""]).encode()})
    assert title(app) == "Say which column is which."
    assert any("two counts in one cell" in text.value for text in app.text)
    app = press(app, next(str(b.key) for b in app.button if str(b.key).endswith("_use")))
    assert title(app) == f"{DAYS} rows are new."


def test_rejected_rows_say_line_text_reason_and_mend(full: Path) -> None:
    app = mapped(uploaded({"versand.csv": foreign()}))
    found = grid(app, "3 rows cannot be read")
    rows = cells(found)
    assert found["kind"] == "edged"
    assert found["mark"]["tone"] == "data"
    assert [row[0] for row in rows] == [str(DAYS + 2), str(DAYS + 3), str(DAYS + 4)]
    assert rows[0][1:3] == ["Datum", "31.11.2025;Line 5;1;800;no such day"]
    assert all(row[3] and row[4] for row in rows)
    reasons = next(group for group in app.button_group if group.key == "upload_rejected_reason")
    assert sorted(reasons.options) == ["more than its denominator 1", "no such day 1", "not a number 1"]
    app = reasons.select("bad_date").run()
    found = grid(app, "3 rows cannot be read")
    assert cells(found) == rows[:1], "by one reason, under the number of all of them"
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


def test_the_preview_shows_the_text_of_the_file_where_it_differs(full: Path) -> None:
    shown = grid(mapped(uploaded({"versand.csv": foreign()})), "First and last rows")
    first = days()[0]
    assert [(cell["text"], cell["under"]) for cell in shown["rows"][0][1:]] == [
        (f"{first:%Y-%m-%d}", f"{first:%d.%m.%Y}"), ("Line 5", ""), ("100", ""), ("800", "")
    ]  # fmt: skip


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
    app = uploaded({"misspelt.csv": plain("Lime 4")})
    app = press(app, keyed(app, "upload_name_"))
    assert title(app) == f"No row is new. {DAYS} would change."
    assert f"Read, as was said: 'Lime 4' as 'Line 4' ({DAYS} records)." in said(app)


def test_a_broken_template_is_named_and_does_not_stop_the_page(full: Path) -> None:
    folder = full.parent / "templates"
    folder.mkdir()
    (folder / "mine.toml").write_text("name = 3\n", encoding="utf-8")
    app = uploaded({"dispatch.csv": plain()})
    assert block(app, "callout")["mark"]["word"] == "An import template has mistakes"
    assert title(app) == f"{DAYS} rows are new."


def test_a_wide_file_has_lines_for_the_columns_that_mean_something(full: Path) -> None:
    """Those recognised are listed, any other is found by its name, and the rest is left alone."""
    others = [f"tag {number}" for number in range(97)]
    rows = [f"{day},Line 5,7{',800' * len(others)}" for day in days()]
    app = uploaded({"historian.csv": "\n".join([",".join(["date", "line", "late", *others]), *rows, ""]).encode()})
    assert title(app) == "Say which column is which."
    assert len(grid(app, "First records")["columns"]) == 30
    (search,) = (box for box in app.multiselect if str(box.key).endswith("_others"))
    assert search.label.startswith("2 of 100 columns are listed below.")
    assert len([box for box in app.selectbox if "_role_" in str(box.key)]) == 2
    search.select("tag 90")
    app.multiselect(key=str(search.key).replace("_others", "_kpis")).select("late").run()
    assert len([box for box in app.selectbox if "_role_" in str(box.key)]) == 3
    for part, header in (("numerator", "late"), ("denominator", "tag 90")):
        (box,) = (found for found in app.selectbox if str(found.key).endswith(f"_kpi_late_{part}"))
        box.select(header)
    app = press(app, keyed(app, "upload_map_"))
    assert title(app) == f"{DAYS} rows are new."


def test_rejects_are_fetched_corrected_and_loaded_again(full: Path) -> None:
    """Before the load, after it, and once more after one of two is settled."""
    text = plain().decode().replace(",91,", ",9x,", 2)
    app = uploaded({"dispatch.csv": text.encode()})
    assert downloads(app)[:2] == ["The 2 rows left out as Excel", "The 2 rows left out as CSV"]
    app = press(app, "upload_load")
    assert downloads(app)[:2] == ["Rejected records as Excel", "Rejected records as CSV"]
    assert "2 rejected records of batch 2: none is settled yet." in [text.value for text in app.text]

    rejects = rejects_file(store.current(), 2).decode("utf-8-sig").splitlines()
    assert rejects[1].endswith(",9x,800")
    mended = [rejects[0], rejects[1].removesuffix(",9x,800") + ",91,800", *rejects[2:], ""]
    app = uploaded({"batch-2-rejects.csv": "\r\n".join(mended).encode()})
    assert title(app) == "1 row is new. 1 cannot be read."
    step = next(found for found in blocks(app) if found["kind"] == "step")
    assert step["note"] == "rejects of batch 2, corrected"
    app = press(app, "upload_load")
    assert "1 of the rejects of batch 2 settled, 1 left." in said(app)
    assert "2 rejected records of batch 2: 1 settled by a later batch, 1 left." in [text.value for text in app.text]
