"""What is new since an instant (verdict.md 24): the episodes that were detected since, open or ended, and those that
were told and are none by the data of now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Kpi
from opsmetrics.verdict.clauses import Scene, ended
from opsmetrics.verdict.episodes import DISSOLVED
from opsmetrics.verdict.model import Episode, Sentence, Variation, Verdict

#: open: still one; over: back in its usual range; withdrawn: shown once, and none any more by the data of now.
Ending = Literal["open", "over", "withdrawn"]

Instants = npt.NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Told:
    """How far a series was known, each time that something was said of it to all.

    at: naive UTC, in order. reached: the position of the last judged period then, −1 where that is not in the points.
    withdrawn: for each episode that was told as open and then dissolved, when that was; else NaT.
    """

    at: Instants
    reached: npt.NDArray[np.intp]
    withdrawn: Instants


@dataclass(frozen=True)
class News:
    """One episode that is new to a reader, with the word of its variation."""

    episode: Episode
    variation: Variation
    ending: Ending


def told_of(shown: pd.DataFrame | None, names: Sequence[str], episodes: Sequence[Episode], as_of: pd.Timestamp) -> Told:
    """From the kept verdicts of a series (columns as_of, as_of_period, episodes as JSON, oldest first); those of a
    later `as_of` do not count. names: the periods of its points in words."""
    if shown is None or shown.empty:
        nothing = np.full(len(episodes), np.datetime64("NaT"), dtype="datetime64[us]")
        return Told(nothing[:0], np.array([], dtype=np.intp), nothing)
    at = pd.to_datetime(shown["as_of"]).to_numpy().astype("datetime64[us]")
    now = _instant(as_of)
    before = at <= now
    rows = {name: row for row, name in enumerate(names)}
    reached = np.array([rows.get(name, -1) for name in shown["as_of_period"][before]], dtype=np.intp)
    moments = np.append(at[before], now)
    return Told(at[before], reached, _withdrawn(moments, list(shown["episodes"][before]), episodes))


def _withdrawn(moments: Instants, texts: Sequence[Any], episodes: Sequence[Episode]) -> Instants:
    """When each dissolved episode was said no more, after it had been told as open. moments: of the texts, and now. The
    texts are read only where an episode was dissolved."""
    found = np.full(len(episodes), np.datetime64("NaT"), dtype="datetime64[us]")
    lost = [place for place, episode in enumerate(episodes) if episode.closed_because == DISSOLVED]
    for row, text in enumerate(texts if lost else ()):
        held = json.loads(text) if isinstance(text, str) else []
        for place in lost:
            if any(told["open"] and _is_told(episodes[place], told) for told in held):
                found[place] = moments[row + 1]
    return found


def _is_told(episode: Episode, told: Mapping[str, Any]) -> bool:
    """True where these are the words of the episode: a dissolved one keeps those of its last telling."""
    labels = (told["side"], told["start_label"], told["last_label"])
    return labels == (episode.side, episode.start_label, episode.last_label)


def first_new(points: pd.DataFrame, told: Told, since: pd.Timestamp) -> int:
    """The position from which on the judged periods are new to somebody who knew all that was known at `since`.

    What was said last before then tells how far that was, so that Friday's figure is new on Monday also where its file
    came late. Where nothing had been said yet, it is the first period that ended since.
    """
    known = int(np.searchsorted(told.at, _instant(since), side="right"))
    if known and told.reached[known - 1] >= 0:
        return int(told.reached[known - 1]) + 1
    ends = points["ends_at"].to_numpy().astype("datetime64[us]")
    return len(points) - int(np.count_nonzero(ends > _instant(since)))  # samples have no end: none of them is new


def news(
    kpi: Kpi, points: pd.DataFrame, episodes: Sequence[Episode], told: Told, since: pd.Timestamp
) -> tuple[News, ...]:
    """The episodes detected since, newest first, then those that were told as open and have been withdrawn since."""
    if not episodes:
        return ()
    first = first_new(points, told, since)
    found = [
        News(episode, _word(points, episode), "open" if episode.open else "over")
        for episode in reversed(episodes)
        if episode.closed_because is None and episode.detected >= first
    ]
    taken = [
        News(episode, _by_side(kpi, episode), "withdrawn")
        for episode, gone in zip(episodes, told.withdrawn, strict=True)
        if gone > _instant(since)
    ]
    return (*found, *reversed(taken))


def _instant(moment: pd.Timestamp) -> np.datetime64:
    return moment.as_unit("us").to_datetime64()


def _word(points: pd.DataFrame, episode: Episode) -> Variation:
    """The word with which the episode is drawn."""
    return cast(Variation, str(points["tone"].iloc[episode.start]))


def told_over(item: News, kpi: Kpi, verdict: Verdict, points: pd.DataFrame) -> Sentence:
    """What an episode was that is over, or none any more; that the series is back is said only where it is."""
    episode = item.episode
    if item.ending == "withdrawn":
        ends = [
            {"label": label, "grain": verdict.identity.grain} for label in (episode.start_label, episode.last_label)
        ]
        return Sentence("withdrawn", {"kpi": kpi.name, "during": ends})
    scene = Scene(verdict, kpi, points)
    if verdict.variation in ("common_cause", "constant"):
        return ended(scene, episode)
    pattern = "ended_again" if verdict.episode is not None else "ended_plain"
    return Sentence(pattern, scene.common(during=[scene.period(episode.start), scene.period(episode.last)]))


def _by_side(kpi: Kpi, episode: Episode) -> Variation:
    """The word of an episode whose periods bear none any more."""
    if kpi.better == "neither" or episode.side == "none":
        return "changed"
    return "improving" if (episode.side == "high") == (kpi.better == "higher") else "concerning"
