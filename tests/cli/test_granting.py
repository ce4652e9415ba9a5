"""tokens: made, listed and withdrawn in the terminal, also while the app owns the store."""

from __future__ import annotations

from pathlib import Path

from opsmetrics.store import Store
from opsmetrics.tokens import Tokens
from tests.cli.conftest import Run


def test_a_token_is_shown_once_and_works(run: Run, store: Path) -> None:
    with Store.open(store):
        made = run(
            "tokens", "add", "erp", "--for", "load", "--days", 7, "--slice", "line=A", "--by", "Cy", "--store", store
        )
        assert made.code == 0 and "only time" in made.err
        found = Tokens(store).of(made.out.strip())
        assert (found.name, found.right, found.made_by, found.scope) == ("erp", "load", "Cy", {"line": ("A",)})
        told = run("tokens", "list", "--store", store).out
        assert "erp" in told and "line A" in told and made.out.strip() not in told
        assert "withdrawn" in run("tokens", "withdraw", "erp", "--store", store).out
    (listed,) = run("tokens", "list", "--store", store, "--json").json
    assert (listed["name"], listed["right"], listed["scope"]) == ("erp", "load", {"line": ["A"]})
    assert listed["withdrawn_at"] is not None


def test_what_cannot_be_done_is_said(run: Run, store: Path, tmp_path: Path) -> None:
    assert "no tokens yet" in run("tokens", "list", "--store", store).out
    assert run("tokens", "withdraw", "erp", "--store", store).code == 1
    assert run("tokens", "add", "erp", "--days", 0, "--store", store).code == 2
    assert run("tokens", "add", "erp", "--for", "everything", "--store", store).code == 2
    assert run("tokens", "add", "erp", "--store", store, "--json").json["token"].startswith("ops_")
    again = run("tokens", "add", "erp", "--store", store)
    assert (again.code, "already" in again.err) == (1, True)
    nowhere = run("tokens", "add", "erp", "--store", tmp_path / "none" / "kpis.duckdb")
    assert (nowhere.code, "init" in nowhere.err) == (1, True)
