"""`make bench` runs to its end and measures what it says. Its figures are for reading, not for asserting."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import charts
from bench.__main__ import measured


def test_every_ratio_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "POINTS", 2_000)
    ratios = list(measured(tmp_path, rows=2_000))
    assert [ratio.floor_is for ratio in ratios] == [
        "numpy limits alone",
        "DuckDB's own load, types given",
        "the same by hand",
        "the query for all alone",
    ]
    assert all(ratio.ours > 0 and ratio.floor > 0 and ratio.ratio == ratio.ours / ratio.floor for ratio in ratios)
    assert "2,000" in ratios[0].what
