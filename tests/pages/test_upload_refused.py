"""Upload of what cannot be loaded: refused with the reason, nothing written, and no word of it taken for markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics import store
from tests.pages.stores import HOSTILE, block, blocks
from tests.pages.uploading import (
    DAYS,
    HEADER,
    cells,
    days,
    grid,
    plain,
    press,
    title,
    uploaded,
)


def test_what_is_no_table_is_refused_and_nothing_written(full: Path) -> None:
    app = uploaded({"picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(200)})
    assert (title(app), block(app, "heading")["lead"]) == ("This file cannot be loaded.", ""), "no loading is promised"
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


def test_a_name_and_a_cell_that_look_like_markup_stay_text(full: Path) -> None:
    content = plain() + f"{days()[0]},{HOSTILE.replace(',', ' ').replace(chr(34), ' ')},x1,800\n".encode()
    name = f"{HOSTILE.replace('/', '-')}.csv"
    app = uploaded({name: content, "other.csv": plain("Line 6")})
    assert cells(grid(app, "Files"))[0][0] == name
    assert "<script>" in cells(grid(app, "1 row cannot"))[0][2]
    for element in (*app.markdown, *app.caption, *app.button):
        shown = getattr(element, "value", "") or ""
        assert "evil.example" not in str(shown)
        assert "evil.example" not in str(getattr(element, "label", ""))
