"""Capability and gauge studies as the reference scorers ask for them: mapping of names only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from opsmetrics.stats.capability import METHODS, WITHINS, Capability, Freedom, Method, Within, capability, normality
from opsmetrics.stats.gauge import GaugeStudy, RangeStudy, average_range, gauge_study

Case = Mapping[str, Any]

#: Other names of the spreads within subgroups.
_WITHIN = {
    "r": "rbar", "range": "rbar", "r_bar": "rbar", "s": "sbar", "s_bar": "sbar", "pooled_sd": "pooled", "rms": "pooled",
    "moving_range": "mr", "average_moving_range": "mr", "mrbar": "mr", "mr_bar": "mr",
    "median_moving_range": "median_mr",
}  # fmt: skip


def _first(given: Case, *names: str, default: Any = None) -> Any:
    return next((given[name] for name in names if given.get(name) is not None), default)


def _constants(options: Case) -> dict[str, Any]:
    return {"constants": "table" if str(options.get("constants", "exact")).startswith("table") else "exact"}


def _limits(options: Case) -> dict[str, Any]:
    return {
        "lower": _first(options, "lsl", "lower", "lower_spec"),
        "upper": _first(options, "usl", "upper", "upper_spec"),
        "target": _first(options, "target"),
        "lower_bound": bool(_first(options, "lower_boundary", "lsl_boundary", "lower_bound", default=False)),
        "upper_bound": bool(_first(options, "upper_boundary", "usl_boundary", "upper_bound", default=False)),
        "confidence": _first(options, "confidence", "confidence_level", default=0.95),
    }


def _within(options: Case) -> Within | None:
    spoken = str(_first(options, "within_sigma", "sigma_method", "within", default="")).lower().replace("-", "_")
    name = _WITHIN.get(spoken, spoken)
    return cast(Within, name) if name in WITHINS else None


def _freedom(options: Case) -> Freedom:
    spoken = str(_first(options, "ci_df", "df", "freedom", "interval_df", default="")).lower()
    return "minitab" if "minitab" in spoken else "within" if "within" in spoken else "readings"


def _readings(data: Case) -> dict[str, Any]:
    values = _first(data, "subgroups", "value", "values", "x", "y")
    return {"values": values, "subgroup": _first(data, "subgroup", "group")}


def normal(case: Case) -> dict[str, Any]:
    """The answer to a case of normal readings."""
    options = case["options"]
    readings = _readings(case["data"])
    found = capability(
        readings["values"],
        subgroup=readings["subgroup"],
        within=_within(options),
        freedom=_freedom(options),
        cpm_as_qcc=True,
        **_limits(options),
        **_constants(options),
    )
    return _answer(found) | _normality(readings)


def other(case: Case) -> dict[str, Any]:
    """The answer to a case of other distributions, transformations and percentiles."""
    options, readings = case["options"], _readings(case["data"])
    found = capability(
        readings["values"],
        subgroup=readings["subgroup"],
        method=_method(options),
        within=_within(options),
        freedom=_freedom(options),
        **_limits(options),
        **_constants(options),
    )
    return _answer(found) | _law(found) | _normality(readings)


def _normality(readings: Case) -> dict[str, Any]:
    values = readings["values"]
    tested = normality([x for row in values for x in row] if isinstance(values[0], list) else values)
    if tested is None:
        return {}
    return {"ad": tested.statistic, "anderson_darling": tested.statistic, "ad_p": tested.p, "normality_p": tested.p}


def _method(options: Case) -> Method:
    spoken = " ".join(str(options.get(name, "")) for name in ("distribution", "transform", "transformation", "method"))
    plain = (
        spoken.lower()
        .replace("-", "_")
        .replace(" ", "_")
        .replace("boxcox", "box_cox")
        .replace("log_normal", "lognormal")
    )
    named = [name for name in METHODS if name in plain and name not in ("percentile", "normal")]
    if named:
        return named[0]
    return "normal" if "normal" in str(options.get("distribution", "")).lower() else "percentile"


def _answer(found: Capability) -> dict[str, Any]:
    answer: dict[str, Any] = {"n": found.n, "mean": found.mean, "sigma_within": found.sigma_within}
    answer["sigma_overall"] = found.sigma_overall
    names = ("cp", "cpl", "cpu", "cpk", "pp", "ppl", "ppu", "ppk", "cpm_within", "cpm_overall", "ppm_taguchi")
    for name in names:
        index = found[name]
        answer[name] = None if index is None else index.value
        answer[f"{name}_ci"] = None if index is None else [index.low, index.high]
        answer[f"{name}_df"] = None if index is None else index.freedom
    for name, tails in found.ppm.items():
        sides = {"": tails.total, "_below": tails.below, "_above": tails.above, "_total": tails.total}
        answer |= {f"ppm_{name}{side}": value for side, value in sides.items()}
    return answer | {"ppm_expected": found.ppm["expected_overall"].total, "cpm": answer["cpm_overall"]}


def _law(found: Capability) -> dict[str, Any]:
    low, middle, high = found.natural
    answer = {"p00135": low, "p50": middle, "p99865": high, **found.law.parameters}
    for ours, theirs in (("mu", "mu_log"), ("sigma", "sigma_log")):
        if ours in found.law.parameters:
            answer[theirs] = found.law.parameters[ours]
    if "scale" in answer:
        answer |= {"rate": 1 / answer["scale"]}
    return answer | ({"lambda": float(found.methods["power"])} if "power" in found.methods else {})


def gauge(case: Case) -> dict[str, Any]:
    """The answer to a gauge study."""
    data, options = case["data"], case["options"]
    values, part = _first(data, "value", "values", "y", "measurement"), _first(data, "part", "parts")
    operator = _first(data, "operator", "operators", "appraiser")
    nested = "nested" in str(_first(options, "design", "model", "type", default="")).lower() or options.get("nested")
    study = gauge_study(
        values,
        part,
        operator,
        design="nested" if nested else "crossed",
        alpha=_first(options, "anova_alpha", "alpha", default=0.05),
        tolerance=_first(options, "tolerance"),
        k=_first(
            options,
            "k",
            "study_multiplier",
            "study_var",
            "study_variation",
            "sigma_multiplier",
            "study_var_multiplier",
            default=6.0,
        ),
    )
    answer: dict[str, Any] = {"anova": _anova(study)}
    if not nested and study.operators > 1 and study.trials > 1:
        given = {name.lower(): factor for name, factor in (options.get("range_constants") or {}).items()}
        ranges = _ranges(
            average_range(values, part, operator, **{name: given.get(name) for name in ("k1", "k2", "k3")})
        )
        answer |= {"range_method": ranges, "average_range": ranges}
    return answer | {name: item for name, item in answer["anova"].items() if name not in answer}


def _anova(study: GaugeStudy) -> dict[str, Any]:
    rows = {row.name: row for row in study.table}
    parts = study.components
    return {
        "ss": {name: row.ss for name, row in rows.items()}
        | {f"part{spelled}": rows["part"].ss for spelled in ("_in_operator", "(operator)", "_operator")},
        "df": {name: row.df for name, row in rows.items()},
        "ms": {name: row.ms for name, row in rows.items()},
        "f": {name: row.f for name, row in rows.items()},
        "p": {name: row.p for name, row in rows.items()},
        "f_interaction": study.f_interaction,
        "p_interaction": study.p_interaction,
        "interaction_pooled": study.pooled,
        "var": {name: one.variance for name, one in parts.items()},
        "sd": {name: one.sigma for name, one in parts.items()},
        "pct_contribution": {name: one.contribution for name, one in parts.items()},
        "pct_study_var": {name: one.study_share for name, one in parts.items()},
        "pct_tolerance": {name: one.tolerance_share for name, one in parts.items()},
        "ndc": study.ndc,
        **{f"pct_contribution_{name}": one.contribution for name, one in parts.items()},
        **{f"pct_study_var_{name}": one.study_share for name, one in parts.items()},
        **{f"pct_tolerance_{name}": one.tolerance_share for name, one in parts.items()},
    }


def _ranges(found: RangeStudy) -> dict[str, Any]:
    return vars(found) | {f"pct_{name}": 100 * getattr(found, name) / found.tv for name in ("ev", "av", "grr", "pv")}


KINDS: dict[str, Callable[[Case], dict[str, Any]]] = {
    "capability": normal,
    "capability (non-normal)": other,
    "gauge R&R": gauge,
}
