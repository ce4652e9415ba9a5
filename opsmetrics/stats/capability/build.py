"""Capability of single readings: indices, their intervals, and what would lie outside."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, cast, get_args

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import FloatArray, IntArray, Labels, Values, floats
from opsmetrics.stats.capability.delta import Covariance
from opsmetrics.stats.capability.intervals import side_index, spread_index, target_index
from opsmetrics.stats.capability.laws import FITTED, Law, LawName, fit
from opsmetrics.stats.capability.model import HIGH, LOW, Capability, Estimate, Tails
from opsmetrics.stats.capability.spread import Freedom, Spread, Within, within_spread
from opsmetrics.stats.capability.transforms import best_power, box_cox, box_cox_back, yeo_johnson, yeo_johnson_back
from opsmetrics.stats.factors import Source, check_source
from opsmetrics.stats.subgroups import Subgroups

Method = Literal[
    "normal", "box_cox", "yeo_johnson", "lognormal", "weibull", "gamma", "exponential", "percentile"
]  # fmt: skip
METHODS: tuple[Method, ...] = get_args(Method)
_TRANSFORMS = {"box_cox": (box_cox, box_cox_back), "yeo_johnson": (yeo_johnson, yeo_johnson_back)}
#: Readings from which the outermost percentiles lie among them.
_REACHED = math.ceil(1 / LOW)


@dataclass(frozen=True)
class _Asked:
    lower: float | None
    upper: float | None
    target: float | None
    lower_bound: bool
    upper_bound: bool
    confidence: float
    method: str
    freedom: Freedom
    constants: Source
    cpm_as_qcc: bool

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method: found {self.method!r}; wanted one of {', '.join(METHODS)}")
        if self.lower is not None and self.upper is not None and not self.lower < self.upper:
            found = f"lower {self.lower:g} and upper {self.upper:g}"
            raise ValueError(f"limits: found {found}; wanted the lower one below the upper one")
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence: found {self.confidence}; wanted a share between 0 and 1, such as 0.95")
        if self.freedom not in get_args(Freedom):
            raise ValueError(f"freedom: found {self.freedom!r}; wanted one of {', '.join(get_args(Freedom))}")

    @property
    def sides(self) -> tuple[float | None, float | None]:
        """The limits that make an index: those that can be passed."""
        return None if self.lower_bound else self.lower, None if self.upper_bound else self.upper


def capability(
    values: Values | Subgroups,
    *,
    lower: float | None = None,
    upper: float | None = None,
    target: float | None = None,
    subgroup: Labels | None = None,
    method: Method = "normal",
    within: Within | None = None,
    freedom: Freedom = "readings",
    lower_bound: bool = False,
    upper_bound: bool = False,
    confidence: float = 0.95,
    constants: Source = "exact",
    cpm_as_qcc: bool = False,
) -> Capability:
    """How readings, in order of time, lie against their specification.

    values: readings with a label of its subgroup for each in `subgroup` (None: all one by one), or one row of readings
        per subgroup; gaps are left out.
    method: "normal" · "box_cox", "yeo_johnson": readings and limits transformed by the likeliest power · "lognormal",
        "weibull", "gamma", "exponential": fitted by maximum likelihood · "percentile": the readings' own. The last five
        take ISO 22514-2's (upper − lower)/(P99.865 − P0.135) and (upper − P50)/(P99.865 − P50), with intervals by the
        delta method where a law is fitted, and none for "percentile".
    within: "pooled", "rbar", "sbar", "mr", "median_mr" (None: "pooled" with subgroups, "mr" without).
    freedom: of the intervals of cp, cpl, cpu, cpk: "readings" n − 1, as qcc; "within" those of the spread within;
        "minitab" the same as Minitab rounds them. lower_bound, upper_bound: no reading can lie beyond that limit.
    Raises ValueError for limits the wrong way round, fewer than two readings, readings all equal, and readings that a
    law cannot have.
    """
    asked = _Asked(
        lower, upper, target, lower_bound, upper_bound, confidence, method, freedom, check_source(constants), cpm_as_qcc
    )
    value, group = _readings(values, subgroup)
    if len(value) < 2 or float(np.ptp(value)) == 0:
        found = f"{len(value)} readings, all {value[0]:g}" if len(value) > 1 else f"{len(value)} readings"
        raise ValueError(f"values: found {found}; wanted at least 2 that differ")
    if method in (*FITTED, "percentile"):
        return _by_percentiles(value, asked)
    inward = _transformed(value, asked) if method in _TRANSFORMS else _Inward(value, Law("normal", {}), asked)
    return _normal(value, inward, asked, within_spread(inward.values, group, within, asked.constants))


def _readings(values: Values | Subgroups, subgroup: Labels | None) -> tuple[FloatArray, IntArray]:
    """The readings that are there, and the number of each one's subgroup."""
    rows: Any = values.to_numpy() if isinstance(values, pd.DataFrame) else values
    if not isinstance(rows, pd.Series) and len(rows) and np.ndim(rows[0]) == 1:
        parts = [floats(row, "values") for row in rows]
        value = np.concatenate(parts)
        group = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    else:
        value = floats(cast(Values, values))
        group = np.arange(len(value)) if subgroup is None else pd.factorize(pd.Series(list(subgroup)))[0]
        if len(group) != len(value):
            raise ValueError(f"found {len(group)} subgroup labels for {len(value)} readings; wanted one for each")
    kept = np.isfinite(value) & (group >= 0)
    return value[kept], pd.factorize(group[kept])[0].astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Inward:
    """Readings and limits on the scale on which the readings are normal, and the way back."""

    values: FloatArray
    law: Law
    asked: _Asked
    warnings: tuple[str, ...] = ()


