"""history and correct: one stored number, on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opsmetrics.desk import Desk
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.built import once
from tests.store.builders import batch, catalog, count, day


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """North was 5 of 100 on the first day, then 6."""
    corrected(tmp_path / "kpis.duckdb")
    return tmp_path / "kpis.duckdb"


@once
def corrected(path: Path) -> None:
    with Store.open(path) as opened:
        desk = Desk(opened, Settings.from_environment().for_store(path))
        desk.apply(catalog().text, by="ann")
        for number in (5, 6):
            desk.commit(batch(count(day(0), number, site="North")), by="ann")


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(store: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def called(*words: str) -> tuple[int, str, str]:
        from opsmetrics.cli.main import main

        code = main([*words, "--store", str(store)])
        out, err = capsys.readouterr()
        return code, out, err

    return called


WHERE = ("late", "--slice", "site=North", "--at", "2024-03-01")


def as_json(found: tuple[int, str, str]) -> Any:
    code, out, _ = found
    assert code == 0
    return json.loads(out)


def test_the_history_lists_every_value(run: Run) -> None:
    rows = as_json(run("history", *WHERE, "--json"))
    assert [(row["numerator"], row["denominator"], row["batch"], row["by"]) for row in rows] == [
        (5.0, 100.0, 1, "ann"),
        (6.0, 100.0, 2, "ann"),
    ]


def test_a_correction_is_kept_with_its_reason(run: Run) -> None:
    answer = as_json(run("correct", *WHERE, "7/100", "--why", "counted again", "--by", "bea", "--json"))
    assert (answer["new"], answer["updated"], answer["source"]) == (0, 1, "correction")
    last = as_json(run("history", *WHERE, "--json"))[-1]
    assert (last["numerator"], last["by"], last["note"]) == (7.0, "bea", "counted again")


def test_a_dry_run_changes_nothing(run: Run) -> None:
    code, out, _ = run("correct", *WHERE, "7/100", "--why", "x", "--dry-run")
    assert code == 0
    assert "Nothing was written" in out
    assert len(as_json(run("history", *WHERE, "--json"))) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("correct", "late", "7/100", "--slice", "site=South", "--at", "2024-03-01", "--why", "x"),
            "nothing to correct",
        ),
        (("correct", *WHERE, "700/100", "--why", "x"), "700 of 100"),
        (("correct", *WHERE, "seven/100", "--why", "x"), "not a number"),
        (("correct", "late", "7/100", "--at", "2024-03-01", "--why", "x"), "--slice site"),
        (("history", "late", "--slice", "site=South", "--at", "2024-03-01"), "No row of late is stored there"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, words: tuple[str, ...], says: str) -> None:
    code, out, err = run(*words)
    assert code in (1, 2)
    assert says in err
    assert "Traceback" not in out + err


def test_a_time_may_name_its_zone(run: Run) -> None:
    """Midnight in UTC, written on a clock two hours ahead."""
    ahead = (*WHERE[:-1], "2024-03-01T02:00+02:00")
    assert len(as_json(run("history", *ahead, "--json"))) == 2


def test_a_time_that_cannot_be_read_is_wrong_usage(run: Run) -> None:
    code, out, err = run("history", *WHERE[:-1], "2024-99-01T02:00")
    assert (code, out) == (2, "")
    assert "wanted a date such as 2026-11-22" in err
