"""Timing of two ways of doing one thing, in turns, so that a busy machine slows both alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

#: At most so many turns are measured; whoever only wants to know that all is measured takes one.
MOST_TURNS = 100


@dataclass(frozen=True)
class Ratio:
    """What ours took and what its floor took, the best of the rounds: CPU seconds of all threads unless `unit` says
    otherwise (ms: CPU milliseconds of the server's process; kB: sent to the browser; MB: memory held at once with the
    input, against the input; s wall: time of the clock)."""

    what: str
    ours: float
    floor: float
    floor_is: str
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """Ours divided by the floor."""
        return self.ours / self.floor

    @property
    def above(self) -> float:
        """What ours took more than the floor."""
        return self.ours - self.floor


def side_by_side(ours: Callable[[], object], floor: Callable[[], object], rounds: int = 3) -> tuple[float, float]:
    """The best CPU time of each, measured in turns after one unmeasured turn of both."""
    ours(), floor()
    pairs = [(cpu(ours), cpu(floor)) for _ in range(min(rounds, MOST_TURNS))]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def best(work: Callable[[], object], rounds: int) -> float:
    """The best CPU time of so many turns, after an unmeasured one."""
    work()
    return min(cpu(work) for _ in range(min(rounds, MOST_TURNS)))


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds that the work takes, in all threads of this process."""
    begin = time.process_time()
    work()
    return time.process_time() - begin
