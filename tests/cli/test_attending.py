"""decide seen, snooze, reopen: words about an open signal, beside its verdict."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from opsmetrics.store import Store, attention
from tests.cli.conftest import Run
from tests.pages import stores

LINE_3 = ("late", "--slice", "line=Line 3", "--by", "Ann")


def test_a_signal_is_seen_snoozed_and_open_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "full.duckdb"
    stores.full(path)
    held = ("--store", path)
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).date()
    assert ": tool 7" in run("decide", "seen", *LINE_3, "--why", "tool 7", *held).out
    told = run("decide", "snooze", *LINE_3, "--until", later.isoformat(), "--why", "booked", *held, "--json").json
    assert (told["kind"], told["side"], told["until"]) == ("snoozed", "high", later.isoformat())
    assert "Nothing stands" in run("decide", "reopen", *LINE_3, "--why", "no", *held).out
    with Store.open(path) as store:
        assert [(each.kind, each.by, each.why) for each in attention(store)] == [
            ("seen", "Ann", "tool 7"), ("snoozed", "Ann", "booked"), ("open", "Ann", "no"),
        ]  # fmt: skip
    past = run("decide", "snooze", *LINE_3, "--until", "2020-01-01", "--why", "x", *held)
    assert past.code == 1
    assert "is not to come" in past.err
    none = run("decide", "seen", "scrap", "--why", "x", *held)
    assert none.code == 1
    assert "has no open signal" in none.err
