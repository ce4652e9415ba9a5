"""What all kinds of charts share in the words of the reference cases: options, rules, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opsmetrics import stats
from opsmetrics.stats import ControlChart

Case = Mapping[str, Any]

#: The rule names of the reference cases, by set, and ours. A single name asks for that rule alone.
_ZONES = {3: "trend_of_6", 4: "alternating_14", 5: "two_of_three", 6: "four_of_five", 7: "hugging_15", 8: "outside_8"}
RULES: dict[str, dict[str, str]] = {
    "nelson": {"nelson1": "beyond_limits", "nelson2": "run_of_9"} | {f"nelson{k}": v for k, v in _ZONES.items()},
    "we": {"we1": "beyond_limits", "we2": "two_of_three", "we3": "four_of_five", "we4": "run_of_8"},
    "aiag": {"aiag1": "beyond_limits", "aiag2": "run_of_7"} | {f"aiag{k}": v for k, v in _ZONES.items()},
    "ihi": {"ihi_shift6": "run_of_6", "ihi_trend5": "trend_of_5"},
}


def common(case: Case) -> dict[str, Any]:
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


def answer(chart: ControlChart, case: Case, usual: Sequence[str] = ("nelson",)) -> dict[str, Any]:
    points = chart.points
    completed, members = signals(chart, case["options"].get("rules", usual))
    return {
        "center": points["centre"].tolist(),
        "ucl": points["upper"].tolist(),
        "lcl": points["lower"].tolist(),
        "statistic": points["value"].tolist(),
        "sigma": sigma(chart),
        "signals": completed,
        "signal_points": members,
    }


def sigma(chart: ControlChart) -> float | list[float | None] | None:
    if chart.kind in ("p", "np", "p_prime"):
        errors = chart.points["standard_error"].dropna().unique()
        return float(errors[0]) if len(errors) == 1 else None
    return chart.sigma[0] if len(chart.sigma) == 1 else list(chart.sigma)


def signals(chart: ControlChart, sets: Sequence[str]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
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


def extras(chart: ControlChart) -> dict[str, Any]:
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
