"""Gauge R&R by analysis of variance, crossed and nested (Montgomery, Introduction to Statistical Quality Control,
gauge and measurement system capability; AIAG, Measurement Systems Analysis, 4th ed.)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from opsmetrics.stats.arrays import FloatArray, Labels, Values
from opsmetrics.stats.gauge.intervals import Term, component_interval
from opsmetrics.stats.gauge.layout import Block, block
from opsmetrics.stats.gauge.model import COMPONENTS, Component, Design, GaugeStudy, Source

#: √2 as AIAG and Minitab write it in the number of distinct categories.
_ROOT_2 = 1.41

Square = tuple[float, int]  # sum of squares, degrees of freedom


@dataclass(frozen=True)
class _Model:
    """Sources as shown, the terms of each component, and how the interaction was tested."""

    table: tuple[Source, ...]
    terms: Mapping[str, tuple[Term, ...]]
    pooled: bool = False
    f: float | None = None
    p: float | None = None
    warnings: tuple[str, ...] = ()


def gauge_study(
    values: Values,
    part: Labels,
    operator: Labels | None = None,
    *,
    design: Design = "crossed",
    alpha: float = 0.05,
    tolerance: float | None = None,
    k: float = 6.0,
    confidence: float = 0.95,
) -> GaugeStudy:
    """The parts of the variation of readings, with the part and the operator of each.

    operator None: a single one. alpha: an interaction of part and operator with a p-value above it is counted as
    repeatability (0.05 as Minitab; 0.25 as AIAG; 1: never). tolerance: width of the specification. k: sigmas in the
    study variation (6; formerly 5.15). A component whose estimate falls below 0 is set to 0, and that is said. Raises
    ValueError for cells that differ in their number of readings, missing ones, one part, readings that are all equal,
    and a study in which nothing was measured twice.
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha: found {alpha:g}; wanted a probability from 0 to 1")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: found {confidence}; wanted a share between 0 and 1, such as 0.95")
    for name, given in (("tolerance", tolerance), ("k", k)):
        if given is not None and not given > 0:
            raise ValueError(f"{name}: found {given:g}; wanted a number above 0")
    found = block(values, part, operator, design)
    if float(np.ptp(found.values)) == 0:
        raise ValueError(f"found {found.values.size} readings that are all equal; wanted readings that differ")
    model = _nested(found) if design == "nested" else _crossed(found, alpha)
    components, warnings = _components(model, tolerance, k, confidence)
    exact = None
    if components["grr"].sigma > 0:
        exact = _ROOT_2 * components["part"].sigma / components["grr"].sigma
    operators, parts, trials = found.values.shape
    return GaugeStudy(
        design=design,
        parts=parts if design == "crossed" else parts * operators,
        operators=operators,
        trials=trials,
        table=model.table,
        pooled=model.pooled,
        f_interaction=model.f,
        p_interaction=model.p,
        components=components,
        ndc=None if exact is None else max(int(exact), 1),
        ndc_exact=exact,
        k=k,
        tolerance=tolerance,
        alpha=alpha,
        confidence=confidence,
        warnings=model.warnings + warnings,
    )


def _crossed(found: Block, alpha: float) -> _Model:
    y = found.values - found.values.mean()  # squares far from zero would cancel
    o, p, r = y.shape
    by_operator, by_part, by_cell = y.mean(axis=(1, 2)), y.mean(axis=(0, 2)), y.mean(axis=2)
    part: Square = (_squares(by_part) * o * r, p - 1)
    operator: Square = (_squares(by_operator) * p * r, o - 1)
    crossing = by_cell - by_operator[:, None] - by_part[None, :]
    interaction: Square = (_squares(crossing) * r, (o - 1) * (p - 1))
    error: Square = (_squares(y - by_cell[:, :, None]), o * p * (r - 1))
    if o == 1:
        if error[1] == 0:
            raise ValueError("found each part measured once; wanted every part measured at least twice")
        return _without_interaction(part, operator, error, y, ("part", "repeatability"))
    if error[1] == 0:
        said = ("Each operator measured each part once: the interaction cannot be told from repeatability.",)
        names = ("part", "operator", "repeatability")
        return _without_interaction(part, operator, interaction, y, names, warnings=said)
    f, p_value = _test(interaction, error)
    if p_value is not None and p_value > alpha:
        pooled = error[0] + interaction[0], error[1] + interaction[1]
        every = ("part", "operator", "interaction", "repeatability")
        return _without_interaction(part, operator, pooled, y, every, interaction, error, f, p_value)
    return _with_interaction(part, operator, interaction, error, y, f, p_value)


def _without_interaction(
    part: Square,
    operator: Square,
    error: Square,
    y: FloatArray,
    names: tuple[str, ...],
    interaction: Square | None = None,
    own_error: Square | None = None,
    f: float | None = None,
    p_value: float | None = None,
    warnings: tuple[str, ...] = (),
) -> _Model:
    """error: with what is counted into it; own_error and interaction: what it was before."""
    o, p, r = y.shape
    each, single = 1 / (o * r), 1 / (p * r)
    ms_part, ms_operator, ms_error = _term(part), _term(operator), _term(error)
    tests = {"part": _test(part, error), "operator": _test(operator, error), "interaction": (f, p_value)}
    squares = {"part": part, "operator": operator, "interaction": interaction or (0.0, 0)}
    squares["repeatability"] = own_error or error
    between_share = single if o > 1 else 0.0
    between = (ms_operator(single), ms_error(-single)) if o > 1 else ()
    terms = {
        "repeatability": (ms_error(1.0),),
        "operator": between,
        "interaction": (),
        "reproducibility": between,
        "grr": (ms_operator(between_share), ms_error(1 - between_share)),
        "part": (ms_part(each), ms_error(-each)),
        "total": (ms_part(each), ms_operator(between_share), ms_error(1 - each - between_share)),
    }
    return _Model(_table(names, squares, tests, y), terms, interaction is not None, f, p_value, warnings)


