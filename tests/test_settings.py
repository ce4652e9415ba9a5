"""Settings of the environment: understood, or refused by name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from opsmetrics.settings import BadSetting, Settings


def test_what_is_not_said_is_as_usual() -> None:
    usual = Settings.from_environment({"OPSMETRICS_STORE": "/data/ops.duckdb"})
    assert (usual.morning, usual.backup, usual.backups_kept) == (dt.time(6), dt.time(2, 30), 14)
    assert usual.backups == Path("/data/backups")


def test_chores_have_a_time_or_are_off() -> None:
    given = {"OPSMETRICS_MORNING": "5:45", "OPSMETRICS_BACKUP": "Off", "OPSMETRICS_BACKUP_FOLDER": "/safe"}
    given |= {"OPSMETRICS_VERIFY_DAYS": "off"}
    settings = Settings.from_environment(given)
    assert (settings.morning, settings.backup, settings.backups) == (dt.time(5, 45), None, Path("/safe"))
    assert (Settings.from_environment({}).verify_days, settings.verify_days) == (400, None)
    assert settings.for_store(Path("/b/x.duckdb")).backups == Path("/b/backups")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("OPSMETRICS_MORNING", "25:00"),
        ("OPSMETRICS_BACKUP", "night"),
        ("OPSMETRICS_BACKUP_KEEP", "0"),
        ("OPSMETRICS_VERIFY_DAYS", "0.5"),
        ("OPSMETRICS_QUERY_SECONDS", "long"),
        ("OPSMETRICS_UPLOAD_MB", "inf"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=f"{name} is '{text}', wanted"):
        Settings.from_environment({name: text})


def test_a_process_that_is_given_the_places_has_the_same_settings() -> None:
    here = {"OPSMETRICS_STORE": "/a/x.duckdb", "OPSMETRICS_INBOX": "/drop", "OPSMETRICS_BACKUP_FOLDER": "/safe"}
    for settings in (Settings.from_environment(here), Settings.from_environment(here).for_store(Path("/b/y.duckdb"))):
        assert Settings.from_environment({**here, **settings.places()}) == settings
