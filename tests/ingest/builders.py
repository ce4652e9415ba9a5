"""Small definitions, templates and files for the tests of ingest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from opsmetrics import ingest
from opsmetrics.catalog import Calendar, Catalog, Dimension, Kpi
from opsmetrics.ingest import Template
from opsmetrics.measurements import Batch

BERLIN = Calendar("berlin", "Europe/Berlin")
TODAY = dt.date(2026, 11, 22)

LATE = Kpi("late", "Late deliveries", "proportion", "lower", multiplier=100.0, dimensions=("site",))
SCRAP = Kpi("scrap", "Scrap weight", "measured", "lower", dimensions=("site", "line"))
WAIT = Kpi("wait", "Waiting time", "measured", "lower", lower_bound=0.0, upper_bound=600.0)
JUICE = Kpi("juice", "Defective cans", "proportion", "lower", operate="sample")

CATALOG = Catalog(
    kpis=(LATE, SCRAP, WAIT, JUICE), dimensions=(Dimension("site", "Site"), Dimension("line", "Production line"))
)

LONG = Template(
    name="long",
    columns={"date": "date", "site": "site", "line": "line", "metric": "metric", "value": "value"},
)
RATIO = Template(
    name="ratio",
    columns={"date": "date", "site": "site"},
    kpis=(ingest.Measured("late", numerator="late orders", denominator="orders"),),
)
WAITS = Template(name="waits", columns={"when": "ts"}, kpis=(ingest.Measured("wait", value="minutes"),))


def catalog(*kpis: Kpi, dimensions: tuple[str, ...] = ("site", "line")) -> Catalog:
    """Definitions of these KPIs."""
    return Catalog(kpis=kpis, dimensions=tuple(Dimension(key, key.title()) for key in dimensions))


def prepared(
    folder: Path,
    content: str | bytes,
    template: Template = LONG,
    definitions: Catalog = CATALOG,
    *,
    name: str = "file.csv",
    **options: Any,
) -> Batch:
    """The batch of a file with this content, also where nothing of it can be loaded."""
    path = written(folder, content, name)
    sheet = ingest.read_file(path, template=template)
    return ingest.examine(sheet, template, definitions, **({"today": TODAY} | options)).batch


def written(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def counts(batch: Batch) -> pd.DataFrame:
    """The counts of a batch as a frame."""
    return batch.counts.reader().read_all().to_pandas()


def readings(batch: Batch) -> pd.DataFrame:
    """The readings of a batch as a frame."""
    return batch.readings.reader().read_all().to_pandas()


def codes(batch: Batch) -> list[tuple[int, str]]:
    """Line and code of each reject."""
    return list(zip(batch.rejects["line"], batch.rejects["code"], strict=True))


def warnings(batch: Batch) -> set[str]:
    """Codes of the warnings."""
    return {notice.code for notice in batch.warnings}
