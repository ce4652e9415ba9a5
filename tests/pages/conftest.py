"""The store that most tests of pages look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmetrics.ui import upload_job
from tests.pages import stores


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A full store of its own for each test: decisions are never deleted."""
    with stores.owned(stores.full, tmp_path) as path:
        yield path


@pytest.fixture
def seen() -> Iterator[Path]:
    """A full store only to look at."""
    with stores.seen(stores.full) as path:
        yield path


@pytest.fixture(autouse=True)
def waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of the Upload page waits for the work that it starts, however busy the machine is."""
    monkeypatch.setattr(upload_job, "PATIENCE", 60.0)
