"""Upload in a real Chromium: files are chosen, loaded and taken back; names and cells are never markup."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page

from opsmetrics.tokens import Tokens
from tests.browser.conftest import Watch
from tests.pages import stores
from tests.server.conftest import Program

Open = Callable[..., Watch]

HEADER = "date,line,late orders,orders"

#: Seconds that the inbox may take on a busy machine.
PATIENCE = 60
HOSTILE_CELL = "<script>window.pwned=1</script><img src=x onerror=window.pwned=1> ![x](http://evil.example/c.png)"
HOSTILE_NAME = "![x](http:evil.example&x.png)<img src=x onerror=window.pwned=1>.csv"


def rows(line: str, days: int = 10) -> list[str]:
    last = stores.start().date() + dt.timedelta(days=stores.DAYS - 1)
    return [f"{last - dt.timedelta(days=back)},{line},90,800" for back in range(days)]


def new_rows(line: str) -> list[str]:
    """Records that no test has loaded before, nor an earlier run of the same one."""
    return rows(f"{line} {secrets.token_hex(3)}")


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


def chosen(watch: Open, *files: Path, store: str = "full@upload", **how: object) -> tuple[Watch, Page]:
    """The page after these files were chosen."""
    found = watch(store, **how)
    page = found.open("/upload")
    page.set_input_files("input[type=file]", [str(file) for file in files])
    page.wait_for_selector(".om-step, .om-callout")
    found.ready()
    return found, page


def press(found: Watch, name: str) -> None:
    found.page.get_by_role("button", name=name, exact=True).click()
    found.ready()


def test_a_file_is_loaded_and_taken_back(watch: Open, tmp_path: Path) -> None:
    found, page = chosen(watch, write(tmp_path, "dispatch.csv", *new_rows("Line 7")))
    assert page.inner_text(".om h1") == "10 rows are new."
    press(found, "Load 10 rows")
    page.wait_for_selector("text=10 loaded = 10 records")
    assert "10 records loaded at" in page.inner_text(".om h1")
    undo = page.locator("button:has-text('Undo batch')")
    undo.click()
    page.wait_for_selector("text=10 values taken out")
    found.assert_clean()


def test_the_ledger_asks_before_it_undoes(watch: Open, tmp_path: Path) -> None:
    found, page = chosen(watch, write(tmp_path, "again.csv", *new_rows("Line 8")))
    press(found, "Load 10 rows")
    page.wait_for_selector("text=10 loaded = 10 records")
    page.locator(".om-act").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog] >> text=Undo takes out 10 values")
    press(found, "Keep it")
    page.wait_for_selector("[role=dialog]", state="detached")
    found.assert_clean()


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_names_and_cells_are_text(watch: Open, tmp_path: Path, width: int) -> None:
    """In the table of files, in the preview, among the rejected rows, in the form, in the receipt and the ledger."""
    day = stores.start().date()
    cell = HOSTILE_CELL.replace(",", " ")
    hostile = write(
        tmp_path, HOSTILE_NAME, *new_rows(f"Line {width}"), f"{day},{cell},1,800", f"{day},Line 9,{cell},800"
    )
    found, page = chosen(watch, hostile, write(tmp_path, "other.csv", *new_rows(f"Line {width}b")), width=width)
    shown = page.eval_on_selector_all(".om td", "nodes => nodes.map(node => node.textContent)")
    assert HOSTILE_NAME in shown
    assert any(cell in text for text in shown)
    page.get_by_text("Change how it is read").click()
    found.ready()
    press(found, "Load all 2 files")
    page.wait_for_selector("text=2 files: 21 loaded + 1 rejected = 22 records.")
    assert page.locator("img[src*='evil'], .om img, .om script").count() == 0
    found.assert_clean()


def test_hostile_headers_are_text_in_the_form(watch: Open, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(f"date,{HOSTILE_CELL},count\n2026-01-01,a,1\n2026-01-02,b,2\n", encoding="utf-8")
    found, page = chosen(watch, path)
    assert page.inner_text(".om h1") == "Say which column is which."
    texts = page.eval_on_selector_all("[data-testid=stText]", "nodes => nodes.map(node => node.textContent)")
    assert HOSTILE_CELL in texts
    found.assert_clean()


def test_a_refused_file_is_a_designed_error(watch: Open, tmp_path: Path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    found, page = chosen(watch, path)
    assert page.inner_text(".om h1") == "This file cannot be loaded."
    assert "Nothing was changed." in page.inner_text(".om-callout")
    found.assert_clean()


def test_nothing_scrolls_sideways_on_a_phone_but_wide_tables_in_their_frame(watch: Open, tmp_path: Path) -> None:
    _, page = chosen(watch, write(tmp_path, "dispatch.csv", *rows("Line 3")), width=390)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert page.locator(".om-gridframe[tabindex='0']").count() >= 3


def test_the_rejected_rows_can_be_taken_away(watch: Open, tmp_path: Path) -> None:
    found, page = chosen(
        watch, write(tmp_path, "dispatch.csv", *rows("Line 11"), f"{stores.start().date()},=1+1,x1,800")
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="The row left out as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "batch,reject,line,text,column,reason,mend,date,line,late orders,orders"
    assert text.splitlines()[1].startswith(",1,12,")
    found.assert_clean()


def test_a_dropped_file_is_answered_and_another_is_dismissed(
    watch: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = watch("full@upload")
    inbox = tmp_path_factory.getbasetemp() / "full_upload0" / "inbox"
    for name in ("north.csv", "south.csv"):
        lines = "".join(f"0{day}/02/2026,{name},90,800\n" for day in range(1, 9))
        (inbox / f"{name}.part").write_text(f"date,line,late orders,orders\n{lines}", encoding="utf-8")
        (inbox / f"{name}.part").rename(inbox / name)
    deadline = time.monotonic() + PATIENCE
    while len(list((inbox / "asks").glob("*.csv"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    page = found.open("/upload")
    page.get_by_role("button", name="Dismiss south.csv", exact=True).click()
    page.wait_for_selector("text=south.csv", state="detached")
    page.get_by_role("button", name="Answer north.csv", exact=True).click()
    page.get_by_text("day/month/year").click()
    found.ready()
    page.locator("[class*=st-key-upload_ask_] button").click()
    press(found, "Load 8 rows")
    page.wait_for_selector("text=8 loaded = 8 records")
    assert page.get_by_text("Waiting in the inbox").count() == 0
    assert sorted(path.parent.name for path in inbox.rglob("*.csv")) == ["dismissed", "loaded"]
    found.assert_clean()


def test_two_browsers_and_a_program_see_new_data_within_a_rerun(
    watch: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What one program loads stands in the next run of each open page, in the words that the API gives."""
    both = [watch("full@upload"), watch("full@upload", width=1000)]  # each size is a browser of its own
    store = tmp_path_factory.getbasetemp() / "full_upload0" / "browser.duckdb"
    program = Program(
        urlsplit(both[0].base).port or 0, Tokens(store).add(secrets.token_hex(4), "undo", days=1, by="Ann")
    )
    before = sentence(program)
    for found in both:
        found.open(f"/chart?kpi=late&slice={quote(stores.slice_address('Line 4'))}")
        assert before in said(found.page)
    body = f"{HEADER}\n{rows('Line 4', 1)[0].replace(',90,800', f',{300 + secrets.randbelow(400)},800')}\n".encode()
    loaded = program.post("/api/v1/ingest", body, name="together.csv")
    assert (loaded.status, loaded.json["updated"]) == (201, 1), loaded.body
    after = sentence(program)
    assert after != before
    for found in both:
        run_until(found, after)
        assert before not in said(found.page)
    undone = program.post(f"/api/v1/batches/{loaded.json['batch']}/undo", {"why": "seen"}, "application/json")
    assert undone.status == 200
    taken_back = sentence(program)  # not to the letter as before: what was said in between is remembered
    assert taken_back != after
    for found in both:
        run_until(found, taken_back)
        found.assert_clean()


def run_until(found: Watch, words: str) -> None:
    """Run the page once more, as any click does, and wait for the words."""
    found.ready()  # a page that still runs would not heed the key
    found.page.keyboard.press("r")
    found.page.wait_for_function(f"({SAID})().includes({json.dumps(words)})")


#: The words of the page, whatever spaces lie between them.
SAID = r"() => document.body.innerText.split(/\s+/).join(' ')"


def sentence(program: Program) -> str:
    told = program.get("/api/v1/review", kpi="late", slice="line=Line 4").json["sentence"]["text"]
    return " ".join(str(told).split())


def said(page: Page) -> str:
    return str(page.evaluate(SAID))
