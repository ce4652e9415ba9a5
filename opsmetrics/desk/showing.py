"""Keeping verdicts as they were shown: one row for each that says something new."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable

from opsmetrics import __version__
from opsmetrics.review import KpiReview
from opsmetrics.store import Channel, Store, StoreError
from opsmetrics.verdict.identifying import content

_LOG = logging.getLogger("opsmetrics.desk")


def keep(store: Store, reviews: Iterable[KpiReview], channel: Channel) -> int:
    """Keep the verdicts of these reviews; how many of them said something new. Those without a verdict are left out.

    Nothing is written where every one of them is known.
    """
    named = {item.id: item for item in reviews if item.id}
    if channel in ("store", "morning"):
        return store.keep_shown([row(item, channel) for item in named.values()])
    known = store.known_ids(list(named))
    return store.keep_shown([row(item, channel) for id_, item in named.items() if id_ not in known])


def keep_where_possible(store: Store, reviews: Iterable[KpiReview], channel: Channel) -> None:
    """The same for what somebody reads: that is answered also where it cannot be kept, as on a full disk. The log
    says so."""
    try:
        keep(store, reviews, channel)
    except StoreError as error:
        _LOG.warning("What is shown could not be kept, so `verify` will not know its ids. %s", error)


def row(item: KpiReview, channel: Channel) -> dict[str, object]:
    """The verdict of a review as a row of those that are kept. It has an id."""
    said, verdict = content(item), item.verdict
    assert verdict is not None  # it has an id
    identity = verdict.identity
    return {
        "kpi": identity.kpi,
        "slice": identity.slice,
        "grain": identity.grain,
        "as_of": identity.as_of,
        "data_version": identity.data_version,
        "decisions_version": identity.decisions_version,
        "definitions_version": identity.definitions_version,
        "as_of_period": verdict.as_of_period,
        "value": verdict.value,
        "episodes": json.dumps(said.pop("episodes"), ensure_ascii=False),
        "verdict": json.dumps(said, ensure_ascii=False),
        "channel": channel,
        "id": item.id,
        "program": __version__,
    }
