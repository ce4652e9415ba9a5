"""The grammar: what is accepted, what is wrong usage, and that every command has a function, a help and a page."""

from __future__ import annotations

import importlib

import pytest

from opsmetrics.cli import grammar, main, parser
from tests.paths import ROOT

ALL = dict(grammar.walk(parser.build()))


def test_the_commands_are_these() -> None:
    assert {path[0] for path in ALL} == {
        "init", "sample", "kpis", "ingest", "enter", "history", "correct", "decide", "batches", "undo", "review",
        "summary", "chart", "pareto", "events", "forecast", "serve", "backup", "restore",
        "check", "compact", "tokens", "morning", "verify", "replay", "capability", "gauge", "triage", "detection",
        "rejects", "blank", "template", "trend", "drivers", "queue",
    }  # fmt: skip
    assert {path[1] for path in ALL if path[0] == "kpis"} == {"check", "apply", "export"}
    names = {"list", "show", "import", "rename", "role", "delete"}
    assert {path[1] for path in ALL if path[0] == "template"} == names
    assert {path[1] for path in ALL if path[0] == "decide"} == {
        "exclude", "phase", "lock", "target", "complete", "annotate", "weekday", "list", "seen", "snooze", "reopen",
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted(ALL))
def test_every_command_names_a_function_that_exists(path: tuple[str, ...]) -> None:
    module, function = ALL[path].get_default("runs")
    assert callable(getattr(importlib.import_module(f"opsmetrics.cli.{module}"), function))


@pytest.mark.parametrize("path", sorted(ALL))
def test_every_command_has_help_and_a_store(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*path, "--help"]) == 0
    out, err = capsys.readouterr()
    assert "--store PATH" in out
    assert err == ""
    assert [action.dest for action in ALL[path]._actions if not action.help] == []


@pytest.mark.parametrize("path", sorted(ALL))
def test_every_command_and_option_is_in_the_manual(path: tuple[str, ...]) -> None:
    manual = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert f"python -m opsmetrics {' '.join(path)}" in manual
    options = {name for action in ALL[path]._actions for name in action.option_strings if name.startswith("--")}
    assert {name for name in options - {"--help"} if name not in manual} == set()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "COMMAND"),
        ("inges file.csv", "invalid choice"),
        ("ingest", "FILE"),
        ("ingest a.csv --covers 2026-11-01", "first..last"),
        ("ingest a.csv --covers 2026-11-30..2026-11-01", "earlier day first"),
        ("ingest a.csv --answer day", "key=value"),
        ("review scrap --slice A", "key=value"),
        ("review scrap --as-of yesterday", "a date such as"),
        ("review scrap --grain hour", "invalid choice"),
        ("decide target scrap --at 2026-11-01 --why plan", "--value"),
        ("decide exclude scrap --at 2026-11-01", "--why"),
        ("undo last", "wanted a whole number"),
        ("undo 0", "at least 1"),
        ("serve --port 99999", "port number"),
        ("kpis", "ACTION"),
    ],
)
def test_wrong_usage_is_exit_code_2(line: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert "Traceback" not in err
