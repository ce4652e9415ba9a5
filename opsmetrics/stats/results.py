"""What a control chart is, once computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray

_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Columns:
    """What the rows of a chart hold, column by column, each of one length.

    A column that is the same in every row is a view of one number (`numpy.broadcast_to`), which takes no room. Called,
    it becomes the frame of `ControlChart.points`.
    """

    value: FloatArray
    centre: FloatArray
    lower: FloatArray
    upper: FloatArray
    standard_error: FloatArray
    phase: IntArray
    size: FloatArray
    excluded: BoolArray
    baseline: BoolArray

    def __call__(self) -> pd.DataFrame:
        """The columns as a frame of its own."""
        return pd.DataFrame(
            {
                "position": np.arange(len(self.value), dtype=np.int64),
                "value": self.value,
                "size": self.size,
                "centre": self.centre,
                "lower": self.lower,
                "upper": self.upper,
                "standard_error": self.standard_error,
                "phase": self.phase,
                "excluded": self.excluded,
                "baseline": self.baseline,
            }
        )


class _WhenRead(Generic[_T]):
    """A field that may be given as what makes it, which is called when the field is first read."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> _T:
        if instance is None:
            return self._default()
        held = instance.__dict__[self._name]
        if callable(held):
            held = instance.__dict__[self._name] = held()
        return held  # type: ignore[no-any-return]  # what __set__ was given, or what that made

    def __set__(self, instance: object, value: _T | Callable[[], _T]) -> None:
        if isinstance(value, Columns):
            instance.__dict__["_columns"] = value
        instance.__dict__[self._name] = value

    def _default(self) -> _T:
        raise AttributeError(self._name)  # a field without a default


class _Beneath(_WhenRead["ControlChart | None"]):
    def _default(self) -> ControlChart | None:
        return None


@dataclass(frozen=True, eq=False)
class ControlChart:
    """A computed control chart.

    points: one row per slot, in order, with the columns
        position (int, 0-based), value (plotted statistic, NaN = gap), size (readings or trials, NaN where the chart
        has none), centre, lower, upper (after clamping), standard_error (of the plotted statistic, unclamped:
        upper = centre + 3·standard_error before clamping, on ewma and moving_average charts their width times; on a
        g chart about the mean, NaN on t and run charts),
        phase (int, 0-based), excluded (bool), baseline (bool, True where the point took part in the limits of its
        phase, as far as these are estimated). A chart may add columns of its own, as its function says. The frame is
        made when it is first read.
    sigma: per phase, the process sigma of the individual values (p, u, c: None; i_prime: of a point of size 1; t: on
        the transformed scale).
    sigma_z: per phase, Laney's σ_z where the kind has one.
    methods: what was used, by name: {"sigma": "mr", "constants": "exact", "centre": "mean" …}.
    spread: the chart of the spread beneath (MR, S), or None; made when it is first read.
    """

    # p, p_prime, np, u, u_prime, c, xmr, mr, i_prime, xbar_s, s, xbar_r, r, g, t, run, ewma, moving_average, z_mr,
    # trended, season_adjusted, residual; the verdict adds constant, rare
    kind: str
    points: _WhenRead[pd.DataFrame] = _WhenRead[pd.DataFrame]()  # noqa: RUF009 -- a descriptor, not a value
    sigma: tuple[float | None, ...] = ()
    sigma_z: tuple[float | None, ...] = ()
    methods: dict[str, str] = field(default_factory=dict)
    spread: _Beneath = _Beneath()  # noqa: RUF009 -- likewise
    warnings: tuple[str, ...] = ()

    def column(self, name: str) -> npt.NDArray[Any]:
        """A column of `points` as numbers, without making the frame where there is none yet. Not to be written to."""
        columns: Columns | None = self.__dict__.get("_columns")
        if columns is not None:
            return np.asarray(getattr(columns, name))
        return np.asarray(self.points[name])
