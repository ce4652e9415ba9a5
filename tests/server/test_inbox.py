"""The inbox: dropped files are loaded once they are whole, put away with their receipts, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from opsmetrics import store
from opsmetrics.cli import owner
from opsmetrics.desk import Desk, handing, showing
from opsmetrics.desk.loading import Order
from opsmetrics.desk.verifying import as_dict, verify
from opsmetrics.desk.waiting import waiting
from opsmetrics.server.inbox import STILL, Inbox
from opsmetrics.store import Store, back_up
from opsmetrics.verdict.as_dict import review_as_dict
from tests.cases import cases
from tests.cli.conftest import CATALOG, TEMPLATE, Ran, Run, scrap_rows, sums, write_scrap
from tests.cli.conftest import run as run
from tests.paths import ROOT
from tests.server.test_lifespan import PATIENCE, answers, free_port, started
from tests.server.test_writing import LATER, stored
from tests.store.children import Forks
from tests.store.test_crash import KILLS

NOON = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)


@pytest.fixture
def inbox(works: Desk) -> Inbox:
    """Not running: it looks when it is told to."""
    made = Inbox(works.settings)
    works.settings.inbox.mkdir()
    return made


def look(inbox: Inbox) -> None:
    """Twice, with as much time between as a file must stay the same."""
    inbox.look(NOON)
    inbox.look(NOON + dt.timedelta(seconds=STILL))


def put(folder: Path, name: str = "week.csv", rows: Any = LATER) -> Path:
    folder.mkdir(exist_ok=True)
    write_scrap(folder / name, rows)
    return folder / name


def left(folder: Path) -> dict[str, list[str]]:
    """The files that lie in each folder, without the time in front of their names."""
    found: dict[str, list[str]] = {}
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        where = str(path.parent.relative_to(folder))
        found.setdefault(where, []).append(path.name.partition("Z-")[2] or path.name)
    return found


def receipts(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("*.receipt.json"))]


def test_a_dropped_file_is_loaded_and_put_away_with_its_receipt(inbox: Inbox, works: Desk) -> None:
    put(inbox.settings.inbox)
    look(inbox)
    assert stored(works) == sums(scrap_rows())
    assert left(inbox.settings.inbox) == {"loaded": ["week.csv", "week.csv.receipt.json"]}
    (receipt,) = receipts(inbox.settings.inbox)
    assert (receipt["batch"], receipt["by"], receipt["source"], receipt["new"]) == (2, "inbox", "week.csv", 70)


def test_a_folder_names_its_source(inbox: Inbox, works: Desk) -> None:
    put(inbox.settings.inbox / "Scrap report")
    look(inbox)
    assert left(inbox.settings.inbox) == {"Scrap report/loaded": ["week.csv", "week.csv.receipt.json"]}
    assert works.batches()["by"][0] == "inbox Scrap report"


def test_a_file_that_still_grows_waits(inbox: Inbox, works: Desk) -> None:
    path = put(inbox.settings.inbox, rows=LATER[:10])
    for second in range(0, 10, 2):
        inbox.look(NOON + dt.timedelta(seconds=second))
        write_scrap(path, LATER[: 20 + second])
    assert len(works.batches()) == 1
    write_scrap(path, LATER)
    inbox.look(NOON + dt.timedelta(seconds=20))
    inbox.look(NOON + dt.timedelta(seconds=20 + STILL - 0.1))
    assert len(works.batches()) == 1
    inbox.look(NOON + dt.timedelta(seconds=20 + STILL))
    assert stored(works) == sums(scrap_rows())


@pytest.mark.parametrize("name", [".week.csv", "week.csv.part", "week.csv.tmp", "week.csv.crdownload"])
def test_what_somebody_still_writes_is_not_looked_at(inbox: Inbox, works: Desk, name: str) -> None:
    put(inbox.settings.inbox, name)
    look(inbox)
    assert (len(works.batches()), left(inbox.settings.inbox)) == (1, {".": [name]})


def test_what_is_no_file_and_hostile_names_are_put_away_and_keep_nobody_waiting(inbox: Inbox, works: Desk) -> None:
    folder = inbox.settings.inbox
    secret = put(works.settings.store.parent / "private", "secret.csv")
    (folder / "a link.csv").symlink_to(secret)
    (folder / "a loop.csv").symlink_to(folder / "a loop.csv")
    os.mkfifo(folder / "a pipe.csv")
    os.write(os.open(os.fsencode(folder) + b"/caf\xe9\x07.csv", os.O_CREAT | os.O_WRONLY), b"soon\n")
    (folder / f"{'n' * 250}.csv").write_bytes(b"%PDF-1.7 nothing")
    (folder / "=cmd|' calc'!A1.csv").write_bytes(b"%PDF-1.7 nothing")
    put(folder, "week.csv")
    look(inbox)
    assert [path.name for path in folder.iterdir() if not path.is_dir()] == [] and stored(works) == sums(scrap_rows())
    kept = {file.name for file in waiting(folder)}
    assert kept == {
        *("a link.csv", "a loop.csv", "a pipe.csv", "caf.csv", "=cmd|' calc'!A1.csv", f"{'n' * 196}.csv"),
    }
    told = {receipt["source"]: receipt["error"] for receipt in receipts(folder / "refused")}
    assert [told[f"a {what}.csv"].split(";")[0] for what in ("link", "loop", "pipe")] == [
        "'a link.csv' is a link",
        "'a loop.csv' is a link",
        "'a pipe.csv' is a device or a pipe",
    ]
    assert len(told) == 6 and "secret" not in str(told)


def test_a_file_that_is_replaced_while_it_is_loaded_is_loaded_too(
    inbox: Inbox, works: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(inbox.settings.inbox, rows=LATER[:35])
    publish = Desk.publish

    def meanwhile(desk: Desk, kpis: Any) -> None:
        publish(desk, kpis)
        monkeypatch.undo()
        put(path.parent, "week.tmp", LATER).replace(path)

    monkeypatch.setattr(Desk, "publish", meanwhile)
    look(inbox)
    assert left(path.parent) == {".": ["week.csv"]}
    look(inbox)
    assert left(path.parent) == {"loaded": ["week.csv", "week.csv.receipt.json"]}
    assert stored(works) == sums(scrap_rows())


def test_one_file_that_cannot_be_dealt_with_keeps_nobody_waiting(inbox: Inbox, works: Desk) -> None:
    put(inbox.settings.inbox / "locked", "a.csv")
    (inbox.settings.inbox / "locked" / "refused").write_text("a file where a folder should be")
    put(inbox.settings.inbox)
    look(inbox)
    assert stored(works) == sums(scrap_rows())
    assert left(inbox.settings.inbox)["loaded"] == ["week.csv", "week.csv.receipt.json"]


def test_what_needs_an_answer_and_what_is_refused_is_kept_with_the_reason(inbox: Inbox, works: Desk) -> None:
    folder = inbox.settings.inbox
    (folder / "dates.csv").write_text("Day,Line,Scrapped,Made\n03/04/2026,A,4,500\n05/04/2026,A,3,500\n")
    (folder / "paper.csv").write_bytes(b"%PDF-1.7 nothing")
    look(inbox)
    assert len(works.batches()) == 1
    assert left(folder) == {
        "asks": ["dates.csv", "dates.csv.receipt.json"],
        "refused": ["paper.csv", "paper.csv.receipt.json"],
    }
    asked, refused = receipts(folder)
    assert (asked["outcome"], len(asked["questions"][0]["choices"])) == ("needs_user_choice", 2)
    assert (refused["outcome"], "PDF" in refused["error"]) == ("refuse", True)


def test_rejected_records_lie_beside_the_receipt(inbox: Inbox) -> None:
    path = put(inbox.settings.inbox)
    path.write_text(path.read_text() + "2025-05-30,A,many,500\n")
    look(inbox)
    assert left(inbox.settings.inbox) == {"loaded": ["week.csv", "week.csv.receipt.json", "week.csv.rejects.csv"]}


def test_two_files_of_one_name_are_both_kept(inbox: Inbox) -> None:
    for _ in range(2):
        put(inbox.settings.inbox)
        look(inbox)
    assert left(inbox.settings.inbox)["loaded"].count("week.csv") == 2
    assert [receipt["new"] for receipt in receipts(inbox.settings.inbox)] == [70, 0]


def test_an_order_is_there_whole_or_not_at_all(works: Desk, tmp_path: Path) -> None:
    path, file = works.store.path, put(tmp_path / "sent")
    order = Order("Cy", None, (dt.date(2025, 4, 5), dt.date(2025, 5, 9)), {"sheet": "all"}, dry_run=True)
    folder = handing.hand_over(path, [file], order, "scrap report")
    (handing.folder_of(path) / ".half").mkdir()
    assert handing.waiting(path) == [folder]
    read, files = handing.read(folder, works)
    assert (read.by, read.covers, read.answers, read.dry_run) == ("Cy", order.covers, {"sheet": "all"}, True)
    assert read.template is not None and read.template.name == "scrap report"
    assert [f.read_bytes() for f in files] == [file.read_bytes()]
    handing.answer(folder, [])
    assert (handing.waiting(path), handing.answered(folder)) == ([], ([], None))
    handing.tidy(path)
    assert folder.exists()
    handing.tidy(path, dt.timedelta(seconds=-1))
    assert list(handing.folder_of(path).iterdir()) == []


@pytest.fixture
def running(works: Desk) -> Iterator[Inbox]:
    """As in the app: in a thread of its own."""
    made = Inbox(works.settings)
    made.start()
    yield made
    made.stop()


def test_the_terminal_hands_its_files_to_the_app(run: Run, running: Inbox, works: Desk, tmp_path: Path) -> None:
    """The answers are those that the terminal gives where it opens the store itself."""
    file = put(tmp_path / "sent")
    file.write_text(file.read_text() + "2025-05-30,A,many,500\n")
    words = ("ingest", file, "--store", works.store.path, "--by", "Cy")
    tried = run(*words, "--dry-run", "--json")
    assert (tried.json["new"], tried.json["dry_run"], len(works.batches())) == (70, True, 1)
    loaded = run(*words, "--json", "--rejects", tmp_path / "rejects")
    assert (loaded.code, loaded.json["batch"], loaded.json["by"], loaded.json["new"]) == (0, 2, "Cy", 70)
    assert (tmp_path / "rejects" / "week.rejects.csv").read_text().count('"2025-05-30,A,many,500"') == 1
    again: Ran = run(*words)
    assert again.code == 0 and "week.csv" in again.out
    assert list(handing.folder_of(works.store.path).iterdir()) == []


def test_what_the_app_asks_or_refuses_is_told_in_the_terminal(
    run: Run, running: Inbox, works: Desk, tmp_path: Path
) -> None:
    store, file = works.store.path, tmp_path / "dates.csv"
    file.write_text("Day,Line,Scrapped,Made\n03/04/2026,A,4,500\n05/04/2026,A,3,500\n")
    asked = run("ingest", file, "--store", store)
    assert (asked.code, "--answer" in asked.err) == (1, True)
    code = run("ingest", file, "--store", store, "--json").json["questions"][0]
    answered = run("ingest", file, "--store", store, "--answer", f"{code['code']}={code['choices'][0]}", "--json")
    assert (answered.code, answered.json["new"]) == (0, 2)
    nowhere = run("ingest", tmp_path / "none.csv", "--store", store)
    assert (nowhere.code, "none.csv" in nowhere.err) == (1, True)
    unknown = run("ingest", file, "--store", store, "--template", "erp")
    assert (unknown.code, "'erp'" in unknown.err) == (1, True)
    own = tmp_path / "own.toml"
    own.write_text(TEMPLATE)
    assert run("ingest", file, "--store", store, "--template", own).code == 1, "its dates still say too little"


def test_the_terminal_reads_while_the_app_has_the_store(run: Run, running: Inbox, works: Desk) -> None:
    """From a copy, which is gone afterwards; the ids of what it showed are known to the app."""
    words = ("--store", works.store.path, "--json")
    said = run("review", "scrap", "--as-of", "2025-04-03", *words)
    assert (said.code, said.err) == (0, "")
    assert said.json == json.loads(json.dumps(review_as_dict(works.review("scrap", as_of=dt.date(2025, 4, 3)))))
    kept = works.store.shown_as(said.json["id"])
    assert kept is not None and kept["channel"] == "terminal"
    assert run("verify", said.json["id"], *words).json == json.loads(json.dumps(as_dict(verify(works, kept["id"]))))
    assert [row["source"] for row in run("batches", *words).json] == ["first.csv"]
    assert run("check", *words).json == {"batches": 1, "findings": []}
    unknown = run("verify", "00000-00000", *words)
    assert (unknown.code, "No verdict with the id" in unknown.err) == (1, True)
    with works.store.path.with_name(works.store.path.name + ".receipts").open("a") as notes:
        notes.write('{"what": "batch", "batch": 99, "data_version": 99}\n')
    assert [each["code"] for each in run("check", *words).json["findings"]] == ["lost_batches"]
    assert list(handing.folder_of(works.store.path).iterdir()) == []


def test_a_copy_is_as_private_as_the_store_and_replaces_nothing(inbox: Inbox, works: Desk, tmp_path: Path) -> None:
    works.store.path.chmod(0o600)
    folder, other = handing.ask_for_copy(works.store.path), handing.ask_for_copy(works.store.path)
    (tmp_path / "mine.txt").write_text("mine")
    handing.copy_in(other).symlink_to(tmp_path / "mine.txt")
    inbox.look(NOON)
    assert handing.answered(folder) == ([], None)
    assert handing.copy_in(folder).stat().st_mode & 0o777 == 0o600
    refused = handing.answered(other)
    assert refused is not None and "could not be copied" in str(refused[1])
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_is_handed_back_binds_nobody(inbox: Inbox, works: Desk) -> None:
    """Whatever an order calls it, it was looked at; rows that are none are refused, and not asked for again."""
    (row,) = shown_rows(works)
    good = handing.hand_back(works.store.path, [{**row, "channel": "morning", "id": "AAAAA-AAAAA"}])
    bad = handing.hand_back(works.store.path, [{**row, "colour": "red"}])
    inbox.look(NOON)
    kept = works.store.shown_as("AAAAA-AAAAA")
    assert kept is not None and kept["channel"] == "terminal"
    refused = handing.answered(bad)
    assert refused is not None and "colour" in str(refused[1])
    assert (handing.answered(good), handing.waiting(works.store.path)) == (([], None), [])


def shown_rows(works: Desk) -> list[dict[str, Any]]:
    review = works.review("scrap", as_of=dt.date(2025, 4, 2))
    return [{"at": dt.datetime(2025, 4, 2), **showing.row(review, "terminal"), "slice": "[]"}]


def test_nobody_waits_for_an_app_that_is_gone(works: Desk) -> None:
    path = works.store.path
    folder = handing.ask_for_copy(path)
    store.release()
    with pytest.raises(owner.AppGone):
        owner.answer(folder, path, patience=0)


def test_the_app_ends_after_the_file_in_hand(running: Inbox, works: Desk, tmp_path: Path) -> None:
    folders = [handing.hand_over(works.store.path, [put(tmp_path / str(n))], Order("Cy")) for n in range(3)]
    running.stop()
    done = [handing.answered(folder) for folder in folders]
    assert all(answer is None or answer[1] is None for answer in done)
    assert len(handing.waiting(works.store.path)) == done.count(None)


def digest(desk: Desk) -> object:
    """Every fact by a hash, whatever batch it came with, and the verdict made of them."""
    hashed = desk.store.read(
        "SELECT count(*) AS n, bit_xor(hash(kpi, observed_at, numerator, denominator, line)) FROM counts"
    )
    told = review_as_dict(desk.review("scrap", (), as_of=dt.date(2025, 5, 10)))
    return hashed.iloc[0].tolist(), {key: told[key] for key in told if key not in ("id", "versions")}


def test_the_restore_drill(run: Run, inbox: Inbox, works: Desk) -> None:
    """The store is deleted, a backup put in its place, and the files that the inbox kept are loaded again."""
    path, folder = works.store.path, inbox.settings.inbox
    put(folder, "1.csv", LATER[:30])
    look(inbox)
    copy = back_up(works.store, works.settings.backups)
    corrected = [(day, line, bad + 1, made) for day, line, bad, made in LATER[:10]]
    for name, rows in (("2.csv", LATER[30:]), ("3.csv", corrected)):
        put(folder, name, rows)
        look(inbox)
    before = digest(works)
    store.release()
    for lost in [each for each in path.parent.glob(f"{path.name}*") if each.is_file()]:
        lost.unlink()
    assert run("restore", copy.path, "--store", path).code == 0
    with Desk.open(path) as restored:
        assert digest(restored) != before
        assert len(restored.batches()) == 2
    again = run("ingest", *sorted((folder / "loaded").glob("*.csv")), "--store", path, "--json").json["total"]
    assert (again["new"], again["updated"], again["records"]) == (40, 10, 80)
    with Desk.open(path) as restored:
        assert digest(restored) == before
        assert restored.store.check() == ()


def furnished(store: Path) -> None:
    (store.parent / "kpis.toml").write_text(CATALOG)
    (store.parent / "templates").mkdir()
    (store.parent / "templates" / "scrap.toml").write_text(TEMPLATE)
    with Desk.open(store) as desk:
        desk.apply(store.parent / "kpis.toml", by="Ann")


#: Kills of the owner alone, and of the whole app; those of a process that loads by itself are in
#: tests/store/test_crash.py.
OWNERS, APPS = cases(3, 20), cases(1, 10)


def test_as_many_kills_as_are_promised() -> None:
    assert cases(20, 100) <= KILLS + OWNERS + APPS


#: An owner with its inbox, as the server starts it, and a terminal that hands files over to it.
PARTS = """
import os, time
from opsmetrics import store
from opsmetrics.cli import main
from opsmetrics.desk import Desk
from opsmetrics.server.inbox import Inbox
from opsmetrics.settings import Settings

