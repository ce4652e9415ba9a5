"""Replaying mornings: what each of them would have shown, with the data as they are now, one day after the other.

Each morning knows what the mornings before it have said, and nothing else that was ever shown, so the result is that of
running them day by day on a store that was shown to nobody yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import pandas as pd

from opsmetrics.access import OPEN
from opsmetrics.catalog import RULE_SETS, Catalog, Kpi, Slice
from opsmetrics.desk import showing
from opsmetrics.desk.desk import Desk
from opsmetrics.desk.origins import Origins
from opsmetrics.desk.reviewing import reviews
from opsmetrics.desk.snapshot import Snapshot, Wanted
from opsmetrics.review import KpiReview
from opsmetrics.triage import triage
from opsmetrics.verdict.model import Stance

#: The rules that the definitions name, in place of a set for all.
OWN = "own"

Kind = Literal["signal", "data"]

#: What asks for somebody's look in the morning.
_KINDS: dict[Stance, Kind] = {"find_cause": "signal", "learn_keep": "signal", "get_data": "data"}


@dataclass(frozen=True)
class Said:
    """What a morning says of a series. kind: of the card that it shows, "" where it shows none; side: of the signal;
    since, until: the local days that it is about. found, expected: signals that are new since the morning before, and
    how many chance would have brought."""

    day: dt.date
    id: str
    kind: Kind | Literal[""]
    side: str
    since: dt.date
    until: dt.date
    found: int = 0
    expected: float = 0.0


@dataclass(frozen=True)
class Card:
    """A card, from the morning on which it is new to the last one on which it stands. since, until: the days it tells
    of. side: of a signal, "none" where it has none."""

    kpi: str
    slice: Slice
    kind: Kind
    side: str
    opened: dt.date
    last: dt.date
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class Replay:
    """The mornings from `start` to `end` under a set of rules: what each says of each series, and the cards of it."""

    rules: str
    start: dt.date
    end: dt.date
    said: dict[tuple[str, Slice], tuple[Said, ...]]
    cards: tuple[Card, ...]

    @property
    def weeks(self) -> float:
        """How many weeks of mornings."""
        return ((self.end - self.start).days + 1) / 7

    @property
    def found(self) -> int:
        """The signals that were new on their morning, on all series."""
        return sum(each.found for told in self.said.values() for each in told)

    @property
    def expected(self) -> float:
        """How many chance alone would have brought on as many mornings."""
        return sum(each.expected for told in self.said.values() for each in told)

    def of(self, kind: Kind) -> tuple[Card, ...]:
        """The cards of a kind."""
        return tuple(card for card in self.cards if card.kind == kind)


def replay(
    desk: Desk,
    start: dt.date,
    end: dt.date,
    rules: str = OWN,
    progress: Callable[[int, int, str], None] = lambda done, of, name: None,
) -> Replay:
    """Each morning from `start` to `end`, both included, as of noon at the site. rules: OWN, or a set that all KPIs are
    judged by. progress: which series of how many is in hand, and its name. Nothing is written."""
    catalog = _with_rules(desk.catalog, rules)
    parts = Origins(desk.store, catalog, OPEN).watched(catalog.kpis)
    series = [(kpi, part) for kpi, own in zip(catalog.kpis, parts, strict=True) for part in own]
    days = [start + dt.timedelta(days=number) for number in range((end - start).days + 1)]
    looked = Snapshot(desk.store, catalog, OPEN, remembering=True)
    said: dict[tuple[str, Slice], tuple[Said, ...]] = {}
    for number, (kpi, part) in enumerate(series, start=1):
        progress(number, len(series), kpi.name)
        said[kpi.key, part] = tuple(_mornings(desk, looked, kpi, part, days))
    cards = [card for (key, part), told in said.items() for card in _cards(key, part, told)]
    return Replay(rules, start, end, said, tuple(sorted(cards, key=lambda card: card.opened)))


def _with_rules(catalog: Catalog, rules: str) -> Catalog:
    if rules == OWN:
        return catalog
    return replace(catalog, kpis=tuple(replace(kpi, rules=RULE_SETS[rules]) for kpi in catalog.kpis))


def _mornings(desk: Desk, looked: Snapshot, kpi: Kpi, part: Slice, days: Sequence[dt.date]) -> Iterator[Said]:
    wanted = [Wanted(kpi, part, kpi.operate, desk.instant(kpi, day)) for day in days]
    before = desk.instant(kpi, days[0] - dt.timedelta(days=1))
    for day, one, review in zip(days, wanted, reviews(looked, wanted), strict=True):
        looked.remember(kpi.key, part, kpi.operate, showing.row(review, "morning"))
        budget, before = triage([review], before).budget, one.as_of
        yield replace(_said(day, review), found=budget.found, expected=budget.expected)


def _said(day: dt.date, review: KpiReview) -> Said:
    verdict = review.verdict
    assert verdict is not None  # at the grain that it is operated at
    kind: Kind | Literal[""] = _KINDS.get(verdict.stance, "")
    yesterday = day - dt.timedelta(days=1)
    if kind != "signal":
        return Said(day, review.id, kind, "none", yesterday, yesterday)
    episode = verdict.episode
    judged = review.points[review.points["state"] == "judged"]
    last = int(judged.index[-1])
    first = last if episode is None else episode.start
    return Said(day, review.id, kind, verdict.side, _day(review, first, "period"), _day(review, last, "ends_at"))


def _day(review: KpiReview, position: int, column: str) -> dt.date:
    """The local day on which a period begins, or the last one of it. Samples have no days: that of the moment."""
    if review.series.grain == "sample":
        return pd.Timestamp(review.series.as_of).date()
    value = pd.Timestamp(review.points[column].iloc[position])
    if column == "period":
        return value.date()
    local = value.tz_localize("UTC").tz_convert(review.kpi.calendar.time_zone)
    return (local - pd.Timedelta(microseconds=1)).date()


def _cards(kpi: str, part: Slice, told: Sequence[Said]) -> Iterator[Card]:
    """Mornings in a row that show the same card are one."""
    stretch: list[Said] = []
    for one, following in pairwise([*told, None]):
        assert one is not None
        if one.kind:
            stretch.append(one)
        if stretch and (following is None or (following.kind, following.side) != (stretch[0].kind, stretch[0].side)):
            first, last = stretch[0], stretch[-1]
            assert first.kind
            since, until = min(each.since for each in stretch), max(each.until for each in stretch)
            yield Card(kpi, part, first.kind, first.side, first.day, last.day, since, until)
            stretch = []
