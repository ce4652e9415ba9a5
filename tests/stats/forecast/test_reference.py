"""Accuracy on series of the M3, M4, NN5 and tourism competitions and of public operations, beside the project."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.paths import SHARED, needs_shared
from tests.reference.adapters import forecast

FOLDER = SHARED / "reference" / "forecast"

#: Series of each group that are looked at here; the scorer beside them looks at all.
EACH = 8


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("forecast_score", FOLDER / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_shared
@pytest.mark.skipif(not (FOLDER / "score.py").exists(), reason="no scorer beside the project")
def test_accuracy_and_coverage_on_a_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """OWA against Naive2 of the M4 competition, over groups; measured 0.71 over all 406 series of the sample."""
    score = scorer()
    found = []
    for group, _, freq, m, h, train, test in score.load(FOLDER / "sample", limit=EACH):
        if group == "intermittent":
            continue
        low, high = (0.0, 100.0) if group == "bounded" else ((0.0, None) if np.nanmin(train) >= 0 else (None, None))
        mean, lower, upper, lowest, highest = forecast(train, freq, h, low, high)
        naive, q = score.naive2(train, m, h), score.scale(train, m)
        there = np.isfinite(test)
        off, rival = np.abs(test - mean)[there].mean() / q, np.abs(test - naive)[there].mean() / q
        held = ((test >= lower) & (test <= upper))[there].mean(), ((test >= lowest) & (test <= highest))[there].mean()
        found.append((group, off, rival, *held))
    groups = {group for group, *_ in found}
    ratio = np.mean(
        [np.mean([f[1] for f in found if f[0] == g]) / np.mean([f[2] for f in found if f[0] == g]) for g in groups]
    )
    assert ratio < 0.80
    assert 0.76 < np.mean([f[3] for f in found]) < 0.90
    assert 0.92 < np.mean([f[4] for f in found]) < 0.985
