"""What the app does by itself, with a clock that the test holds: once a day and site, made up after a pause, never
silent."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from opsmetrics import store
from opsmetrics.desk import Desk, finished, forecast_many
from opsmetrics.desk.mornings import MORNING
from opsmetrics.server import scheduler as module
from opsmetrics.server.scheduler import AGAIN, FAILURES, Scheduler
from opsmetrics.store import Store
from tests.server.conftest import Program
from tests.server.test_lifespan import PATIENCE, answers, free_port, started

#: 06:00 in Berlin, in winter; the store's site.
SIX = dt.datetime(2026, 11, 28, 5, tzinfo=dt.UTC)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def clock(works: Desk) -> Iterator[Scheduler]:
    """Not running: it looks when it is told to. Mornings only."""
    FAILURES.clear()
    yield Scheduler(replace(works.settings, backup=None), breath=0.0)
    FAILURES.clear()


@pytest.fixture
def nights(works: Desk) -> Scheduler:
    """Backups only, two of them kept."""
    return Scheduler(replace(works.settings, morning=None, backups_kept=2))


def done(works: Desk) -> list[tuple[str, str, bool]]:
    """All that was noted, oldest first: chore, day, failed."""
    listed = works.store.read('SELECT chore, day, failed FROM chores ORDER BY "at"')
    return [(row["chore"], f"{row['day']:%Y-%m-%d}", bool(row["failed"])) for _, row in listed.iterrows()]


def test_a_morning_is_run_once_a_day_at_the_sites_time(clock: Scheduler, works: Desk) -> None:
    clock.look(SIX - MINUTE)  # the morning of the day before, which nobody ran
    clock.look(SIX - MINUTE)
    assert done(works) == [(MORNING, "2026-11-27", False)]
    for minutes in (0, 1, 600, 1439):
        clock.look(SIX + minutes * MINUTE)
    assert done(works) == [(MORNING, "2026-11-27", False), (MORNING, "2026-11-28", False)]
    clock.look(SIX + DAY)
    assert done(works)[2:] == [(MORNING, "2026-11-29", False)]


def test_the_sites_time_is_that_of_its_zone_in_summer_too(clock: Scheduler, works: Desk) -> None:
    four = dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC)  # 06:00 in Berlin
    clock.look(four - MINUTE)
    clock.look(four)
    assert [day for _, day, _ in done(works)] == ["2026-06-30", "2026-07-01"]


def test_what_was_missed_is_made_up_once_after_the_start(clock: Scheduler, works: Desk) -> None:
    clock.look(SIX)
    late = SIX + 9 * DAY + 5 * MINUTE
    for again in (0, 1):  # another start
        Scheduler(clock.settings, breath=0.0).look(late + again * MINUTE)
    assert [day for _, day, _ in done(works)] == ["2026-11-28", "2026-12-07"]


def test_the_forecasts_of_all_stand_ready_after_a_morning(clock: Scheduler, works: Desk) -> None:
    clock.look(SIX)
    asked = finished.Question(works)
    assert finished.watched(asked)
    assert forecast_many.all_kept(finished.watched(asked))


def test_what_it_kept_is_what_was_told(clock: Scheduler, works: Desk) -> None:
    clock.look(SIX)
    (noted,) = works.store.chores()
    assert (noted.site, noted.failed, noted.told["reviewed"]) == ("default", False, 3)
    assert noted.told["closed"] == "2026-11-27"
    channels = works.store.read("SELECT DISTINCT channel FROM shown WHERE kpi = 'scrap' ORDER BY channel")
    assert "store" in set(channels["channel"])


def test_a_store_without_a_file_is_left_alone(works: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.release()
    monkeypatch.setenv("OPSMETRICS_STORE", str(tmp_path / "new" / "kpis.duckdb"))
    empty = store.own(tmp_path / "new" / "kpis.duckdb")
    Scheduler(works.settings.for_store(empty.path)).look(SIX)
    assert empty.chores() == ()
    assert not works.settings.for_store(empty.path).backups.exists()


def test_a_failure_is_noted_logged_counted_and_tried_again(
    clock: Scheduler, works: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("the roof came down")

    with monkeypatch.context() as patched:
        patched.setattr(module.mornings, "run", broken)
        with caplog.at_level(logging.ERROR):
            clock.look(SIX)
            clock.look(SIX + AGAIN[0] - dt.timedelta(seconds=1))  # not yet
            clock.look(SIX + AGAIN[0])
            clock.look(SIX + AGAIN[0] + AGAIN[1] - dt.timedelta(seconds=1))  # not yet
    assert done(works) == [(MORNING, "2026-11-28", True)] * 2
    assert FAILURES[MORNING] == 2
    assert "the roof came down" in caplog.text
    assert works.store.chores()[0].told == {"error": "the roof came down"}
    clock.look(SIX + AGAIN[0] + AGAIN[1])
    assert done(works)[2:] == [(MORNING, "2026-11-28", False)]
    clock.look(SIX + 3 * 60 * MINUTE)
    assert len(done(works)) == 3


def test_a_stop_in_the_middle_leaves_the_morning_for_the_next_start(clock: Scheduler, works: Desk) -> None:
    before = len(works.store.shown("scrap", (), "day"))
    clock._stop.set()
    clock._do(works, next(clock._due(works, SIX)), SIX)
    assert (done(works), len(works.store.shown("scrap", (), "day"))) == ([], before)
    Scheduler(clock.settings, breath=0.0).look(SIX)
    assert done(works) == [(MORNING, "2026-11-28", False)]


def test_a_backup_is_made_each_night_opened_and_only_some_are_kept(nights: Scheduler, works: Desk) -> None:
    half_past_two = SIX - 210 * MINUTE
    for night in range(3):
        nights.look(half_past_two + night * DAY)
        nights.look(half_past_two + night * DAY + MINUTE)
        _age(nights.settings.backups)
    assert [chore for chore, _, _ in done(works)] == ["backup"] * 3
    copies = sorted(nights.settings.backups.glob("*.duckdb"))
    assert len(copies) == 2
    (noted,) = works.store.chores()
    assert Path(noted.told["path"]).parent == nights.settings.backups.resolve()
    assert noted.told["batch"] == 1
    with Store.open(copies[-1]) as opened:
        assert opened.check() == ()


def _age(folder: Path) -> None:
    """Names tell seconds: a copy of the next night must not get the name of this one."""
    for number, path in enumerate(sorted(folder.glob("*.duckdb"))):
        path.rename(path.with_name(f"kpis-2026-11-0{number + 1}T000000Z.duckdb"))


def test_a_backup_that_cannot_be_made_says_why(nights: Scheduler, works: Desk) -> None:
    nights.settings.backups.write_text("in the way")
    FAILURES.clear()
    nights.look(SIX)
    (noted,) = works.store.chores()
    assert noted.failed
    assert "cannot be made" in noted.told["error"]
    assert FAILURES == {"backup": 1}
    FAILURES.clear()


def test_both_can_be_turned_off(works: Desk) -> None:
    Scheduler(replace(works.settings, morning=None, backup=None)).look(SIX)
    assert done(works) == []


def test_monitoring_sees_when_they_were_done_and_failed(clock: Scheduler, works: Desk, port: int) -> None:
    asked = Program(port)
    assert set(asked.get("/readyz").json) == {"status", "data_version"}
    clock.look(SIX)
    FAILURES["backup"] += 1
    assert asked.get("/readyz").json["morning"] == {"last_done": "2026-11-28T05:00:00Z"}
    told = asked.get("/metrics").body.decode().splitlines()
    assert f'opsmetrics_chore_last_done_timestamp_seconds{{chore="morning"}} {SIX.timestamp():.0f}' in told
    assert 'opsmetrics_chore_failures_total{chore="backup"} 1' in told
    assert not any("last_failed" in line for line in told)


def test_a_setting_that_is_no_time_ends_the_start_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPSMETRICS_MORNING", "at dawn")
    with started(tmp_path / "kpis.duckdb", free_port()) as child:
        _, err = child.communicate(timeout=PATIENCE)
        assert (child.returncode, "Traceback" in err) == (1, False)
        assert "OPSMETRICS_MORNING is 'at dawn', wanted a time of day such as 06:00, or off." in err


def test_the_running_app_makes_up_the_morning_by_itself(works: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path, port = works.store.path, free_port()
    store.release()
    with started(path, port) as child:
        assert answers(child, port)
        asked = Program(port)
        while not {"morning", "backup"} <= set(asked.get("/readyz").json):
            assert child.poll() is None
            time.sleep(0.2)  # asked without a pause it would have little time for its chores
        os.kill(child.pid, signal.SIGTERM)
        child.wait(PATIENCE)
    with Store.open(path) as opened:
        assert {each.chore: each.failed for each in opened.chores()} == {"morning": False, "backup": False}
        told = json.loads(json.dumps(dict(opened.chores()[1].told)))
        assert told["reviewed"] == 3
