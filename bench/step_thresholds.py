"""Makes the thresholds of `opsmetrics.stats.steps`: python -m bench.step_thresholds [SERIES_PER_N]

For each n, simulates series of independent standard normal values and prints the 0.99865 quantile of the largest |t|
over all splits into parts of at least 8 points. The shipped table has 400,000 series for each n.
"""

from __future__ import annotations

import sys

import numpy as np

from opsmetrics.stats.steps import STEP_POINTS, largest_step_t

SEED = 20260815
PROBABILITY = 0.00135
CELLS = 4_000_000


def threshold(n: int, series: int, seed: int = SEED) -> float:
    """The quantile for series of n points."""
    generator = np.random.default_rng([seed, n])
    rows = max(1, CELLS // n)
    largest = [
        largest_step_t(generator.standard_normal((min(rows, series - done), n))) for done in range(0, series, rows)
    ]
    return float(np.quantile(np.concatenate(largest), 1 - PROBABILITY))


if __name__ == "__main__":
    per_n = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    for points in STEP_POINTS:
        print(f"{points:5d}  {threshold(points, per_n):.3f}", flush=True)