def owner(where):
    os.environ["OPSMETRICS_STORE"] = where
    store.own(Path(where))
    Inbox(Settings.from_environment()).start()
    print("open", flush=True)
    time.sleep(600)

def terminal(where, *files):
    return main(["ingest", *files, "--store", where, "--json"])
"""


def wait_for(found: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_owner_that_is_killed_while_a_terminal_waits_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed at a random moment after the files were handed over, and started again: they are in, once."""
    chance, store, sent = random.Random(), tmp_path / "kpis.duckdb", list[tuple[str, str, int, int]]()
    furnished(store)
    with Forks(PARTS) as forks:

        def begin(number: int) -> int:
            pid = forks.go("owner", tmp_path / f"owner {number}", store)
            wait_for(lambda: (tmp_path / f"owner {number}").exists() and (tmp_path / f"owner {number}").read_text())
            return pid

        owner = begin(0)
        for kill in range(OWNERS):
            rows = [(day, f"{line}{kill}", bad, made) for day, line, bad, made in scrap_rows()[:60]]
            files = [put(tmp_path / f"sent {kill}", f"{n}.csv", rows[n * 15 : n * 15 + 15]) for n in range(4)]
            sent += rows
            terminal = forks.go("terminal", tmp_path / "said", store, *files)
            wait_for(lambda: handing.waiting(store))
            time.sleep(chance.random() * 1.2)
            os.kill(owner, signal.SIGKILL)
            assert forks.wait(owner) == signal.SIGKILL
            owner = begin(kill + 1)
            assert forks.wait(terminal) == 0, "it got its receipts"
            assert json.loads((tmp_path / "said").read_text())["total"]["records"] == len(rows)
        os.kill(owner, signal.SIGTERM)
        forks.wait(owner)
    with Store.open(store) as opened:
        found = opened.read("SELECT sum(numerator) AS n, sum(denominator) AS d, count(*) AS c FROM counts")
        assert (found["n"][0], found["d"][0], found["c"][0]) == (*sums(sent), len(sent))
        assert len(opened.batches()) == 4 * OWNERS, "each file once"
        assert opened.check() == ()


