"""What a person says about a signal without deciding anything: that they have seen it, or want it out of sight until a
day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from opsmetrics.catalog.model import Grain, Slice

#: seen: known, and somebody is at it; snoozed: out of sight until a day; open: neither any more.
AttentionKind = Literal["seen", "snoozed", "open"]


@dataclass(frozen=True)
class Attention:
    """One such word. It is about one episode of a series: a later episode, or one of the other side, is a new signal.

    start_label, detected_label: the episode's first period and the one in which it was detected, as they were named
    then; rules: those that it had completed by then. until: the first day on which a snoozed one is back. at: naive
    UTC. No verdict, limit or version follows from it.
    """

    kpi: str
    slice: Slice
    grain: Grain
    kind: AttentionKind
    side: str
    start_label: str
    detected_label: str
    rules: tuple[str, ...] = ()
    until: dt.date | None = None
    by: str = ""
    at: dt.datetime | None = None
    why: str = ""
    id: int | None = None
