"""The regression itself: checks, then statsmodels, then the numbers that people read.

Means by least squares, shares and rates by the generalised linear models of counts. Errors: `cautious`.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from opsmetrics.stats.arrays import BoolArray, FloatArray, Values, floats
from opsmetrics.stats.regression.errors import cautious
from opsmetrics.stats.regression.model import Cannot, Fit, Kind, Term, TermFit

#: Fewest slots of any fit, and for each column beside the constant (Peduzzi and others 1996, J Clin Epidemiol 49).
FEWEST, PER_COLUMN = 12, 10

#: A column that the others explain to nine tenths (variance inflation 10) says nothing of its own: Kutner, Nachtsheim,
#: Neter and Li, Applied Linear Statistical Models, 5th edition, 10.5.
INFLATION = 10.0

_TINY = 1e-12


def regress(values: Values, terms: Sequence[Term], *, kind: Kind = "mean", sizes: Values | None = None) -> Fit:
    """The regression of a series on its terms, over the slots where all is known.

    values: one per slot, NaN for a gap; of a share from 0 to 1, of a rate per unit of its size. sizes: denominators of
        shares and rates (None: 1 each).
    Raises ValueError for a share or rate below 0, and Cannot: too_few, constant (the values), same (a term), collinear
    (a term and the one it repeats), drifting (the residuals wander so much that any two drifting series would seem
    related), no_fit.
    """
    given = floats(values)
    size = np.ones(len(given)) if sizes is None else floats(sizes, "sizes")
    matrix = np.column_stack([np.ones(len(given)), *(term.columns for term in terms)])
    if kind != "mean" and bool((given < 0).any()):
        raise ValueError(f"values: found {np.nanmin(given):g}, wanted shares and rates of at least 0")
    used = np.isfinite(given) & np.isfinite(matrix).all(axis=1) & np.isfinite(size) & (size > 0)
    _check(given, matrix, used, terms)
    data = _Data(given[used], size[used], matrix[used], kind)
    importlib.import_module("statsmodels.api")  # where it is first imported, it puts filters of its own in front
    with warnings.catch_warnings(record=True) as noticed, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", "cov_type not fully supported")  # it is: tests compute these errors by hand
        fitted = data.fit()
        explained = data.explained(fitted)
        rest = _residuals(fitted)
        _refuse_drifting(rest, explained, kind)
        covariance = cautious(fitted, data.lags)
        if not np.isfinite(covariance).all():  # values beyond what can be squared
            raise Cannot("no_fit")
        results = _terms(data, fitted, covariance, terms, explained)
        mean, low, high = _band(fitted, covariance, matrix)
    return Fit(
        kind,
        int(used.sum()),
        matrix.shape[1],
        results,
        explained,
        data.lags,
        _neighbours(rest),
        _alike(rest),
        float((rest @ rest) / max(len(rest) - matrix.shape[1], 1)) if kind != "mean" else float("nan"),
        mean,
        low,
        high,
        float(fitted.params[0]),
        len(noticed),
    )


@dataclass(frozen=True, eq=False)
class _Data:
    """What is fitted: the used slots only."""

    values: FloatArray
    sizes: FloatArray
    matrix: FloatArray
    kind: Kind

    @property
    def lags(self) -> int:
        """Reach of the Newey–West errors."""
        return int(4 * (len(self.values) / 100) ** (2 / 9))

    def fit(self, columns: np.ndarray | None = None) -> Any:
        """statsmodels' result with robust errors. Raises Cannot where there is none."""
        import statsmodels.api as sm

        matrix = self.matrix if columns is None else self.matrix[:, columns]
        robust = {"maxlags": self.lags, "use_correction": True}
        try:
            if self.kind == "mean":
                return sm.OLS(self.values, matrix).fit(cov_type="HAC", cov_kwds=robust, use_t=True)
            if self.kind == "share":
                model = sm.GLM(self.values, matrix, family=sm.families.Binomial(), var_weights=self.sizes)
            else:
                counts = self.values * self.sizes
                model = sm.GLM(counts, matrix, family=sm.families.Poisson(), offset=np.log(self.sizes))
            found = model.fit(cov_type="HAC", cov_kwds=robust, use_t=True)
        except (ValueError, np.linalg.LinAlgError, sm.tools.sm_exceptions.PerfectSeparationError) as error:
            raise Cannot("no_fit") from error
        if not found.converged or not np.isfinite(found.bse).all():
            raise Cannot("no_fit")
        return found

    def explained(self, fitted: Any) -> float:
        """R², of counts the share of deviance that the terms take away."""
        if self.kind == "mean":
            return float(fitted.rsquared)
        return float(1 - fitted.deviance / fitted.null_deviance) if fitted.null_deviance > 0 else 0.0


# Checks


