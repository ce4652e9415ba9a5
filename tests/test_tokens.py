"""Tokens of programs: shown once, kept as digests, ended by time or by hand."""

from __future__ import annotations

import datetime as dt
import json
import stat
import threading
from pathlib import Path

import pytest

from opsmetrics.tokens import TokenError, Tokens


@pytest.fixture
def kept(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "kpis.duckdb")


def test_the_text_is_kept_nowhere(kept: Tokens) -> None:
    text = kept.add("erp", "load", days=30, by="Ann", scope={"line": ("A", "B")})
    assert len(text) > 40
    assert text not in kept.path.read_text() and text[4:] not in kept.path.read_text()
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    found = kept.of(text)
    assert (found.name, found.right, found.made_by, found.scope) == ("erp", "load", "Ann", {"line": ("A", "B")})
    assert found.viewer.may_see("line", "A") and not found.viewer.may_see("line", "C")
    assert (found.may("read"), found.may("load"), found.may("undo")) == (True, True, False)


def test_an_unknown_or_altered_text_is_refused(kept: Tokens) -> None:
    text = kept.add("erp", "read", days=1, by="Ann")
    for wrong in ("", "ops_", text[:-1], text.upper(), kept.every()[0].digest):
        with pytest.raises(TokenError, match="not known"):
            kept.of(wrong)


def test_it_ends_by_itself_and_by_hand(kept: Tokens) -> None:
    first, second = kept.add("a", "read", days=1, by="Ann"), kept.add("b", "read", days=2, by="Ann")
    kept.withdraw("b")
    with pytest.raises(TokenError, match="'b' was withdrawn"):
        kept.of(second)

    told = json.loads(kept.path.read_text())
    told[0]["expires_at"] = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)).isoformat()
    kept.path.write_text(json.dumps(told))
    with pytest.raises(TokenError, match="'a' expired"):
        kept.of(first)


def test_a_name_is_used_once_at_a_time(kept: Tokens) -> None:
    old = kept.add("erp", "read", days=1, by="Ann")
    with pytest.raises(TokenError, match="already"):
        kept.add("erp", "read", days=1, by="Ann")
    kept.withdraw("erp")
    new = kept.add("erp", "read", days=1, by="Ann")
    assert kept.of(new).name == "erp"
    with pytest.raises(TokenError):
        kept.of(old)
    with pytest.raises(TokenError, match=r"no token 'other' in force\. Those in force: erp"):
        kept.withdraw("other")
    with pytest.raises(TokenError, match="needs a name"):
        kept.add(" ", "read", days=1, by="Ann")


def test_a_damaged_file_lets_nobody_in(kept: Tokens) -> None:
    text = kept.add("erp", "read", days=1, by="Ann")
    whole = kept.path.read_text()
    for damaged in (whole[:-20], "{}{", json.dumps([{"name": "erp"}]), json.dumps([1])):
        kept.path.write_text(damaged)
        with pytest.raises(TokenError, match="cannot be read"):
            kept.of(text)


def test_none_is_lost_when_several_are_made_at_once(kept: Tokens) -> None:
    makers = [
        threading.Thread(target=kept.add, args=(f"t{n}", "read"), kwargs={"days": 1, "by": "x"}) for n in range(12)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert sorted(token.name for token in kept.every()) == sorted(f"t{n}" for n in range(12))
