"""T², MEWMA, MCUSUM and run length cases in the words of the public API: a mapping of names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from opsmetrics import stats
from opsmetrics.stats import multivariate, run_length
from opsmetrics.stats.multivariate import MultivariateChart
from tests.reference import naming

Case = Mapping[str, Any]

_BESIDE = ("phase", "exclude", "baseline", "names", "subgroup", "n")
_STAGES = {1: "phase1", 2: "phase2"}


def _t2(case: Case) -> dict[str, Any]:
    rows, new, options = _rows(case["data"]), _new_rows(case["data"]), _observing(case)
    alpha = _alpha(case["options"])
    known = isinstance(options["covariance"], list) and options["mean"] is not None
    charts = {
        stage: multivariate.hotelling_t2(rows, alpha=alpha, limits=_limits(number, options, known), **options)
        for number, stage in _STAGES.items()
    }
    first, second = charts["phase1"], charts["phase2"]
    found = _answer(first, "t2")
    spoken = str(case["options"].get("phase", case["options"].get("limits", ""))).lower()
    if "2" in spoken or "ii" in spoken:
        found |= _answer(second, "t2")
    for stage, chart in charts.items():
        found |= {f"ucl_{stage}": found["ucl"] if known else _one(chart), f"signals_{stage}": list(chart.signals)}
    if new is not None:
        later = multivariate.hotelling_t2(
            new,
            alpha=alpha,
            limits="phase2",
            samples=int(first.points["baseline"].sum()),
            mean=first.mean[0],
            covariance=first.covariance[0],
        )
        values = later.points["value"].tolist()
        found |= {"t2_phase2": values, "t2_new": values, "signals_phase2": list(later.signals)}
        found |= {"signals_new": list(later.signals)}
    return found


def _limits(number: int, options: Mapping[str, Any], known: bool) -> Any:
    if known:
        return "chi2"
    return "beta" if number == 1 and options["covariance"] == "successive" else _STAGES[number]


def _mewma(case: Case) -> dict[str, Any]:
    options = case["options"]
    spoken = str(options.get("covariance", options.get("limits", ""))).lower()
    chart = multivariate.mewma(
        _rows(case["data"]),
        weight=_first(options, "lambda", "lam", "weight", default=0.1),
        upper=_first(options, "ucl", "h", "h4", "limit"),
        arl=_first(options, "arl0", "arl", "ARL0", default=200.0),
        spread="asymptotic" if "asympt" in spoken else "time_varying",
        **_observing(case, spoken_elsewhere=True),
    )
    return _answer(chart, "t2", "y", "statistic")


def _mcusum(case: Case) -> dict[str, Any]:
    options = case["options"]
    runger = "runger" in (case["chart"] + str(options.get("method", ""))).lower()
    chart = multivariate.mcusum(
        _rows(case["data"]),
        k=_first(options, "k", default=0.5),
        h=_first(options, "h", "ucl"),
        arl=_first(options, "arl0", "arl", "ARL0", default=200.0),
        method="pignatiello_runger" if runger else "crosier",
        **_observing(case),
    )
    return _answer(chart, "y", "t2", "statistic")


def _rows(data: Case) -> Any:
    named = {name: data[name] for name in data if name not in _BESIDE and not _is_new(name)}
    whole = next((data[name] for name in ("X", "x", "rows", "subgroups", "data", "value") if name in data), None)
    if whole is None:
        return named
    if isinstance(whole, Mapping):
        return whole
    deep = any(isinstance(item, list) for row in whole for item in row)
    rows = np.array(whole, dtype=float) if deep else whole
    if "subgroup" in data:
        labels = list(dict.fromkeys(data["subgroup"]))
        return np.array(
            [[row for row, label in zip(rows, data["subgroup"], strict=True) if label == one] for one in labels],
            dtype=float,
        )
    return rows


def _is_new(name: str) -> bool:
    return any(word in name.lower() for word in ("new", "phase2", "phase_2", "phase_ii", "future"))


def _new_rows(data: Case) -> Any:
    return next((data[name] for name in data if _is_new(name)), None)


def _observing(case: Case, *, spoken_elsewhere: bool = False) -> dict[str, Any]:
    """Given or estimated mean and covariance, phases, exclusions and baseline."""
    options, common = case["options"], naming.common(case)
    common.pop("constants")
    mean = _first(options, "mean", "mu", "target", "center", "mu0", "Xmv")
    covariance = _first(options, "cov", "sigma", "S", *(() if spoken_elsewhere else ("covariance", "method")))
    names = case["data"].get("names")
    return common | {
        "mean": mean if isinstance(mean, list) else None,
        "covariance": covariance if isinstance(covariance, list) else _estimator(str(covariance or "")),
        "names": names,
    }


def _estimator(spoken: str) -> Any:
    text = spoken.lower()
    if any(word in text for word in ("success", "differ", "holmes", "mergen", "sullivan", "woodall")) or text == "hm":
        return "successive"
    if any(word in text for word in ("within", "pool", "subgroup")):
        return "within"
    return None


def _alpha(options: Case) -> float | None:
    if "alpha" in options:
        return float(options["alpha"])
    confidence = _first(options, "confidence", "confidence_level", "conf", "conf_level")
    return None if confidence is None else 1 - float(confidence)


def _answer(chart: MultivariateChart, *names: str) -> dict[str, Any]:
    values = chart.points["value"].tolist()
    limit = _one(chart)
    found: dict[str, Any] = dict.fromkeys(names, values)
    found |= {"signals": list(chart.signals), "ucl": limit, "h": limit}
    return found | {
        "mean": chart.mean[0].tolist() if len(chart.mean) == 1 else chart.mean.tolist(),
        "cov": chart.covariance[0].tolist() if len(chart.covariance) == 1 else chart.covariance.tolist(),
    }


def _one(chart: MultivariateChart) -> Any:
    """The limit, as one number where it is one."""
    limits = chart.points["upper"]
    return float(limits.dropna().iloc[0]) if limits.nunique() == 1 else limits.tolist()


def _run_lengths(case: Case) -> dict[str, Any]:
    data, options = case["data"], case["options"]
    shifts = _first(data, "shift", "shift_sigma", "shifts", "delta", "mu")
    if shifts is None:
        return _counts(data, options)
    charts = {name: options[name] for name in _LENGTHS if isinstance(options.get(name), Mapping)}
    if charts:
        return {name: _LENGTHS[name](shifts, chart) for name, chart in charts.items()}
    if "h" in options:
        return dict.fromkeys(("arl", "cusum"), _cusum(shifts, options))
    if _first(options, "lam", "lambda", "l", "weight") is not None:
        return dict.fromkeys(("arl", "ewma"), _ewma(shifts, options))
    if "rules" in options:
        found = _ruled(shifts, options | {"n": _first(data, "n", default=options.get("n", 1))})
        return {"arl": found}
    n = _first(data, "n", default=options.get("n", 1))
    width = _first(options, "k", "L", "width", "nsigmas", default=3.0)
    sided = _sided(options, "two")
    sizes = np.array(n, dtype=float)[..., None]
    return {
        "beta": run_length.shewhart_beta(shifts, sizes, width=width, sided=sided).tolist(),
        "arl": run_length.shewhart_arl(shifts, sizes, width=width, sided=sided).tolist(),
    }


def _counts(data: Case, options: Case) -> dict[str, Any]:
    n = _first(options, "n", "size", default=data.get("n"))
    usual = _first(options, "p0", "pbar", "c0", "cbar", "center", "centre")
    if "ucl" in options:
        least, most = options.get("lcl") or 0.0, options["ucl"]
    else:
        chart = stats.p([n * usual], [n], centre=usual) if "p" in data else stats.c([usual], centre=usual)
        least, most = chart.points.iloc[0][["lower", "upper"]]
    if "p" in data:
        of = n if most > 1 else 1  # limits of the count, or of the share
        beta = run_length.proportion_beta(data["p"], n, least / of, most / of)
    else:
        beta = run_length.count_beta(_first(data, "c", "lambda", "mean", "u"), least, most)
    return {"beta": beta.tolist(), "arl": run_length.arl_of(beta).tolist()}


def _sided(options: Case, usual: str) -> Any:
    spoken = str(options.get("sided", options.get("side", usual))).lower()
    if spoken.startswith(("one", "up", "high", "1")):
        return "upper"
    return "lower" if spoken.startswith(("low", "down")) else "two"


def _cusum(shifts: Any, options: Case) -> list[float]:
    start = _first(options, "hs", "head_start", "headstart", "fir", default=0.0)
    given = {"k": options["k"], "h": options["h"], "sided": _sided(options, "two"), "head_start": start}
    return [run_length.cusum_arl(shift, **given) for shift in shifts]


def _ewma(shifts: Any, options: Case) -> list[float]:
    spoken = str(options.get("limits", "fixed")).lower()
    moving = any(word in spoken for word in ("vacl", "var", "exact"))
    given: dict[str, Any] = {
        "weight": _first(options, "lam", "lambda", "l", "weight"),
        "width": _first(options, "L", "c", "width", "k", default=3.0),
        "sided": _sided(options, "two"),
        "limits": "time_varying" if moving else "fixed",
        "head_start": _first(options, "hs", "head_start", default=0.0),
        "reflect": _first(options, "zr", "reflect", default=0.0),
    }
    return [run_length.ewma_arl(shift, **given) for shift in shifts]


def _shewhart(shifts: Any, options: Case) -> list[float]:
    if options.get("rules"):
        return _ruled(shifts, options)
    width = _first(options, "k", "L", "width", "nsigmas", default=3.0)
    return [
        float(run_length.shewhart_arl(shift, options.get("n", 1), width=width, sided=_sided(options, "two")))
        for shift in shifts
    ]


def _ruled(shifts: Any, options: Case) -> list[float]:
    asked = [options["rules"]] if isinstance(options["rules"], str) else options["rules"]
    known = {name: rule for group in naming.RULES.values() for name, rule in group.items()}
    sets = naming.RULES | {"western_electric": naming.RULES["we"]}
    rules = [rule for name in asked for rule in (sets[name].values() if name in sets else [known.get(name, name)])]
    return [run_length.rules_arl(shift, rules=rules, n=options.get("n", 1)) for shift in shifts]


def _mewma_lengths(shifts: Any, options: Case) -> list[float]:
    p, weight = options["p"], _first(options, "lam", "lambda", "weight")
    upper = _first(options, "ucl", "h", "h4")
    return [run_length.mewma_arl(p, weight, upper, distance=shift) for shift in shifts]


_LENGTHS: dict[str, Callable[[Any, Case], list[float]]] = {
    "cusum": _cusum,
    "ewma": _ewma,
    "shewhart": _shewhart,
    "mewma": _mewma_lengths,
}


def _first(where: Case, *names: str, default: Any = None) -> Any:
    return next((where[name] for name in names if where.get(name) is not None), default)


KINDS: dict[str, Callable[[Case], dict[str, Any]]] = {
    "hotelling T2": _t2,
    "mewma": _mewma,
    "mcusum (Crosier)": _mcusum,
    "mcusum (Pignatiello & Runger)": _mcusum,
    "ARL/OC": _run_lengths,
}
