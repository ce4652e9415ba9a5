"""What the Capability page shows, as its address says it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opsmetrics.catalog import Catalog
from opsmetrics.desk.capability import Limits
from opsmetrics.stats.capability import METHODS, Method
from opsmetrics.ui.links import ChartView

#: A limit of the definition that this look leaves out.
NONE = "none"
#: The parameters of the limits, by the field of `Limits`.
LIMITS = {"lower": "low", "upper": "high", "target": "target"}


@dataclass(frozen=True)
class CapabilityView:
    """One view: the series (its span: None the phase in force, 0 all), the method, and the limits that were typed: text
    by parameter, "none" for one left out; a limit of which nothing is said is that of the definition."""

    series: ChartView
    method: Method = "normal"
    typed: tuple[tuple[str, str], ...] = ()

    def limits(self, defined: Limits) -> Limits:
        """The limits to look with."""
        typed = dict(self.typed)
        ends: dict[str, float | None] = {}
        for side, parameter in LIMITS.items():
            text = typed.get(parameter)
            ends[side] = getattr(defined, side) if text is None else None if text == NONE else float(text)
        return Limits(**ends)

    @classmethod
    def read(cls, params: Mapping[str, Any], catalog: Catalog) -> CapabilityView | None:
        """The view of a link; what it does not understand falls back. None where there is no KPI at all."""
        series = ChartView.read(params, catalog)
        if series is None:
            return None
        method = next((known for known in METHODS if known == params.get("method")), METHODS[0])
        typed = tuple((name, text) for name in LIMITS.values() if (text := read_limit(params.get(name))))
        return cls(series, method, typed)


def read_limit(text: object) -> str:
    """A limit of a link: a number as text, or "none"; "" where it is neither."""
    given = str(text or "").strip().casefold()
    if given == NONE:
        return NONE
    try:
        return given if math.isfinite(float(given)) else ""
    except ValueError:
        return ""


def not_understood(params: Mapping[str, Any]) -> list[str]:
    """What the address says of method and limits and nobody knows, each as "no method “cauchy”"."""
    wrong = []
    if params.get("method") and params["method"] not in METHODS:
        wrong.append(f"no distribution “{params['method']}”")
    wrong += [
        f"no number “{params[name]}”" for name in LIMITS.values() if params.get(name) and not read_limit(params[name])
    ]
    return wrong
