"""Files of the inbox that wait on the Upload page: answered there, or dismissed, and never lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.desk.waiting import dismissed, waiting
from opsmetrics.server.inbox import STILL, Inbox
from opsmetrics.settings import Settings
from tests.pages import stores
from tests.pages.stores import page
from tests.pages.uploading import HEADER, cells, facts, grid, keyed, press, title

#: 01/02/2026 may be 1 February or 2 January.
UNCLEAR = f"{HEADER}\n" + "".join(f"0{day}/02/2026,Line 5,90,800\n" for day in range(1, 9))
LABEL = "Waiting in the inbox"


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Path]:
    """The inbox of a full store, into which one file was dropped that asks, and one that cannot be read."""
    with stores.owned(stores.full, tmp_path) as path:
        settings = Settings.from_environment({}).for_store(path)
        (settings.inbox / "Dispatch").mkdir(parents=True)
        (settings.inbox / "Dispatch" / "week.csv").write_text(UNCLEAR, encoding="utf-8")
        (settings.inbox / "paper.csv").write_bytes(b"%PDF-1.7 nothing")
        now = dt.datetime.now(dt.UTC)
        inbox = Inbox(settings)
        inbox.look(now)
        inbox.look(now + dt.timedelta(seconds=STILL))
        yield settings.inbox


def labels(app: AppTest) -> list[list[str]]:
    """The table of files that wait, without the time at which they came."""
    return [[name, source, why, *buttons] for name, source, _, why, *buttons in cells(grid(app, LABEL))]


def taken(app: AppTest, inbox: Path) -> AppTest:
    """The page after Answer was pressed at the file that asks."""
    (file,) = (file for file in waiting(inbox) if file.asks)
    app.session_state["upload_session"].take(file)
    return app.run()


def places(inbox: Path) -> list[str]:
    return sorted(str(path.parent.relative_to(inbox)) for path in inbox.rglob("*.csv"))


def test_what_waits_is_listed_with_its_question_or_its_fault(inbox: Path) -> None:
    asks, refused = sorted(labels(page("upload")), key=lambda line: line[0], reverse=True)
    assert (asks[0], asks[1], asks[3:]) == ("week.csv", "Dispatch", ["Answer", "Dismiss"])
    assert "in more than one order" in asks[2]
    assert (refused[0], refused[1], refused[3:]) == ("paper.csv", "", ["refused", "Dismiss"])
    assert "PDF" in refused[2]


def test_an_answered_file_is_loaded_and_put_away_with_its_receipt(inbox: Path) -> None:
    app = taken(page("upload"), inbox)
    assert title(app) == "One question before it can be read."
    assert [line[0] for line in labels(app)] == ["paper.csv"], "what is in hand does not wait"
    app.radio[0].set_value(app.radio[0].options[0]).run()
    app = press(press(app, keyed(app, "upload_ask_")), "upload_load")
    assert facts(2) == 8
    assert places(inbox) == ["Dispatch/loaded", "refused"]
    (receipt,) = (inbox / "Dispatch" / "loaded").glob("*.receipt.json")
    told = json.loads(receipt.read_text(encoding="utf-8"))
    assert (told["outcome"], told["batch"], told["new"]) == ("accept", 2, 8)
    assert list((inbox / "Dispatch" / "asks").iterdir()) == []


def test_a_file_that_is_left_again_waits_on(inbox: Path) -> None:
    app = press(taken(page("upload"), inbox), "upload_cancel")
    assert sorted(line[0] for line in labels(app)) == ["paper.csv", "week.csv"]
    assert places(inbox) == ["Dispatch/asks", "refused"]


def test_a_folder_names_the_template_here_too(inbox: Path) -> None:
    """The names of these columns say nothing; the template of that name does."""
    text = UNCLEAR.replace(HEADER, "a,b,c,d")
    template = 'name = "dispatch"\n[columns]\na = "date"\nb = "line"\n[[kpis]]\nkey = "late"\nnumerator = "c"\n'
    folder = inbox.parent / "templates"
    folder.mkdir()
    (folder / "own.toml").write_text(f'{template}denominator = "d"\n', encoding="utf-8")
    (file,) = (file for file in waiting(inbox) if file.asks)
    file.path.write_text(text, encoding="utf-8")
    app = taken(page("upload"), inbox)
    assert title(app) == "One question before it can be read."
    assert app.radio.len == 1


def test_a_dismissed_file_is_kept_and_waits_no_more(inbox: Path) -> None:
    for file in waiting(inbox):
        dismissed(file, "Ann")
    assert waiting(inbox) == []
    assert places(inbox) == ["Dispatch/dismissed", "dismissed"]
    told = [json.loads(path.read_text(encoding="utf-8")) for path in inbox.rglob("*.receipt.json")]
    assert {receipt["dismissed_by"] for receipt in told} == {"Ann"}
    assert LABEL not in str(page("upload"))


def test_somebody_elses_files_in_these_folders_are_left_alone(inbox: Path) -> None:
    for name in ("notes.txt", "notes.txt.receipt.json", "20261129T083000123456Z-late.csv"):
        (inbox / "asks").mkdir(exist_ok=True)
        (inbox / "asks" / name).write_text("not ours", encoding="utf-8")
    assert len(waiting(inbox)) == 2
    desk = Desk(store.current(), Settings.from_environment({}).for_store(store.current().path))
    Inbox(desk.settings).look()
    assert (inbox / "asks" / "notes.txt").exists()
