"""Known events against the cards of a replay: which were found, after how many days, and which cards are false."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from opsmetrics.catalog import NotUnderstood, Slice, slice_of
from opsmetrics.catalog.written import read_day, read_pair
from opsmetrics.desk.replay import Card, Replay

COLUMNS = ("kpi", "slice", "event", "from", "to")

#: Of a file that says which stance an event leads to: those that no card tells of are left out.
TELLING = frozenset({"find_cause", "learn_keep", "get_data"})


class EventsUnreadable(ValueError):
    """A file of known events cannot be used; the text says what was found, where, and what is wanted."""


@dataclass(frozen=True)
class Known:
    """Something that happened to a series, on its first and last day."""

    kpi: str
    slice: Slice
    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Found:
    """A known event and the card that found it, None where none did. watched: some morning looks at its series."""

    event: Known
    card: Card | None
    watched: bool = True

    @property
    def after(self) -> int | None:
        """Days from the first day of the event to the morning of the card; None where it was not found."""
        return None if self.card is None else (self.card.opened - self.event.first).days


@dataclass(frozen=True)
class Scored:
    """A replay beside the events that are known."""

    replay: Replay
    found: tuple[Found, ...]
    false: tuple[Card, ...]

    @property
    def days(self) -> float | None:
        """The median of the days until those that were found; None where none was."""
        after = [each.after for each in self.found if each.after is not None]
        return median(after) if after else None


def score(replayed: Replay, events: Sequence[Known]) -> Scored:
    """The events that began within the mornings of a replay, each with the first card about its series and days that
    was opened after it began; a card that tells of no event at all is false."""
    within = [event for event in events if replayed.start <= event.first < replayed.end]
    found = tuple(
        Found(event, next((card for card in replayed.cards if _finds(card, event)), None), _watched(replayed, event))
        for event in within
    )
    false = tuple(card for card in replayed.cards if not any(_tells(card, event) for event in events))
    return Scored(replayed, found, false)


def _watched(replayed: Replay, event: Known) -> bool:
    return (event.kpi, event.slice) in replayed.said


def _finds(card: Card, event: Known) -> bool:
    return _tells(card, event) and card.opened > event.first


def _tells(card: Card, event: Known) -> bool:
    same = (card.kpi, card.slice) == (event.kpi, event.slice)
    return same and card.since <= event.last and event.first <= card.until


def read_events(path: Path) -> tuple[Known, ...]:
    """The events of a CSV file with the columns of COLUMNS; rows without an event are passed over, the same one twice
    counts once. Of those with a stance, only what some card tells of. Raises EventsUnreadable, OSError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            found = ", ".join(reader.fieldnames or ()) or "no columns"
            raise EventsUnreadable(
                f"{path.name} lacks the column {missing[0]}: found {found}; wanted {', '.join(COLUMNS)}."
            )
        rows = [(reader.line_num, row) for row in reader if (row["event"] or "").strip()]
    told = {_key(row) for _, row in rows if row.get("stance", "find_cause") in TELLING}
    return tuple(dict.fromkeys(_known(path, line, row) for line, row in rows if _key(row) in told))


def _key(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] or "" for name in COLUMNS)


def _known(path: Path, line: int, row: dict[str, str]) -> Known:
    try:
        pairs = [read_pair(part) for part in (row["slice"] or "").split(";") if part.strip()]
        first = read_day(row["from"] or "")
        last = read_day(row["to"]) if row["to"] else first
    except NotUnderstood as error:
        raise EventsUnreadable(f"{path.name}, line {line}: found {error.found}, wanted {error.wanted}.") from None
    if last < first:
        raise EventsUnreadable(f"{path.name}, line {line}: the event ends on {last}, before it begins on {first}.")
    return Known(row["kpi"].strip(), slice_of(dict(pairs)), row["event"].strip(), first, last)
