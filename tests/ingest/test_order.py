"""Every record keeps the number of its line, however many threads read and however little memory there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.ingest import Layout, Limits, Meaning, Measure, check, read_file
from opsmetrics.ingest.scratch import Scratch
from tests.ingest.builders import codes, prepared, written

RECORDS = 300_000


@pytest.mark.parametrize(("memory", "quoted"), [("1GB", False), ("120MB", False), ("1GB", True)])
def test_lines_are_those_of_the_file(tmp_path: Path, memory: str, quoted: bool) -> None:
    mark = '"' if quoted else ""
    body = "".join(f"2025-01-{i % 28 + 1:02},{mark}site {i % 97}{mark},{i}\n" for i in range(2, RECORDS + 2))
    path = written(tmp_path, f"date,site,line\n{body}")
    sheet = read_file(path, limits=Limits(memory=memory))
    layout = Layout(
        meaning=lambda _: Meaning((Measure("line", ("line",), None),)),
        time=0,
        texts={"site": 1},
        numbers={"line": 2},
    )
    found = check(sheet, layout).table()
    assert len(found) == RECORDS
    assert (found["@line"] == found["line"]).all()


def test_the_stage_is_read_without_a_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A join may give rows in another order than the file's; long lists of words must not bring one in."""
    plans: list[str] = []
    run = Scratch.run

    def explained(scratch: Scratch, sql: str) -> None:
        if sql.startswith("CREATE OR REPLACE TABLE stage"):
            plans.append(str(scratch.rows(f"EXPLAIN {sql}")))
        run(scratch, sql)

    monkeypatch.setattr(Scratch, "run", explained)
    batch = prepared(tmp_path, "date,site,line,metric,value\n2025-01-27,A,L1,scrap,x\n2025-01-28,A,L1,scrap,1\n")
    (plan,) = plans
    assert "READ_CSV" in plan.upper()
    assert "JOIN" not in plan.upper()
    assert codes(batch) == [(2, "not_a_number")]
