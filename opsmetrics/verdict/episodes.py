"""Episodes (verdict.md 12): hits that belong together become one event with a start, a detection and an end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.stats import chains
from opsmetrics.verdict.model import Episode, Side
from opsmetrics.verdict.moments import Mask
from opsmetrics.verdict.reasons import Hit, by_weight, deciding_hits

#: Why a shown episode that the data no longer bear is closed.
DISSOLVED = "no_longer_outside"

_SIDES: tuple[Side, ...] = ("high", "low", "none")


def find_episodes(
    signals: pd.DataFrame, label: npt.NDArray[np.int64], judged: Mask, excluded: Mask, names: Sequence[str]
) -> tuple[Episode, ...]:
    """Maximal chains of deciding hits on one side whose members touch or overlap, in order of their detection.

    label: phase of each row, which no episode crosses. names: the periods in words. Excluded rows between two members
    do not part them; a gap does. Open while the last judged point of the current phase completes a hit of the chain.
    """
    place = np.cumsum(~excluded).astype(np.int64)  # neighbours are one apart, also over excluded rows
    current = np.flatnonzero(judged & (label == label[-1:]))
    last = int(current[-1]) if len(current) else -1
    hits = deciding_hits(signals)
    groups, first, end = (
        np.array(column, dtype=np.int64)
        for column in (
            [3 * label[hit.position] + _SIDES.index(hit.side) for hit in hits],
            [place[min(hit.members)] for hit in hits],
            [place[max(hit.members)] for hit in hits],
        )
    )
    chained: dict[int, list[Hit]] = {}
    for hit, chain in zip(hits, chains(groups, first, end).tolist(), strict=True):
        chained.setdefault(chain, []).append(hit)
    found = [_episode(chain, last, names) for chain in chained.values()]
    return tuple(sorted(found, key=lambda episode: (episode.detected, episode.side)))


def _episode(chain: list[Hit], last_judged: int, names: Sequence[str]) -> Episode:
    members = tuple(sorted({row for hit in chain for row in hit.members}))
    completed = [hit.position for hit in chain]
    detected, last = min(completed), max(completed)
    return Episode(
        side=chain[0].side,
        start=members[0],
        detected=detected,
        last=last,
        open=last == last_judged,
        rules=tuple(sorted({hit.rule for hit in chain}, key=by_weight)),
        members=members,
        start_label=names[members[0]],
        detected_label=names[detected],
        last_label=names[last],
    )


def with_shown(
    episodes: tuple[Episode, ...], shown: pd.DataFrame | None, as_of: pd.Timestamp, names: Sequence[str]
) -> tuple[Episode, ...]:
    """The episodes and those once shown that none of them is any more: closed, never deleted.

    shown: rows of kept verdicts (columns as_of, episodes as JSON list, oldest first); those of a later `as_of` do not
    count. A shown episode lives on in one of the same side that shares a period with it. Where its periods are no
    longer in the series, its positions are −1 and only its labels tell when it was.
    """
    rows = {name: row for row, name in enumerate(names)}
    lost: list[Episode] = []
    for told in _told(shown, as_of):
        old = _revived(told, rows)
        if any(_same_event(old, episode) for episode in episodes):
            continue
        lost = [episode for episode in lost if not _same_event(old, episode)]
        lost.append(old)
    return tuple(sorted((*episodes, *lost), key=lambda episode: (episode.detected, episode.side)))


def _told(shown: pd.DataFrame | None, as_of: pd.Timestamp) -> Iterable[dict[str, Any]]:
    if shown is None or shown.empty:
        return []
    before = (pd.to_datetime(shown["as_of"]) <= as_of).to_numpy(dtype=bool)
    texts = dict.fromkeys(text for text in shown["episodes"][before] if isinstance(text, str))
    return [told for text in texts for told in json.loads(text)]


def _revived(told: dict[str, Any], rows: dict[str, int]) -> Episode:
    start, detected, last = (rows.get(told[f"{name}_label"], -1) for name in ("start", "detected", "last"))
    return Episode(
        side=told["side"],
        start=start,
        detected=detected,
        last=last,
        open=False,
        rules=tuple(told.get("rules", ())),
        members=(),
        start_label=told["start_label"],
        detected_label=told["detected_label"],
        last_label=told["last_label"],
        closed_because=DISSOLVED,
    )


def _same_event(old: Episode, episode: Episode) -> bool:
    if old.side != episode.side:
        return False
    if -1 in (old.start, old.last, episode.start, episode.last):
        return (old.start_label, old.detected_label) == (episode.start_label, episode.detected_label)
    return old.start <= episode.last and episode.start <= old.last
