"""From a snapshot of the store to reviews: the one path for one series and for a page of three hundred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from opsmetrics.access import Viewer
from opsmetrics.catalog import Decision, Grain, Slice
from opsmetrics.desk.arranging import Arranging
from opsmetrics.desk.snapshot import Snapshot, Wanted
from opsmetrics.review import KpiReview, review


def reviews(read: Snapshot, wanted: Iterable[Wanted], *, extra: tuple[Decision, ...] = ()) -> Iterator[KpiReview]:
    """The review of each series that is wanted, in order. `extra`: decisions to think of as made last.

    Raises KeyError where a stream or a component is not defined.
    """
    every = list(wanted)
    read.read_decisions(dict.fromkeys(one.kpi.key for one in every))
    read.read_told(told for one in every if (told := _told(one, read.viewer)) is not None)
    for portion in read.portions(every):
        for one in portion:
            yield _review(read, one, extra)


def _review(read: Snapshot, one: Wanted, extra: tuple[Decision, ...]) -> KpiReview:
    told = _told(one, read.viewer)
    return review(
        Arranging(read, one.slice, one.grain, one.as_of).series(one.kpi),
        (*read.decisions(one.kpi.key), *extra),
        data_version=read.versions[0],
        decisions_version=read.versions[1],
        definitions_version=read.catalog.version,
        shown=None if told is None else read.told(*told),
    )


def _told(one: Wanted, viewer: Viewer) -> tuple[str, Slice, Grain] | None:
    """Of which series the shown verdicts count. What was shown of a slice is a figure of all of it: to a viewer who
    sees a part it would tell what they may not see, and make their own figure look restated."""
    asked = dict(one.slice)
    whole = all(name in asked and viewer.may_see(name, asked[name]) for name in viewer.scope)
    return (one.kpi.key, one.slice, cast(Grain, one.grain)) if whole else None
