"""Several readings of one record in columns side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics import ingest
from opsmetrics.catalog import Kpi
from opsmetrics.ingest import Measured, Template
from opsmetrics.ingest.template import TemplateError
from tests.ingest.builders import SCRAP, WAIT, catalog, codes, prepared, readings, written

ACROSS = Template(
    name="across", columns={"date": "date"}, kpis=(Measured("wait", values=("x1", "x2", "x3")),), header=()
)
ROWS = (
    "date,x1,x2,x3\n2025-01-01,10,11,12.5\n2025-01-02,9,,n/a\n2025-01-03,,,\n2025-01-04,8,oops,7\n2025-01-05,7,601,6\n"
)


def test_each_column_is_a_reading_of_its_number(tmp_path: Path) -> None:
    batch = prepared(tmp_path, ROWS, ACROSS, catalog(WAIT))
    found = readings(batch)
    told = sorted(zip(found["observed_at"].dt.day, found["sample"], found["value"], strict=True))
    assert told == [(1, 1, 10), (1, 2, 11), (1, 3, 12.5), (2, 1, 9)]
    assert codes(batch) == [(5, "not_a_number"), (6, "out_of_bounds")]
    assert (batch.tally.rows, batch.tally.missing, batch.tally.rejected) == (2, 1, 2)


def test_repeated_and_contradicting_records(tmp_path: Path) -> None:
    text = "date,x1,x2,x3\n2025-01-01,1,2,3\n2025-01-01,1,2,3\n2025-01-02,4,5,6\n2025-01-02,4,5,7\n"
    batch = prepared(tmp_path, text, ACROSS, catalog(WAIT))
    assert sorted(readings(batch)["value"]) == [1, 2, 3]
    assert batch.tally.duplicates == 1
    assert codes(batch) == [(4, "conflicting_duplicate"), (5, "conflicting_duplicate")]


@pytest.mark.parametrize(
    ("header", "kpis", "found"),
    [
        ("date,x1,x2,x3", (WAIT,), "the only KPI that is measured"),
        ("date,Waiting time 1,Waiting time 2,Waiting time 3", (WAIT, SCRAP), "the KPI named"),
        ("date,x1,x2,x3", (WAIT, SCRAP), ""),  # of which KPI?
        ("date,x1,x2,x4", (WAIT,), ""),
        ("date,x1,y2,z3", (WAIT,), ""),
    ],
)
def test_it_is_proposed_for_a_person_to_confirm(tmp_path: Path, header: str, kpis: tuple[Kpi, ...], found: str) -> None:
    sheet = ingest.read_file(written(tmp_path, f"{header}\n2025-01-01,10,11,12\n2025-01-02,9,8,7\n"))
    suggested = ingest.suggest(sheet, catalog(*kpis, dimensions=()))
    names = tuple(header.split(",")[1:])
    assert suggested.kpis == ((Measured("wait", values=names),) if found else ())
    if found:
        assert [guess.why for guess in suggested.unsure] == [f"reading {n} of 3" for n in (1, 2, 3)]
        assert Template.load(suggested.draft().dump()).kpis == suggested.kpis


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('values = ["x1"]', "at least two columns"),
        ('values = ["x1", "X1"]', "at least two columns"),
        ('values = "x1"', "a list of texts"),
        ('values = ["x1", "x2"]\nvalue = "x3"', "either value, or values"),
    ],
)
def test_mistakes_of_a_template(more: str, told: str) -> None:
    with pytest.raises(TemplateError, match=told):
        Template.load(f'name = "a"\n[columns]\nd = "date"\n[[kpis]]\nkey = "wait"\n{more}\n')
    with pytest.raises(TemplateError, match="numbered otherwise too"):
        Template.load(
            'name = "a"\nrepeats = "samples"\n[columns]\nd = "date"\n[[kpis]]\nkey = "wait"\nvalues = ["a", "b"]\n'
        )
