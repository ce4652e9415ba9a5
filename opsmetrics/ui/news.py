"""What Today tells beside the verdicts: what is new to the reader, what people said, what weighs most, and how much of
it chance alone would bring."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from opsmetrics.catalog import Attention
from opsmetrics.review import KpiReview
from opsmetrics.triage import Budget, Signal, Triage, cards, opened, triage
from opsmetrics.ui import rows
from opsmetrics.verdict.news import News


@dataclass(frozen=True, eq=False)
class Weighed:
    """found: what was detected in a window, beside what chance would have brought; levels: the smallest share of false
    ones in a list of discoveries that holds a chart; cards: all open signals, the heaviest first, those of a whole and
    its parts together."""

    found: Triage
    levels: Mapping[KpiReview, float]
    cards: tuple[tuple[Signal, ...], ...]


@dataclass(frozen=True)
class New:
    """since: from when on there is news, in words; first: of a reader who was not here before. of: the news of each row
    by its key. said: what people said about signals; acting: more can be said. weighed: of everything watched. newest:
    signals are wanted in the order of their detection. key: of all that, for a cache."""

    since: str = ""
    first: bool = False
    of: Mapping[str, tuple[News, ...]] = field(default_factory=dict)
    said: tuple[Attention, ...] = ()
    acting: bool = False
    weighed: Weighed | None = None
    newest: bool = False
    key: Hashable = ()

    def over(self, reviews: Iterable[KpiReview]) -> list[tuple[KpiReview, News]]:
        """The episodes of these rows that are new and none any more, in the order in which they were detected, the
        newest first; those that were withdrawn last."""
        found = [(r, item) for r in reviews for item in self.of.get(rows.row_key(r), ()) if item.ending != "open"]
        return sorted(found, key=lambda pair: (pair[1].ending == "over", rows.detected_at(*pair)), reverse=True)

    def count(self, reviews: Iterable[KpiReview]) -> int:
        """In how many of these rows a signal came and went."""
        if not self.of:
            return 0
        return sum(any(item.ending == "over" for item in self.of.get(rows.row_key(r), ())) for r in reviews)

    def budget(self, reviews: Iterable[KpiReview]) -> Budget | None:
        """What was found on these charts, beside what chance would have brought; None where nothing was counted."""
        found = None if self.weighed is None else self.weighed.found.among(reviews)
        return found if found and found.charts else None

    def marks(self, reviews: Iterable[KpiReview]) -> list[Signal]:
        """The signals that the budget counts on these charts, the heaviest first."""
        kept = set(reviews)
        return [] if self.weighed is None else [each for each in self.weighed.found.signals if each.review in kept]

    def lined_up(self, reviews: list[KpiReview]) -> list[tuple[KpiReview, tuple[Signal, ...]]]:
        """Rows of a section in their order, each with its own signal first and then those that share its card; a row
        that has no signal, such as an early warning, stands at the end."""
        held, lined = set(reviews), () if self.weighed is None else self.weighed.cards
        found = [mine for card in lined if (mine := tuple(signal for signal in card if signal.review in held))]
        if self.newest:
            found.sort(key=lambda card: max(signal.review.detected for signal in card), reverse=True)
        carded = {signal.review for card in found for signal in card}
        rest = sorted((r for r in reviews if r not in carded), key=lambda r: r.detected, reverse=True)
        return [*((card[0].review, card) for card in found), *((review, ()) for review in rest)]


NOTHING_NEW = New()


def weighed(watched: Iterable[KpiReview], since: pd.Timestamp, said: tuple[Attention, ...]) -> Weighed:
    """What was detected since an instant beside what chance would bring, the level of discovery of each chart, and the
    cards of all open signals."""
    listed = list(watched)
    found = triage(listed, since, said)
    lined = tuple((card.first, *card.also) for card in cards(opened(listed, said)))
    return Weighed(found, dict(found.discoveries(1.0)), lined)
