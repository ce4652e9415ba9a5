"""Rates of new episodes on rare series: the vectorised rules against those of a verdict, and a fresh simulation."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.review import review
from opsmetrics.stats.rare_alarms import _hits, _new, expected_rare_episodes
from tests.verdict.made import HARM, totals


@pytest.mark.parametrize("seed", range(6))
def test_new_episodes_are_those_of_a_verdict(seed: int) -> None:
    draw = np.random.default_rng(seed)
    departed = draw.random(140) < (0.05, 0.2, 0.4)[seed % 3]
    departed[60:70] |= draw.random(10) < 0.5
    found = review(totals(departed.astype(float).tolist(), kpi=HARM), ())
    opened = [np.flatnonzero(_new(hit, first)[0]).tolist() for hit, first in _hits(departed[None, :])]
    sides = [[e.detected for e in found.episodes if e.side == side] for side in ("high", "low")]
    assert opened == sides


@pytest.mark.parametrize(("share", "n"), [(0.1, 100), (0.05, 120)])
def test_rates_agree_with_a_fresh_simulation(share: float, n: int) -> None:
    departed = np.random.default_rng(4).random((3000, n)) < share
    found = sum(int(_new(hit, first).sum()) for hit, first in _hits(departed)) / 3000
    assert expected_rare_episodes(departed.mean(axis=1), n, n).mean() == pytest.approx(found, rel=0.25)


def test_nothing_is_expected_of_what_never_departed_or_has_just_begun() -> None:
    assert expected_rare_episodes([0.0, 0.1], [100, 8], [7, 7]).tolist() == [0.0, 0.0]
