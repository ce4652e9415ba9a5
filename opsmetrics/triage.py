"""What to look at first, and how much of it chance alone would have brought: the episodes of many reviews together.

Composition like `review`: the episodes detected in a window are ranked (verdict.md 39), and their number stands beside
the one that charts in control would have brought (40–42). Both count the same charts: those that have limits, or rare
events, and points enough for a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.catalog import Attention, slice_text
from opsmetrics.review import KpiReview
from opsmetrics.stats import ranking
from opsmetrics.stats.discoveries import Method, adjusted
from opsmetrics.stats.shuffled import Residuals, shuffled_found
from opsmetrics.verdict.attention import Standing
from opsmetrics.verdict.budget import budget_sentence
from opsmetrics.verdict.chance import Exposure, apart, chance_of_chart, expected, exposures, surprise
from opsmetrics.verdict.excess import excess_of, weighed
from opsmetrics.verdict.model import Episode, Variation
from opsmetrics.verdict.news import News

DIRECTION: dict[Variation, float] = {"concerning": 1.0, "changed": 0.8, "improving": 0.6}

#: Of an episode of which nobody has said anything: open, or ended in the window.
OPEN, ENDED = 1.0, 0.8

#: Of one that somebody has seen or put off until a day; of one that is open still when that day has come.
ACKNOWLEDGED, OVERDUE = 0.5, 1.2


@dataclass(frozen=True)
class Score:
    """The rank of an episode and its parts: total = direction · attention · (surprise + volume)."""

    direction: float
    attention: float
    surprise: float
    volume: float

    @property
    def total(self) -> float:
        """By what episodes are ranked."""
        return float(ranking.score(self.direction, self.attention, self.surprise, self.volume))


@dataclass(frozen=True, eq=False)
class Signal:
    """One episode that is new, of one review, with its word, what it came to (None: adds up to nothing), what somebody
    said about it, and its score."""

    review: KpiReview
    episode: Episode
    variation: Variation
    excess: float | None
    cost: float | None
    score: Score
    standing: Standing | None = None


@dataclass(frozen=True, eq=False)
class Card:
    """Signals of one KPI in whole and parts whose periods overlap, as one: `first` is the part that came to most,
    `also` are the others, ranked."""

    first: Signal
    also: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class Budget:
    """How many new signals there are, and how many chance alone would bring, before they share cards. charts: with
    limits, or rare events, and points enough. periods: judged in the window, over all of them."""

    found: int
    expected: float
    charts: int
    periods: int

    @property
    def chance_share(self) -> float:
        """min(1, expected / max(found, 1))."""
        return min(1.0, self.expected / max(self.found, 1))

    def sentence(self, language: str = "en") -> str:
        """ "4 new signals on 48 charts; about 0.6 would come by chance." """
        return budget_sentence(self.found, self.charts, self.expected, language)


@dataclass(frozen=True, eq=False)
class Triage:
    """Signals ranked, the cards they make, and the budget, for what is new since an instant (naive UTC). by_chart: how
    many signals chance would bring on each counted chart, and its newly judged periods."""

    since: pd.Timestamp
    signals: tuple[Signal, ...]
    cards: tuple[Card, ...]
    budget: Budget
    counted: tuple[KpiReview, ...]
    by_chart: tuple[tuple[float, int], ...] = ()

    def among(self, reviews: Iterable[KpiReview]) -> Budget:
        """The budget of those of the charts that are among these reviews."""
        kept = set(reviews)
        given = [told for review, told in zip(self.counted, self.by_chart, strict=True) if review in kept]
        found = sum(signal.review in kept for signal in self.signals)
        return Budget(found, sum(chance for chance, _ in given), len(given), sum(new for _, new in given))

    def spread(self) -> tuple[int, int]:
        """Between how many new signals nine of ten shuffles lie, of whole weeks for all charts with limits together:
        how far chance spreads where charts move together. Takes a second for some hundred charts."""
        found = shuffled_found([residuals for review in self.counted for residuals in _residuals(review, self.since)])
        low, high = np.quantile(found, [0.05, 0.95])
        return int(np.floor(low)), int(np.ceil(high))

    def discoveries(self, level: float = 0.1, method: Method = "bh") -> tuple[tuple[KpiReview, float], ...]:
        """The charts of a list in which at most a share of `level` is false on average, surest first, each with the
        smallest level at which it would be in it. "by": under any dependence between charts."""
        strongest: dict[KpiReview, float] = {}
        for signal in self.signals:
            strongest[signal.review] = max(strongest.get(signal.review, 0.0), signal.score.surprise)
        p = [
            chance_of_chart(_exposures(review, self.since), strongest[review]) if review in strongest else 1.0
            for review in self.counted
        ]
        listed = zip(self.counted, p, adjusted(p, method).tolist(), strict=True)
        kept = [(chance, _name(review), review, share) for review, chance, share in listed if share <= level]
        return tuple((review, share) for _, _, review, share in sorted(kept, key=lambda each: each[:2]))


def triage(reviews: Iterable[KpiReview], since: pd.Timestamp, said: Iterable[Attention] = ()) -> Triage:
    """Everything that is new since an instant (naive UTC), ranked, and what chance would bring among as many periods.

    said: all that was said about signals, oldest first. A pure function of what is given; the order of the reviews does
    not matter. A chart whose data are late or missing has no newly judged period, and so no new signal.
    """
    counted = tuple(sorted(filter(is_counted, reviews), key=_name))
    spoken = tuple(said)
    found = [signal for review in counted for signal in _signals(review, since, spoken)]
    ranked = tuple(sorted(found, key=_order))
    tried = [_exposures(review, since) for review in counted]
    chances = expected([each for chart in tried for each in chart])
    ends = np.cumsum([len(chart) for chart in tried], dtype=int)
    parts = zip(np.split(chances, ends)[:-1], counted, strict=True)
    by_chart = tuple((float(part.sum()), _new(review, since)) for part, review in parts)
    budget = Budget(len(ranked), sum(chance for chance, _ in by_chart), len(counted), sum(new for _, new in by_chart))
    return Triage(since, ranked, cards(ranked), budget, counted, by_chart)


def opened(reviews: Iterable[KpiReview], said: Iterable[Attention] = ()) -> tuple[Signal, ...]:
    """The signals that are open, whenever they were detected, ranked."""
    spoken, found = tuple(said), list[Signal]()
    for review in filter(is_counted, reviews):
        verdict = review.verdict
        if verdict is not None and verdict.episode is not None:
            found.append(_signal(review, News(verdict.episode, verdict.variation, "open"), spoken))
    return tuple(sorted(found, key=_order))


def is_counted(review: KpiReview) -> bool:
    """True for a chart whose signals the budget counts: with limits, or of rare events, and points enough."""
    verdict, chosen = review.verdict, review.deciding
    if verdict is None or review.chart is None or chosen is None or verdict.variation in ("none", "too_few"):
        return False
    return chosen.rare or bool(chosen.rules)


def _exposures(review: KpiReview, since: pd.Timestamp) -> Sequence[Exposure]:
    return tuple(exposures(review.kpi, review.points, review.chart, review.deciding, review.first_new(since)))


def _residuals(review: KpiReview, since: pd.Timestamp) -> Iterable[Residuals]:
    """A chart with limits as it is shuffled: its judged points, those of samples by sevens."""
    if review.chart is None or review.deciding is None or not review.deciding.rules:
        return
    judged = (review.points["state"] == "judged").to_numpy(dtype=bool)
    period = review.points["period"]
    dated = review.series.grain != "sample"
    days = period.to_numpy().astype("datetime64[D]").astype(np.int64) if dated else period.to_numpy(dtype=np.int64)
    yield Residuals(apart(review.chart)[judged], days[judged] // 7, review.deciding.rules, _new(review, since))


def _new(review: KpiReview, since: pd.Timestamp) -> int:
    return int(np.count_nonzero(review.points["state"].to_numpy()[review.first_new(since) :] == "judged"))


def _name(review: KpiReview) -> tuple[str, str, str]:
    return review.kpi.key, slice_text(review.series.slice), review.series.grain


# Ranking


def _signals(review: KpiReview, since: pd.Timestamp, said: tuple[Attention, ...]) -> Iterable[Signal]:
    return (_signal(review, item, said) for item in review.news(since) if item.ending != "withdrawn")


def _signal(review: KpiReview, item: News, said: tuple[Attention, ...]) -> Signal:
    excess, cost = excess_of(review.kpi, review.points, item.episode)
    standing = review.standing(said, item.episode)
    score = Score(
        direction=DIRECTION.get(item.variation, DIRECTION["changed"]),
        attention=_attention(item, standing),
        surprise=_surprise(review, item.episode),
        volume=float(ranking.volume(weighed(review.kpi, review.points, item.episode))),
    )
    return Signal(review, item.episode, item.variation, excess, cost, score, standing)


def _attention(item: News, standing: Standing | None) -> float:
    if standing is None or standing.state == "worse":
        return OPEN if item.ending == "open" else ENDED
    return OVERDUE if standing.state == "due" and item.ending == "open" else ACKNOWLEDGED


def _surprise(review: KpiReview, episode: Episode) -> float:
    assert review.chart is not None and review.deciding is not None  # it is counted
    return surprise(review.kpi, review.points, review.chart, review.signals, review.deciding, episode)


def _order(signal: Signal) -> tuple[float, float, tuple[str, str, str], int, str]:
    score, episode = signal.score, signal.episode
    return -score.total, -score.surprise, _name(signal.review), episode.detected, episode.side


def cards(ranked: Sequence[Signal]) -> tuple[Card, ...]:
    """Signals of a whole and its parts whose periods overlap on one side become one card. In the order of the signals
    that name them."""
    groups: list[list[Signal]] = []
    for signal in ranked:
        homes = [group for group in groups if any(_belong(signal, other) for other in group)]
        joined = [signal, *(other for group in homes for other in group)]
        groups = [*(group for group in groups if group not in homes), joined]
    return tuple(sorted((_card(group) for group in groups), key=lambda card: _order(card.first)))


def _belong(one: Signal, other: Signal) -> bool:
    """True for the same KPI at one grain, the slice of one lying within that of the other, with a period in common."""
    if one.review.kpi.key != other.review.kpi.key or one.review.series.grain != other.review.series.grain:
        return False
    if one.episode.side != other.episode.side or not (_within(one, other) or _within(other, one)):
        return False
    return bool(_labels(one) & _labels(other))


def _within(one: Signal, other: Signal) -> bool:
    return set(one.review.series.slice) > set(other.review.series.slice)


def _labels(signal: Signal) -> frozenset[str]:
    return frozenset(signal.review.points["label"].iloc[list(signal.episode.members)])


def _card(group: Sequence[Signal]) -> Card:
    """Named by the part that came to most: a whole only where none of its parts signals."""
    parts = [signal for signal in group if not any(_within(other, signal) for other in group)]
    first = min(parts, key=lambda signal: (-signal.score.volume, _order(signal)))
    return Card(first, tuple(sorted((signal for signal in group if signal is not first), key=_order)))
