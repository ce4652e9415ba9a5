"""EWMA, CUSUM, moving average, three-way and short-run cases in the words of the public API: a mapping of names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from opsmetrics import stats
from opsmetrics.stats import ControlChart
from tests.reference import naming

Case = Mapping[str, Any]

#: qcc's names of the estimators, and ours.
QCC = {
    "MR": "mr",
    "UWAVE-R": "rbar",
    "MVLUE-R": "rbar_mvlue",
    "UWAVE-SD": "sbar",
    "MVLUE-SD": "sbar_mvlue",
    "RMSDF": "pooled",
}


def _readings(data: Case) -> Any:
    return next(data[name] for name in ("value", "subgroups", "y", "x", "mean") if name in data)


def _foundation(case: Case) -> dict[str, Any]:
    """Readings with their target and σ, or how these are estimated; sigma is that of single readings."""
    data, options = case["data"], case["options"]
    centre = _given(options, "target", "center", "centre", "mean")
    sigma = _given(options, "sigma", "sigma_method", "within_sigma", "std_dev")
    sigma = QCC.get(sigma, sigma) if isinstance(sigma, str) else sigma
    if sigma is None and "subgroups" in data:
        sigma = "rbar"  # qcc's choice for subgroups
    found = {"values": _readings(data), "centre": "mean" if centre is None else centre}
    sizes = next((data[name] for name in ("n", "sizes") if name in data), None)
    if sizes is not None and "subgroups" not in data:
        found["sizes"] = sizes
    return found | ({} if sigma is None else {"sigma": sigma}) | naming.common(case)


def _given(options: Case, *names: str) -> Any:
    return next((options[name] for name in names if options.get(name) is not None), None)


def _ewma(case: Case) -> dict[str, Any]:
    options = case["options"]
    limits, variance = str(options.get("limits", "")).lower(), str(options.get("variance", "")).lower()
    fixed = any(word in limits for word in ("asymptotic", "constant", "fixed", "steady"))
    chart = stats.ewma(
        **_foundation(case),
        weight=_given(options, "lambda", "lam", "weight") or 0.2,
        width=_given(options, "L", "width", "nsigmas") or 3.0,
        limits="asymptotic" if fixed else "time_varying",
        variance="exact" if "exact" in limits + variance else "current_size",  # unless said, the cases follow qcc
        start=_number(options.get("start")),
    )
    return _smoothed(chart, case)


def _moving_average(case: Case) -> dict[str, Any]:
    options = case["options"]
    chart = stats.moving_average(
        **_foundation(case),
        span=_given(options, "span", "w", "window") or 5,
        width=_given(options, "L", "width", "nsigmas") or 3.0,
    )
    return _smoothed(chart, case)


def _smoothed(chart: ControlChart, case: Case) -> dict[str, Any]:
    return naming.answer(chart, case, usual=["nelson1"])


def _or(found: Any, usual: float) -> float:
    return usual if found is None else float(found)


def _k(options: Case) -> float:
    shift = _given(options, "shift", "se_shift")
    return _or(_given(options, "k", "K"), 0.5 if shift is None else float(shift) / 2)


def _number(found: Any) -> float | None:
    return float(found) if isinstance(found, int | float) else None


def _cusum(case: Case) -> dict[str, Any]:
    options = case["options"]
    units = "data" if str(options.get("units", "")).lower().startswith("data") else "standardised"
    head_start = _number(_given(options, "head_start", "headstart", "head.start", "fir")) or 0.0
    found = stats.cusum(
        **_foundation(case),
        k=_k(options),
        h=_or(_given(options, "h", "H", "decision_interval"), 5.0),
        head_start=head_start,
        units=units,
    )
    return {
        "cpos": found.points["high"].tolist(),
        "cneg": found.points["low"].tolist(),
        "signals_pos": list(found.signals_pos),
        "signals_neg": list(found.signals_neg),
        "sigma": found.sigma[0] if len(found.sigma) == 1 else list(found.sigma),
        "center": found.points["centre"].tolist(),
    }


def _three_way(case: Case) -> dict[str, Any]:
    data, options = case["data"], case["options"]
    between = str(options.get("between_sigma", options.get("between", "mr"))).lower()
    found = stats.three_way(
        data["subgroups"],
        sigma=_given(options, "within_sigma", "sigma_method") or "pooled",
        between="median_mr" if "median" in between else "mr_screened" if "screen" in between else "mr",
        centre=_given(options, "target", "center") or "mean",
        **naming.common(case),
    )
    parts = {
        "sigma_within": found.sigma_within,
        "sigma_between": found.sigma_between,
        "sigma_between_within": found.sigma_total,
    }
    alone = {name: values[0] if len(values) == 1 else list(values) for name, values in parts.items()}
    return naming.answer(found.means, case, usual=["nelson"]) | naming.extras(found.means) | alone


def _nominal(data: Case) -> Any:
    nominal = data["nominal"] if "nominal" in data else data["target"]
    if not isinstance(nominal, int | float):
        return nominal
    return np.full(len(_readings(data)), float(nominal))


def _dnom(case: Case) -> dict[str, Any]:
    data, options = case["data"], case["options"]
    chart = stats.dnom(
        _readings(data),
        _nominal(data),
        parts=data.get("part"),
        sigma=_given(options, "sigma", "sigma_method"),
        centre=options.get("center", "mean"),
        **naming.common(case),
    )
    return naming.answer(chart, case, usual=["nelson"]) | naming.extras(chart)


def _z_mr(case: Case) -> dict[str, Any]:
    data, options = case["data"], case["options"]
    spoken = str(options.get("sigma", options.get("sigma_by", options.get("part_sigma", "by part")))).lower()
    words = (("run", "by_run"), ("relative", "relative"), ("pool", "pooled"), ("constant", "pooled"))
    sigma = next((name for word, name in words if word in spoken), "by_part")
    method = options.get("sigma_method", "mr")
    chart = stats.z_mr(_readings(data), data["part"], sigma=sigma, estimator=method, **naming.common(case))
    return naming.answer(chart, case, usual=["nelson"]) | naming.extras(chart)


def _residual(case: Case) -> dict[str, Any]:
    found = stats.residual_chart(_readings(case["data"]), **naming.common(case))
    parts = {"phi": found.phi, "r1": found.r1}
    alone = {name: values[0] if len(values) == 1 else list(values) for name, values in parts.items()}
    return naming.answer(found.chart, case, usual=["nelson"]) | alone


def _trended(case: Case) -> dict[str, Any]:
    method = case["options"].get("sigma_method", "mr")
    chart = stats.trended(_readings(case["data"]), sigma=method, **naming.common(case))
    return naming.answer(chart, case, usual=["nelson"])


def _season(case: Case) -> dict[str, Any]:
    data, method = case["data"], case["options"].get("sigma_method", "mr")
    seasons: Sequence[Any] = next(data[name] for name in ("weekday", "season") if name in data)
    chart = stats.season_adjusted(_readings(data), seasons, sigma=method, **naming.common(case))
    return naming.answer(chart, case, usual=["nelson"])


KINDS: dict[str, Callable[[Case], dict[str, Any]]] = {
    "ewma": _ewma,
    "cusum": _cusum,
    "moving average": _moving_average,
    "I-MR-S (three-way)": _three_way,
    "I-MR-R (three-way)": _three_way,
    "short run (DNOM XmR)": _dnom,
    "short run (DNOM)": _dnom,
    "short run (Z-MR)": _z_mr,
    "residual": _residual,
    "trended xmr": _trended,
    "weekday-adjusted xmr": _season,
}
