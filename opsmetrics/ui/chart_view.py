"""What of a review the page of one KPI draws: which periods, and where a period of the address lies among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import slice_of
from opsmetrics.review import KpiReview
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import PERIODS, SPANS, ChartView, Target, period_text, read_period, slice_text, target

#: Periods that stand too close together on a phone, and how many are shown there in their place.
CROWDED, ON_A_PHONE = 40, 30

_UNSAFE = re.compile(r"[^\w.-]+")


def stamp(review: KpiReview, position: int) -> str:
    """The period at a position as the address names it."""
    return period_text(review.points["period"].iloc[position])


def position_of(review: KpiReview, text: str) -> int | None:
    """The position of the period that the address names, None where the review has none."""
    if not text:
        return None
    stamps = [period_text(period) for period in review.points["period"]]
    return stamps.index(text) if text in stamps else None


def not_there(review: KpiReview, params: Mapping[str, Any]) -> list[str]:
    """What periods an address asks for that the review does not have, each as "no period “1999-01-01”"."""
    asked = dict.fromkeys(str(params[name]) for name in PERIODS if params.get(name))
    return [f"no period “{text}”" for text in asked if position_of(review, read_period(text)) is None]


def label(review: KpiReview, position: int) -> str:
    """The words of the period at a position."""
    return str(review.points["label"].iloc[position])


def stretch_label(review: KpiReview, first: int, last: int) -> str:
    """The words of a stretch: "3 Nov 2026 – 16 Nov 2026"."""
    return " – ".join(dict.fromkeys((label(review, first), label(review, last))))


def last_judged(review: KpiReview) -> int | None:
    """The position of the last judged period."""
    judged = np.flatnonzero((review.points["state"] == "judged").to_numpy())
    return int(judged[-1]) if len(judged) else None


def window(review: KpiReview, view: ChartView) -> tuple[int, int] | None:
    """First and last position of the range that the address asks for; None where it asks for none that exists."""
    first, last = position_of(review, view.start), position_of(review, view.end)
    if first is None or last is None:
        return None
    return min(first, last), max(first, last)


def periods_shown(review: KpiReview, view: ChartView) -> int | None:
    """How many of the last periods are drawn; None for all."""
    return SPANS[review.series.grain] if view.span is None else view.span or None


def drawn(review: KpiReview, view: ChartView) -> tuple[KpiReview, int | None]:
    """The review as it is drawn, and how many of its last periods.

    A range of the address cuts off what comes after it, so that positions stay what they are; limits, verdict and
    all that was computed stay those of the whole review.
    """
    asked = window(review, view)
    if asked is None:
        return review, periods_shown(review, view)
    first, last = asked
    hits = review.signals[review.signals["position"].to_numpy(dtype=int) <= last]
    return replace(review, points=review.points.iloc[: last + 1], signals=hits), last - first + 1


def events_link(review: KpiReview, view: ChartView, first: int, last: int) -> Target | None:
    """The events behind the periods at these positions on the page Pareto; None where the KPI has none."""
    source = review.kpi.events
    if source is None:
        return None
    part = dict(review.series.slice) | ({"category": source.categories[0]} if len(source.categories) == 1 else {})
    begins = review.points["period"].iloc[first]
    ends = pd.Timestamp(review.points["ends_at"].iloc[last]) - pd.Timedelta(microseconds=1)
    return target(
        "pareto",
        stream=source.stream,
        slice=slice_text(slice_of(part)),
        period="custom",
        start=begins.date().isoformat(),
        end=at_site(review.kpi.calendar, ends.to_pydatetime()).date().isoformat(),
        as_of=view.as_of.isoformat() if view.as_of else "",
    )


def file_stem(review: KpiReview, view: ChartView) -> str:
    """The name of a file about this view: KPI, slice, grain, the day as of which it is shown, and its verdict's id."""
    values = [value for _, value in review.series.slice]
    day = view.as_of.isoformat() if view.as_of else f"{review.series.as_of:%Y-%m-%d}"
    return "_".join(_plain([review.kpi.key, *values, review.series.grain, day, review.id]))


def _plain(parts: Sequence[str]) -> list[str]:
    """Parts of a file's name: letters, digits, point and hyphen of any alphabet."""
    found = (_UNSAFE.sub("-", part).strip("-.") for part in parts)
    return [part[:60] for part in found if part]
