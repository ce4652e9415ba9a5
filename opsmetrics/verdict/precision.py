"""How many decimals beyond the KPI's own a figure needs, so that what is read is true."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from opsmetrics.catalog import Kpi
from opsmetrics.verdict import wording

#: Decimals beyond the KPI's own that are tried before two figures are left looking alike.
_MOST_EXTRA = 9


def apart(kpi: Kpi, *pairs: tuple[float | None, float | None]) -> int:
    """Extra decimals with which every pair of different stored values also looks different; 0 where none would do."""

    different = [(a, b) for a, b in pairs if a is not None and b is not None and a != b]

    def alike(extra: int) -> bool:
        shown = ((wording.value(kpi, a, extra=extra), wording.value(kpi, b, extra=extra)) for a, b in different)
        return any(one == other for one, other in shown)

    return _fewest(lambda extra: not alike(extra))


def apart_from(kpi: Kpi, target: Mapping[str, float | None] | None, *values: float) -> int:
    """Extra decimals with which each stored value is shown on that side of each end of the target on which it lies.

    A target is never rounded, so a rounded limit may seem to lie on the target or beyond it. 0 where none would do.
    """
    q = wording.target_quantity(kpi, target)
    ends = [] if q is None else [end for end in (q["low"], q["high"]) if end is not None]
    shown = [x * kpi.multiplier for x in values]

    def true(extra: int) -> bool:
        places = kpi.decimals + extra
        return all(_compared(round(x, places), end) == _compared(x, end) for x in shown for end in ends)

    return _fewest(true)


def for_range(kpi: Kpi, low: float, high: float) -> int:
    """Extra decimals with which the last digit is no larger than the width of a range of stored values; 0 where none
    would do, or where it has no width."""
    width = abs(high - low) * kpi.multiplier
    return _fewest(lambda extra: 10.0 ** -(kpi.decimals + extra) <= width) if width > 0 else 0


def _fewest(clear: Callable[[int], bool]) -> int:
    return next((extra for extra in range(_MOST_EXTRA + 1) if clear(extra)), 0)


def _compared(x: float, end: float) -> int:
    return 0 if math.isclose(x, end, rel_tol=1e-9) else 1 if x > end else -1
