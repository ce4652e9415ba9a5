"""What was expected of the latest judged period: its value beside the one-step forecast that was made without it.

It is a view, not a verdict: a forecast may be surprised by a value that the chart calls ordinary, and follows a drift
that the chart signals. What is to be done is the verdict's to say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.desk.expected_words import say
from opsmetrics.desk.forecasting import forecast_review
from opsmetrics.desk.kept import OncePer
from opsmetrics.review import KpiReview
from opsmetrics.series import to_utc
from opsmetrics.stats.forecast import COVERAGES
from opsmetrics.verdict import wording

Band = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Expected:
    """The latest judged value against what was expected of it. Values are in stored units.

    label: its period; value: as it was; mean: most likely; bands: by nominal coverage in per cent (50, 80, 95).
    reason: "" where there is something to say; else "no_points", "few" (too few before it), "constant" (it had never
        moved, so nothing says how far it may).
    """

    review: KpiReview
    label: str = ""
    value: float = math.nan
    mean: float = math.nan
    bands: Mapping[int, Band] | None = None
    reason: str = ""

    @property
    def outside(self) -> int:
        """The widest band that the value lies outside of, in per cent; 0 where it lies in all of them."""
        kpi, bands = self.review.kpi, self.bands or {}
        alike = 0.5 * 10.0**-kpi.decimals / kpi.multiplier  # what reads like an end of a band lies inside it
        beyond = [nominal for nominal, (low, high) in bands.items() if not low - alike <= self.value <= high + alike]
        return max(beyond, default=0)


@OncePer
def expected(review: KpiReview) -> Expected:
    """The latest judged value of a review against the forecast from what was judged before it; kept with the review."""
    points = review.points
    judged = np.flatnonzero((points["state"] == "judged").to_numpy()) if len(points) else np.empty(0, dtype=np.intp)
    if not len(judged):
        return Expected(review, reason="no_points")
    last = int(judged[-1])
    row = points.iloc[last]
    known = Expected(review, str(row["label"]), float(row["value"]), reason="few")
    found = forecast_review(_before(review, last), 1)
    if found.forecast is None or points["phase"].iloc[last] != points["phase"].iloc[max(last - 1, 0)]:
        return known
    ahead = found.points[found.points["period"] == row["period"]]
    if ahead.empty or found.forecast.method == "last_value":
        return known
    told = ahead.iloc[0]
    if found.forecast.method == "constant":
        return replace(known, mean=float(told["mean"]), reason="constant")
    bands = {nominal: (float(told[f"lower_{nominal}"]), float(told[f"upper_{nominal}"])) for nominal in COVERAGES}
    return replace(known, mean=float(told["mean"]), bands=bands, reason="")


def expected_already(review: KpiReview) -> bool:
    """True where `expected` answers at once."""
    return review in expected


def _before(review: KpiReview, last: int) -> KpiReview:
    """The review as if the period at a position were about to begin."""
    series, period = review.series, review.points["period"].iloc[last]
    as_of = series.as_of
    if series.grain != "sample":
        as_of = to_utc(pd.DatetimeIndex([period]), review.kpi.calendar.time_zone)[0]
    return replace(review, points=review.points.iloc[:last], series=replace(series, as_of=as_of))


# Words


def sentence(found: Expected) -> str:
    """What the view says, in one sentence; the verdict of the chart stands beside it wherever they could compete."""
    review = found.review
    values = {"value": wording.value(review.kpi, found.value)}
    if found.reason or found.bands is None:
        return say(found.reason, **values, mean=wording.value(review.kpi, found.mean))
    outside = found.outside
    nominal = outside if outside > 50 else 80
    told = say(f"outside_{outside}" if outside > 50 else "inside", **values, nominal=nominal,
               band=wording.limits(review.kpi, *found.bands[nominal], unit=True))  # fmt: skip
    if outside <= 50 or review.verdict is None:
        return told + "."
    verdict = review.verdict
    return f"{told}; {say('stays', verdict=wording.variation(verdict.variation, verdict.side))}"


def bands_text(found: Expected) -> str:
    """The three bands in a line: "50 % 2.3–2.6 · 80 % 2.2–2.8 · 95 % 2.1–2.9"."""
    bands = found.bands or {}
    kpi = found.review.kpi
    return " · ".join(say("band", nominal=nominal, band=wording.limits(kpi, *band)) for nominal, band in bands.items())


def title() -> str:
    """What the view answers: "As expected?"."""
    return say("title")


def note() -> str:
    """What it compares, in a line."""
    return say("note")


def as_dict(found: Expected) -> dict[str, Any]:
    """The view as plain values, in the shown unit, null where there is none."""
    scale = found.review.kpi.multiplier

    def shown(x: float) -> float | None:
        return x * scale if math.isfinite(x) else None

    bands = {str(nominal): [shown(low), shown(high)] for nominal, (low, high) in (found.bands or {}).items()}
    return {
        "period": found.label or None,
        "value": shown(found.value),
        "mean": shown(found.mean),
        "bands": bands,
        "outside": None if found.reason else found.outside,
        "reason": found.reason or None,
        "sentence": sentence(found),
    }
