"""Chance: standard normal noise by age, and the counts and readings that it becomes.

One number of noise decides one period, so that a control chart of the period sees that number again as its distance
from the centre line in standard errors. Noise belongs to ages: it does not depend on how many periods there are.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

#: More periods than any axis has.
LONGEST = 2000

#: A quiet stretch is this long, its last SPREAD periods lie on both sides of the average, and no period is far from it.
STRETCH, SPREAD = 10, 7
FAR, APART = 1.8, 0.5

#: From this mean on the normal quantile stands for that of a Poisson count.
LARGE = 60.0


def generator(seed: int, name: str) -> np.random.Generator:
    """The generator of one source: another source more or less does not change it."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def noise(
    rng: np.random.Generator, periods: int, *, rows: int = 1, quiet: Iterable[int] = (0,), far: float = FAR
) -> Numbers:
    """Standard normal noise, rows × periods; a few rows at most.

    The stretches that end at the ages `quiet` are drawn again until nothing in them is unusual, neither in a row nor
    in all rows together: what truth.csv tells of those mornings must not be upset by chance. Elsewhere chance is left
    alone. Stretches must not overlap.
    """
    drawn = rng.standard_normal((rows, LONGEST))
    for age in sorted(quiet):
        end = LONGEST - age
        drawn[:, end - STRETCH : end] = _unremarkable(rng, rows, far)
    return drawn[:, LONGEST - periods :]


def _unremarkable(rng: np.random.Generator, rows: int, far: float) -> Numbers:
    while True:
        drawn = rng.uniform(-far, far, (rows, STRETCH)) if far < 1 else rng.standard_normal((rows, STRETCH))
        seen = np.vstack([drawn, drawn.sum(axis=0) / math.sqrt(rows)])
        last = seen[:, -SPREAD:]
        both = (last.max(axis=1) > min(APART, far / 2)) & (last.min(axis=1) < -min(APART, far / 2))
        if both.all() and np.abs(seen).max() < far:
            return drawn


def level(periods: int, usual: float, *changes: tuple[int, int, float]) -> Numbers:
    """A constant level with others in between: (first age, last age, level), the older age first."""
    found = np.full(periods, usual, dtype=float)
    for first, last, then in changes:
        found[periods - 1 - first : periods - last] = then
    return found


def creeping(periods: int, usual: float, first: int, then: float) -> Numbers:
    """A constant level that moves in equal steps from the age `first` on, up to another one at the last period."""
    found = level(periods, usual)
    found[periods - 1 - first :] += (then - usual) * np.arange(1, first + 2) / (first + 1)
    return found


def share_of(trials: Counts, rate: Numbers | float, z: Numbers, spread: float = 0.0) -> Counts:
    """Successes of trials: binomial counts whose rate differs from day to day by `spread` of itself."""
    mean = trials * rate
    deviation = np.sqrt(mean * (1 - rate) + (mean * spread) ** 2)
    return np.clip(np.rint(mean + z * deviation), 0, trials).astype(np.int64)


def events_of(mean: Numbers, z: Numbers, spread: float = 0.0) -> Counts:
    """Poisson counts about a mean that differs by `spread` of itself: the quantile at the noise's own probability."""
    if spread or mean.min() > LARGE:
        return np.maximum(np.rint(mean + z * np.sqrt(mean + (mean * spread) ** 2)), 0).astype(np.int64)
    upper = int(mean.max() + 12 * math.sqrt(mean.max()) + 12)
    number = np.arange(1, upper)
    steps = np.cumsum(np.log(mean[:, None]) - np.log(number)[None, :], axis=1)
    chance = np.exp(np.hstack([np.zeros((len(mean), 1)), steps]) - mean[:, None])
    below = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in z])
    found: Counts = (np.cumsum(chance, axis=1) < below[:, None]).sum(axis=1).astype(np.int64)
    return found


def volumes(rng: np.random.Generator, weekdays: Iterable[int], usual: float, week: tuple[float, ...]) -> Counts:
    """How much there was on each day: by weekday, give or take a twentieth."""
    found = np.array([usual * week[day] for day in weekdays])
    drift = rng.normal(1, 0.05, LONGEST)[LONGEST - len(found) :]
    return np.maximum(np.rint(found * drift), 1).astype(np.int64)


def listed(*columns: npt.NDArray[Any]) -> Iterable[tuple[Any, ...]]:
    """The rows of some columns, as numbers of Python."""
    return zip(*(column.tolist() for column in columns), strict=True)
