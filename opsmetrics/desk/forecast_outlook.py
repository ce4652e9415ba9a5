"""What lies ahead of one watched slice in short: its forecast, and the nearest stretch of which something can be told.

Both are kept by what they follow from (`forecast_many`, `landing`), so that an outlook that was made once, by whomever,
is there at once until data or decisions of its own change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from opsmetrics.desk import forecast_many
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.landing import Landing, landed_already, landing, spans_of
from opsmetrics.desk.landing_sentences import MEETS, MISSES
from opsmetrics.review import KpiReview
from opsmetrics.series import Stretch as Span
from opsmetrics.stats.forecast import REAL_GAIN

#: What is likely, in the order of a manager's questions: a target likely missed, open, likely met; no target, or values
#: that do not add up to a stretch; too early to tell; nothing to forecast from.
State = Literal["misses", "open", "meets", "no_chance", "early", "nothing"]
STATES: Final[tuple[State, ...]] = ("misses", "open", "meets", "no_chance", "early", "nothing")

#: Reasons for which a chance is not told yet, and will be once there is more to check it by.
_EARLY: Final = ("few_origins", "no_skill")


@dataclass(frozen=True, eq=False)
class Outlook:
    """A slice with its forecast, and the stretch that was asked for. span None: the nearest with a chance; without one
    the nearest that lands, or that says why it does not. landing: None for numbered samples, which land nowhere."""

    told: Told
    landing: Landing | None
    span: Span | None = None

    @property
    def review(self) -> KpiReview:
        """The review that it follows from, at the grain that it is operated at."""
        return self.told.found.review

    @property
    def no_better(self) -> bool:
        """True where past forecasts did not beat the seasonal naive: the average does as well."""
        forecast = self.told.found.forecast
        naive = None if forecast is None else forecast.accuracy.naive
        return naive is not None and math.isfinite(naive.gain) and naive.gain < REAL_GAIN

    @property
    def state(self) -> State:
        """What is likely, in a word."""
        if self.told.found.forecast is None:
            return "nothing"
        nearest = self.landing
        if nearest is None:
            return "no_chance"
        if nearest.probability is None:
            return "early" if nearest.reason in _EARLY else "no_chance"
        if nearest.probability <= MISSES:
            return "misses"
        return "meets" if nearest.probability >= MEETS else "open"


def outlook(review: KpiReview, horizon: int | None = None, span: Span | None = None) -> Outlook:
    """The outlook of a review at its operate grain, so many periods ahead and for the end of a stretch (None: the
    nearest). Never raises for what the data hold."""
    told = Told(forecast_many.kept(review, horizon), {})
    if span is None:
        return Outlook(told, _nearest(review))
    return Outlook(told, landing(review, span) if span in spans_of(review) else None, span)


def ready(review: KpiReview, asked: Span | None = None) -> bool:
    """True where `outlook` answers at once for the stretch that is asked for."""
    if not forecast_many.all_kept([review]):
        return False
    if asked is not None:
        return landed_already(review, (asked,))
    for span in spans_of(review):
        if not landed_already(review, (span,)):
            return False
        if landing(review, span).probability is not None:
            return True
    return True


def outlooks(
    reviews: Sequence[KpiReview],
    horizon: int | None = None,
    between: Callable[[str, int, int], None] = lambda *_: None,
    span: Span | None = None,
) -> list[Outlook]:
    """The outlooks of these in their order. between: called before each with its name, how many are made and of how
    many; what it raises ends the work, and those that were made are kept."""
    found = []
    for place, review in enumerate(reviews):
        between(review.name, place, len(reviews))
        found.append(outlook(review, horizon, span))
    return found


def about(review: KpiReview) -> Hashable:
    """What all that is told of an outlook follows from, but for what people decided about its limits."""
    verdict = review.verdict
    data = None if verdict is None else (verdict.data, verdict.data_names, verdict.as_of_period)
    return forecast_many.key(review), data


def split(reviews: Iterable[KpiReview], span: Span | None = None) -> tuple[list[KpiReview], list[KpiReview]]:
    """Those of which the outlook is known, and those of which it is still to be made, each in their order."""
    there: list[KpiReview] = []
    missing: list[KpiReview] = []
    for review in reviews:
        (there if ready(review, span) else missing).append(review)
    return there, missing


def _nearest(review: KpiReview) -> Landing | None:
    """Stretches are landed one by one, the nearest first, until one has a chance."""
    found: list[Landing] = []
    for span in spans_of(review):
        found.append(landing(review, span))
        if found[-1].probability is not None:
            return found[-1]
    return next((each for each in found if each.likely is not None), found[0] if found else None)
