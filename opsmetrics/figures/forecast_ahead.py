"""A series with the periods that lie ahead, and the small picture of its forecast for a row, drawn without Plotly.

Back to front: natural limits of what was measured, ranges of 95, 80 and 50 %, target, measured line, most likely line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.figures.plotted import LEVELS, Floats, Plotted, plotted
from opsmetrics.figures.sparkline_parts import CRISP, Scale, at, band, gaps, line, number, steps
from opsmetrics.figures.svg import Shape
from opsmetrics.review import KpiReview
from opsmetrics.stats.forecast import COVERAGES, Forecast

#: Measured periods, and periods ahead, in the picture of a row.
BEHIND, AHEAD = 28, 28

#: The range that has to fit into the picture; a wider one is cut off at its edge.
FITS = 80

#: Of the grey of limits, laid over each other up to three times, as in the large figure.
FAINT = "0.21"


def forecast_spark(
    review: KpiReview, found: Forecast, ahead: pd.DataFrame, positions: np.ndarray, width: int = 200, height: int = 44
) -> list[Shape]:
    """The shapes: the last measured periods, then those ahead in three nested ranges.

    ahead and positions as of a `KpiForecast`. Paints are names of tokens, coordinates picture units.
    """
    last = int(positions[found.last])
    known = plotted(review)
    known = known.at(known.position <= last).last(BEHIND)
    shown = ahead.iloc[:AHEAD]
    scale_of, rows = review.kpi.multiplier, shown["step"].to_numpy(dtype=int) - 1
    ranges = {c: tuple(end[rows] * scale_of for end in found.interval(c)) for c in COVERAGES}
    series = longer(known, shown, scale_of)
    scale = Scale(_fitting(series, len(known), ranges[FITS]), width, height)
    return [
        *band(known, scale),
        _rule(len(known), scale),
        *(_range(known, ranges[coverage], scale) for coverage in sorted(COVERAGES, reverse=True)),
        *steps(series, scale, "target_low", "ink", "1", "1.5 2.5"),
        *steps(series, scale, "target_high", "ink", "1", "1.5 2.5"),
        *line(known, scale),
        *gaps(known, scale),
        _likely(known, found.mean[rows] * scale_of, scale),
    ]


def _fitting(series: Plotted, measured: int, ends: tuple[Floats, ...]) -> Plotted:
    """The series with one range in place of limits in the periods ahead: what its scale has to hold."""
    low, high = (
        np.concatenate([level[:measured], end]) for level, end in zip((series.lower, series.upper), ends, strict=True)
    )
    return replace(series, lower=low, upper=high)


def _opening(known: Plotted, values: Floats, scale: Scale) -> list[tuple[float, float]]:
    """Places of values ahead, opening from the last measured one where there is one."""
    start, solid = len(known), known.solid
    begin = [(scale.x(start - 1), scale.y(solid[-1]))] if start and np.isfinite(solid[-1]) else []
    return [*begin, *((scale.x(start + place), scale.y(value)) for place, value in enumerate(values.tolist()))]


def _range(known: Plotted, ends: tuple[Floats, ...], scale: Scale) -> Shape:
    low, high = (_opening(known, end, scale) for end in ends)
    outline = "L".join(at(x, y) for x, y in [*high, *reversed(low)])
    return {"tag": "path", "d": f"M{outline}Z", "fill": "limit", "fill-opacity": FAINT}


def _likely(known: Plotted, values: Floats, scale: Scale) -> Shape:
    d = "L".join(at(x, y) for x, y in _opening(known, values, scale))
    return {"tag": "path", "d": f"M{d}", "stroke": "ink", "stroke-width": "1.25", "stroke-dasharray": "3 2", **CRISP}


def _rule(measured: int, scale: Scale) -> Shape:
    """Where measuring ends."""
    d = f"M{number(scale.x(measured - 1))} 0V{scale.height}"
    return {"tag": "path", "d": d, "stroke": "limit", "stroke-width": "0.75", **CRISP}


def longer(known: Plotted, ahead: pd.DataFrame, scale: float) -> Plotted:
    """The measured series with empty slots for the future periods, their labels and targets."""
    more = len(ahead)
    nothing, silence = np.full(more, np.nan), np.full(more, "", dtype=object)
    levels: dict[str, Any] = {
        name: np.concatenate([known.level(name), nothing]) for name in ("value", *LEVELS) if "target" not in name
    }
    for name in ("target_low", "target_high"):
        levels[name] = np.concatenate([known.level(name), ahead[name].to_numpy(dtype=float) * scale])
    start = int(known.position[-1]) if len(known) else -1
    return replace(
        known,
        position=np.concatenate([known.position, start + 1 + np.arange(more)]),
        label=np.concatenate([known.label, ahead["label"].to_numpy(dtype=object)]),
        **levels,
        phase=np.concatenate([known.phase, np.full(more, known.phase[-1] if len(known) else 0)]),
        state=np.concatenate([known.state, np.full(more, "ahead", dtype=object)]),
        tone=np.concatenate([known.tone, silence]),
        note=np.concatenate([known.note, silence]),
        silent=np.concatenate([known.silent, np.zeros(more, dtype=bool)]),
    )
