"""Finished reviews, kept for whoever asks the same again: they are a function of what a question holds.

Without a moment "now" is meant, and now is one and the same for a quarter of an hour, as on the pages. So that nobody
waits when a quarter is over or a file was loaded, `refresh` makes the verdicts of now ready while people are about.
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from weakref import WeakKeyDictionary

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Grain, Slice
from opsmetrics.desk import landing_ready, showing
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.desk.kept import Kept
from opsmetrics.review import KpiReview
from opsmetrics.store import Channel, Store

QUARTER: Final = 15 * 60

#: How many reviews are kept, those that nobody asked for longest go first: about 150 kB each.
MOST: Final = 64

#: How many reviews the kept lists of everything watched hold together; the newest list stays however long it is.
LISTED: Final = 1_000

#: For how many seconds after somebody looked, or after a morning run, the verdicts of now are kept ready.
ABOUT: Final = 3 * 3600.0


@dataclass(frozen=True)
class Question:
    """What is asked of the store as it stands: of one KPI slice at a grain (None: that it is operated at), or of all
    that is watched (kpi ""). Two questions are equal where their answers are.

    key: store, versions of data, decisions and definitions, which quarter of an hour (0: a moment is given), and what
    the viewer may see; read before anything that they are the key of.
    """

    desk: Desk = field(compare=False)
    kpi: str = ""
    slice: Slice = ()
    grain: Grain | None = None
    as_of: AsOf = None
    viewer: Viewer = field(default=OPEN, compare=False)
    channel: Channel = field(default="program", compare=False)
    key: tuple[object, ...] = field(init=False)

    def __post_init__(self) -> None:
        desk, quarter = self.desk, 0 if self.as_of else quarter_now()
        scope = frozenset((name, frozenset(values)) for name, values in self.viewer.scope.items())
        object.__setattr__(self, "key", (desk.store, desk.versions, desk.catalog.version, quarter, scope))


def quarter_now() -> int:
    """Which quarter of an hour it is, counted from 1970."""
    return int(dt.datetime.now(dt.UTC).timestamp() // QUARTER)


_WATCHED: Kept[Question, list[KpiReview]] = Kept(LISTED, weigh=len)
_LOOKED: WeakKeyDictionary[Store, float] = WeakKeyDictionary()


def watched(asked: Question) -> list[KpiReview]:
    """The reviews of everything watched, which nobody changes; made once, for however many readers wait for it."""
    looked(asked.desk)
    return _WATCHED.of(asked, lambda: asked.desk.watched(asked.as_of, asked.viewer))


def looked(desk: Desk) -> None:
    """Somebody looks at the store, or is about to."""
    _LOOKED[desk.store] = time.monotonic()


def refresh(desk: Desk, between: Callable[[], None] = lambda: None) -> bool:
    """Makes the verdicts of now ready where somebody looked lately, and asks for their landings; True where they are.
    between: called before each review; what it raises ends the work, and nothing is kept."""
    if time.monotonic() - _LOOKED.get(desk.store, -math.inf) > ABOUT:
        return False

    def made() -> list[KpiReview]:
        found = []
        for each in desk.each_watched():
            between()
            found.append(each)
        return found

    landing_ready.ask(_WATCHED.of(Question(desk), made))
    return True


@lru_cache(maxsize=MOST)
def review(asked: Question) -> KpiReview:
    """The review of one KPI slice. Where it is computed, its verdict is kept as shown by the question's channel, if it
    is that of all data. Raises what `Desk.review` raises."""
    found = asked.desk.review(asked.kpi, asked.slice, grain=asked.grain, as_of=asked.as_of, viewer=asked.viewer)
    if not asked.viewer.scope:
        showing.keep_where_possible(asked.desk.store, [found], asked.channel)
    return found
