"""The messy uploads of the shared reference, judged by its own scorer. Authority: its manifest and truth files."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.paths import SHARED, needs_shared
from tests.reference import adapters_messy

pytestmark = needs_shared
FOLDER = SHARED / "reference" / "messy"
TODAY = dt.date(2026, 11, 22)  # the manifest's day of upload


def scorer() -> ModuleType:
    """The reference's score.py."""
    spec = importlib.util.spec_from_file_location("messy_score", FOLDER / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def manifest() -> dict[str, Any]:
    """What each upload must become."""
    found: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return found


FILES = manifest()["files"] if SHARED.is_dir() else []


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: Path(entry["file"]).name)
def test_every_upload_is_judged_right(entry: dict[str, Any]) -> None:
    score = scorer()
    answer, asked = score.natural(entry)
    got = adapters_messy.messy(FOLDER / entry["file"], entry.get("columns"), TODAY, answer)
    verdict, why = score.judge(FOLDER, entry, got, asked)
    assert verdict in ("right", "right_refusal", "asked_ok"), why
    if got["outcome"] != "refuse":
        lines = sorted(reject.get("line", reject.get("excel_row")) for reject in entry["expected"].get("rejects", []))
        assert got["reject_lines"] == lines
        for count in ("rows_rejected", "rows_missing", "rows_duplicate_dropped"):
            assert got[count] == entry["expected"][count]


def test_the_sequence_of_uploads_and_undos() -> None:
    good, total = scorer().steps(manifest(), FOLDER, adapters_messy)
    assert (good, total) == (8, 8)