def _transformed(value: FloatArray, asked: _Asked) -> _Inward:
    power = best_power(asked.method, value)
    there, back = _TRANSFORMS[asked.method]
    law = Law("normal", {"power": power}, partial(there, power=power), partial(back, power=power))
    warnings = []
    lower, lower_bound = asked.lower, asked.lower_bound
    if asked.method == "box_cox":
        if asked.upper is not None and asked.upper <= 0:
            found = f"an upper limit of {asked.upper:g}"
            raise ValueError(f"box_cox: found {found}; wanted it above 0, as the readings are")
        if lower is not None and lower <= 0 and not lower_bound:
            lower_bound = True
            warnings.append(f"No reading can lie below the lower limit of {lower:g} here: it makes no index.")
        lower = None if lower_bound else lower
    ends = [None if end is None else float(there(np.asarray(end), power)) for end in (lower, asked.upper)]
    inward = replace(asked, lower=ends[0], upper=ends[1], lower_bound=lower_bound)
    return _Inward(there(value, power), law, inward, tuple(warnings))


def _normal(value: FloatArray, inward: _Inward, asked: _Asked, spread: Spread) -> Capability:
    used, law, sides = inward.values, inward.law, inward.asked
    n, mean, overall = len(used), float(np.mean(used)), float(np.std(used, ddof=1))
    known = math.isfinite(spread.sigma) and spread.sigma > 0
    own = {"readings": float(n - 1), "within": spread.freedom, "minitab": spread.minitab}[asked.freedom]
    indices = _indices(sides, mean, overall, n, float(n - 1), ("pp", "ppl", "ppu", "ppk"))
    ppm = {"observed": _observed(value, asked), "expected_overall": _expected(sides, mean, overall)}
    warnings = inward.warnings
    if known:
        indices |= _indices(sides, mean, spread.sigma, n, own, ("cp", "cpl", "cpu", "cpk"))
        ppm["expected_within"] = _expected(sides, mean, spread.sigma)
    else:
        warnings += ("No spread within subgroups is known: the figures of all readings stand alone.",)
    if asked.target is not None and asked.method == "normal":
        indices |= _about_target(asked, mean, overall, spread.sigma if known else None, n)
    methods = {"within": spread.method, "freedom": asked.freedom, "constants": asked.constants}
    methods |= {"power": repr(law.parameters["power"])} if "power" in law.parameters else {}
    shape = Law("normal", {"mean": mean, "sigma": overall}, law.transform, law.inverse)
    found = _result(value, asked, indices, ppm, shape, warnings)
    return replace(
        found,
        mean=mean,
        sigma_overall=overall,
        sigma_within=spread.sigma if known else None,
        lower_bound=sides.lower_bound,
        methods=methods,
    )


def _indices(
    asked: _Asked, mean: float, sigma: float, n: int, freedom: float, names: tuple[str, str, str, str]
) -> dict[str, Estimate]:
    """Of both sides, the lower, the upper and the nearer one, those that are defined."""
    lower, upper = asked.sides
    both, low, high, nearer = names
    found = {}
    if lower is not None and upper is not None:
        found[both] = spread_index((upper - lower) / (6 * sigma), freedom, asked.confidence)
    if lower is not None:
        found[low] = side_index((mean - lower) / (3 * sigma), n, freedom, asked.confidence)
    if upper is not None:
        found[high] = side_index((upper - mean) / (3 * sigma), n, freedom, asked.confidence)
    sides = [found[name] for name in (low, high) if name in found]
    return found | ({nearer: min(sides, key=lambda one: one.value)} if sides else {})


