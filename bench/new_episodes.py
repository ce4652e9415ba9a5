"""Makes opsmetrics/stats/new_episodes.csv: python -m bench.new_episodes [POINTS_PER_CELL]

For each rule set, number of points and kind of limits, simulates normal series in control and counts the episodes that
are detected in them, per judged point. The shipped table has 3 million points for each cell.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from opsmetrics.stats import false_alarms
from opsmetrics.stats.false_alarms import Cell, Limits, rates
from opsmetrics.stats.rules import RULE_SETS

#: Sets whose rules need limits; Anhøj's two tests look at a whole run chart at once.
SETS = tuple(name for name in RULE_SETS if name != "anhoej")

COLUMNS = ("rules", "limits", "points", "r1", "early", "late", "last", *(f"of_{part}" for part in false_alarms.PARTS))


def cells() -> list[Cell]:
    """Every cell of the table."""
    own = [Cell("own", n, r1) for n in false_alarms.POINTS for r1 in false_alarms.CORRELATIONS]
    others: tuple[Limits, ...] = ("centre", "locked", "locked_centre")
    return [*own, *(Cell(kind, n, 0.0) for kind in others for n in false_alarms.POINTS), Cell("known", 365, 0.0)]


def main(points: int) -> None:
    """Write the table, when all of it is there."""
    rows = []
    for cell in cells():
        for name, found in zip(SETS, rates(cell, [RULE_SETS[name] for name in SETS], points), strict=True):
            shown = [f"{rate:.3e}" for rate in (found.early, found.late, found.last, *found.parts)]
            rows.append([name, cell.limits, cell.points, f"{cell.r1:g}", *shown])
        print(cell, flush=True)
    path = Path(false_alarms.__file__).with_name("new_episodes.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000)
