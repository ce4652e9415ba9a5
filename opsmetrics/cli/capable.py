"""capability: whether single readings, or what is counted, fit a specification."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from typing import Any

from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk import capability_tables as cells
from opsmetrics.desk.capability import ALL, CapabilityStudy, Limits, capability_study, limits_of
from opsmetrics.desk.capability_sentences import ToldCapability
from opsmetrics.desk.capability_words import INDICES, say
from opsmetrics.stats.capability import METHODS, Estimate


def capability(given: argparse.Namespace, console: Console) -> int:
    """The capability of one KPI slice as text, or as JSON."""
    if given.method is not None and given.method not in METHODS:
        raise Refused(f"Found --method {given.method}, wanted one of {', '.join(METHODS)}.")
    with owner.reading(given, console) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        part = desks.slice_in(desk, kpi, given.slice)
        review = desk.review(kpi.key, part, grain=given.grain, as_of=given.as_of)
        study = capability_study(
            desk,
            review,
            limits=_limits(given, limits_of(review)),
            method=given.method or METHODS[0],
            span=ALL if given.all else given.last,
        )
    told = ToldCapability(study)
    if console.as_json:
        console.answer(as_dict(told))
    else:
        console.say(full(told))
    return 0


def _limits(given: argparse.Namespace, defined: Limits) -> Limits:
    """Those of the definition, with the ones that were typed in their place."""
    typed = {"lower": given.low, "upper": given.high, "target": given.target}
    limits = replace(defined, **{side: x for side, x in typed.items() if x is not None})
    if limits.lower is not None and limits.upper is not None and limits.lower >= limits.upper:
        found = f"a lower limit of {limits.lower:g} and an upper limit of {limits.upper:g}"
        raise Refused(f"Found {found}, wanted the lower one below the upper one.")
    return limits


def full(told: ToldCapability) -> str:
    """One study in words: headline, what follows, indices, what lies outside, what was used."""
    study = told.study
    head = [wrapped(f"{study.review.name} (by {study.review.series.grain})")]
    head.append(wrapped(f"{told.headline()} {told.lead()}"))
    named = ("", say("value"), say("interval"))
    parts = [table(cells.index_rows(told), named, right=named[1:])] if cells.index_rows(told) else []
    outside = (say("ppm"), say("together"), say("sides"))
    parts += [table(cells.ppm_rows(told), outside, right=outside[1:])] if cells.ppm_rows(told) else []
    counted = (say("count_panel"), say("value"), say("interval"))
    parts += [table(cells.count_rows(told), counted, right=counted[1:])] if study.counted is not None else []
    parts += [table(cells.used_rows(told), (say("used"), ""))] if cells.used_rows(told) else []
    return "\n\n".join(head + parts)


def as_dict(told: ToldCapability) -> dict[str, Any]:
    """The study as plain values in the shown unit; null where there is none."""
    study, found, counted = told.study, told.study.found, told.study.counted
    answer: dict[str, Any] = {
        "kpi": study.review.kpi.key,
        "slice": dict(study.review.series.slice),
        "grain": study.review.series.grain,
        "as_of": study.review.series.as_of.isoformat(),
        "unit": told.unit,
        "headline": told.headline(),
        "lead": told.lead(),
        "reason": study.reason or None,
        "basis": study.basis,
        "stable": study.stable,
        "periods": study.periods,
        "signals": study.signals,
        "first": study.first or None,
        "last": study.last or None,
    }
    if study.basis == "readings":
        answer |= _readings(study)
    if found is not None:
        answer["indices"] = {name: _estimate(found[name]) for name in (*INDICES, "ppm_taguchi") if found[name]}
        answer["ppm"] = {
            name: {"below": tails.below, "above": tails.above, "total": tails.total}
            for name, tails in found.ppm.items()
        }
    if counted is not None:
        answer |= {"count": counted.count, "size": counted.size, "share": _estimate(counted.share)}
        answer |= {"ppm": _estimate(counted.ppm), "z": _estimate(counted.z)}
    return answer


def _readings(study: CapabilityStudy) -> dict[str, Any]:
    limits, found, normal = study.limits, study.found, study.normal
    answer: dict[str, Any] = {
        "method": study.method,
        "lower": limits.lower,
        "upper": limits.upper,
        "target": limits.target,
        "n": len(study.readings),
        "normality": None if normal is None else {"statistic": normal.statistic, "p": normal.p},
        "fits": [{"law": one.law.name, "aic": one.aic, "statistic": one.statistic} for one in study.laws],
    }
    if found is None:
        return answer
    low, middle, high = found.natural
    return answer | {
        "mean": found.mean,
        "sigma_within": found.sigma_within,
        "sigma_overall": found.sigma_overall,
        "natural": {"lower": _number(low), "median": _number(middle), "upper": _number(high)},
        "methods": dict(found.methods),
        "parameters": dict(found.law.parameters),
        "warnings": list(found.warnings),
    }


def _estimate(one: Estimate | None) -> dict[str, float | None] | None:
    if one is None:
        return None
    ends = {"low": one.low, "high": one.high, "freedom": one.freedom}
    return {"value": _number(one.value), **{name: _number(x) for name, x in ends.items()}}


def _number(x: float | None) -> float | None:
    return None if x is None or not math.isfinite(x) else float(x)
