"""Who may ask, and how often."""

from __future__ import annotations

import pytest

from opsmetrics.desk import Desk
from opsmetrics.server import guard, routes
from opsmetrics.server.problems import Problem
from opsmetrics.tokens import Tokens
from tests.server.conftest import Program


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer two words", "bearer ops_wrong", "ops_wrong"])
def test_without_a_token_in_force_nothing_is_told(port: int, header: str) -> None:
    asked = Program(port, headers={"Authorization": header} if header else {})
    for found in (asked.get("/api/v1/kpis"), asked.post("/api/v1/ingest", b"x")):
        assert (found.status, found.headers["content-type"]) == (401, "application/problem+json")
        assert found.headers["www-authenticate"].startswith("Bearer")
        assert "scrap" not in found.body.decode()


def test_a_withdrawn_token_ends_at_once(program: Program, tokens: Tokens) -> None:
    assert program.get("/api/v1/kpis").status == 200
    tokens.withdraw("erp")
    assert program.get("/api/v1/kpis").status == 401


def test_an_allowance_fills_by_the_second() -> None:
    """Three at once, then one each half second; another asker has an allowance of its own."""
    allowance = guard.Allowance(burst=3, per_second=2)
    for _ in range(3):
        allowance.take("a", now=0.0)
    with pytest.raises(Problem) as refused:
        allowance.take("a", now=0.1)
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "1")
    allowance.take("b", now=0.1)
    allowance.take("a", now=0.5)
    with pytest.raises(Problem):
        allowance.take("a", now=0.6)
    for _ in range(3):
        allowance.take("a", now=60.0)
    with pytest.raises(Problem):
        allowance.take("a", now=60.0)


def test_who_asks_too_often_is_told_to_wait(program: Program, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_ALLOWANCE", guard.Allowance(burst=2, per_second=0.001))
    assert [program.get("/api/v1/kpis").status for _ in range(3)] == [200, 200, 429]
    assert [Program(port).get("/api/v1/kpis").status for _ in range(3)] == [401, 401, 429]


def test_guesses_of_tokens_are_counted_by_address(port: int, works: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_ALLOWANCE", guard.Allowance(burst=3, per_second=0.001))
    tried = [Program(port, f"ops_guess{n}").get("/api/v1/kpis").status for n in range(5)]
    assert tried == [401, 401, 401, 429, 429]


def test_old_askers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "REMEMBERED", 2)
    allowance = guard.Allowance(burst=1, per_second=0.001)
    for asker in ("a", "b", "c"):
        allowance.take(asker, now=0.0)
    allowance.take("a", now=0.0)
    with pytest.raises(Problem):
        allowance.take("c", now=0.0)
