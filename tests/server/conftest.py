"""The routes on a real socket, over a small works with 4 % scrap on two lines, and a program that asks them."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.server import ROUTES, guard, routes
from opsmetrics.settings import Settings
from opsmetrics.tokens import Tokens
from tests.built import once
from tests.cli.conftest import CATALOG, TEMPLATE, scrap_rows, write_scrap
from tests.server.test_lifespan import free_port


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Program:
    """Asks with a token; without one where it is empty."""

    port: int
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> Answered:
        return self.ask("GET", path, query)

    def post(self, path: str, body: bytes | Any = b"", media: str = "text/csv", **query: Any) -> Answered:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, query, sent, {"Content-Type": media} if media else {})

    def ask(
        self, method: str, path: str, query: dict[str, Any], body: bytes | None = None, headers: Any = None
    ) -> Answered:
        words = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        carried = {**self.headers, **(headers or {})}
        if self.token:
            carried["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}?{words}", data=body, headers=carried, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answered(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Answered(error.code, dict(error.headers), error.read())


@pytest.fixture
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The store of this process, with definitions, a template and the first month of scrap."""
    path = tmp_path / "kpis.duckdb"
    furnish(tmp_path)
    filled(path)
    monkeypatch.setenv("OPSMETRICS_STORE", str(path))
    store.release()
    yield Desk(store.own(path), Settings.from_environment())
    store.release()


@once
def filled(path: Path) -> None:
    furnish(path.parent)
    with Desk.open(settings=Settings.from_environment({}).for_store(path)) as desk:
        desk.apply(path.parent / "kpis.toml", by="Ann")
        write_scrap(path.parent / "first.csv", scrap_rows()[:70])
        desk.commit(desk.prepare(path.parent / "first.csv"), by="Ann")


def furnish(folder: Path) -> None:
    """Definitions and a template."""
    (folder / "kpis.toml").write_text(CATALOG, encoding="utf-8")
    (folder / "templates").mkdir()
    (folder / "templates" / "scrap.toml").write_text(TEMPLATE, encoding="utf-8")


@pytest.fixture
def port(works: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where the routes are served, by a thread that ends with the test."""
    monkeypatch.setattr(routes, "_ALLOWANCE", guard.Allowance())
    number = free_port()
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=ROUTES), port=number, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield number
    server.should_exit = True
    thread.join()


@pytest.fixture
def tokens(works: Desk) -> Tokens:
    return Tokens(works.store.path)


@pytest.fixture
def program(port: int, tokens: Tokens) -> Program:
    """May do everything."""
    return Program(port, tokens.add("erp", "undo", days=1, by="Ann"))
