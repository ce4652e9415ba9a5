"""Calm days are calm: where nothing was put in, new episodes come as often as the rules give by chance.

Authority: the check values of verdict.md 43 (rule 1 and a run of 8, limits from all own points): 0.0069 new episodes
for each judged point at n = 365. The series here have about 400 and 570 points and counts instead of normal values,
hence the tolerance of 15 %. `make soak` runs more seeds (SAMPLE_SEEDS).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator

import pandas as pd
import pytest

from opsmetrics import sample
from opsmetrics.catalog import Slice, read_catalog
from opsmetrics.review import KpiReview, review
from opsmetrics.sample.chance import STRETCH
from opsmetrics.triage import triage
from tests.sample.arranged import arranged

SEEDS = int(os.environ.get("SAMPLE_SEEDS", "20"))
EXPECTED, TOLERANCE = 0.0069, 0.15

#: Slices into which no event was put.
CALM: tuple[tuple[str, str, Slice], ...] = (
    ("sample_press", "scrap_rate", (("line", "Line 1"),)),
    ("sample_press", "scrap_rate", (("line", "Line 2"),)),
    ("sample_first_pass", "welded_right", ()),
    ("sample_first_pass", "assembled_right", ()),
    ("sample_dispatch", "on_time_in_full", ()),
    ("sample_first_pass", "welded_right", (("line", "Line 2"),)),
    ("sample_solved", "sla_met", (("team", "Workplace"),)),
    ("sample_solved", "sla_met", (("team", "Applications"),)),
)


def reviews(seed: int) -> Iterator[KpiReview]:
    """The reviews of the calm slices as one seed draws them."""
    catalog, clock = read_catalog(sample.KPIS), sample.clock(dt.date(2026, 11, 24))
    files = {file.name: file for file in sample.simulate(clock, seed)}
    for name, key, part in CALM:
        yield review(arranged(files[name], catalog[key], part, clock), ())


@pytest.fixture(scope="module")
def found() -> list[KpiReview]:
    return [item for seed in range(SEEDS) for item in reviews(seed)]


def test_new_episodes_come_as_often_as_the_rules_give(found: list[KpiReview]) -> None:
    """The last stretch is left out: it was drawn again until it was quiet."""
    judged = sum(len(item.points) - STRETCH for item in found)
    new = sum(e.detected < len(item.points) - STRETCH for item in found for e in item.episodes)
    assert new / judged == pytest.approx(EXPECTED, rel=TOLERANCE)


def test_there_are_no_more_cards_than_chance_gives(found: list[KpiReview]) -> None:
    """On average over the seeds at most 1.1 times what triage expects: `make soak` has more seeds."""
    cards, expected = 0, 0.0
    for start in range(0, len(found), len(CALM)):
        drawn = found[start : start + len(CALM)]
        told = triage(drawn, pd.Timestamp("2000-01-01"))
        points = sum(len(item.points) for item in drawn)
        cards += len(told.cards)
        expected += told.budget.expected * (1 - STRETCH * len(drawn) / points)  # the last stretch was drawn quiet
    print(f"{SEEDS} seeds: {cards} cards, {expected:.1f} expected, {cards / expected:.3f}")
    assert cards <= 1.1 * expected


def test_the_last_morning_is_calm_whatever_the_seed(found: list[KpiReview]) -> None:
    assert {item.verdict.variation for item in found if item.verdict} == {"common_cause"}
