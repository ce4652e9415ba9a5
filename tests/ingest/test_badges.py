"""The columns of a file in short, against what a person counts in the file."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from opsmetrics import ingest
from opsmetrics.catalog import Kpi
from opsmetrics.ingest import Badge, Measured, Template
from tests.ingest.builders import JUICE, LONG, TODAY, catalog, written

HEAT = Kpi("heat", "Heating time", "measured", "lower", unit="min", dimensions=("site",))
HEATING = Template("heating", {"Tag": "date", "Werk": "site"}, (Measured("heat", value="Dauer (s)"),))
CANS = Template("cans", {"no": "sample"}, (Measured("juice", numerator="bad", denominator="cans"),))


def told(folder: Path, content: str, template: Template, *kpis: Kpi) -> list[Badge]:
    sheet = ingest.read_file(written(folder, content), template=template)
    found = ingest.examine(sheet, template, catalog(*kpis), today=TODAY)
    return ingest.badges(found.checked, found.written(sheet))


def test_each_column_is_told_once_as_it_is_read(tmp_path: Path) -> None:
    """A minute has 60 seconds: 90 s and 1.200,5 s; among four records one has no value and one, which does not load, no
    site; the fifth is faulty."""
    lines = (
        "03.05.2026;Nord;90;",
        "04.05.2026;;9.999,9;x",
        "05.05.2026;Süd;;",
        "06.05.2026;Nord;1.200,5;",
        "x;Nord;1;",
    )
    time, site, value = told(tmp_path, "\n".join(["Tag;Werk;Dauer (s);Bem", *lines, ""]), HEATING, HEAT)
    assert time == Badge(
        "Tag", "date", 0.0, dt.datetime(2026, 5, 3), dt.datetime(2026, 5, 6), "", ("03.05.2026", "06.05.2026")
    )
    assert site == Badge("Werk", "text", 0.25, None, None, "", ("Nord",))
    assert (value.told, value.unit) == ("number, decimal comma, thousands point", "s → min")
    assert (value.empty, value.least, value.most) == (0.25, 1.5, 1200.5 / 60)
    assert value.examples == ("90", "1.200,5")


def test_samples_are_numbers_and_months_months(tmp_path: Path) -> None:
    number, *_ = told(tmp_path, "no,bad,cans\n7,1,50\n9,2,50\n", CANS, replace(JUICE, key="juice"))
    assert (number.told, number.least, number.most) == ("number of the sample", 7.0, 9.0)
    months = "date,site,line,metric,value\n2026-05,A,B,heat,1\n2026-06,A,B,heat,2\n"
    assert told(tmp_path, months, LONG, HEAT)[0].told == "month"
