"""Where things are, read once from the environment and passed on."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: What turns a chore off.
OFF = "off"


class BadSetting(ValueError):
    """A variable of the environment cannot be understood; the text says what was found and what is wanted."""


@dataclass(frozen=True)
class Settings:
    """Paths and limits of one installation.

    morning, backup: when the app does these by itself, on the site's clock; None: not at all. verify_days: for how long
    the id of a verdict that was shown can be verified; None: for ever.
    """

    store: Path
    templates: Path
    inbox: Path
    memory_limit: str
    query_seconds: float
    upload_bytes: int
    backups: Path
    backups_kept: int = 14
    morning: dt.time | None = dt.time(6)
    backup: dt.time | None = dt.time(2, 30)
    verify_days: int | None = 400

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from OPSMETRICS_STORE, _TEMPLATES, _INBOX, _MEMORY, _QUERY_SECONDS, _UPLOAD_MB, _MORNING, _BACKUP,
        _BACKUP_FOLDER, _BACKUP_KEEP and _VERIFY_DAYS. Raises BadSetting."""
        env = os.environ if environment is None else environment
        store = Path(env.get("OPSMETRICS_STORE", str(ROOT / "data" / "opsmetrics.duckdb")))
        return Settings(
            store=store,
            templates=Path(env.get("OPSMETRICS_TEMPLATES", str(store.parent / "templates"))),
            inbox=Path(env.get("OPSMETRICS_INBOX", str(store.parent / "inbox"))),
            memory_limit=env.get("OPSMETRICS_MEMORY", "1GB"),
            query_seconds=_number(env, "OPSMETRICS_QUERY_SECONDS", 30),
            upload_bytes=int(_number(env, "OPSMETRICS_UPLOAD_MB", 200) * 1024 * 1024),
            backups=Path(env.get("OPSMETRICS_BACKUP_FOLDER", str(store.parent / "backups"))),
            backups_kept=int(_number(env, "OPSMETRICS_BACKUP_KEEP", 14)),
            morning=_time(env, "OPSMETRICS_MORNING", "06:00"),
            backup=_time(env, "OPSMETRICS_BACKUP", "02:30"),
            verify_days=_days(env, "OPSMETRICS_VERIFY_DAYS", 400),
        )

    def for_store(self, store: Path) -> Settings:
        """The same settings for another store; its templates, inbox and backups lie in folders beside it."""
        beside = store.parent
        return replace(
            self, store=store, templates=beside / "templates", inbox=beside / "inbox", backups=beside / "backups"
        )

    def places(self) -> dict[str, str]:
        """Where things are, as variables of the environment: a process that is given them reads the same settings."""
        return {
            "OPSMETRICS_STORE": str(self.store),
            "OPSMETRICS_TEMPLATES": str(self.templates),
            "OPSMETRICS_INBOX": str(self.inbox),
            "OPSMETRICS_BACKUP_FOLDER": str(self.backups),
        }


def _number(env: Mapping[str, str], name: str, usual: float) -> float:
    text = env.get(name, "")
    try:
        number = float(text) if text else float(usual)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise BadSetting(
            f"{name} is {text!r}, wanted a number above 0, such as {usual:g}. Correct it, or leave it out."
        )
    return number


def _days(env: Mapping[str, str], name: str, usual: int) -> int | None:
    text = (env.get(name, "") or str(usual)).strip()
    if text.casefold() == OFF:
        return None
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 100_000:
        raise BadSetting(
            f"{name} is {text!r}, wanted a whole number of days such as {usual}, or {OFF}. Correct it, or leave it out."
        )
    return int(text)


def _time(env: Mapping[str, str], name: str, usual: str) -> dt.time | None:
    text = env.get(name, "") or usual
    if text.strip().casefold() == OFF:
        return None
    try:
        return dt.datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError:
        raise BadSetting(
            f"{name} is {text!r}, wanted a time of day such as {usual}, or {OFF}. Correct it, or leave it out."
        ) from None