def _with_interaction(
    part: Square,
    operator: Square,
    interaction: Square,
    error: Square,
    y: FloatArray,
    f: float | None,
    p_value: float | None,
) -> _Model:
    o, p, r = y.shape
    each, single, cell = 1 / (o * r), 1 / (p * r), 1 / r
    ms_part, ms_operator, ms_cross, ms_error = (_term(square) for square in (part, operator, interaction, error))
    terms = {
        "repeatability": (ms_error(1.0),),
        "operator": (ms_operator(single), ms_cross(-single)),
        "interaction": (ms_cross(cell), ms_error(-cell)),
        "reproducibility": (ms_operator(single), ms_cross(cell - single), ms_error(-cell)),
        "grr": (ms_operator(single), ms_cross(cell - single), ms_error(1 - cell)),
        "part": (ms_part(each), ms_cross(-each)),
        "total": (ms_part(each), ms_operator(single), ms_cross(cell - single - each), ms_error(1 - cell)),
    }
    squares = {"part": part, "operator": operator, "interaction": interaction, "repeatability": error}
    tests = {"part": _test(part, interaction), "operator": _test(operator, interaction), "interaction": (f, p_value)}
    return _Model(_table(tuple(squares), squares, tests, y), terms, False, f, p_value)


def _nested(found: Block) -> _Model:
    y = found.values - found.values.mean()
    o, p, r = y.shape
    if r < 2:
        raise ValueError("found each part measured once; wanted every part (or batch taken as one) measured twice")
    by_operator, by_cell = y.mean(axis=(1, 2)), y.mean(axis=2)
    operator: Square = (_squares(by_operator) * p * r, o - 1)
    part: Square = (_squares(by_cell - by_operator[:, None]) * r, o * (p - 1))
    error: Square = (_squares(y - by_cell[:, :, None]), o * p * (r - 1))
    single, cell = 1 / (p * r), 1 / r
    ms_operator, ms_part, ms_error = _term(operator), _term(part), _term(error)
    between = (ms_operator(single), ms_part(-single)) if o > 1 else ()
    terms = {
        "repeatability": (ms_error(1.0),),
        "operator": between,
        "reproducibility": between,
        "grr": (*between, ms_error(1.0)),
        "part": (ms_part(cell), ms_error(-cell)),
        "total": ((ms_operator(single), ms_part(cell - single)) if o > 1 else (ms_part(cell),)) + (ms_error(1 - cell),),
    }
    squares = {"operator": operator, "part": part, "repeatability": error}
    tests = {"operator": _test(operator, part), "part": _test(part, error)}
    names = ("operator", "part", "repeatability") if o > 1 else ("part", "repeatability")
    return _Model(_table(names, squares, tests, y), terms)


def _squares(deviations: FloatArray) -> float:
    return float(np.sum(deviations**2))


def _term(square: Square) -> Callable[[float], Term]:
    """Multiples of the mean square of a source, as terms."""
    ms = square[0] / square[1] if square[1] else 0.0
    return lambda factor: (factor, ms, square[1])


def _test(square: Square, against: Square) -> tuple[float | None, float | None]:
    """F and its p-value; None where one has no degrees of freedom, or there is nothing to test against."""
    if square[1] == 0 or against[1] == 0 or against[0] == 0:
        return None, None
    f = (square[0] / square[1]) / (against[0] / against[1])
    return f, float(fdtrc(square[1], against[1], f))


def _table(
    names: tuple[str, ...],
    squares: Mapping[str, Square],
    tests: Mapping[str, tuple[float | None, float | None]],
    y: FloatArray,
) -> tuple[Source, ...]:
    rows = []
    for name in names:
        ss, df = squares[name]
        rows.append(Source(name, ss, df, ss / df if df else math.nan, *tests.get(name, (None, None))))
    total = _squares(y)
    return (*rows, Source("total", total, y.size - 1, total / (y.size - 1)))


def _components(
    model: _Model, tolerance: float | None, k: float, confidence: float
) -> tuple[dict[str, Component], tuple[str, ...]]:
    raw = {name: sum(factor * ms for factor, ms, _ in terms) for name, terms in model.terms.items()}
    below = [name for name in ("operator", "interaction", "part") if raw.get(name, 0.0) < 0]
    said = tuple(
        f"The variance of {name} came out below 0 ({raw[name]:.3g}) and is set to 0: it is too small to be seen here."
        for name in below
    )
    variance = {name: max(raw.get(name, 0.0), 0.0) for name in ("repeatability", "operator", "interaction", "part")}
    variance["reproducibility"] = variance["operator"] + variance["interaction"]
    variance["grr"] = variance["repeatability"] + variance["reproducibility"]
    variance["total"] = variance["grr"] + variance["part"]
    whole = math.sqrt(variance["total"])
    found = {}
    for name in (name for name in COMPONENTS if name in model.terms):
        value, terms = variance[name], model.terms[name]
        ends: tuple[float | None, float | None] = (None, None)
        if terms:
            low, high = component_interval(terms, confidence)
            ends = min(low, value), max(high, value)
        sigma = math.sqrt(value)
        share = None if tolerance is None else 100 * k * sigma / tolerance
        found[name] = Component(
            value, *ends, sigma, 100 * value / variance["total"], k * sigma, 100 * sigma / whole, share
        )
    return found, said
