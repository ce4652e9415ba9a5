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


def outside(z: Z, phase: Sequence[object], length: int) -> Hits:
    found = ((i, window(z, phase, i, length)) for i in range(len(z)))
    return {(i, "none") for i, values in found if values and all(abs(v) > 1 + NEAR for v in values)}
