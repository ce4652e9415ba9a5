"""What reading costs above SQL written by hand, and a verdict above the query that feeds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import loading
from bench.timing import Ratio, side_by_side
from opsmetrics import facts
from opsmetrics.access import OPEN
from opsmetrics.desk import Desk
from opsmetrics.settings import Settings

BY_HAND = """
SELECT time_bucket(INTERVAL 15 MINUTE, observed_at) AS bin, sum(numerator), sum(denominator), count(*)
FROM counts WHERE kpi = 'scrap' AND site = 'Site 1' GROUP BY bin
"""
WATCHED = 'watch_by = ["site", "line"]\n'


def measure(folder: Path, rows: int) -> Iterator[Ratio]:
    """Ratios of one query, and of all watched verdicts, on one store."""
    source = folder / "bench.csv"
    if not source.exists():
        loading.generate(source, rows)
    settings = loading.began(Settings.from_environment({}).for_store(folder / "reading.duckdb"))
    loading.load(source, settings)
    with Desk.open(settings=settings) as desk:
        desk.apply(loading.CATALOG + WATCHED, by="bench")
        yield _query(desk, rows)
        yield _today(desk)


def _query(desk: Desk, rows: int) -> Ratio:
    asked = facts.Asked(desk.catalog["scrap"], (("site", "Site 1"),))

    def ours() -> int:
        return len(facts.binned(desk.store, [asked], viewer=OPEN)[0])

    def floor() -> int:
        return len(desk.store.read(BY_HAND))

    assert ours() == floor()
    return Ratio(f"quarter-hour sums of {rows:,} facts by Ibis", *side_by_side(ours, floor, 10), "the same by hand")


def _today(desk: Desk) -> Ratio:
    kpi = desk.catalog["scrap"]
    parts = desk.slices(kpi)

    def ours() -> int:
        return len(desk.watched())

    def floor() -> int:
        found = facts.binned(desk.store, [facts.Asked(kpi, part) for part in parts], viewer=OPEN)
        return sum(map(len, found))

    taken, queries = side_by_side(ours, floor)
    count = len(parts)
    return Ratio("one verdict of Today, by day", taken / count, queries / count, "the query for all alone")
