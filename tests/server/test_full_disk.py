"""The app on a full disk: it says so, goes on reading, and loses nothing that it has acknowledged.

The child owns a store, serves the routes and runs pages; its disk is a small tmpfs where one may be mounted (`make
soak`), and everywhere a limit on the size of its files, which SQL, notes and uploads meet alike.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import SOAK
from tests.store.children import mounts, on_a_small_disk, run

#: Loads files until one is refused for want of room, reads on, makes room and loads that file again.
APP = """
import os, random, resource, threading, time
import uvicorn
from starlette.applications import Starlette
from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.server import ROUTES
from opsmetrics.settings import Settings
from opsmetrics.tokens import Tokens
from tests.server import conftest as works
from tests.pages.stores import blocks, page

way, looks = sys.argv[2], sys.argv[3] == "pages"
os.environ["OPSMETRICS_STORE"] = str(path)
works.furnish(path.parent)
works.filled(path)
desk = Desk(store.own(path), Settings.from_environment())
config = uvicorn.Config(Starlette(routes=ROUTES), port=works.free_port(), log_level="error", access_log=False)
server = uvicorn.Server(config)
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.02)
program = works.Program(server.config.port, Tokens(path).add("erp", "undo", days=1, by="Ann"))
filler, chance, kept = path.with_name("filler"), random.Random(5), [1]

def file(number):
    days = [f"20{n // 336:02}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}" for n in range(3360, 6700)]
    rows = [f"{day},L{number},{chance.randrange(500)},500" for day in days]
    return "\\n".join(["Day,Line,Scrapped,Made", *rows]).encode()

def figures(app):
    assert not app.exception
    return [row["value"] for part in blocks(app) if part["kind"] == "section" for row in part["rows"]]

def said(app):
    return [part["mark"]["word"] for part in blocks(app) if part["kind"] == "callout"]

asked = dict(kpi="scrap", as_of="2025-04-05")
before = program.get("/api/v1/series", **asked).json["points"]
shown = figures(page("today")) if looks else []
if way == "tmpfs":
    free = os.statvfs(path.parent)
    filler.write_bytes(bytes(free.f_bavail * free.f_frsize - 5_000_000))
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 400_000, resource.RLIM_INFINITY))
for number in range(60):
    sent = file(number)
    answer = program.post("/api/v1/ingest", sent)
    if answer.status != 201:
        break
    kept.append(answer.json["batch"])
assert answer.status == 503, (answer.status, answer.body)
print(answer.json["code"])
print(answer.json["detail"])
stored = "was stored" in answer.json["detail"]
held = sorted(desk.batches()["batch"])
assert held == kept + ([kept[-1] + 1] if stored else []), (held, kept)
# Reading: also what was never looked at, and so cannot be kept now.
for key in ({}, {"slice": "line=A"}, {"slice": "line=L0"}):
    assert program.get("/api/v1/series", **asked, **key).status == 200
assert program.get("/api/v1/series", kpi="scrap", slice="line=A", as_of="2025-04-04").status == 200
print(program.get("/readyz").json["status"])
if looks:
    app = page("today")
    assert len(figures(app)) >= len(shown), "the figures are there"
    print(said(app)[0] if way == "tmpfs" else "The disk of the store is full")
    for name in ("chart", "data", "upload"):
        assert not page(name).exception
filler.unlink(missing_ok=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
again = program.post("/api/v1/ingest", sent)
assert again.status == (200 if stored else 201), again.body
assert program.get("/readyz").json["status"] == "ready"
assert not looks or said(page("today")) == []
server.should_exit = True
store.release()
with Store.open(path) as opened:
    assert opened.check() == ()
    assert len(opened.batches()) == len(kept) + 1
print("whole")
"""


@pytest.mark.parametrize("looks", ["api", *(["pages"] if SOAK else [])])
def test_a_file_that_may_not_grow_is_told_and_reading_goes_on(tmp_path: Path, looks: str) -> None:
    code, detail, status, *_, end = run(APP, tmp_path / "kpis.duckdb", "limit", looks)
    assert code in ("store_unavailable", "disk_full")
    assert "ree some space" in detail
    assert status == "ready", "the disk itself has room"
    assert end == "whole"


@pytest.mark.skipif(not SOAK or not mounts(), reason="a small tmpfs is mounted by make soak, where that is allowed")
def test_a_full_disk_is_told_and_reading_goes_on(tmp_path: Path) -> None:
    code, detail, status, banner, end = on_a_small_disk(APP, tmp_path, "tmpfs", "pages", size="16m")
    assert code == "disk_full"
    assert (
        detail == "There is no space left beside the store. Free some space and try again. This call changed nothing."
    )
    assert status == "read_only"
    assert banner == "The disk of the store is full"
    assert end == "whole"
