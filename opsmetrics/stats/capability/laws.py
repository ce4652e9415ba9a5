"""Distributions of single readings: fitted by maximum likelihood, with their tails, percentiles and density."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import digamma, gammainc, gammaincc, gammaincinv, gammaln, ndtr, ndtri, polygamma

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.weibull import weibull_fit

LawName = Literal["normal", "lognormal", "weibull", "gamma", "exponential"]
#: Those that can be fitted to readings above 0.
FITTED: tuple[LawName, ...] = ("lognormal", "weibull", "gamma", "exponential")

_Numbers = Callable[..., FloatArray]


@dataclass(frozen=True, eq=False)
class Law:
    """A distribution. parameters: by name, see `fit`. transform, inverse: where the readings follow it only once they
    are transformed; every argument and answer is in the unit of the readings. sample: sorted readings, where these
    stand for themselves and nothing is fitted."""

    name: str
    parameters: Mapping[str, float]
    transform: Callable[[FloatArray], FloatArray] | None = None
    inverse: Callable[[FloatArray], FloatArray] | None = None
    sample: FloatArray | None = None

    def below(self, x: float) -> float:
        """The share of readings below x."""
        if self.sample is not None:
            return float(np.mean(self.sample < x))
        return float(_LAWS[self.name].below(self._inward(x), *self.parameters.values()))

    def above(self, x: float) -> float:
        """The share of readings above x, exact far out in the tail."""
        if self.sample is not None:
            return float(np.mean(self.sample > x))
        return float(_LAWS[self.name].above(self._inward(x), *self.parameters.values()))

    def quantile(self, share: float) -> float:
        """The value below which `share` of the readings lie (a sample: Hyndman and Fan's type 6, as Minitab)."""
        if self.sample is not None:
            return float(np.quantile(self.sample, share, method="weibull"))
        found = np.asarray(_LAWS[self.name].quantile(share, *self.parameters.values()), dtype=np.float64)
        return float(found if self.inverse is None else self.inverse(found))

    def tails(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The shares of readings below and above each value; not for sampled laws."""
        inward = values if self.transform is None else self.transform(values)
        formulas, given = _LAWS[self.name], self.parameters.values()
        below, above = (np.asarray(one(inward, *given), dtype=np.float64) for one in (formulas.below, formulas.above))
        return below, above

    def log_density(self, values: FloatArray) -> FloatArray:
        """Logarithm of the density; not for transformed or sampled laws."""
        return np.asarray(_LAWS[self.name].log_density(values, *self.parameters.values()), dtype=np.float64)

    def _inward(self, x: float) -> FloatArray | float:
        return x if self.transform is None else self.transform(np.asarray(x, dtype=np.float64))


@dataclass(frozen=True)
class _Formulas:
    below: _Numbers
    above: _Numbers
    quantile: _Numbers
    log_density: _Numbers


def _log_of(x: FloatArray | float) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.maximum(x, 0.0)), dtype=np.float64)


def _power(x: FloatArray | float, shape: float, scale: float) -> FloatArray:
    return np.asarray((np.maximum(x, 0.0) / scale) ** shape, dtype=np.float64)


_LAWS: dict[str, _Formulas] = {
    "normal": _Formulas(
        below=lambda x, mean, sigma: ndtr((x - mean) / sigma),
        above=lambda x, mean, sigma: ndtr((mean - x) / sigma),
        quantile=lambda share, mean, sigma: mean + sigma * ndtri(share),
        log_density=lambda x, mean, sigma: (
            -(((x - mean) / sigma) ** 2) / 2 - math.log(sigma) - math.log(2 * math.pi) / 2
        ),
    ),
    "lognormal": _Formulas(
        below=lambda x, mu, sigma: ndtr((_log_of(x) - mu) / sigma),
        above=lambda x, mu, sigma: ndtr((mu - _log_of(x)) / sigma),
        quantile=lambda share, mu, sigma: np.exp(mu + sigma * ndtri(share)),
        log_density=lambda x, mu, sigma: (
            -(((np.log(x) - mu) / sigma) ** 2) / 2 - np.log(x) - math.log(sigma) - math.log(2 * math.pi) / 2
        ),
    ),
    "weibull": _Formulas(
        below=lambda x, shape, scale: -np.expm1(-_power(x, shape, scale)),
        above=lambda x, shape, scale: np.exp(-_power(x, shape, scale)),
        quantile=lambda share, shape, scale: scale * (-np.log1p(-share)) ** (1 / shape),
        log_density=lambda x, shape, scale: (
            math.log(shape / scale) + (shape - 1) * np.log(x / scale) - _power(x, shape, scale)
        ),
    ),
    "gamma": _Formulas(
        below=lambda x, shape, scale: gammainc(shape, np.maximum(x, 0.0) / scale),
        above=lambda x, shape, scale: gammaincc(shape, np.maximum(x, 0.0) / scale),
        quantile=lambda share, shape, scale: scale * gammaincinv(shape, share),
        log_density=lambda x, shape, scale: (
            (shape - 1) * np.log(x) - x / scale - gammaln(shape) - shape * math.log(scale)
        ),
    ),
    "exponential": _Formulas(
        below=lambda x, scale: -np.expm1(-np.maximum(x, 0.0) / scale),
        above=lambda x, scale: np.exp(-np.maximum(x, 0.0) / scale),
        quantile=lambda share, scale: -scale * np.log1p(-share),
        log_density=lambda x, scale: -math.log(scale) - x / scale,
    ),
}


def fit(name: LawName, values: FloatArray) -> Law:
    """The law of this name that is most likely for the readings.

    Parameters: normal mean, sigma; lognormal mu, sigma (of the logarithms, divisor n); weibull and gamma shape, scale;
    exponential scale. The normal one has divisor n too. Raises ValueError for readings that a law cannot have, fewer
    than two, or all equal.
    """
    if name != "normal":
        _refuse_below_zero(name, values)
    if len(values) < 2 or float(np.ptp(values)) == 0:
        raise ValueError(f"{name}: found {len(np.unique(values))} different readings; wanted at least 2 to fit it")
    return Law(name, _PARAMETERS[name](values))


def _refuse_below_zero(name: str, values: FloatArray) -> None:
    wrong = values[values <= 0] if name != "exponential" else values[values < 0]
    if len(wrong):
        found = f"{name}: found a reading of {wrong.min():g}"
        raise ValueError(f"{found}; wanted readings above 0. Yeo-Johnson and percentiles take any.")


def _normal(values: FloatArray) -> dict[str, float]:
    return {"mean": float(np.mean(values)), "sigma": float(np.std(values))}


def _lognormal(values: FloatArray) -> dict[str, float]:
    logs = np.log(values)
    return {"mu": float(np.mean(logs)), "sigma": float(np.std(logs))}


def _weibull(values: FloatArray) -> dict[str, float]:
    return dict(zip(("shape", "scale"), weibull_fit(values), strict=True))


def _gamma(values: FloatArray) -> dict[str, float]:
    """Shape k solves ln k − ψ(k) = ln mean − mean ln, by Newton's method from Minka's start (2002)."""
    mean = float(np.mean(values))
    gap = math.log(mean) - float(np.mean(np.log(values)))
    shape = (3 - gap + math.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(60):
        change = (math.log(shape) - float(digamma(shape)) - gap) / (1 / shape - float(polygamma(1, shape)))
        shape -= change
        if abs(change) <= 1e-14 * shape:
            break
    return {"shape": shape, "scale": mean / shape}


def _exponential(values: FloatArray) -> dict[str, float]:
    return {"scale": float(np.mean(values))}


_PARAMETERS: dict[str, Callable[[FloatArray], dict[str, float]]] = {
    "normal": _normal,
    "lognormal": _lognormal,
    "weibull": _weibull,
    "gamma": _gamma,
    "exponential": _exponential,
}
