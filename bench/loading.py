"""A file through the whole path, against DuckDB's own load with every type given."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np

from bench.filling import fill, overlapping
from bench.timing import Ratio, cpu, side_by_side
from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from opsmetrics.measurements import Receipt
from opsmetrics.settings import Settings

CATALOG = """
[dimensions]
site = "Site"
line = "Line"

[kpis.scrap]
name = "Scrap"
kind = "proportion"
better = "lower"
unit = "%"
dimensions = ["site", "line"]
target = 5
"""

TEMPLATE = """
name = "bench"
delimiter = ","
decimal = "."
[columns]
observed_at = "ts"
site = "site"
line = "line"
[[kpis]]
key = "scrap"
numerator = "scrapped"
denominator = "made"
"""

FLOOR = """
CREATE OR REPLACE TABLE facts AS SELECT * FROM read_csv(?, header = true, auto_detect = false, delim = ',',
quote = '"', columns = {'observed_at': 'TIMESTAMP', 'site': 'VARCHAR', 'line': 'VARCHAR', 'scrapped': 'DOUBLE',
'made': 'DOUBLE'}, timestampformat = '%Y-%m-%d %H:%M:%S')
"""

SITES, LINES = 4, 5


def generate(path: Path, rows: int, seed: int = 3) -> None:
    """A CSV of `rows` records: five-minute counts of 20 lines, 2 % scrap."""
    rng = np.random.default_rng(seed)
    lines = SITES * LINES
    stamps = np.datetime64("2024-01-01T00:00:00") + np.arange(-(-rows // lines)) * np.timedelta64(5, "m")
    made = rng.integers(80, 120, (len(stamps), lines))
    scrapped = rng.binomial(made, 0.02)
    with path.open("w", encoding="utf-8") as file:
        file.write("observed_at,site,line,scrapped,made\n")
        for at, line in itertools.islice(itertools.product(range(len(stamps)), range(lines)), rows):
            stamp = str(stamps[at]).replace("T", " ")
            place = f"Site {line // LINES + 1},Line {line % LINES + 1}"
            file.write(f"{stamp},{place},{scrapped[at, line]},{made[at, line]}\n")


def began(settings: Settings) -> Settings:
    """An empty store with the definitions in force."""
    with Desk.open(settings=settings) as desk:
        desk.apply(CATALOG, by="bench")
    return settings


def load(path: Path, settings: Settings) -> None:
    """The whole path into a store: open, recognise, map, check, compare, write, checkpoint."""
    with Desk.open(settings=settings) as desk:
        receipt = desk.commit(desk.prepare(path, template=Template.load(TEMPLATE)), by="bench", publish=False)
        assert receipt.new == receipt.tally.records


def measure(folder: Path, rows: int, rounds: int = 3) -> Ratio:
    """Each turn loads into an empty store, and into an empty database, on disk."""
    source = folder / "bench.csv"
    generate(source, rows)
    here = Settings.from_environment({})
    empty = iter([began(here.for_store(folder / f"ours{turn}.duckdb")) for turn in range(rounds + 1)])
    databases = iter([folder / f"floor{turn}.duckdb" for turn in range(rounds + 1)])

    def ours() -> None:
        load(source, next(empty))

    def floor() -> None:
        with duckdb.connect(str(next(databases))) as connection:
            connection.execute(FLOOR, [str(source)])
            connection.execute("CHECKPOINT")

    return Ratio(f"load of {rows:,} records", *side_by_side(ours, floor, rounds), "DuckDB's own load, types given")


MERGED = """
MERGE INTO facts AS target USING delta AS source
ON (target.kpi = source.kpi AND target.observed_at = source.observed_at AND target.site IS NOT DISTINCT FROM source.site
    AND target.line IS NOT DISTINCT FROM source.line)
WHEN MATCHED AND target.numerator IS DISTINCT FROM source.numerator THEN UPDATE SET numerator = source.numerator
WHEN NOT MATCHED THEN INSERT (kpi, observed_at, site, line, numerator, denominator)
VALUES (source.kpi, source.observed_at, source.site, source.line, source.numerator, source.denominator)
"""


def measure_onto(folder: Path, stored: int, rows: int) -> Iterator[Ratio]:
    """From checked rows to the receipt, half of them changed and half new, against the bare MERGE of the same rows; and
    the undo of that batch against its load. Once each: every turn would need a store of its own."""
    settings = began(Settings.from_environment({}).for_store(folder / "onto.duckdb"))
    with Desk.open(settings=settings) as desk, duckdb.connect(str(folder / "onto_floor.duckdb")) as connection:
        fill(desk, stored)
        batch, there, delta = overlapping(desk, stored, rows)
        connection.execute(f"CREATE TABLE facts AS {there}")
        connection.execute(f"CREATE TABLE delta AS {delta}")
        connection.execute("CHECKPOINT")
        floor = cpu(lambda: (connection.execute(MERGED), connection.execute("CHECKPOINT")))
        receipts: list[Receipt] = []
        ours = cpu(lambda: receipts.append(desk.commit(batch, by="bench", publish=False)))
        (receipt,) = receipts
        assert receipt.batch is not None
        assert (receipt.updated, receipt.new) == (rows // 2, rows - rows // 2)
        number = receipt.batch
        undone = cpu(lambda: desk.undo(number, by="bench", publish=False))
    yield Ratio(f"{rows:,} checked rows onto {stored:,}", ours, floor, "the bare MERGE")
    yield Ratio("undo of them", undone, ours, "their load")
