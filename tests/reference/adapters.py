"""The public API as the reference scorers call it: mapping of names only, no arithmetic of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics import stats
from opsmetrics.stats import ControlChart
from tests.reference.adapters_messy import messy, messy_sequence

__all__ = ["forecast", "messy", "messy_sequence", "spc"]

Case = Mapping[str, Any]

#: The rule names of the reference cases, by set, and ours.
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
    if kind not in _CHARTS:
        raise NotImplementedError(f"chart kind {kind!r} is not computed yet")
    chart = _CHARTS[kind](case["data"], case["options"], _common(case))
    return _answer(chart, case) | _extras(chart)


def forecast(
    y: Sequence[float], freq: str, h: int, lower: float | None = None, upper: float | None = None
) -> tuple[Any, ...]:
    """Mean and intervals of the next h periods: not computed yet."""
    raise NotImplementedError("forecasts are not computed yet")


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


_Draw = Callable[[Case, Case, dict[str, Any]], ControlChart]

_CHARTS: dict[str, _Draw] = {
    "xmr": _xmr,
    "p": lambda data, options, common: stats.p(data["x"], data["n"], **common),
    "np": lambda data, options, common: stats.np_chart(data["x"], data["n"], **common),
    "u": lambda data, options, common: stats.u(data["x"], data["n"], **common),
    "c": lambda data, options, common: stats.c(data["x"], **common),
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
    signals, members = _signals(chart, case["options"].get("rules", ["nelson"]))
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
    names = {name: rule for group in sets for name, rule in RULES[group].items()}
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
