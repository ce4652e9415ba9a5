"""What both drawings (sparkline and control chart) read: plain arrays in the shown unit, cut to what can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.review import KpiReview
from opsmetrics.stats import RULE_SETS, signals
from opsmetrics.stats.results import ControlChart
from opsmetrics.verdict import wording
from opsmetrics.verdict.between import Between

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

#: States of a point whose value is drawn on the solid line, and of one that is drawn hollow and never judged.
SOLID = ("judged", "excluded")
HOLLOW = ("running", "partial", "uncovered", "undefined")

#: A series that stopped long ago keeps this many empty slots at its end: enough to see that something is missing.
TRAILING_GAP = 3

LEVELS = ("centre", "lower", "upper", "target_low", "target_high")
_ARRAYS = ("position", "label", "value", *LEVELS, "phase", "state", "tone", "silent", "note")


@dataclass(frozen=True, eq=False)
class Plotted:
    """A series ready to be drawn: arrays of one length, values in the shown unit, NaN where not defined.

    position: row of the review's (or chart's) points. tone: "concerning", "improving", "changed" for members of
    episodes, else "". silent: completes a hit that does not decide. trimmed: empty periods left out at the end. whole:
    values are counts, shown without decimals where they are whole. centre_word: code of what the centre line is.
    """

    position: npt.NDArray[np.int64]
    label: Words
    value: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    target_low: Floats
    target_high: Floats
    phase: npt.NDArray[np.int64]
    state: Words
    tone: Words
    silent: Mask
    note: Words
    trimmed: int = 0
    decimals: int = 1
    unit: str = ""
    grain: str = ""
    whole: bool = False
    centre_word: str = "centre"

    def __len__(self) -> int:
        return len(self.position)

    def at(self, chosen: Mask | slice) -> Plotted:
        """The chosen points only."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in _ARRAYS})

    def last(self, count: int | None) -> Plotted:
        """The last `count` periods; None keeps all."""
        return self if count is None else self.at(slice(max(len(self) - count, 0), None))

    def each(self) -> Iterator[dict[str, Any]]:
        """The points one by one, as plain values by name."""
        columns = [getattr(self, name).tolist() for name in _ARRAYS]
        return (dict(zip(_ARRAYS, row, strict=True)) for row in zip(*columns, strict=True))

    def text(self, value: float) -> str:
        """A value in the shown unit as text, without the unit: "21.4"."""
        return wording.number(value, 0 if self.whole and value % 1 == 0 else self.decimals)

    def level(self, name: str) -> Floats:
        """One of LEVELS, or "value"."""
        found: Floats = getattr(self, name)
        return found

    @property
    def present(self) -> Mask:
        """Points that have a value."""
        return _mask(np.isfinite(self.value))

    @property
    def solid(self) -> Floats:
        """Values on the solid line; NaN breaks it."""
        return np.where(np.isin(self.state, SOLID), self.value, np.nan)

    @property
    def unfinished(self) -> Mask:
        """Points that are drawn and not judged."""
        return _mask(np.isin(self.state, HOLLOW) & self.present)

    @property
    def excluded(self) -> Mask:
        """Points that a person took out of the limits."""
        return _mask(self.state == "excluded") & self.present

    @property
    def gaps(self) -> Mask:
        """Periods without data."""
        return _mask(self.state == "gap")

    @property
    def quiet_hits(self) -> Mask:
        """Points that complete a hit which does not decide, unless a deciding one marks them."""
        return self.silent & _mask(self.tone == "") & self.present

    def signals(self, tone: str) -> Mask:
        """The members of episodes of one tone."""
        return _mask(self.tone == tone) & self.present


def _mask(found: Any) -> Mask:
    return np.asarray(found, dtype=bool)


def _words_of_centre(chart: ControlChart | None) -> str:
    return "median" if chart is not None and chart.methods.get("centre") == "median" else "centre"


def plotted(source: KpiReview | ControlChart, periods: int | None = None) -> Plotted:
    """A review, or a bare chart from a notebook, ready to be drawn; `periods`: only the last ones, None: all."""
    series = _from_review(source) if isinstance(source, KpiReview) else _from_chart(source)
    return _trimmed(series).last(periods)


def _from_review(review: KpiReview) -> Plotted:
    points, counted = review.points, review.chart is not None and review.chart.kind == "np"
    scale = points["denominator"].to_numpy(dtype=float) if counted else review.kpi.multiplier
    numbers: dict[str, Any] = {name: points[name].to_numpy(dtype=float) * scale for name in ("value", *LEVELS)}
    marked = points["signal"].to_numpy(dtype=bool)
    hits = review.signals
    silent = np.zeros(len(points), dtype=bool)
    silent[hits["position"].to_numpy(dtype=int)[~hits["decides"].to_numpy(dtype=bool)]] = True
    return Plotted(
        position=np.arange(len(points)),
        label=_words(points["label"]),
        **numbers,
        phase=points["phase"].fillna(0).to_numpy(dtype=np.int64),
        state=_words(points["state"]),
        tone=np.where(marked, _words(points["tone"]), ""),
        silent=silent,
        note=_words(points["note"].fillna("")),
        decimals=1 if counted else review.kpi.decimals,
        unit="" if counted else review.kpi.unit,
        grain=review.series.grain,
        whole=counted,
        centre_word=_words_of_centre(review.chart),
    )


