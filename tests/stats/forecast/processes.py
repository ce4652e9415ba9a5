"""Simulated processes whose future is known, and chances of breaches told before it, beside what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.forecast import forecast
from opsmetrics.stats.landing import Joint, paths

PROCESSES = ("memory", "walk", "week", "shift", "noise", "counts")


def simulated(kind: str, draw: np.random.Generator, n: int) -> np.ndarray:
    """n values of one of PROCESSES."""
    shocks, slots = draw.normal(0, 1, n), np.arange(n)
    if kind == "walk":
        return 60 + np.cumsum(shocks)
    if kind == "week":
        return 30 + 4 * np.sin(slots * 2 * np.pi / 7) + shocks
    if kind == "shift":
        return 20 + shocks + np.where(slots > draw.integers(n // 3, n), 3.0 * draw.choice([-1, 1]), 0.0)
    if kind == "counts":
        return draw.poisson(3.0 * np.exp(0.3 * np.sin(slots / 25 + 6 * draw.random()))).astype(float)
    if kind == "noise":
        return 20 + shocks
    values = np.zeros(n)
    for slot in range(1, n):
        values[slot] = 0.7 * values[slot - 1] + shocks[slot]
    return 20 + values


@dataclass(frozen=True)
class Told:
    """A chance that was told, whether it came, and the share of past stretches in which it had."""

    event: str
    chance: float
    came: bool
    base: float


def told(known: np.ndarray, came: np.ndarray, draw: np.random.Generator, **more: object) -> Iterator[Told]:
    """Chances from the joint paths that the largest value, and the mean, of the steps ahead lie above a line drawn at a
    random quantile of what stretches of this length had been."""
    horizon = len(came)
    found = forecast(known, horizon, **more)  # type: ignore[arg-type]
    drawn, _ = paths(Joint(found), 1000)
    stretches = np.lib.stride_tricks.sliding_window_view(known, horizon)
    for event, of in (("any", np.max), ("mean", np.mean)):
        ahead, past, real = of(drawn, axis=1), of(stretches, axis=1), of(came)
        for line in np.quantile(np.append(past, known[-1]), draw.random(3)):
            yield Told(event, float((ahead > line).mean()), bool(real > line), float((past > line).mean()))


def of_process(kind: str, series: int, n: int = 120, horizon: int = 14) -> list[Told]:
    """Chances told of so many series of one process."""
    draw = np.random.default_rng([7, PROCESSES.index(kind)])
    found: list[Told] = []
    for _ in range(series):
        values = simulated(kind, draw, n + horizon)
        lower = 0.0 if kind == "counts" else None
        found += told(values[:n], values[n:], draw, seasons_tried=(7,), lower=lower)
    return found


def skill(cases: list[Told]) -> float:
    """Brier skill score against the base rate: the share of these cases that came."""
    came = np.array([case.came for case in cases], dtype=float)
    chance = np.array([case.chance for case in cases])
    return 1 - float(((chance - came) ** 2).mean()) / float(((came.mean() - came) ** 2).mean())


def reliability(cases: list[Told]) -> list[tuple[int, float]]:
    """For each of five bins of the chance: cases, and share that came less mean chance told."""
    chance, came = (np.array([getattr(case, name) for case in cases], dtype=float) for name in ("chance", "came"))
    bins = np.minimum((chance * 5).astype(int), 4)
    return [(int((bins == b).sum()), float(came[bins == b].mean() - chance[bins == b].mean())) for b in range(5)]
