"""Forecasts of many series as rows and plain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from opsmetrics.desk import forecast_words
from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.forecasting import KpiForecast
from opsmetrics.stats.forecast import COVERAGES
from opsmetrics.verdict import wording

Cells = list[str]


def head() -> Cells:
    """Headings of `rows`."""
    likely, span = forecast_words.say("most_likely"), forecast_words.say("range", nominal=80)
    return [say("kpi"), say("next"), likely[:1].upper() + likely[1:], span[:1].upper() + span[1:]]


def rows(found: Sequence[KpiForecast]) -> list[Cells]:
    """Name, next period, what is most likely and its 80 % range; for one without a forecast why there is none."""
    return [_row(each) for each in found]


def _row(found: KpiForecast) -> Cells:
    told = Told(found, {})
    if found.forecast is None:
        return [found.review.name, forecast_words.say(found.reason, one=told.one), wording.DASH, wording.DASH]
    point = told.next()
    span = wording.limits(found.review.kpi, point["lower_80"], point["upper_80"])
    return [found.review.name, str(point["label"]), told.value(point["mean"]), span]


def as_dict(found: KpiForecast) -> dict[str, Any]:
    """One forecast as plain values in the shown unit, null where there is none."""
    review = found.review
    answer: dict[str, Any] = {
        "kpi": review.kpi.key,
        "slice": dict(review.series.slice),
        "grain": review.series.grain,
        "unit": review.kpi.unit,
        "reason": found.reason or None,
        "method": None if found.forecast is None else found.forecast.method,
        "points": [],
    }
    if found.forecast is None:
        return answer
    names = ("mean", *(f"{end}_{coverage}" for coverage in COVERAGES for end in ("lower", "upper")))
    scale = review.kpi.multiplier
    for row in found.points.to_dict("records"):
        numbers = {name: float(row[name]) * scale for name in names}
        chance = None if math.isnan(row["chance"]) else round(float(row["chance"]), 2)
        answer["points"].append({"period": str(row["period"]), "label": row["label"], **numbers, "chance": chance})
    return answer
