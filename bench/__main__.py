"""`python -m bench [--rows N]`: print each ratio with its floor."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import charts, loading, reading
from bench.timing import Ratio

HEAD = ("what", "ours", "floor", "ratio", "the floor is")


def main() -> int:
    """Measure in a scratch folder and print one line a ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000, help="rows of the generated file (default: 300,000)")
    rows: int = parser.parse_args().rows
    print("CPU seconds of all threads, best of three rounds measured in turns.\n")
    print(line(*HEAD))
    with tempfile.TemporaryDirectory() as folder:
        for ratio in measured(Path(folder), rows):
            print(line(ratio.what, f"{ratio.ours:.3f}", f"{ratio.floor:.3f}", f"{ratio.ratio:.1f}", ratio.floor_is))
            sys.stdout.flush()
    return 0


def measured(folder: Path, rows: int) -> Iterator[Ratio]:
    """Every ratio, one after the other."""
    yield charts.measure()
    yield loading.measure(folder, rows)
    yield from reading.measure(folder, rows)


def line(what: str, ours: str, floor: str, ratio: str, floor_is: str) -> str:
    """One aligned line."""
    return f"{what:<52}{ours:>9}{floor:>9}{ratio:>8}   {floor_is}"


if __name__ == "__main__":
    sys.exit(main())
