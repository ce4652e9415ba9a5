"""A store of one's own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmetrics.store import Store
from tests.built import once
from tests.store.builders import catalog


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    """A new store without definitions."""
    with Store.open(tmp_path / "new.duckdb") as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store with the tests' definitions applied."""
    made(tmp_path / "new.duckdb")
    with Store.open(tmp_path / "new.duckdb") as opened:
        opened.apply_catalog(catalog(), by="tester")
        yield opened


@once
def made(path: Path) -> None:
    Store.open(path).close()
