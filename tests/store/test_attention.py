"""What people said about signals: rows that are added, beside the versions of data and decisions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from opsmetrics.catalog import Attention
from opsmetrics.store import Store, attend, attention, back_up, past, restore

SEEN = Attention(
    "late", (("line", "Line 3"), ("site", "North")), "day", "seen", "high", "16 Nov 2026", "17 Nov 2026",
    rules=("beyond_limits", "run_of_8"), by="Ann", at=dt.datetime(2026, 11, 17, 6), why="tool 7 worn",
)  # fmt: skip
SNOOZED = replace(SEEN, kind="snoozed", until=dt.date(2026, 11, 20), slice=(), why="repair is booked")


def test_words_come_back_as_they_were_said_in_their_order(store: Store) -> None:
    assert [attend(store, SEEN), attend(store, SNOOZED)] == [1, 2]
    assert attention(store) == (replace(SEEN, id=1), replace(SNOOZED, id=2))


def test_they_make_no_version_of_data_or_decisions(store: Store) -> None:
    before = store.versions
    attend(store, replace(SEEN, at=None))
    assert store.versions == before
    assert store.counted[2] == 1
    assert attention(store)[0].at is not None, "now, unless told"


def test_they_go_with_a_backup_and_the_past_reads_as_before(tmp_path: Path) -> None:
    with Store.open(tmp_path / "plant.duckdb") as store:
        attend(store, SEEN)
        assert store.check() == ()
        assert past(store, 0, 0, dt.datetime(2026, 1, 1)).versions == (0, 0)
        made = back_up(store, tmp_path / "backups")
    restore(made.path, tmp_path / "again.duckdb")
    with Store.open(tmp_path / "again.duckdb") as store:
        assert attention(store) == (replace(SEEN, id=1),)
