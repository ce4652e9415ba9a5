"""The statistics stand alone."""

from __future__ import annotations

import subprocess
import sys

import opsmetrics.stats as stats
from tests.paths import ROOT

SCRIPT = """
import sys
from opsmetrics.stats import p, signals
chart = p([12, 15, 8, 10, 4, 30], [50] * 6)
print(signals(chart, "western_electric")["position"].tolist())
unwanted = {"streamlit", "duckdb", "ibis", "plotly", "pyarrow.parquet", "statsmodels", "starlette"}
print(sorted(unwanted & set(sys.modules)))
print(sorted(name for name in sys.modules if name.startswith("opsmetrics.") and ".stats" not in name))
"""


def test_three_lines_in_a_notebook_load_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[5]", "[]", "[]"]


def test_every_exported_name_exists() -> None:
    assert [name for name in stats.__all__ if not hasattr(stats, name)] == []
