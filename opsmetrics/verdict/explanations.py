"""Why this chart and not another, and what is proposed to a person, as sentences with their figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opsmetrics.catalog import Kpi
from opsmetrics.verdict import precision, wording
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.rendering import render

#: Why a kind was taken -> why its rival was not. Codes without a rival are left out.
_AGAINST = {
    "mostly_equal": "limits_mean_nothing",
    "small_counts": "counts_too_small",
    "counting_noise": "limits_too_wide",
    "overdispersed": "limits_too_narrow",
    "within_explains": "limits_too_wide",
    "between": "limits_too_narrow",
    "sizes_vary": "limits_ignore_size",
    "sizes_alike": "limits_hardly_differ",
}

#: Codes of a chart that the catalogue asked for.
_PINNED = ("override", "np_varies", "not_means")

#: Decimals of the plain figures in these sentences.
_DECIMALS = {"sigma_z": 2, "limit": 2, "expected": 2}


def explain_choice(
    kind: str, code: str, values: Mapping[str, Any] | None = None, language: str = "en"
) -> dict[str, str]:
    """The chosen chart in words: {"kind", "why", "rejected"}; rejected is "" where there was no rival.

    code: "all_equal" (n) · "mostly_equal" (share 0 to 1, n, usual) · "small_counts" (expected) · "counting_noise",
    "overdispersed" (sigma_z, limit) · "within_explains", "between" (sigma_z, limit, grain) · "single_readings",
    "statistic" (grain) · "sizes_vary", "sizes_alike" (part 0 to 1) · "amounts" · "derived" · "rare_kind" · "too_few" ·
    "override", "np_varies", "not_means" with "automatic": the kind and code that would have been chosen, its values
    beside it. values may hold "rejected": the rival's kind, and "kpi": the KPI, for values in its own unit (usual).
    """
    given = dict(values or {})
    kind_text = wording.chart(kind, language)
    if code in _PINNED:
        return {"kind": kind_text, "why": _say(f"why_{code}", {}, language), "rejected": _overridden(given, language)}
    rival = given.get("rejected")
    rejected = ""
    if rival is not None and code in _AGAINST:
        why = Sentence(_AGAINST[code])
        rejected = _say("rejected", {"kind": rival, "why": why}, language)
    return {"kind": kind_text, "why": _why(code, given, language), "rejected": rejected}


def explain_between(
    code: str, unit: str | Mapping[str, Any], event: str | Mapping[str, Any], language: str = "en"
) -> tuple[str, str]:
    """The title of a chart of what lies between events ("Bed days between falls") and why it measures that.

    code: what it measures ("opportunities", "exposure", "days", "samples"), or "pinned".
    """
    values = {"unit": unit, "event": event}
    title = _say("between", values, language)
    return title[:1].upper() + title[1:], _say(f"why_between_{code}", values, language)


def propose(code: str, kpi: Kpi, values: Mapping[str, Any]) -> Sentence:
    """A proposal that waits for a person.

    code: "lock" (n, grain) · "step", "step_unclear" (at: a period as sentences carry it; a, b: levels in stored units;
    during: the first and the last period in which it may lie; m, k: points before and after; grain) · "drift" (a, b, n,
    grain) · "weekday" (share 0 to 1) · "coarser" (grain).
    """
    given = dict(values)
    if {"a", "b"} <= set(given):
        extra = precision.apart(kpi, (given["a"], given["b"]))
        given |= {name: wording.quantity(kpi, given[name], extra=extra) for name in ("a", "b")}
    return Sentence(f"propose_{code}", _plain_figures(given))


def _overridden(given: Mapping[str, Any], language: str) -> str:
    automatic = given.get("automatic")
    if automatic is None:
        return ""
    kind, code = automatic
    why = Sentence(f"why_{code}", _figures(given))
    return _say("rejected_override", {"kind": kind, "why": why}, language)


def _why(code: str, given: Mapping[str, Any], language: str) -> str:
    return _say(f"why_{code}", _figures(given), language)


def _figures(given: Mapping[str, Any]) -> dict[str, Any]:
    figures = _plain_figures({key: item for key, item in given.items() if key not in ("kpi", "automatic", "rejected")})
    if "usual" in figures:
        figures["usual"] = wording.quantity(given["kpi"], given["usual"])
    return figures | {"one": 1}


def _plain_figures(given: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers without a KPI's unit as quantities: shares in whole per cent, σz and expected counts as they are."""
    figures = dict(given)
    for name, decimals in _DECIMALS.items():
        if name in figures:
            figures[name] = {"number": float(figures[name]), "unit": "", "decimals": decimals}
    for name in ("share", "part"):
        if name in figures:
            figures[name] = {"number": 100.0 * float(figures[name]), "unit": "%", "decimals": 0}
    return figures


def _say(pattern: str, values: Mapping[str, Any], language: str) -> str:
    return render((Sentence(pattern, dict(values)),), language)
