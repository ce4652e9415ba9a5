"""When readers looked: a visit begins after a pause, and none of it belongs to a version of anything."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from opsmetrics.store import VISIT_PAUSE, Store, back_up, look, past, restore

MORNING = dt.datetime(2026, 11, 16, 6)
HOUR = dt.timedelta(hours=1)


def test_the_first_look_knows_of_none_before(store: Store) -> None:
    assert look(store, "ann", MORNING) is None
    assert look(store, "bo", MORNING + 24 * HOUR) is None, "each reader has visits of their own"


def test_a_reload_belongs_to_the_visit_and_keeps_its_news(store: Store) -> None:
    look(store, "ann", MORNING)
    for hours in (24, 25, 25 + VISIT_PAUSE / HOUR):
        assert look(store, "ann", MORNING + hours * HOUR) == MORNING
    assert look(store, "ann", MORNING + 48 * HOUR) == MORNING + 25 * HOUR + VISIT_PAUSE, (
        "since the last look, not the first"
    )


def test_a_clock_that_was_set_back_does_not_shorten_a_visit(store: Store) -> None:
    look(store, "ann", MORNING)
    assert look(store, "ann", MORNING - HOUR) is None
    assert look(store, "ann", MORNING + 24 * HOUR) == MORNING


def test_visits_make_no_version_and_are_forgotten_after_400_days(store: Store) -> None:
    before = store.counted
    look(store, "ann", MORNING)
    look(store, "bo", MORNING + dt.timedelta(days=401))
    assert store.counted == before
    assert store.read("SELECT reader FROM visits")["reader"].tolist() == ["bo"]


def test_visits_go_with_a_backup_and_the_past_reads_as_before(tmp_path: Path) -> None:
    with Store.open(tmp_path / "plant.duckdb") as store:
        look(store, "ann", MORNING)
        assert store.check() == ()
        assert past(store, 0, 0, MORNING).versions == (0, 0)
        made = back_up(store, tmp_path / "backups")
    restore(made.path, tmp_path / "again.duckdb")
    with Store.open(tmp_path / "again.duckdb") as store:
        assert look(store, "ann", MORNING + 24 * HOUR) == MORNING
