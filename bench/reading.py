"""What reading costs above SQL written by hand, a verdict above the query that feeds it, and either with more facts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench import filling, loading
from bench.timing import Ratio, best, side_by_side
from opsmetrics import facts
from opsmetrics.access import OPEN
from opsmetrics.desk import Desk
from opsmetrics.settings import Settings

BY_HAND = """
SELECT bin, sum(numerator), sum(denominator), sum(rows), max(_last_at)
FROM (
    SELECT kpi, site, bin, numerator, denominator, rows, _last_at FROM count_totals
    UNION ALL
    SELECT kpi, site, time_bucket(INTERVAL 15 MINUTE, observed_at), numerator, denominator, 1, observed_at
    FROM counts SEMI JOIN sparse USING (batch)
)
WHERE kpi = 'scrap' AND site = 'Site 1' GROUP BY bin
"""
FROM_FACTS = """
SELECT time_bucket(INTERVAL 15 MINUTE, observed_at) AS bin, sum(numerator), sum(denominator), count(*)
FROM counts WHERE kpi = 'scrap' AND site = 'Site 1' GROUP BY bin
"""
WATCHED = 'watch_by = ["site", "line"]\n'


def measure(folder: Path, sizes: Iterable[int]) -> Iterator[Ratio]:
    """Ratios of one query, and of all watched verdicts; of each store after the first also of a chart's verdict, whose
    floor is the same in the first. Each store spans the same time, and is removed before the next is filled."""
    fewest: tuple[int, float] | None = None
    for rows in sizes:
        with (
            tempfile.TemporaryDirectory(dir=folder) as own,
            Desk.open(settings=Settings.from_environment({}).for_store(Path(own) / "reading.duckdb")) as desk,
        ):
            desk.apply(loading.CATALOG + WATCHED, by="bench")
            filling.fill(desk, rows)
            yield from _query(desk, rows)
            yield _today(desk, rows)
            taken = best(lambda: desk.review("scrap", (("site", "Site 1"),)), 5)
            fewest = fewest or (rows, taken)
            if fewest[0] != rows:
                yield Ratio(f"verdict of a chart, {rows:,} facts", taken, fewest[1], f"the same at {fewest[0]:,}")


def _query(desk: Desk, rows: int) -> Iterator[Ratio]:
    asked = facts.Asked(desk.catalog["scrap"], (("site", "Site 1"),))

    def ours() -> int:
        return len(facts.binned(desk.store, [asked], viewer=OPEN)[0])

    def floor() -> int:
        return len(desk.store.read(BY_HAND))

    assert ours() == floor()
    yield Ratio(f"quarter-hour sums of {rows:,} facts by Ibis", *side_by_side(ours, floor, 10), "the same by hand")

    def from_facts() -> int:
        return len(desk.store.read(FROM_FACTS))

    yield Ratio(f"quarter-hour sums of {rows:,} facts", *side_by_side(ours, from_facts, 5), "by hand, without totals")


def _today(desk: Desk, rows: int) -> Ratio:
    kpi = desk.catalog["scrap"]
    parts = desk.slices(kpi)

    def ours() -> int:
        return len(desk.watched())

    def floor() -> int:
        found = facts.binned(desk.store, [facts.Asked(kpi, part) for part in parts], viewer=OPEN)
        return sum(map(len, found))

    taken, queries = side_by_side(ours, floor)
    count = len(parts)
    return Ratio(f"one of {count} verdicts, {rows:,} facts", taken / count, queries / count, "the query for all alone")
