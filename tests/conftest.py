"""Settings of the whole suite."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import built, truths
from tests.cases import cases

# Machines that run tests are busy: a time limit for each example would fail on load, not on faults.
settings.register_profile("opsmetrics", deadline=None, max_examples=cases(25, 100))
settings.load_profile("opsmetrics")

# Workers of a parallel run are told a terminal of 80 columns; texts are broken only where a test asks for it.
os.environ.pop("COLUMNS", None)


def pytest_collection_finish() -> None:
    """What was imported and collected lives as long as the run: the collector need not walk over it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def pytest_unconfigure() -> None:
    """Compiled modules complain of what is left of them at the end."""
    gc.unfreeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test that is listed for a known value has to read it."""
    truths.read.clear()
    yield
    unread = set(truths.by_test().get(item.nodeid.partition("[")[0], ())) - truths.read
    if unread:
        pytest.fail(f"listed in truths.toml and not read: {', '.join(sorted(map(truths.name_of, unread)))}")


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled sample, to read only (tests/built.py)."""
    return built.sample_folder(tmp_path_factory)
