"""Triage as command line and API tell it: what is new since a moment on everything watched, ranked, and what chance
would have brought. One function and one form, so that the channels cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from opsmetrics.access import Viewer
from opsmetrics.desk import finished, showing
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.desk.finished import Question
from opsmetrics.review import KpiReview
from opsmetrics.series import to_local, to_utc
from opsmetrics.stats.discoveries import Method
from opsmetrics.store.attention import attention
from opsmetrics.triage import Card, Signal, Triage, triage
from opsmetrics.verdict.as_dict import as_plain

#: At most this share of the list of discoveries is false, on average.
LEVEL: Final = 0.1


class SinceTooLate(ValueError):
    """What is asked for begins after the moment as of which it is looked at; the text says both."""


def triaged(asked: Question, since: AsOf = None) -> Triage:
    """What is new on everything watched that the viewer may see. since: a day is meant from its first minute at the
    site; None: from the day before on. The verdicts shown are kept for `verify`. Raises SinceTooLate."""
    start = begin(asked.desk, since, asked.as_of)
    found = triage(finished.watched(asked), start, attention(asked.desk.store))
    if not asked.viewer.scope:
        shown = dict.fromkeys(signal.review for signal in found.signals)
        showing.keep_where_possible(asked.desk.store, shown, asked.channel)
    return found


def begin(desk: Desk, since: AsOf, as_of: AsOf) -> pd.Timestamp:
    """From when on there is news (naive UTC). Raises SinceTooLate."""
    zone = desk.catalog.site.time_zone
    now = pd.Timestamp.now("UTC").tz_localize(None) if as_of is None else _utc(as_of, zone, dt.time(12))
    if since is None:
        yesterday = to_local([now], zone)[0].normalize() - pd.Timedelta(days=1)
        return to_utc(pd.DatetimeIndex([yesterday]), zone)[0]
    start = _utc(since, zone, dt.time())
    if start > now:
        shown = "now" if as_of is None else f"{as_of.isoformat()}, as of which it is looked at"
        raise SinceTooLate(f"since {since.isoformat()} is later than {shown}: give an earlier moment.")
    return start


def _utc(moment: dt.date | dt.datetime, zone: str, of_day: dt.time) -> pd.Timestamp:
    local = moment if isinstance(moment, dt.datetime) else dt.datetime.combine(moment, of_day)
    if local.tzinfo is not None:
        return pd.Timestamp(local).tz_convert("UTC").tz_localize(None)
    return to_utc(pd.DatetimeIndex([local]), zone)[0]


def as_dict(
    found: Triage, viewer: Viewer, *, any_dependence: bool = False, spread: bool = False, language: str = "en"
) -> dict[str, Any]:
    """A triage as plain values: budget {since, found, expected, charts, periods, chance_share, range, sentence}, cards
    (each a signal, with those that share it as `also`), discoveries {level, method, charts}. range: of shuffled weeks,
    with `spread`, else None. Numbers in stored units, instants in UTC. A viewer who sees a part gets no ids: `verify`
    could not judge their figures again."""
    whole, budget = not viewer.scope, found.budget
    method: Method = "by" if any_dependence else "bh"
    listed = found.discoveries(LEVEL, method)
    plain: dict[str, Any] = as_plain(
        {
            "budget": {
                "since": found.since,
                **{name: getattr(budget, name) for name in ("found", "expected", "charts", "periods", "chance_share")},
                "range": found.spread() if spread else None,
                "sentence": budget.sentence(language),
            },
            "cards": [_card(card, whole) for card in found.cards],
            "discoveries": {
                "level": LEVEL,
                "method": method,
                "charts": [{**_series(review, whole), "false_share": share} for review, share in listed],
            },
        }
    )
    return plain


def _card(card: Card, whole: bool) -> Mapping[str, Any]:
    return {**_signal(card.first, whole), "also": [_signal(signal, whole) for signal in card.also]}


def _signal(signal: Signal, whole: bool) -> Mapping[str, Any]:
    episode, score, standing = signal.episode, signal.score, signal.standing
    said = standing and {name: getattr(standing.said, name) for name in ("by", "at", "why", "until")}
    return {
        **_series(signal.review, whole),
        "variation": signal.variation,
        "side": episode.side,
        "open": episode.open,
        "start": episode.start_label,
        "detected": episode.detected_label,
        "last": episode.last_label,
        "rules": episode.rules,
        "score": {"total": score.total, **vars(score)},
        "excess": signal.excess,
        "excess_cost": signal.cost,
        "said": said and {"state": standing and standing.state, **said},
    }


def _series(review: KpiReview, whole: bool) -> Mapping[str, Any]:
    return {
        "id": (review.id or None) if whole else None,
        "kpi": review.kpi.key,
        "name": review.name,
        "slice": dict(review.series.slice),
        "grain": review.series.grain,
    }
