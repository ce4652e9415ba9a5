"""One test per line of the stance table, in its order; every combination has exactly one stance."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from opsmetrics.verdict.model import STANCES, Assurance, DataState, Stance, Variation
from opsmetrics.verdict.stance import classify

# Authority: the specification's list of stances, in the order in which they are tried.
TABLE: list[tuple[Variation, Assurance, DataState, bool, bool, Stance]] = [
    ("concerning", "fails", "late", False, False, "get_data"),
    ("common_cause", "meets", "missing", False, False, "get_data"),
    ("improving", "meets", "suspect", False, False, "get_data"),
    ("common_cause", "meets", "partial", False, True, "get_data"),
    ("none", "too_early", "missing", False, False, "get_data"),
    ("common_cause", "meets", "partial", False, False, "leave_alone"),
    ("concerning", "meets", "fresh", False, False, "find_cause"),
    ("changed", "no_target", "fresh", False, False, "find_cause"),
    ("too_few", "too_early", "fresh", True, False, "find_cause"),
    ("improving", "fails", "fresh", False, False, "learn_keep"),
    ("common_cause", "fails", "fresh", False, False, "change_process"),
    ("constant", "fails", "fresh", False, False, "change_process"),
    ("common_cause", "hit_or_miss", "fresh", False, False, "no_single_misses"),
    ("common_cause", "meets", "fresh", False, False, "leave_alone"),
    ("constant", "meets", "fresh", False, False, "leave_alone"),
    ("common_cause", "no_target", "fresh", False, False, "leave_alone"),
    ("constant", "too_early", "fresh", False, False, "wait"),
    ("too_few", "too_early", "fresh", False, False, "wait"),
    ("too_few", "no_target", "fresh", False, False, "wait"),
    ("none", "no_target", "fresh", False, False, "wait"),
]


@pytest.mark.parametrize(("variation", "assurance", "data", "early", "late", "expected"), TABLE)
def test_first_match(
    variation: Variation, assurance: Assurance, data: DataState, early: bool, late: bool, expected: Stance
) -> None:
    assert classify(variation, assurance, data, early, late) == expected


def test_stable_alone_never_reads_leave_it_alone() -> None:
    """A stable KPI is left alone only where it meets its target or has none (invariant of the table)."""
    for assurance in get_args(Assurance):
        alone = classify("common_cause", assurance, "fresh", False, False) == "leave_alone"
        assert alone == (assurance in ("meets", "no_target"))


def test_every_combination_has_a_stance() -> None:
    combinations = itertools.product(
        get_args(Variation), get_args(Assurance), get_args(DataState), (False, True), (False, True)
    )
    assert {classify(*one) for one in combinations} == set(STANCES)
