"""The public API as the reference scorers call it: mapping of names only, no arithmetic of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics import stats
from opsmetrics.stats import ControlChart
from opsmetrics.stats.forecast import forecast as predicted
from tests.reference.adapters_messy import messy, messy_sequence

__all__ = ["forecast", "messy", "messy_sequence", "spc"]

Case = Mapping[str, Any]

#: Kinds that are answered elsewhere: one module for each family.
OTHERS: dict[str, Callable[[Case], dict[str, Any]]] = {}

#: The rule names of the reference cases, by set, and ours. A single name asks for that rule alone.
_ZONES = {3: "trend_of_6", 4: "alternating_14", 5: "two_of_three", 6: "four_of_five", 7: "hugging_15", 8: "outside_8"}
RULES: dict[str, dict[str, str]] = {
    "nelson": {"nelson1": "beyond_limits", "nelson2": "run_of_9"} | {f"nelson{k}": v for k, v in _ZONES.items()},
    "we": {"we1": "beyond_limits", "we2": "two_of_three", "we3": "four_of_five", "we4": "run_of_8"},
    "aiag": {"aiag1": "beyond_limits", "aiag2": "run_of_7"} | {f"aiag{k}": v for k, v in _ZONES.items()},
    "ihi": {"ihi_shift6": "run_of_6", "ihi_trend5": "trend_of_5"},
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
    chart = _CHARTS[kind](case["data"], case["options"], _common(case))
    return _answer(chart, case) | _extras(chart) | (_transformed(case) if kind == "t" else {})


#: Seasons to look for, by frequency of the sample.
SEASONS: dict[str, tuple[int, ...]] = {"H": (168, 24), "D": (7,), "W": (52,), "M": (12,)}


def forecast(
    y: Sequence[float], freq: str, h: int, lower: float | None = None, upper: float | None = None
) -> tuple[Any, ...]:
    """Mean and the ranges of 80 and 95 % of the next h periods."""
    found = predicted(y, h, seasons_tried=SEASONS[freq], lower=lower, upper=upper)
    return (found.mean, *found.interval(80), *found.interval(95))


def _common(case: Case) -> dict[str, Any]:
    data, options = case["data"], case["options"]
    baseline = data.get("baseline")
    if "baseline_first" in options:
        baseline = range(options["baseline_first"])
    constants = "table" if str(options.get("constants", "exact")).startswith("table") else "exact"
    return {
        "phase": data.get("phase"),
        "exclude": data.get("exclude"),
        "baseline": baseline,
        "constants": constants,
    }


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


#: All kinds that are answered.
COMPUTED = {*_CHARTS, *OTHERS, "rules only", "constants", "run"}


def _limits(case: Case) -> str:
    return str(case["options"].get("limits", "")).lower()


def _weibull(case: Case) -> dict[str, Any]:
    """One law, so one centre and one pair of limits."""
    times, common = _first(case["data"], "y", "x", "value"), _without_constants(_common(case))
    chart = stats.t_chart(times, limits="weibull", **common)
    used = chart.points.loc[chart.points["baseline"], "value"]
    shape, scale = stats.weibull_fit(used)
    row = chart.points.iloc[0]
    found = {"shape": shape, "scale": scale, "center": row["centre"], "ucl": row["upper"], "lcl": row["lower"]}
    signals, members = _signals(chart, ["nelson1"])
    return found | {"statistic": chart.points["value"].tolist(), "signals": signals, "signal_points": members}


def _transformed(case: Case) -> dict[str, Any]:
    times, sigma = _first(case["data"], "y", "x", "value"), case["options"].get("sigma_method", "mr")
    chart = stats.t_transformed(times, sigma=sigma, **_common(case))
    row = chart.points.iloc[0]
    levels = {"center": row["centre"], "ucl": row["upper"], "lcl": row["lower"]}
    return {"transformed": levels | {"sigma": _sigma(chart)}}


def _run(case: Case) -> dict[str, Any]:
    data, options = case["data"], case["options"]
    chart = stats.run_chart(
        _first(data, "value", "y", "x"),
        centre=options.get("center", "median"),
        **_without_constants(_common(case)),
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
    value, options = case["data"]["value"], case["options"]
    points = pd.DataFrame(
        {
            "value": np.array(value, dtype=float),
            "centre": float(options["center"]),
            "standard_error": float(options["sigma"]),
            "lower": float(options["lcl"]),
            "upper": float(options["ucl"]),
            "phase": 0,
        }
    )
    return _answer(ControlChart(kind="xmr", points=points, sigma=(float(options["sigma"]),)), case)


def _answer(chart: ControlChart, case: Case) -> dict[str, Any]:
    points = chart.points
    usual = ["nelson1"] if chart.kind in ("g", "t") else ["nelson"]
    signals, members = _signals(chart, case["options"].get("rules", usual))
    return {
        "center": points["centre"].tolist(),
        "ucl": points["upper"].tolist(),
        "lcl": points["lower"].tolist(),
        "statistic": points["value"].tolist(),
        "sigma": _sigma(chart),
        "signals": signals,
        "signal_points": members,
    }


def _sigma(chart: ControlChart) -> float | list[float | None] | None:
    if chart.kind in ("p", "np", "p_prime"):
        errors = chart.points["standard_error"].dropna().unique()
        return float(errors[0]) if len(errors) == 1 else None
    return chart.sigma[0] if len(chart.sigma) == 1 else list(chart.sigma)


def _signals(chart: ControlChart, sets: Sequence[str]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    known = RULES | {name: {name: rule} for group in RULES.values() for name, rule in group.items()}
    names = {name: rule for group in sets for name, rule in known[group].items()}
    hits = stats.run_rules(chart, rules=sorted(set(names.values())))
    completed: dict[str, list[int]] = {}
    members: dict[str, list[int]] = {}
    for name, rule in names.items():
        found = hits[hits["rule"] == rule]
        completed[name] = sorted(set(found["position"].tolist()))
        members[name] = sorted({point for group in found["members"] for point in group})
    return completed, members


def _extras(chart: ControlChart) -> dict[str, Any]:
    extras: dict[str, Any] = {"sigma_z": chart.sigma_z[0]} if len(chart.sigma_z) == 1 else {}
    if chart.spread is not None and chart.spread.kind == "mr" and len(chart.sigma) == 1:
        ranges = chart.spread.points
        extras |= {
            "mr": ranges["value"].tolist(),
            "mr_center": float(ranges["centre"].iloc[0]),
            "mr_ucl": float(ranges["upper"].iloc[0]),
            "mr_lcl": float(ranges["lower"].iloc[0]),
        }
    return extras
