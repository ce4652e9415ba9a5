"""Forecasts with backtest and ranges: one series beside a naive forecast and beside statsmodels, and hundreds of them
from a cold start."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bench.timing import Ratio, side_by_side
from opsmetrics.stats.forecast import forecast

DAYS, HORIZON, WEEK = 730, 28, 7
KPIS = 500
#: Origins of the peer: far fewer than ours, as each is a fit of its own.
ORIGINS = 4

_COLD = """
import sys
import numpy as np
from opsmetrics.stats.forecast import forecast_many
rows = np.frombuffer(sys.stdin.buffer.read()).reshape(-1, {days})
assert None not in forecast_many(list(rows), {horizon}, seasons_tried=({week},))
assert "statsmodels" not in sys.modules
"""
_NAIVE = """
import sys
import numpy as np
import pandas
rows = np.frombuffer(sys.stdin.buffer.read()).reshape(-1, {days})
for row in rows:
    np.resize(row[-{week}:], {horizon}), np.std(row[{week}:] - row[:-{week}])
"""

Floats = npt.NDArray[np.float64]


def measure() -> Iterator[Ratio]:
    """CPU of one series of two years by day; time of the clock of many, from the start of Python to the last one."""
    rows = series(KPIS)
    one = rows[0]

    def ours() -> object:
        return forecast(one, HORIZON, seasons_tried=(WEEK,))

    what = f"a forecast, {DAYS} days, {HORIZON} ahead"
    yield Ratio(what, *side_by_side(ours, lambda: _seasonal_naive(one), 9), "naive at 26 origins")
    yield Ratio("the same beside ETS", *side_by_side(ours, lambda: _ets(one), 1), f"statsmodels ETS, {ORIGINS} origins")
    cold = [(_cold(_COLD, rows), _cold(_NAIVE, rows)) for _ in range(2)]
    mine, least = (min(pair[whose] for pair in cold) for whose in (0, 1))
    yield Ratio(f"{KPIS} forecasts from a cold start", mine, least, "naive, cold start", "s wall")


def series(count: int) -> Floats:
    """So many daily KPIs of two years: a level that wanders, a week, noise, a few gaps."""
    draw = np.random.default_rng(11)
    level = 50 + np.cumsum(draw.normal(0, 0.2, (count, DAYS)), axis=1)
    week = draw.normal(0, 3, (count, WEEK))[:, np.arange(DAYS) % WEEK]
    rows: Floats = level + week + draw.normal(0, 2, (count, DAYS))
    rows[draw.random(rows.shape) < 0.01] = np.nan
    rows[:, 0] = 50.0
    return rows


def _seasonal_naive(values: Floats) -> tuple[Floats, float]:
    known = np.where(np.isfinite(values), values, np.nanmean(values))
    last = DAYS - HORIZON
    off = [known[n : n + HORIZON] - np.resize(known[n - WEEK : n], HORIZON) for n in range(last - 26, last)]
    return np.resize(known[-WEEK:], HORIZON), float(np.abs(off).mean())


def _ets(values: Floats) -> None:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    known = np.where(np.isfinite(values), values, np.nanmean(values))
    model = {"error": "add", "trend": "add", "damped_trend": True, "seasonal": "add", "seasonal_periods": WEEK}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for n in np.linspace(DAYS - 4 * HORIZON, DAYS, ORIGINS).astype(int):
            ETSModel(known[:n], **model).fit(disp=False).forecast(HORIZON)


def _cold(program: str, rows: Floats) -> float:
    """Time of the clock of a Python that starts, imports and is done."""
    given = rows.tobytes()
    begin = time.monotonic()
    text = program.format(days=DAYS, horizon=HORIZON, week=WEEK)
    subprocess.run([sys.executable, "-c", text], input=given, check=True)
    return time.monotonic() - begin
