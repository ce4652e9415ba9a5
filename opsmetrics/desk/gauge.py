"""A gauge study from a table of measurements: one record for each reading, with its part and its operator.

The table is read as every file is (encoding, separators, decimal marks, rejected records), and nothing of it is stored.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from opsmetrics import ingest
from opsmetrics.catalog import Catalog, Dimension, Kpi
from opsmetrics.ingest import Measured, Sheet, Template
from opsmetrics.stats.gauge import Design, GaugeStudy, RangeStudy, average_range, gauge_study

#: What a column can be, and the names by which it is known, folded.
ROLES: Mapping[str, tuple[str, ...]] = {
    "part": ("part", "parts", "piece", "item", "specimen", "sample", "batch", "unit", "teil", "pièce"),
    "operator": ("operator", "operators", "appraiser", "inspector", "technician", "person", "analyst", "prüfer"),
    "measurement": ("measurement", "measure", "value", "reading", "result", "y", "messwert", "mesure"),
}
_KEY = "measurement"


class GaugeRefused(ValueError):
    """A study that cannot be computed: one sentence for a person. columns: it is not clear which column is which."""

    def __init__(self, text: str, columns: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.columns = columns


@dataclass(frozen=True, eq=False)
class Gauge:
    """A study with the readings that it is made of.

    readings: part, operator ("" where there is one alone), value, in the order of the table. columns: the header behind
    each role. ranges: the average-and-range method, of a crossed study with two operators and trials or more.
    """

    readings: pd.DataFrame
    columns: Mapping[str, str]
    study: GaugeStudy
    ranges: RangeStudy | None


@dataclass(frozen=True)
class GaugeOptions:
    """How a study is computed; see `gauge_study`."""

    design: Design = "crossed"
    alpha: float = 0.05
    tolerance: float | None = None
    k: float = 6.0


def gauge_of_text(
    text: str,
    options: GaugeOptions,
    *,
    columns: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Gauge:
    """The study of a pasted table. Raises as `gauge_of_file`."""
    with tempfile.TemporaryDirectory(prefix="gauge-") as folder:
        path = Path(folder) / "pasted.csv"
        path.write_text(text.strip() + "\n", encoding="utf-8")
        return gauge_of_file(path, options, name="the pasted table", columns=columns, answers=answers)


def gauge_of_file(
    path: Path,
    options: GaugeOptions,
    *,
    name: str | None = None,
    columns: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Gauge:
    """The study of a file. columns: the header of a role, where its name does not say so.

    Raises IngestRefused (the file cannot be read), NeedsAnswer (it can be read in more than one way) and GaugeRefused
    (columns not found, records rejected, a study that cannot be computed).
    """
    sheet = ingest.read_file(path, name=name, answers=answers)
    roles = _roles(sheet, columns or {})
    readings = _readings(sheet, roles, answers or {})
    return study_of(readings, roles, options)


def study_of(readings: pd.DataFrame, columns: Mapping[str, str], options: GaugeOptions) -> Gauge:
    """The study of readings (part, operator, value). Raises GaugeRefused."""
    operator = None if not (readings["operator"] != "").any() else readings["operator"]
    given = (readings["value"], readings["part"], operator)
    try:
        study = gauge_study(
            *given, design=options.design, alpha=options.alpha, tolerance=options.tolerance, k=options.k
        )
        both = study.design == "crossed" and study.operators > 1 and study.trials > 1
        ranges = average_range(readings["value"], readings["part"], readings["operator"]) if both else None
    except ValueError as refused:
        said = str(refused)
        raise GaugeRefused(said[:1].upper() + said[1:] + ("" if said.endswith(".") else ".")) from None
    return Gauge(readings, columns, study, ranges)


def _roles(sheet: Sheet, given: Mapping[str, str]) -> dict[str, str]:
    """The header of each role; the operator may be missing."""
    unknown = [header for header in given.values() if header and header not in sheet.headers]
    if unknown:
        raise GaugeRefused(_not_found(f"no column “{unknown[0]}”", sheet), sheet.headers)
    found = {role: header for role, header in given.items() if header}
    free = [header for header in sheet.headers if header not in found.values()]
    for role, names in ROLES.items():
        known = [header for header in free if header.strip().casefold() in names]
        if role not in given and known:
            found[role] = known[0]
            free.remove(known[0])
    lost = [role for role in ("part", "measurement") if role not in found]
    if lost:
        raise GaugeRefused(_not_found(f"no column for the {lost[0]}", sheet), sheet.headers)
    return {role: found[role] for role in ROLES if role in found}


def _not_found(what: str, sheet: Sheet) -> str:
    return (
        f"Found {what} among {', '.join(sheet.headers)}; wanted one column for the part, one for the operator (unless "
        "there is only one) and one for the measurement, with a record for each reading."
    )


def _readings(sheet: Sheet, roles: Mapping[str, str], answers: Mapping[str, str]) -> pd.DataFrame:
    """Part, operator and value of each record, in the order of the table."""
    names = [role for role in ("part", "operator") if role in roles]
    kpi = Kpi(_KEY, "Measurement", "measured", "neither", dimensions=tuple(names), operate="sample")
    definitions = Catalog(kpis=(kpi,), dimensions=tuple(Dimension(name, name.capitalize()) for name in names))
    template = Template(
        name="gauge",
        columns={roles[name]: name for name in names},
        kpis=(Measured(_KEY, value=roles["measurement"]),),
        sample="rows",
    )
    batch = ingest.prepare(sheet, template, definitions, answers=answers)
    if len(batch.rejects):
        row = batch.rejects.iloc[0]
        more = f" (and {len(batch.rejects) - 1} more)" if len(batch.rejects) > 1 else ""
        raise GaugeRefused(f"Line {row['line']}: {row['reason']}{more}; {row['mend']}.")
    frame = batch.readings.reader().read_all().to_pandas().sort_values("observed_at", ignore_index=True)
    operator = frame["operator"] if "operator" in roles else pd.Series([""] * len(frame))
    return pd.DataFrame({"part": frame["part"], "operator": operator.fillna(""), "value": frame["value"]})
