"""Chances of landing against what came, on simulated months of shares, sums and averages.

Each case draws a history of 260 working days, cuts a month of 21 days somewhere, and compares the chance told for its
end with what the process then did, with enough cases for each of five bins.
"""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.landing import Stretch, forecasts, land, met, skill
from tests.cases import in_soak

KINDS = ("share", "sum", "average")
PROCESSES = ("noise", "week", "waves", "walk")
HISTORY, MONTH = 260, 21

Case = tuple[float, bool, bool]


def level(process: str, n: int, draw: np.random.Generator) -> np.ndarray:
    """The level of a process over time."""
    steps = draw.normal(0, {"waves": 0.08, "walk": 0.03}.get(process, 0.2), n)
    if process == "noise":
        return steps
    if process == "week":
        return 0.25 * np.sin(2 * np.pi * np.arange(n) / 5)
    if process == "walk":
        return np.cumsum(steps)
    waves = np.zeros(n)
    for place in range(1, n):
        waves[place] = 0.9 * waves[place - 1] + steps[place]
    return waves


def drawn(kind: str, process: str, n: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Values and sizes."""
    moved = level(process, n, draw)
    if kind == "sum":
        return draw.poisson(40 * np.exp(moved)).astype(float), np.ones(n)
    if kind == "average":
        return 50 + 10 * moved + draw.normal(0, 1.5, n), np.full(n, 20.0)
    busy = 0.2 * np.sin(2 * np.pi * np.arange(n) / 5) + draw.normal(0, 0.1, n)
    sizes = draw.poisson(300 * np.exp(busy)) + 1
    shares = draw.binomial(sizes, 1 / (1 + np.exp(2.2 - moved - 0.3 * busy))) / sizes
    return shares, sizes.astype(float)


def case(kind: str, process: str, draw: np.random.Generator) -> tuple[Case | None, bool]:
    """(chance told, whether it met, whether the chance may be told) and whether the 80 % range held."""
    ahead = int(draw.integers(3, MONTH))
    before, total = MONTH - ahead, kind == "sum"
    values, sizes = drawn(kind, process, HISTORY + ahead, draw)
    past, weights = values[:HISTORY], sizes[:HISTORY]
    bounds = {"share": (0.0, 1.0), "sum": (0.0, None), "average": (None, None)}[kind]

    def landed(first: int, last: int) -> float:
        above = float(values[first:last] @ sizes[first:last])
        return above if total else above / float(sizes[first:last].sum())

    windows = [landed(start, start + MONTH) for start in range(HISTORY - 84, HISTORY - MONTH, 7)]
    target = float(np.mean(windows[-3:]) + draw.normal(0, 1) * np.std(windows))
    joint = forecasts(past, weights, ahead, seasons_tried=(5,), lower=bounds[0], upper=bounds[1], share=kind == "share")
    known = slice(HISTORY - before, HISTORY)
    stretch = Stretch.of_whole(ahead, float(past[known] @ weights[known]), float(weights[known].sum()))
    ends = land(joint, stretch, total=total, count=1000)
    reached = ends.total if total else ends.ratio
    tested = skill(joint, past, weights, stretch, before, float("nan"), target / (MONTH if total else 1))
    came = landed(HISTORY - before, HISTORY + ahead)
    low, high = np.quantile(reached, (0.1, 0.9))
    told = float(np.clip(np.round(20 * met(reached, float("nan"), target).mean()) / 20, 0.05, 0.95))
    may = tested.origins >= 8 and (tested.earned or tested.score <= 0.01)
    return (told, came <= target, may), bool(low <= came <= high)


Told = tuple[np.ndarray, np.ndarray, float]


def run(kind: str, count: int) -> Told:
    """Chances that may be told, what came of them, and the coverage of the 80 % range over all."""
    found = [case(kind, process, np.random.default_rng([KINDS.index(kind), PROCESSES.index(process), seed]))
             for process in PROCESSES for seed in range(count)]  # fmt: skip
    told = [item for item, _ in found if item is not None and item[2]]
    chances, came = np.array([item[0] for item in told]), np.array([item[1] for item in told], dtype=float)
    return chances, came, float(np.mean([held for _, held in found]))


def gain(chances: np.ndarray, came: np.ndarray) -> float:
    """Brier skill against the base rate of the same cases."""
    return 1 - float(((chances - came) ** 2).mean() / ((came.mean() - came) ** 2).mean())


@pytest.fixture(scope="module")
def every() -> dict[str, Told]:
    """800 cases of each kind; tests/desk/test_landing_reliable.py has a few in each run, on the product's own path."""
    return {kind: run(kind, 200) for kind in KINDS}


@in_soak
@pytest.mark.parametrize("kind", KINDS)
def test_chances_have_skill(every: dict[str, Told], kind: str) -> None:
    chances, came, held = every[kind]
    assert gain(chances, came) > 0.2
    assert abs(float(chances.mean() - came.mean())) < 0.07
    assert held == pytest.approx(0.80, abs=0.05)


@in_soak
def test_chances_are_reliable(every: dict[str, Told]) -> None:
    """Seven points in each of five bins with a hundred cases or more, over all kinds and processes."""
    chances, came = (np.concatenate([part[place] for part in every.values()]) for place in (0, 1))
    bins = np.minimum((chances * 5).astype(int), 4)
    for place in range(5):
        inside = bins == place
        assert inside.sum() >= 100
        assert float(chances[inside].mean()) == pytest.approx(float(came[inside].mean()), abs=0.07), place
