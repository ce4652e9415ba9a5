"""Every word of a verdict has a mark, and no two words that may stand side by side share one."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from opsmetrics.figures import STOPPED, Mark, assurance_mark, data_mark, variation_mark
from opsmetrics.figures.tokens import DARK, LIGHT
from opsmetrics.verdict.model import Assurance, DataState, Side, Variation

SIDES: tuple[Side, ...] = get_args(Side)
VARIATIONS = [variation_mark(v, side) for v in get_args(Variation) for side in SIDES]
ALL = [*VARIATIONS, *map(assurance_mark, get_args(Assurance)), *map(data_mark, get_args(DataState)), STOPPED]


@pytest.mark.parametrize("marks", [VARIATIONS, [assurance_mark(a) for a in get_args(Assurance)]], ids=["v", "a"])
def test_meanings_differ_by_shape_not_by_colour_alone(marks: list[Mark]) -> None:
    """Two marks that differ in tone differ in shape too: colour is never the only sign."""
    for one, other in itertools.combinations(marks, 2):
        if one.tone != other.tone:
            assert one.shapes != other.shapes


def test_the_side_turns_the_arrow() -> None:
    high, low = variation_mark("concerning", "high"), variation_mark("concerning", "low")
    assert high.shapes[0] == low.shapes[0], "the diamond stays"
    assert high.shapes[1] != low.shapes[1], "the arrow turns"


def test_a_side_changes_nothing_where_it_has_no_meaning() -> None:
    assert variation_mark("common_cause", "high") == variation_mark("common_cause")


def test_measures_without_a_good_direction_take_no_hue() -> None:
    assert {variation_mark("changed", side).tone for side in SIDES} == {"ink"}


@pytest.mark.parametrize(
    ("mark", "tone"),
    [
        (variation_mark("concerning", "high"), "concern"),
        (variation_mark("improving", "low"), "improve"),
        (variation_mark("common_cause"), "muted"),
        (assurance_mark("fails"), "concern"),
        (assurance_mark("meets"), "muted"),
        (assurance_mark("hit_or_miss"), "muted"),
        (data_mark("late"), "data"),
        (data_mark("missing"), "data"),
        (data_mark("fresh"), "muted"),
        (STOPPED, "concern"),
    ],
)
def test_colour_speaks_only_of_special_cause_missed_target_and_missing_data(mark: Mark, tone: str) -> None:
    assert mark.tone == tone


@pytest.mark.parametrize("mark", ALL)
def test_every_mark_is_drawable_with_the_colours_of_its_theme(mark: Mark) -> None:
    painted = {str(shape[name]) for shape in mark.shapes for name in ("fill", "stroke") if name in shape} - {"none"}
    assert painted <= {"current", "on"}, "its own tone, and what stands on it"
    for colours in (LIGHT, DARK):
        assert getattr(colours, mark.tone) != colours.on