def _about_target(asked: _Asked, mean: float, overall: float, within: float | None, n: int) -> dict[str, Estimate]:
    """Cpm by each spread (Chan, Cheng and Spiring, Journal of Quality Technology 20, 1988); of two sides only."""
    (lower, upper), target = asked.sides, asked.target
    if lower is None or upper is None or target is None:
        return {}
    found = {}
    spreads = {"cpm_overall": overall * math.sqrt((n - 1) / n), "ppm_taguchi": overall}
    if within is not None:
        spreads["cpm_within"] = within
    for name, sigma in spreads.items():
        value = (upper - lower) / (6 * math.hypot(sigma, mean - target))
        found[name] = target_index(value, n, (mean - target) / sigma, asked.confidence, as_qcc=asked.cpm_as_qcc)
    return found


def _by_percentiles(value: FloatArray, asked: _Asked) -> Capability:
    warnings = tuple[str, ...]()
    if asked.method == "percentile":
        law = Law("percentile", {}, sample=np.sort(value))
        if len(value) < _REACHED:
            reach = f"{len(value)} readings do not reach the percentiles 0.135 and 99.865"
            warnings = (f"{reach}: the smallest and largest stand for them. From {_REACHED} readings on they do.",)
    else:
        law = fit(cast(LawName, asked.method), value)
    figures = _percentile_indices(asked)
    shaped = {name: figure(law) for name, figure in figures.items()}
    sure = None if law.sample is not None else Covariance(law, value)
    found = {
        name: Estimate(shaped[name], *(sure.interval(figures[name], asked.confidence) if sure else ()))
        for name in figures
        if math.isfinite(shaped[name])
    }
    sides = [found[name] for name in ("ppl", "ppu") if name in found]
    found |= {"ppk": min(sides, key=lambda one: one.value)} if sides else {}
    ppm = {"observed": _observed(value, asked), "expected_overall": _tails(asked, law)}
    return _result(value, asked, found, ppm, law, warnings)


def _percentile_indices(asked: _Asked) -> dict[str, Callable[[Law], float]]:
    """The indices of ISO 22514-2 as functions of the law; NaN where its percentiles are one."""
    lower, upper = asked.sides

    def ratio(room: float, spread: float) -> float:
        return room / spread if spread > 0 else math.nan

    found: dict[str, Callable[[Law], float]] = {}
    if lower is not None and upper is not None:
        found["pp"] = lambda law: ratio(upper - lower, law.quantile(HIGH) - law.quantile(LOW))
    if lower is not None:
        found["ppl"] = lambda law: ratio(law.quantile(0.5) - lower, law.quantile(0.5) - law.quantile(LOW))
    if upper is not None:
        found["ppu"] = lambda law: ratio(upper - law.quantile(0.5), law.quantile(HIGH) - law.quantile(0.5))
    return found


def _result(
    value: FloatArray,
    asked: _Asked,
    indices: dict[str, Estimate],
    ppm: dict[str, Tails],
    law: Law,
    warnings: tuple[str, ...],
) -> Capability:
    """The result with the mean and spread of the readings as they are."""
    return Capability(
        n=len(value),
        mean=float(np.mean(value)),
        sigma_overall=float(np.std(value, ddof=1)),
        sigma_within=None,
        lower=asked.lower,
        upper=asked.upper,
        target=asked.target,
        lower_bound=asked.lower_bound,
        upper_bound=asked.upper_bound,
        confidence=asked.confidence,
        method=asked.method,
        indices=indices,
        ppm=ppm,
        law=law,
        warnings=warnings,
    )


def _observed(value: FloatArray, asked: _Asked) -> Tails:
    below = 0.0 if asked.lower is None else 1e6 * float(np.mean(value < asked.lower))
    return Tails(below, 0.0 if asked.upper is None else 1e6 * float(np.mean(value > asked.upper)))


def _expected(asked: _Asked, mean: float, sigma: float) -> Tails:
    return _tails(asked, Law("normal", {"mean": mean, "sigma": sigma}))


def _tails(asked: _Asked, law: Law) -> Tails:
    lower, upper = asked.sides
    return Tails(0.0 if lower is None else 1e6 * law.below(lower), 0.0 if upper is None else 1e6 * law.above(upper))
