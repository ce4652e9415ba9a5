"""The public API as the reference scorers call it: mapping of names only, no arithmetic of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics import stats
from opsmetrics.ingest import table_of
from opsmetrics.stats import ControlChart
from opsmetrics.stats.forecast import forecast as predicted
from tests.reference import adapters_capability, adapters_charts, adapters_multi, adapters_nhs, naming
from tests.reference.adapters_messy import messy, messy_sequence

__all__ = ["forecast", "messy", "messy_sequence", "spc", "table"]

Case = Mapping[str, Any]

#: Kinds that are answered elsewhere: one module for each family.
OTHERS: dict[str, Callable[[Case], dict[str, Any]]] = {
    **adapters_capability.KINDS,
    **adapters_charts.KINDS,
    **adapters_multi.KINDS,
    **adapters_nhs.KINDS,
}


def spc(case: Case) -> dict[str, Any]:
    """The answer to one control chart case; NotImplementedError names a kind that is not computed yet."""
    kind = case["chart"]
    if kind == "constants":
        return {"rows": [vars(stats.constants(n)) for n in case["data"]["n"]]}
    if kind == "rules only":
        return _rules_only(case)
    if kind == "run":
        return _run(case)
    if kind == "t" and _limits(case).startswith("weibull"):
        return _weibull(case)
    if kind in OTHERS:
        return OTHERS[kind](case)
    if kind not in _CHARTS:
        raise NotImplementedError(f"chart kind {kind!r} is not computed yet")
    chart = _CHARTS[kind](case["data"], case["options"], naming.common(case))
    usual = ["nelson1"] if kind in ("g", "t") else ["nelson"]
    return naming.answer(chart, case, usual) | naming.extras(chart) | (_transformed(case) if kind == "t" else {})


def table(path: Path) -> list[list[str]]:
    """A file as the table recognised in it, its header first."""
    return table_of(path)


#: Seasons to look for, by frequency of the sample.
SEASONS: dict[str, tuple[int, ...]] = {"H": (168, 24), "D": (7,), "W": (52,), "M": (12,)}


def forecast(
    y: Sequence[float], freq: str, h: int, lower: float | None = None, upper: float | None = None
) -> tuple[Any, ...]:
    """Mean and the ranges of 80 and 95 % of the next h periods."""
    found = predicted(y, h, seasons_tried=SEASONS[freq], lower=lower, upper=upper)
    return (found.mean, *found.interval(80), *found.interval(95))


def _xmr(data: Case, options: Case, common: dict[str, Any]) -> ControlChart:
    sigma, centre = options.get("sigma_method", "mr"), options.get("center", "mean")
    return stats.xmr(data["value"], sigma=sigma, centre=centre, **common)


def _g(data: Case, options: Case, common: dict[str, Any]) -> ControlChart:
    spoken = str(options.get("limits", "")).lower()
    limits = "probability" if "prob" in spoken or "percentile" in spoken or "quantile" in spoken else "sigma"
    return stats.g_chart(_first(data, "x", "y", "value"), limits=limits, **_without_constants(common))


def _t(data: Case, options: Case, common: dict[str, Any]) -> ControlChart:
    return stats.t_chart(_first(data, "y", "x", "value"), sigma=options.get("sigma_method", "mr"), **common)


def _first(data: Case, *names: str) -> Any:
    return next(data[name] for name in names if name in data)


def _without_constants(common: dict[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in common.items() if name != "constants"}


_Draw = Callable[[Case, Case, dict[str, Any]], ControlChart]

_CHARTS: dict[str, _Draw] = {
    "xmr": _xmr,
    "p": lambda data, options, common: stats.p(data["x"], data["n"], **common),
    "np": lambda data, options, common: stats.np_chart(data["x"], data["n"], **common),
    "u": lambda data, options, common: stats.u(data["x"], data["n"], **common),
    "c": lambda data, options, common: stats.c(data["x"], **common),
    "i-prime": lambda data, options, common: stats.i_prime(
        _first(data, "x", "y", "value"), data["n"], sigma=options.get("sigma_method", "mr"), **common
    ),
    "g": _g,
    "t": _t,
    "laney p-prime": lambda data, options, common: stats.p_prime(data["x"], data["n"], **common),
    "laney u-prime": lambda data, options, common: stats.u_prime(data["x"], data["n"], **common),
    "xbar (S)": lambda data, options, common: stats.xbar_s(
        data["subgroups"], sigma=options.get("sigma_method", "pooled"), **common
    ),
    "S": lambda data, options, common: stats.s_chart(
        data["subgroups"], sigma=options.get("sigma_method", "pooled"), **common
    ),
    "xbar (R)": lambda data, options, common: stats.xbar_r(
        data["subgroups"], sigma=options.get("sigma_method", "rbar"), **common
    ),
    "R": lambda data, options, common: stats.r_chart(
        data["subgroups"], sigma=options.get("sigma_method", "rbar"), **common
    ),
}


def _limits(case: Case) -> str:
    return str(case["options"].get("limits", "")).lower()


def _weibull(case: Case) -> dict[str, Any]:
    """One law, so one centre and one pair of limits."""
    times, common = _first(case["data"], "y", "x", "value"), _without_constants(naming.common(case))
    chart = stats.t_chart(times, limits="weibull", **common)
    used = chart.points.loc[chart.points["baseline"], "value"]
    shape, scale = stats.weibull_fit(used)
    row = chart.points.iloc[0]
    found = {"shape": shape, "scale": scale, "center": row["centre"], "ucl": row["upper"], "lcl": row["lower"]}
    signals, members = naming.signals(chart, ["nelson1"])
    return found | {"statistic": chart.points["value"].tolist(), "signals": signals, "signal_points": members}


def _transformed(case: Case) -> dict[str, Any]:
    times, sigma = _first(case["data"], "y", "x", "value"), case["options"].get("sigma_method", "mr")
    chart = stats.t_transformed(times, sigma=sigma, **naming.common(case))
    row = chart.points.iloc[0]
    levels = {"center": row["centre"], "ucl": row["upper"], "lcl": row["lower"]}
    return {"transformed": levels | {"sigma": naming.sigma(chart)}}


def _run(case: Case) -> dict[str, Any]:
    data, options = case["data"], case["options"]
    chart = stats.run_chart(
        _first(data, "value", "y", "x"),
        centre=options.get("center", "median"),
        **_without_constants(naming.common(case)),
    )
    tests = stats.runs_tests(chart)
    found = {
        "n_useful": [test.n_useful for test in tests],
        "longest_run": [test.longest_run for test in tests],
        "longest_run_max": [test.longest_run_max for test in tests],
        "n_crossings": [test.crossings for test in tests],
        "n_crossings_min": [test.crossings_min for test in tests],
        "runs_signal": [test.signal for test in tests],
        "center": [float(level) for level in chart.points.groupby("phase")["centre"].first()],
    }
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _rules_only(case: Case) -> dict[str, Any]:
    """Lines are given: one for all points, or one a point."""
    data, options = case["data"], case["options"]
    value = np.array(_first(data, "value", "x", "y"), dtype=float)
    centre, sigma = (np.array(options[name], dtype=float) for name in ("center", "sigma"))
    points = pd.DataFrame(
        {
            "value": value,
            "centre": centre,
            "standard_error": sigma,
            "lower": np.array(options.get("lcl", centre - 3 * sigma), dtype=float),
            "upper": np.array(options.get("ucl", centre + 3 * sigma), dtype=float),
            "phase": pd.factorize(np.array(data["phase"]))[0] if data.get("phase") else 0,
        },
        index=range(len(value)),
    )
    return naming.answer(ControlChart(kind="xmr", points=points, sigma=(float(np.median(sigma)),)), case)
