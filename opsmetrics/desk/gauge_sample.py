"""A gauge study to look at: thermal impedance of power modules (Houf and Berman, Solid State Technology, 1988), as
Montgomery has it in Introduction to Statistical Quality Control: ten parts, three inspectors, three trials."""

from __future__ import annotations

import pandas as pd

_ROWS = (
    "37 38 37 41 41 40 41 42 41",
    "42 41 43 42 42 42 43 42 43",
    "30 31 31 31 31 31 29 30 28",
    "42 43 42 43 43 43 42 42 42",
    "28 30 29 29 30 29 31 29 29",
    "42 42 43 45 45 45 44 46 45",
    "25 26 27 28 28 30 29 27 27",
    "40 40 40 43 42 42 43 43 41",
    "25 25 25 27 29 28 26 26 26",
    "35 34 34 35 35 34 35 34 35",
)


def sample_readings() -> pd.DataFrame:
    """part, operator, value: one row for each reading."""
    return pd.DataFrame(
        {"part": str(part), "operator": f"Inspector {place // 3 + 1}", "value": float(text)}
        for part, row in enumerate(_ROWS, start=1)
        for place, text in enumerate(row.split())
    )