def _words(column: pd.Series) -> Words:
    return column.to_numpy(dtype=object)


def _from_chart(chart: ControlChart) -> Plotted:
    points = chart.points
    excluded, missing = points["excluded"].to_numpy(dtype=bool), points["value"].isna().to_numpy()
    state = np.select([excluded, missing], ["excluded", "gap"], default="judged").astype(object)
    nothing = np.full(len(points), np.nan)
    numbers: dict[str, Any] = {
        name: points[name].to_numpy(dtype=float) for name in ("value", "centre", "lower", "upper")
    }
    series = Plotted(
        position=np.arange(len(points)),
        label=np.array([f"{wording.figure('point')} {number + 1}" for number in range(len(points))], dtype=object),
        **numbers,
        target_low=nothing,
        target_high=nothing,
        phase=points["phase"].to_numpy(dtype=np.int64),
        state=state,
        tone=np.where(_members(chart) & (state == "judged"), "changed", "").astype(object),
        silent=np.zeros(len(points), dtype=bool),
        note=np.full(len(points), "", dtype=object),
        centre_word=_words_of_centre(chart),
    )
    return replace(series, decimals=_decimals(series))


def plotted_between(between: Between) -> Plotted:
    """What lies between events, ready to be drawn: one slot for each event, and a hollow one for the time since the
    last. Nothing of it decides, so its hits are silent ones."""
    points, since = between.points, between.since_last
    n = len(points) + (since is not None)
    levels: dict[str, Any] = {name: _longer(points[name], n) for name in ("value", "centre", "lower", "upper")}
    levels["value"][len(points) :] = np.nan if since is None else since
    nothing = np.full(n, np.nan)
    label = [*points["label"], wording.figure("now")][:n]
    phase = points["phase"].to_numpy(dtype=np.int64)
    return Plotted(
        position=np.arange(n),
        label=np.array(label, dtype=object),
        **levels,
        target_low=nothing,
        target_high=nothing,
        phase=np.concatenate([phase, phase[-1:]])[:n],
        state=np.where(np.arange(n) < len(points), "judged", "running").astype(object),
        tone=np.full(n, "", dtype=object),
        silent=np.concatenate([points["side"].to_numpy() != "none", [False]])[:n],
        note=np.full(n, "", dtype=object),
        unit=between.unit,
        whole=True,
        centre_word=_words_of_centre(between.chart),
    )


def _longer(column: pd.Series, n: int) -> Floats:
    """The column, and its last number once more where a slot is added: limits hold for what is still open too."""
    numbers = column.to_numpy(dtype=float)
    return np.concatenate([numbers, numbers[-1:]])[:n]


def _members(chart: ControlChart) -> Mask:
    """Points of a bare chart that are members of a hit of the daily rules."""
    marked = np.zeros(len(chart.points), dtype=bool)
    for members in signals(chart, RULE_SETS["daily"])["members"]:
        marked[list(members)] = True
    return marked


def _trimmed(series: Plotted) -> Plotted:
    """Without long empty stretches at the end."""
    present = np.flatnonzero(series.present)
    if len(present) == 0:
        return series.at(slice(0, 0))
    after = int(present[-1]) + 1
    missing = int(series.gaps[after:].sum())  # a running period without a value is not missing yet
    end = after + min(missing, TRAILING_GAP)
    return replace(series.at(slice(0, end)), trimmed=len(series) - end)


def _decimals(series: Plotted) -> int:
    """Decimals that tell the values of a bare chart apart: three significant digits of their spread."""
    low, high = padded_domain(series)
    return int(np.clip(2 - np.floor(np.log10(high - low)), 0, 6))


def runs(series: Plotted, *names: str) -> list[slice]:
    """Stretches of one phase in which all these levels are defined."""
    defined = np.logical_and.reduce([np.isfinite(series.level(name)) for name in names])
    changed = (defined[1:] != defined[:-1]) | (series.phase[1:] != series.phase[:-1])
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), len(series)]
    return [slice(a, b) for a, b in pairwise(edges) if a < b and defined[a]]


def links(series: Plotted) -> list[tuple[int, int]]:
    """Neighbouring points (places in the arrays) that both have a value, at least one of them half-finished."""
    present, hollow = series.present, series.unfinished
    joined = present[:-1] & present[1:] & (hollow[:-1] | hollow[1:])
    return [(int(a), int(a) + 1) for a in np.flatnonzero(joined)]


def padded_domain(series: Plotted, padding: float = 0.06) -> tuple[float, float]:
    """Lowest and highest of values, limits and target, with room on both sides; (0, 1) where nothing is drawn."""
    numbers = np.concatenate([series.level(name) for name in ("value", *LEVELS)])
    numbers = numbers[np.isfinite(numbers)]
    if numbers.size == 0:
        return 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    room = (high - low) * padding or max(abs(high) * padding, 0.5)
    return low - room, high + room
