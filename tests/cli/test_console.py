"""Tables, streams and what may reach a terminal."""

from __future__ import annotations

import json

import pytest

from opsmetrics.cli.console import Console, plain, table, width


def test_columns_align_whatever_the_signs() -> None:
    text = table([["Zürich", 7], ["東京", 12]], ["site", "n"], right=["n"])
    assert text == "site     n\n------  --\nZürich   7\n東京    12"
    assert {width(line) for line in text.splitlines()} == {10}


def test_a_name_cannot_steer_the_terminal() -> None:
    assert plain("a\x1b[2Jb\x07\u202ec\nd") == "a\ufffd[2Jb\ufffd\ufffdc\nd"
    assert "\x1b" not in table([["\x1b[31mred"]], ["name"])


def test_a_line_break_in_a_cell_does_not_break_the_table() -> None:
    assert len(table([["one\ntwo"]], ["name"]).splitlines()) == 3


def test_json_has_stdout_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(as_json=True)
    console.say("a line for a person")
    console.answer({"unit": "µm", "value": None})
    console.note("a note")
    out, err = capsys.readouterr()
    assert json.loads(out) == {"unit": "µm", "value": None}
    assert err == "a line for a person\na note\n"


def test_a_number_that_json_lacks_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="JSON"):
        Console(as_json=True).answer({"value": float("nan")})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("steps", "shown"), [(3, 0), (36, 36)])
def test_progress_without_a_terminal_only_for_many_steps(
    capsys: pytest.CaptureFixture[str], steps: int, shown: int
) -> None:
    for step in range(1, steps + 1):
        Console().progress(step, steps, "file.csv")
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == shown
