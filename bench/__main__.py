"""`python -m bench [--rows N] [--large]`: print what each part of the path costs, with its floor beside it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import charts, forecasting, loading, pages, reading, starting
from bench.timing import Ratio

HEAD = ("what", "ours", "floor", "unit", "above", "ratio", "the floor is")
LARGE = (10_000_000, 50_000_000)
WATCHED = (100, 300)


def main() -> int:
    """Measure in a scratch folder and print one line a ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the loaded file (default: 1,000,000)")
    parser.add_argument("--large", action="store_true", help="read from stores of 10 and 50 million facts too")
    asked = parser.parse_args()
    sizes = (asked.rows, *(LARGE if asked.large else ()))
    print("Best of rounds measured in turns. s: CPU seconds of all threads; ms: CPU milliseconds of the server.\n")
    print(line(*HEAD))
    with tempfile.TemporaryDirectory() as folder:
        for ratio in measured(Path(folder), asked.rows, sizes, WATCHED):
            figures = (
                f"{ratio.ours:.4g}",
                f"{ratio.floor:.4g}",
                ratio.unit,
                f"{ratio.above:.4g}",
                f"{ratio.ratio:.1f}",
            )
            print(line(ratio.what, *figures, ratio.floor_is))
            sys.stdout.flush()
    return 0


def measured(
    folder: Path, rows: int, sizes: tuple[int, ...], watched: tuple[int, ...], rounds: int = 4
) -> Iterator[Ratio]:
    """Every ratio, one after the other: a load of `rows` records, reads from stores of `sizes` facts, pages with
    `watched` rows and answers of the API (in so many rounds). Start to first page only where there is a Chromium."""
    yield from charts.measure()
    yield from forecasting.measure()
    yield loading.measure(folder, rows)
    yield from loading.measure_onto(folder, 10 * rows, rows)
    yield from reading.measure(folder, sizes)
    yield from pages.measure(folder, watched, rounds)
    program = starting.chromium()
    if program:
        yield from starting.measure(folder, watched[0], program, min(rounds, 2))
    else:
        print("No Chromium was found: the start to the first page is not measured.", file=sys.stderr)


def line(what: str, ours: str, floor: str, unit: str, above: str, ratio: str, floor_is: str) -> str:
    """One aligned line."""
    return f"{what:<46}{ours:>9}{floor:>9} {unit:<7}{above:>9}{ratio:>8}   {floor_is}"


if __name__ == "__main__":
    sys.exit(main())
