"""The forecast of everything that is watched, each kept by what it follows from: made once, whoever asks again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from opsmetrics.desk import finished
from opsmetrics.desk.finished import Question
from opsmetrics.desk.forecasting import KpiForecast, forecast_review
from opsmetrics.desk.kept import Kept
from opsmetrics.desk.landing import digest_of
from opsmetrics.review import KpiReview

#: How many forecasts are kept: some 60 kB each.
MOST = 1_000

Key = tuple[bytes, object, int | None]
_KEPT: Kept[Key, KpiForecast] = Kept(MOST)


def everything(
    asked: Question, horizon: int | None = None, between: Callable[[int, int, str], None] = lambda *_: None
) -> tuple[KpiForecast, ...]:
    """The forecasts of all watched slices in the catalogue's order, as `forecast_review`; nobody changes them.

    asked: of all that is watched. between: called before each with how many are made, of how many, and the name of the
    next; what it raises ends the work, and those that were made are kept.
    """
    reviews = finished.watched(asked)
    found = []
    for place, review in enumerate(reviews):
        between(place, len(reviews), review.name)
        found.append(kept(review, horizon))
    return tuple(found)


def kept(review: KpiReview, horizon: int | None = None) -> KpiForecast:
    """The forecast of one review, as `forecast_review`, made once for the data and decisions that it follows from."""
    found = _KEPT.of(key(review, horizon), lambda: forecast_review(review, horizon))
    return found if found.review is review else replace(found, review=review)


def all_kept(reviews: Sequence[KpiReview], horizon: int | None = None) -> bool:
    """True where `kept` answers at once for all of these."""
    return all(key(review, horizon) in _KEPT for review in reviews)


def key(review: KpiReview, horizon: int | None = None) -> Key:
    """What a forecast follows from. Which periods are over follows from the day, that of shifts from the moment."""
    moment = review.series.as_of if review.series.grain == "shift" else None
    return digest_of(review), moment, horizon
