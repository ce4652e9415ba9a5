"""Kept verdicts: a row for each that says something new, and what is only looked at binds nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from opsmetrics.store import Store
from tests.store.test_decisions import shown_row

SERIES = ("late", shown_row()["slice"], "day")


def row(id_: str, day: int, channel: str = "store", **more: Any) -> dict[str, object]:
    moment = dt.datetime(2026, 3, day, 6)
    return shown_row(id=id_, as_of=pd.Timestamp(moment), at=moment, channel=channel, value=float(len(id_)), **more)


def kept(store: Store) -> list[tuple[str, int, str]]:
    found = store.shown("late", shown_row()["slice"], "day")  # type: ignore[arg-type]
    return [(line["id"], line["as_of"].day, line["channel"]) for _, line in found.iterrows()]


def test_what_only_repeats_the_last_is_no_row(store: Store) -> None:
    assert [store.keep_shown([row(*told)]) for told in (("A", 1), ("A", 2), ("B", 3), ("B", 4), ("A", 5))] == [
        1, 0, 1, 0, 1,
    ]  # fmt: skip
    assert kept(store) == [("A", 1, "store"), ("B", 3, "store"), ("A", 5, "store")]


def test_the_morning_and_a_change_are_one_row_of_news(store: Store) -> None:
    store.keep_shown([row("A", 1)])
    assert store.keep_shown([row("A", 2, "morning"), row("A", 2, "morning", kpi="wait")]) == 1
    assert kept(store) == [("A", 1, "store")]


def test_an_earlier_moment_is_told_by_what_was_known_then(store: Store) -> None:
    """Mornings run for past days, in any order: what was said later does not stand for what was said then."""
    store.keep_shown([row("A", 5)])
    assert [store.keep_shown([row(id_, 3, "morning")]) for id_ in ("A", "A", "B")] == [1, 0, 1]


def test_what_is_looked_at_is_kept_once_for_its_id(store: Store) -> None:
    assert [store.keep_shown([row("A", day, "page")]) for day in (1, 2)] == [1, 0]
    assert store.keep_shown([row("A", 3, "terminal")]) == 0
    assert store.keep_shown([row("A", 4)]) == 1, "said to all is more than looked at"
    assert store.keep_shown([row("A", 5, "program")]) == 0


def test_what_is_looked_at_is_not_told(store: Store) -> None:
    store.keep_shown([row("A", 1, "page"), row("BB", 2, "morning")])
    (told,) = store.told([SERIES])  # type: ignore[list-item]
    assert told["value"].tolist() == [2.0]


def test_a_verdict_is_found_by_its_id_as_it_was_first_shown(store: Store) -> None:
    store.keep_shown([row("A", 2), row("B", 3)])
    store.keep_shown([row("A", 4)])
    assert store.known_ids(["A", "C", "B"]) == {"A", "B"}
    found = store.shown_as("A")
    assert found is not None
    assert found["as_of"] == pd.Timestamp("2026-03-02 06:00")
    assert store.shown_as("C") is None


def test_words_of_long_ago_are_forgotten_but_not_what_binds(store: Store) -> None:
    """What was looked at goes whole; of what was said to all the words go, and the last of a series stays whole."""
    other = {"kpi": "wait"}
    store.keep_shown([row("A", 1), row("BB", 2, "page"), row("CCC", 3, "morning"), row("DDDD", 3, **other)])
    store.keep_shown([row("EEEEE", 20), row("FFFFFF", 20, "terminal")])
    told = store.told([SERIES])[0]  # type: ignore[list-item]
    assert store.forget_shown(dt.datetime(2026, 3, 1)) == 0
    assert store.forget_shown(dt.datetime(2026, 3, 10)) == 3
    assert store.known_ids(["A", "BB", "CCC", "DDDD", "EEEEE", "FFFFFF"]) == {"DDDD", "EEEEE", "FFFFFF"}
    assert store.told([SERIES])[0].equals(told)  # type: ignore[list-item]
    assert store.forget_shown(dt.datetime(2026, 3, 10)) == 0
    assert [store.keep_shown([row(*again)]) for again in (("EEEEE", 21), ("A", 22))] == [0, 1]
    assert store.shown_as("A") is not None


def test_rows_without_an_id_are_kept_as_they_come(store: Store) -> None:
    """Kept before there were ids."""
    assert [store.keep_shown([shown_row(channel="store")]) for _ in range(2)] == [1, 1]


def test_where_nothing_is_new_nothing_is_written(store: Store) -> None:
    store.keep_shown([row("A", 1)])
    size = store.path.stat().st_mtime_ns
    assert store.keep_shown([row("A", 2)]) == 0
    assert store.path.stat().st_mtime_ns == size
