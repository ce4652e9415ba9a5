"""Files of events in any order through the command line: told apart by a reference, or replacing their own time.

Oracle: a few lines of Python that replay the batches in force, from first to last loaded.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cases import cases
from tests.cli.conftest import Run
from tests.cli.test_event_files import CATALOG

HEADER = ("When", "Line", "Reason", "Minutes", "Ticket")


class Event(NamedTuple):
    """One line of a file; equal for whoever loads it."""

    when: dt.datetime
    line: str
    reason: str
    minutes: int
    ticket: str


File = Sequence[Event]
Replay = Callable[[Sequence[File]], list[Event]]


def template(*, keyed: bool) -> str:
    """The template of a stream whose events a ticket names, or of one whose files state all of their own days."""
    named, roles = ('Ticket = "reference"', "") if keyed else ('Ticket = "ignore"', 'covers = "day"\n')
    header = ", ".join(f'"{name}"' for name in HEADER)
    return (
        f'name = "stops"\nheader = [{header}]\n{roles}[columns]\nWhen = "ts"\nLine = "line"\n'
        f'Reason = "category"\nMinutes = "minutes"\n{named}\n[events]\nstream = "stops"\n'
    )


def by_reference(files: Sequence[File]) -> list[Event]:
    """The last file that states a ticket says what it is."""
    return sorted({event.ticket: event for file in files for event in file}.values())


def by_days(files: Sequence[File]) -> list[Event]:
    """A file states everything from its first day to its last."""
    held: list[Event] = []
    for file in files:
        days = [event.when.date() for event in file]
        held = [event for event in held if not min(days) <= event.when.date() <= max(days)] + list(file)
    return sorted(held)


def drawn(chance: random.Random, first: int, tickets: int) -> list[Event]:
    """A file of three days from `first` on, with an event on the first and the last; others have its tickets too."""
    found = []
    for number, ticket in enumerate(chance.sample(range(tickets), 6)):
        day = first + (0 if number == 0 else 2 if number == 1 else chance.randrange(3))
        when = dt.datetime(2026, 3, 2, chance.randrange(24), chance.randrange(60)) + dt.timedelta(days=day)
        reason = chance.choice(["Jam", "None", "Power"])
        found.append(Event(when, chance.choice("AB"), reason, chance.randrange(1, 90), f"T{ticket}"))
    return found


def stored(run: Run, store: Path, *, keyed: bool) -> list[Event]:
    """What the store holds, as the files said it."""
    rows = run("events", "stops", "--limit", 1000, "--store", store, "--json").json
    return sorted(
        Event(
            dt.datetime.fromisoformat(row["observed_at"]).replace(tzinfo=None),
            row["line"],
            row["category"],
            int(row["minutes"]),
            row["reference"] if keyed else "",
        )
        for row in rows
    )


@pytest.mark.parametrize(("keyed", "replay"), [(True, by_reference), (False, by_days)])
@pytest.mark.parametrize("seed", cases([1], [1, 2, 3, 4]))
def test_any_order_of_loading_and_undoing_is_a_replay_of_what_is_in_force(
    tmp_path: Path, run: Run, keyed: bool, replay: Replay, seed: int
) -> None:
    chance, store = random.Random(seed), tmp_path / "kpis.duckdb"
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "stops.toml").write_text(template(keyed=keyed), encoding="utf-8")
    (tmp_path / "kpis.toml").write_text(CATALOG, encoding="utf-8")
    assert run("init", "--store", store).code == 0
    force: dict[int, File] = {}
    for number in range(5):
        events = [event if keyed else event._replace(ticket="") for event in drawn(chance, chance.randrange(6), 12)]
        path = tmp_path / f"{number}.csv"
        lines = [f"{e.when:%Y-%m-%d %H:%M},{e.line},{e.reason},{e.minutes},{e.ticket}" for e in events]
        path.write_text("\n".join([",".join(HEADER), *lines]) + "\n", encoding="utf-8")
        receipt = run("ingest", path, "--store", store, "--json").json
        assert receipt["rows"] == len(events)
        before, force[receipt["batch"]] = replay(list(force.values())), events
        after = replay(list(force.values()))
        assert stored(run, store, keyed=keyed) == after
        assert receipt["new"] - receipt["removed"] == len(after) - len(before)
    for batch in chance.sample(sorted(force), 4):
        assert run("undo", batch, "--why", f"trial {batch}", "--store", store).code == 0
        del force[batch]
        assert stored(run, store, keyed=keyed) == replay(list(force.values())), f"after undo {batch}"
    left = len(replay(list(force.values())))
    points = run("review", "stops", "--as-of", "2026-04-01", "--store", store, "--json").json["points"]
    assert sum(point["numerator"] or 0 for point in points) == left, "the KPI that they feed counts the same"
