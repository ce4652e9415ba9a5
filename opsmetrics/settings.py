"""Where things are, read once from the environment and passed on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Paths and limits of one installation."""

    store: Path
    templates: Path
    inbox: Path
    memory_limit: str
    query_seconds: float
    upload_bytes: int

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from OPSMETRICS_STORE, _TEMPLATES, _INBOX, _MEMORY, _QUERY_SECONDS and _UPLOAD_MB."""
        env = os.environ if environment is None else environment
        store = Path(env.get("OPSMETRICS_STORE", str(ROOT / "data" / "opsmetrics.duckdb")))
        return Settings(
            store=store,
            templates=Path(env.get("OPSMETRICS_TEMPLATES", str(store.parent / "templates"))),
            inbox=Path(env.get("OPSMETRICS_INBOX", str(store.parent / "inbox"))),
            memory_limit=env.get("OPSMETRICS_MEMORY", "1GB"),
            query_seconds=float(env.get("OPSMETRICS_QUERY_SECONDS", "30")),
            upload_bytes=int(float(env.get("OPSMETRICS_UPLOAD_MB", "200")) * 1024 * 1024),
        )

    def for_store(self, store: Path) -> Settings:
        """The same settings for another store; its templates and its inbox lie in folders beside it."""
        return replace(self, store=store, templates=store.parent / "templates", inbox=store.parent / "inbox")
