"""Run rules read aloud: one loop per rule over values in standard errors, None for a gap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Z = Sequence[float | None]
Hits = set[tuple[int, str]]
#: Values are compared with lines as the definition says: within 1e-9 of a line is on it.
NEAR = 1e-9


def window(z: Z, phase: Sequence[object], end: int, length: int) -> list[float] | None:
    """The last `length` values up to `end`, or None where a gap or another phase lies among them."""
    start = end - length + 1
    if start < 0 or len(set(phase[start : end + 1])) > 1:
        return None
    values = [value for value in z[start : end + 1] if value is not None]
    return values if len(values) == length else None


def beyond(z: Z, phase: Sequence[object], k: int, m: int, zone: float) -> Hits:
    hits = set()
    for i in range(len(z)):
        for side, sign in (("high", 1), ("low", -1)):
            values = window(z, phase, i, m)
            if values and sign * values[-1] > zone + NEAR and sum(sign * v > zone + NEAR for v in values) >= k:
                hits.add((i, side))
    return hits


def run(z: Z, phase: Sequence[object], length: int) -> Hits:
    return beyond(z, phase, length, length, 0.0)


def trend(z: Z, phase: Sequence[object], length: int) -> Hits:
    hits = set()
    for i in range(len(z)):
        values = window(z, phase, i, length)
        if values and all(b - a > NEAR for a, b in pairwise(values)):
            hits.add((i, "high"))
        if values and all(a - b > NEAR for a, b in pairwise(values)):
            hits.add((i, "low"))
    return hits


def alternating(z: Z, phase: Sequence[object], length: int) -> Hits:
    hits = set()
    for i in range(len(z)):
        values = window(z, phase, i, length)
        if values:
            steps = [b - a for a, b in pairwise(values)]
            ups = [step > NEAR for step in steps]
            downs = [step < -NEAR for step in steps]
            if (all(ups[0::2]) and all(downs[1::2])) or (all(downs[0::2]) and all(ups[1::2])):
                hits.add((i, "none"))
    return hits


def hugging(z: Z, phase: Sequence[object], length: int) -> Hits:
    found = ((i, window(z, phase, i, length)) for i in range(len(z)))
    return {(i, "none") for i, values in found if values and all(abs(v) <= 1 + NEAR for v in values)}


def outside(z: Z, phase: Sequence[object], length: int, both_sides: bool = False) -> Hits:
    found = ((i, window(z, phase, i, length)) for i in range(len(z)))
    far = {i: values for i, values in found if values and all(abs(v) > 1 + NEAR for v in values)}
    return {(i, "none") for i, values in far.items() if not both_sides or min(values) < 0 < max(values)}


def one_side(z: Z, phase: Sequence[object], k: int, m: int, zone: float, limit: float) -> Hits:
    """k of m between a zone and a limit, all m on one side of the centre."""
    hits = set()
    for i in range(len(z)):
        for side, sign in (("high", 1), ("low", -1)):
            values = window(z, phase, i, m)
            if not values or not all(sign * v > NEAR for v in values):
                continue
            if sum(zone + NEAR < sign * v <= limit + NEAR for v in values) >= k:
                hits.add((i, side))
    return hits


def trend_over_ties(z: Z, phase: Sequence[object], length: int) -> Hits:
    """Points after an equal one do not exist."""
    kept = [i for i in range(len(z)) if not _tie(z, phase, i)]
    found = trend([z[i] for i in kept], [phase[i] for i in kept], length)
    return {(kept[place], side) for place, side in found}


def _tie(z: Z, phase: Sequence[object], i: int) -> bool:
    if i == 0 or phase[i] != phase[i - 1]:
        return False
    here, before = z[i], z[i - 1]
    return here is not None and before is not None and abs(here - before) <= NEAR
