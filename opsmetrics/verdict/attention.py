"""What stands beside an episode by what people said about it: seen, snoozed, or back again. It changes no verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from opsmetrics.catalog import Attention
from opsmetrics.verdict.model import Episode

#: seen: known to somebody; snoozed: out of sight; due: its day has come; worse: it has completed another rule since.
State = Literal["seen", "snoozed", "due", "worse"]


@dataclass(frozen=True)
class Standing:
    """The word that holds for an episode. added: the rules that it has completed since."""

    said: Attention
    state: State
    added: tuple[str, ...] = ()


def standing(said: Iterable[Attention], episode: Episode | None, names: Sequence[str], day: dt.date) -> Standing | None:
    """The last word about an episode, None where there is none, or where it was taken back.

    said: all that was said about the series at its grain, oldest first. It is about the episode of its side that holds
    a period it named; names: the periods in words. day: the present one at the site.
    """
    if episode is None:
        return None
    about = [each for each in said if _is_about(each, episode, names)]
    if not about or about[-1].kind == "open":
        return None
    last = about[-1]
    added = tuple(rule for rule in episode.rules if rule not in last.rules)
    if last.kind == "seen":
        return Standing(last, "seen", added)
    if added:
        return Standing(last, "worse", added)
    return Standing(last, "snoozed" if last.until is not None and day < last.until else "due")


def _is_about(said: Attention, episode: Episode, names: Sequence[str]) -> bool:
    """New data and limits move the ends of an episode, so it is found by a period that both hold."""
    if said.side != episode.side:
        return False
    if said.start_label == episode.start_label:
        return True
    held = set(names[max(episode.start, 0) : episode.last + 1]) if episode.last >= 0 else {episode.detected_label}
    return bool(held & {said.start_label, said.detected_label})
