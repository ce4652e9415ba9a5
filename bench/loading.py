"""A file through the whole path, against DuckDB's own load with every type given."""

from __future__ import annotations

import itertools
from pathlib import Path

import duckdb
import numpy as np

from bench.timing import Ratio, side_by_side
from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
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
    stamps = np.datetime64("2025-01-01T00:00:00") + np.arange(-(-rows // lines)) * np.timedelta64(5, "m")
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
