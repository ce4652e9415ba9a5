"""The drawing of the alarm budget: lengths that compare."""

from __future__ import annotations

import pytest

from opsmetrics.figures import alarm_budget
from opsmetrics.figures.budget import PITCH, WIDEST


def test_the_block_is_as_wide_as_so_many_signals() -> None:
    shapes, width = alarm_budget([("concerning", "high"), ("improving", "low")], 1.5)
    block, edge, diamond, disc = shapes
    assert float(block["width"]) == pytest.approx(1.5 * PITCH)
    assert edge["d"] == f"M{1.5 * PITCH:.1f} 0V14"
    assert (diamond["fill"], disc["fill"]) == ("concern", "improve")
    assert float(disc["cx"]) - float(diamond["d"][1:].split(" ")[0]) == pytest.approx(PITCH)
    assert width == pytest.approx(3.5 * PITCH, abs=3)


def test_a_square_where_nothing_is_better() -> None:
    shapes, _ = alarm_budget([("changed", "high")], 0.2)
    assert (shapes[-1]["tag"], shapes[-1]["stroke"]) == ("rect", "ink")


@pytest.mark.parametrize(("found", "expected"), [(0, 0.0), (0, 14.0), (89, 14.0), (300, 0.1)])
def test_it_fits_however_many_there_are(found: int, expected: float) -> None:
    shapes, width = alarm_budget([("concerning", "high")] * found, expected)
    assert width <= WIDEST
    assert len(shapes) == found + 2
    assert float(shapes[0]["width"]) >= 1, "there is a block also where chance gives next to nothing"
