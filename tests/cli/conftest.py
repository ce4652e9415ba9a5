"""A small works on real stores: scrap of two lines by day, the weight of a bag, a numbered chart."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opsmetrics.cli import main

CATALOG = """
[dimensions]
line = "Line"

[calendars.default]
time_zone = "Europe/Berlin"

[kpis.scrap]
name = "Scrap"
kind = "proportion"
better = "lower"
unit = "%"
numerator = "scrapped"
denominator = "made"
target = 5
dimensions = ["line"]
watch = [{}, {line = "A"}]

[kpis.weight]
name = "Weight"
kind = "measured"
better = "neither"
unit = "g"
target = [70, 72]
"""

TEMPLATE = """
name = "scrap report"
header = ["Day", "Line", "Scrapped", "Made"]

[columns]
Day = "date"
Line = "line"

[[kpis]]
key = "scrap"
numerator = "Scrapped"
denominator = "Made"
"""

DAYS = np.arange(np.datetime64("2025-03-01"), np.datetime64("2025-05-10"))
AS_OF = "2025-05-10"

#: The parts of a receipt, which add up to its records.
PART_NAMES = ("rows", "rows_rejected", "rows_missing", "rows_duplicate_dropped", "rows_skipped")


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer, where stdout is one JSON value."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process; a traceback on stderr is a failure whatever the command.

    Output is as for a file or a pipe, whatever width the terminal around the tests has.
    """
    monkeypatch.delenv("COLUMNS", raising=False)

    def command(*words: object) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return command


@pytest.fixture(scope="session")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with definitions, a template, two months of scrap in two files, and a store that holds the first."""
    folder = tmp_path_factory.mktemp("works")
    (folder / "kpis.toml").write_text(CATALOG, encoding="utf-8")
    (folder / "templates").mkdir()
    (folder / "templates" / "scrap.toml").write_text(TEMPLATE, encoding="utf-8")
    rows = scrap_rows()
    half = len(rows) // 2
    write_scrap(folder / "first.csv", rows[:half])
    write_scrap(folder / "second.csv", rows[half:])
    store = folder / "kpis.duckdb"
    assert main(["init", "--store", str(store), "--by", "Ann"]) == 0
    assert main(["ingest", str(folder / "first.csv"), "--store", str(store), "--by", "Ann"]) == 0
    return folder


@pytest.fixture
def folder(works: Path, tmp_path: Path) -> Path:
    """A copy of the works to change."""
    return Path(shutil.copytree(works, tmp_path / "works"))


@pytest.fixture
def store(folder: Path) -> Path:
    """The store of the copy."""
    return folder / "kpis.duckdb"


def scrap_rows() -> list[tuple[str, str, int, int]]:
    """Day, line, scrapped and made: 4 % on both lines, drawn with a fixed seed."""
    rng = np.random.default_rng(7)
    return [(str(day), line, int(rng.binomial(500, 0.04)), 500) for day in DAYS for line in "AB"]


def write_scrap(path: Path, rows: list[tuple[str, str, int, int]]) -> None:
    """The rows as the works' own report."""
    lines = ["Day,Line,Scrapped,Made", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def sums(rows: list[tuple[str, str, int, int]]) -> tuple[int, int]:
    """Scrapped and made over all rows."""
    return sum(row[2] for row in rows), sum(row[3] for row in rows)