def _check(values: FloatArray, matrix: FloatArray, used: BoolArray, terms: Sequence[Term]) -> None:
    wanted = max(FEWEST, PER_COLUMN * (matrix.shape[1] - 1))
    if used.sum() < wanted:
        raise Cannot("too_few", tuple(term.name for term in terms), float(used.sum()), float(wanted))
    seen = values[used]
    if seen.max() - seen.min() <= _TINY * max(abs(float(seen.max())), 1.0):
        raise Cannot("constant")
    place, inside = 1, matrix[used]
    for term in terms:
        width = term.columns.shape[1]
        if width == 0 or (np.ptp(inside[:, place : place + width], axis=0) <= 0).any():
            raise Cannot("same", (term.name,))
        place += width
    _refuse_collinear(inside, terms)


def _refuse_collinear(inside: FloatArray, terms: Sequence[Term]) -> None:
    """Refuses a column of its own that the others say already."""
    starts = np.cumsum([1, *(term.columns.shape[1] for term in terms)])
    for term, start in zip(terms, starts, strict=False):
        if term.levels or len(terms) < 2:
            continue
        column = inside[:, start]
        others = np.delete(inside, start, axis=1)
        rest = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
        around = column - column.mean()
        share = float(rest @ rest) / float(around @ around)
        if share < 1 / INFLATION:
            nearest = max(
                (other for other in terms if other is not term),
                key=lambda other: _joint(around, inside, terms, starts, other),
            )
            raise Cannot("collinear", (term.name, nearest.name), 1 / max(share, _TINY), INFLATION)


def _joint(around: FloatArray, inside: FloatArray, terms: Sequence[Term], starts: np.ndarray, other: Term) -> float:
    """How much of a column another term explains."""
    start = int(starts[list(terms).index(other)])
    block = np.column_stack([np.ones(len(inside)), inside[:, start : start + other.columns.shape[1]]])
    rest = around - block @ np.linalg.lstsq(block, around, rcond=None)[0]
    return 1 - float(rest @ rest) / float(around @ around)


def _refuse_drifting(rest: FloatArray, explained: float, kind: Kind) -> None:
    """R² above the Durbin–Watson statistic marks a regression between series that merely drift (Granger and Newbold
    1974, Journal of Econometrics 2)."""
    steps = np.diff(rest)
    total = float(rest @ rest)
    watson = float(steps @ steps) / total if total > 0 else 2.0
    if kind == "mean" and total > _TINY and explained > watson:
        raise Cannot("drifting", (), explained, watson)


# Results


def _residuals(fitted: Any) -> FloatArray:
    rest = fitted.resid if hasattr(fitted, "resid") else fitted.resid_pearson
    found: FloatArray = np.asarray(rest, dtype=np.float64)
    return found


def _terms(
    data: _Data, fitted: Any, covariance: FloatArray, terms: Sequence[Term], explained: float
) -> tuple[TermFit, ...]:
    reach = _reach(fitted)
    results, place = [], 1
    for term in terms:
        width = term.columns.shape[1]
        columns = np.arange(place, place + width)
        without = np.setdiff1d(np.arange(data.matrix.shape[1]), columns)
        size, error = float(fitted.params[place]), float(np.sqrt(covariance[place, place]))
        test = fitted.wald_test(np.eye(data.matrix.shape[1])[columns], cov_p=covariance, scalar=True)
        results.append(
            TermFit(
                name=term.name,
                size=size,
                low=size - reach * error,
                high=size + reach * error,
                p=float(test.pvalue),
                explained=float(explained - data.explained(data.fit(without))),
                spread=float(data.matrix[:, place].std(ddof=1)),
                columns=width,
                scale=_slope(data, fitted),
                multiplied=data.kind == "rate",
            )
        )
        place += width
    return tuple(results)


def _reach(fitted: Any) -> float:
    return float(stdtrit(fitted.df_resid, 0.975))


def _slope(data: _Data, fitted: Any) -> float:
    """From a coefficient to a change of the mean: p(1 − p) on average for shares, else 1."""
    if data.kind != "share":
        return 1.0
    mean = np.asarray(fitted.mu, dtype=np.float64)
    return float((mean * (1 - mean)).mean())


def _band(fitted: Any, covariance: FloatArray, matrix: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean and its 95 % interval at every slot whose terms are known; of a rate per unit of its size."""
    known = np.isfinite(matrix).all(axis=1)
    rows = matrix[known]
    middle = rows @ np.asarray(fitted.params, dtype=np.float64)
    half = _reach(fitted) * np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance, rows))
    turned = fitted.family.link.inverse if hasattr(fitted, "family") else np.asarray
    found = [np.full(len(matrix), np.nan) for _ in range(3)]
    for column, part in zip(found, (middle, middle - half, middle + half), strict=True):
        column[known] = turned(part)
    return found[0], found[1], found[2]


def _neighbours(rest: FloatArray) -> float:
    around = rest - rest.mean()
    total = float(around @ around)
    return float(around[1:] @ around[:-1]) / total if total > 0 else 0.0


def _alike(rest: FloatArray) -> bool:
    from statsmodels.stats.diagnostic import acorr_ljungbox

    reach = max(min(10, len(rest) // 5), 1)
    return bool(float(acorr_ljungbox(rest, lags=[reach])["lb_pvalue"].iloc[0]) < 0.05)
