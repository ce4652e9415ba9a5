"""Tables, streams and what may reach a terminal."""

from __future__ import annotations

import io
import json

import pytest

from opsmetrics.cli.console import Console
from opsmetrics.cli.layout import facts, plain, table, width


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


def test_progress_is_for_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    for step in range(1, 37):
        Console().progress(step, 36, "file.csv")
    assert capsys.readouterr() == ("", "")


def test_progress_is_wiped_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    for step in (1, 2):
        Console().progress(step, 2, "file.csv")
    assert shown.getvalue() == "\r\x1b[K[1/2] file.csv\r\x1b[K"


# Width

ROWS = [
    ["Overall equipment effectiveness · North", "82.0 %", "0", "Meets, as it has run so far"],
    ["Scrap", "1,204.5 %", "0", "Fails"],
]
HEAD = ["KPI", "value", "skipped", "target reached"]


def drawn(monkeypatch: pytest.MonkeyPatch, wide: int | None, **more: list[str]) -> list[str]:
    monkeypatch.setenv("COLUMNS", "" if wide is None else str(wide))
    return table(ROWS, HEAD, ["value", "skipped"], **more).splitlines()


@pytest.mark.parametrize("wide", [*range(50, 100), None])
def test_nothing_is_lost_and_no_line_is_too_long(monkeypatch: pytest.MonkeyPatch, wide: int | None) -> None:
    lines = drawn(monkeypatch, wide)
    assert max(map(width, lines)) <= (wide or 1000)
    words = sorted(" ".join(lines).replace("-", " ").split())
    assert words == sorted(" ".join([*HEAD, *ROWS[0], *ROWS[1]]).replace("-", " ").split())
    if wide is None or wide > 96:
        assert len(lines) == 2 + len(ROWS), "where there is room, a row is a line"


def test_what_says_nothing_gives_way_first(monkeypatch: pytest.MonkeyPatch) -> None:
    spare = ["value", "skipped"]
    assert drawn(monkeypatch, None, spare=spare)[0].split() == " ".join(HEAD).split()
    assert drawn(monkeypatch, 60, spare=spare)[0].split() == ["KPI", "value", "target", "reached"]
    assert drawn(monkeypatch, 50, spare=spare)[0].split() == ["KPI", "target", "reached"]


def test_a_text_stands_under_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(monkeypatch, 40, beneath=["one two three four five six seven eight nine", ""])
    assert lines[-3:-1] == ["  one two three four five six seven", "  eight nine"]


def test_facts_line_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    assert facts([("Do", "look while the trail is fresh"), ("Mind", "")]) == (
        "Do        look while the trail\n          is fresh"
    )
