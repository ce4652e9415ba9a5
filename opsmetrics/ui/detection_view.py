"""What the Detection page shows, as its address says it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from opsmetrics.catalog import Catalog
from opsmetrics.desk.detection import KINDS, NUMBERS, RULE_SETS, USUAL_RULES, Detector
from opsmetrics.desk.detection_words import say
from opsmetrics.ui.links import ChartView

#: The numbers that each kind of chart has.
OF_KIND: Mapping[str, tuple[str, ...]] = {"shewhart": ("width",), "ewma": ("weight", "width"), "cusum": ("k", "h")}


@dataclass(frozen=True)
class DetectionView:
    """One view: the chart, the shift in σ of one reading, and the series whose unit it is told in, if any."""

    detector: Detector
    shift: float = 1.0
    series: ChartView | None = None

    def with_rules(self, rules: str) -> DetectionView:
        """The same with other rules, where the chart has any."""
        if self.detector.kind != "shewhart":
            return self
        return replace(self, detector=replace(self.detector, rules=rules))

    @classmethod
    def read(cls, params: Mapping[str, Any], catalog: Catalog) -> DetectionView:
        """The view of a link; what it does not understand falls back."""
        kind = next((known for known in KINDS if known == params.get("chart")), KINDS[0])
        rules = next((known for known in RULE_SETS if known == params.get("rules")), USUAL_RULES)
        series = ChartView.read(params, catalog) if params.get("kpi") in catalog else None
        numbers = {name: read_number(name, params.get(name)) for name in NUMBERS}
        found = {name: NUMBERS[name][2] if number is None else number for name, number in numbers.items()}
        shift, n = found.pop("shift"), int(found.pop("n"))
        detector = Detector(kind, rules if kind == "shewhart" else USUAL_RULES, n if series is None else 1, **found)
        return cls(detector, abs(shift), series)


def read_number(name: str, text: object) -> float | None:
    """A number of a link within its range; None where it is none."""
    least, most, _ = NUMBERS[name]
    try:
        number = float(str(text))
    except ValueError:
        return None
    fits = math.isfinite(number) and least <= number <= most and (name != "n" or number == int(number))
    return number if fits else None


def not_understood(params: Mapping[str, Any]) -> list[str]:
    """What a link says of the chart and the page does not know, each as "no slack k “9” (wanted 0 to 3)"."""
    wrong = []
    for name, (least, most, _) in NUMBERS.items():
        if name in params and read_number(name, params[name]) is None:
            found = {"found": params[name], "low": f"{least:g}", "high": f"{most:g}"}
            wrong.append(say("wrong_number", name=say(f"called_{name}"), **found))
    for name, known in (("chart", KINDS), ("rules", RULE_SETS)):
        if params.get(name) and params[name] not in known:
            wrong.append(say("wrong_choice", name=say(f"called_{name}"), found=params[name]))
    return wrong
