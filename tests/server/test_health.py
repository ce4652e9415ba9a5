"""What a monitoring system asks: is it alive, is it ready, how many requests were answered how."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.tokens import Tokens
from tests.server.conftest import Program
from tests.server.test_lifespan import PATIENCE, answers, free_port, started


def test_alive_and_ready_until_the_store_is_closed(port: int, works: Desk) -> None:
    asked = Program(port)
    assert (asked.get("/healthz").status, asked.get("/healthz").body) == (200, b"ok\n")
    assert asked.get("/readyz").json == {"status": "ready", "data_version": works.store.data_version}
    store.release()
    assert asked.get("/healthz").status == 200
    assert (asked.get("/readyz").status, asked.get("/readyz").json["code"]) == (503, "store_unavailable")
    assert b"opsmetrics_store_open 0" in asked.get("/metrics").body


def test_requests_are_counted_by_endpoint_and_status_and_no_data_is_told(program: Program, port: int) -> None:
    program.get("/api/v1/review", kpi="scrap")
    Program(port).get("/api/v1/kpis")
    told = program.get("/metrics").body.decode()
    assert 'opsmetrics_requests_total{method="GET",path="/api/v1/review",status="200"}' in told
    assert 'opsmetrics_requests_total{method="GET",path="/api/v1/kpis",status="401"}' in told
    assert "opsmetrics_store_open 1" in told
    assert "scrap" not in told


def test_the_app_answers_programs_beside_its_pages(tmp_path: Path) -> None:
    path, port = tmp_path / "kpis.duckdb", free_port()
    with started(path, port) as child:
        assert answers(child, port)
        program = Program(port, Tokens(path).add("erp", "read", days=1, by="Ann"))
        assert program.get("/readyz").json["status"] == "ready"
        assert program.get("/healthz").body == b"ok\n"
        assert program.get("/api/v1/kpis").json == []
        assert program.get("/api/v1/reviews").json == []
        assert b"<title>" in program.get("/").body
        os.kill(child.pid, signal.SIGTERM)
        child.wait(PATIENCE)
