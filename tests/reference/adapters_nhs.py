"""Cases of NHS Making Data Count: names of its options and ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from opsmetrics import stats

Case = Mapping[str, Any]


def _making_data_count(case: Case) -> dict[str, Any]:
    data, options = case["data"], case["options"]
    found = stats.making_data_count(
        data["value"] if "value" in data else data["y"],
        improvement=_direction(options.get("improvement_direction")),
        target=options.get("target"),
        rebase_at=_positions(options.get("rebase_at", options.get("rebase")), data),
        fix_after=options.get("fix_after_n_points"),
        screened=_screened(options),
        announced=_announced(str(options.get("rules", ""))),
        factors="exact"
        if str(options.get("factor", options.get("constants", "2.66"))).startswith("exact")
        else "table",
    )
    points = found.chart.points
    return {
        "center": points["centre"].tolist(),
        "ucl": points["upper"].tolist(),
        "lcl": points["lower"].tolist(),
        "statistic": points["value"].tolist(),
        "sigma": found.chart.sigma[0] if len(found.chart.sigma) == 1 else list(found.chart.sigma),
        "special_cause_type": list(found.special_causes),
        "variation_icon": found.variation,
        "assurance_icon": found.assurance,
    }


def _direction(spoken: object) -> Any:
    """ "increase", "decrease" or "neutral", also as 1, -1 and 0."""
    return {"1": "increase", "-1": "decrease", "0": "neutral", "None": "increase"}.get(str(spoken), spoken)


def _positions(spoken: object, data: Case) -> Any:
    """One position or several; a period is one too."""
    if spoken is None or isinstance(spoken, int):
        return spoken
    listed = spoken if isinstance(spoken, list) else [spoken]
    periods = data.get("period", data.get("x", []))
    return [item if isinstance(item, int) else periods.index(item) for item in listed]


def _screened(options: Case) -> bool:
    spoken = options.get("screen_mr", options.get("screen_outliers", True))
    return spoken is not None and spoken is not False and str(spoken).lower() not in ("none", "no", "false", "off")


def _announced(rules: str) -> bool:
    return "2 of 3" in rules and "between" not in rules


KINDS: dict[str, Callable[[Case], dict[str, Any]]] = {"xmr (NHS Making Data Count)": _making_data_count}
