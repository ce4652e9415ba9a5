"""Failures of the store become a sentence without its path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opsmetrics.store import StoreBusy, StoreClosed, StoreDamaged, StoreError, StoreTimeout
from opsmetrics.ui.failures import failure_block, new_reference

SECRET = Path("/srv/secret-plant/opsmetrics.duckdb")


@pytest.mark.parametrize(
    "error",
    [
        StoreBusy(SECRET, 4711, "cli"),
        StoreClosed(SECRET),
        StoreDamaged(SECRET, "The header is torn."),
        StoreTimeout(30),
        StoreError(f"anything about {SECRET}"),
    ],
)
def test_a_failing_store_is_said_in_words_with_a_way_out(error: StoreError) -> None:
    block = failure_block(error, "7F3A")
    text = json.dumps(block)
    assert "secret-plant" not in text
    assert block["mark"]["tone"] == "data"
    assert "Nothing was changed." in block["text"]
    assert block["reference"] == "7F3A"


def test_references_are_short_and_differ() -> None:
    found = {new_reference() for _ in range(20)}
    assert len(found) > 15
    assert all(len(reference) == 4 for reference in found)