@pytest.mark.parametrize("seed", range(APPS))
def test_an_app_that_is_killed_loses_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    """Killed at a random moment while a terminal waits, and started again: the files are in, once."""
    chance, store, port = random.Random(seed), tmp_path / "kpis.duckdb", free_port()
    furnished(store)
    rows = scrap_rows()
    files = [put(tmp_path / "sent", f"{n}.csv", rows[n * 20 : n * 20 + 20]) for n in range(7)]
    command = [sys.executable, "-m", "opsmetrics", "ingest", *map(str, files), "--store", str(store), "--json"]
    with started(store, port) as first:
        assert answers(first, port)
        waiting = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + PATIENCE
        while not handing.waiting(store) and waiting.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.random() * 1.5)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with started(store, port) as second:
        assert answers(second, port)
        out, err = waiting.communicate(timeout=PATIENCE)
        assert waiting.returncode == 0, err
        assert json.loads(out)["total"]["records"] == 140
        os.kill(second.pid, signal.SIGTERM)
        second.wait(PATIENCE)
    assert not store.with_name(f"{store.name}.wal").exists(), "a clean stop writes the log into the file"
    with Store.open(store) as opened:
        found = opened.read("SELECT sum(numerator) AS n, sum(denominator) AS d, count(*) AS c FROM counts")
        assert (found["n"][0], found["d"][0], found["c"][0]) == (*sums(rows), 140)
        assert opened.check() == ()


def test_several_terminals_at_once(run: Run, running: Inbox, works: Desk, tmp_path: Path) -> None:
    rows, store = LATER, works.store.path
    files = [put(tmp_path / "sent", f"{n}.csv", rows[n * 24 : n * 24 + 24]) for n in range(3)]
    codes: list[int] = []

    def send(file: Path) -> None:
        command = [sys.executable, "-m", "opsmetrics", "ingest", str(file), "--store", str(store)]
        codes.append(subprocess.run(command, cwd=ROOT, capture_output=True, timeout=PATIENCE).returncode)

    senders = [threading.Thread(target=send, args=(file,)) for file in files]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert codes == [0] * 3
    assert stored(works) == sums(scrap_rows())
