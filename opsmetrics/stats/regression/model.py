"""What a regression takes and gives: terms of one or several columns, and a frozen result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from opsmetrics.stats.arrays import FloatArray

#: "mean": least squares; "share": a part of a whole, 0 to 1; "rate": counts over a size, or alone.
Kind = Literal["mean", "share", "rate"]

Refusal = Literal["too_few", "constant", "same", "collinear", "drifting", "no_fit"]


@dataclass(frozen=True, eq=False)
class Term:
    """Something that the series may go with: one column of numbers, or a factor of several columns (one for each level
    but the first). columns: slots × columns, NaN where unknown."""

    name: str
    columns: FloatArray
    levels: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, values: Iterable[float]) -> Term:
        """A term of one column."""
        return cls(name, np.asarray(list(values), dtype=np.float64)[:, None])

    @classmethod
    def factor(cls, name: str, labels: Iterable[str]) -> Term:
        """A factor by its labels; levels in order of first sight, the first one is what others are compared with."""
        given = list(labels)
        levels = tuple(dict.fromkeys(given))
        columns = np.array([[float(label == level) for level in levels[1:]] for label in given], dtype=np.float64)
        return cls(name, columns.reshape(len(given), max(len(levels) - 1, 0)), levels)


@dataclass(frozen=True, eq=False)
class TermFit:
    """A term in a fit. size, low, high: of its first column by one unit, on the scale of the fit (`Fit.kind`), with the
    95 % interval; p: that all its columns are without effect (Wald test); explained: what the fit would explain less
    without it; spread: standard deviation of its first column; scale: what turns a size into a change of the mean."""

    name: str
    size: float
    low: float
    high: float
    p: float
    explained: float
    spread: float
    columns: int
    scale: float
    multiplied: bool

    def change(self, by: float = 1.0) -> tuple[float, float, float]:
        """What goes with `by` units more, with its 95 % interval: a share of change for rates (0.02 is 2 % more), else
        units of the values (of a share on average over the slots)."""
        ends = sorted((self.low * by, self.high * by))
        if self.multiplied:
            return float(np.expm1(self.size * by)), float(np.expm1(ends[0])), float(np.expm1(ends[1]))
        return self.size * by * self.scale, ends[0] * self.scale, ends[1] * self.scale


@dataclass(frozen=True, eq=False)
class Fit:
    """One regression. n: slots used; parameters: with the constant. explained: R², of counts the share of deviance.

    lags: reach of the errors that allow for alike neighbours (Newey and West 1987). neighbours: correlation of
    neighbouring residuals; alike: whether more than chance (Ljung and Box 1978, 5 %). dispersion: of counts, Pearson's
    χ² over its degrees of freedom (1: no more than chance). fitted, low, high: of every slot whose terms are known, the
    mean and its 95 % interval.
    """

    kind: Kind
    n: int
    parameters: int
    terms: tuple[TermFit, ...]
    explained: float
    lags: int
    neighbours: float
    alike: bool
    dispersion: float
    fitted: FloatArray
    low: FloatArray
    high: FloatArray
    constant: float
    warnings: int = 0

    def term(self, name: str) -> TermFit:
        """The term of this name. Raises KeyError."""
        for term in self.terms:
            if term.name == name:
                return term
        raise KeyError(name)


class Cannot(ValueError):
    """A regression that would mislead. code: why; names: the terms it is about; found, wanted: the numbers behind."""

    def __init__(
        self, code: Refusal, names: tuple[str, ...] = (), found: float = float("nan"), wanted: float = float("nan")
    ) -> None:
        super().__init__(f"{code}: {', '.join(names)} (found {found:g}, wanted {wanted:g})")
        self.code = code
        self.names = names
        self.found = found
        self.wanted = wanted
