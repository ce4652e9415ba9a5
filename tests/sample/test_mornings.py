"""The morning after each event, through a real store: what truth.csv tells is what the product says.

Authority: the events that the simulator put in (truth.csv). The stores are as of today, of the morning after a holiday
and of the Monday after the clocks went forward; the seeds differ too.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmetrics import sample
from opsmetrics.catalog import Slice, read_catalog, slice_of
from opsmetrics.desk import Desk
from opsmetrics.sample import known
from opsmetrics.verdict.as_dict import review_as_dict
from tests.cases import cases, in_soak

FIELDS = ("variation", "side", "assurance", "data", "stance")

#: Of the day and the seed of stores of earlier days, the last is made in each run, all of them in `make soak`.
EARLIER = [("2026-01-02", 7), ("2026-03-30", 11)]

#: Of more reviews than these the whole page is the quicker.
FEW = 8

Row = dict[str, str]


def rows_of(folder: Path) -> list[Row]:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def part(row: Row) -> Slice:
    return slice_of(dict(text.split("=", 1) for text in [row["slice"]] if text))


def shown(desk: Desk, rows: list[Row], as_of: dt.date | None) -> list[Row]:
    """What the reviews of a morning say of the fields that truth tells; the others are left as they are. Many are taken
    from the page, which is the same as one at a time (a test below)."""
    asked = {(row["kpi"], part(row)) for row in rows}
    if len(asked) > FEW:
        found = {(item.kpi.key, item.series.slice): item for item in desk.watched(as_of=as_of)}
    else:
        found = {(key, part): desk.review(key, part, as_of=as_of) for key, part in asked}
    told = []
    for row in rows:
        verdict = found[row["kpi"], part(row)].verdict
        assert verdict is not None
        told.append(row | {field: getattr(verdict, field) for field in FIELDS if row[field]})
    return told


def by_morning(rows: list[Row]) -> dict[str, list[Row]]:
    """The rows of each morning, in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["morning"], []).append(row)
    return found


@pytest.fixture(scope="module")
def today(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Desk]]:
    """The store that `sample` fills, with the corrected file after its KPI was shown."""
    folder = Path(shutil.copytree(sample_folder, tmp_path_factory.mktemp("today") / "sample"))
    with Desk.open(folder / "kpis.duckdb") as desk:
        yield folder, desk


def test_the_last_morning_and_all_before_it_are_as_told(today: tuple[Path, Desk]) -> None:
    folder, desk = today
    mornings = by_morning(rows_of(folder))
    for morning, told in mornings.items():
        assert shown(desk, told, None if morning == max(mornings) else dt.date.fromisoformat(morning)) == told


def test_today_lists_what_truth_lists(today: tuple[Path, Desk]) -> None:
    folder, desk = today
    listed = [(item.kpi.key, "".join(f"{d}={v}" for d, v in item.series.slice)) for item in desk.watched()]
    told = rows_of(folder)
    last = max(row["morning"] for row in told)
    assert sorted(listed) == sorted((row["kpi"], row["slice"]) for row in told if row["morning"] == last)


def test_the_charts_are_of_many_kinds(today: tuple[Path, Desk]) -> None:
    kinds = {item.chart.kind for item in today[1].watched() if item.chart}
    assert kinds >= {"p", "p_prime", "u", "c", "xmr", "xbar_s", "rare", "constant"}


def test_a_page_is_the_same_as_one_review_at_a_time(today: tuple[Path, Desk]) -> None:
    _, desk = today
    day = dt.date.today() - dt.timedelta(days=3)
    page = desk.watched(as_of=day)
    for item in page[:: cases(3, 1)]:
        alone = desk.review(item.kpi.key, item.series.slice, as_of=day)
        assert review_as_dict(item) == review_as_dict(alone)
    assert {item.kpi.key for item in page} == {kpi.key for kpi in desk.catalog.kpis}


@pytest.fixture(scope="module", params=cases(EARLIER[1:], EARLIER), ids=str)
def earlier(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Desk]]:
    """A store as the sample of an earlier day fills it."""
    day, folder = dt.date.fromisoformat(request.param[0]), tmp_path_factory.mktemp("earlier")
    written = sample.write(folder, day, request.param[1])
    with Desk.open(folder / "kpis.duckdb") as desk:
        desk.store.apply_catalog(read_catalog(sample.KPIS), by="test")
        for path in written:
            if path.name.startswith("sample_") and path.suffix == ".csv":
                desk.commit(desk.prepare(path, covers=sample.covers(path, day)), by="test", publish=False)
        for decision in sample.decisions(day):
            desk.store.decide(decision)
        yield folder, desk


@in_soak
def test_each_morning_is_as_told(earlier: tuple[Path, Desk]) -> None:
    """Nothing was shown in this store before the correction came, so it is no restatement there."""
    folder, desk = earlier
    told = [row for row in rows_of(folder) if row["event"] != known.APPOINTMENTS_RESTATED.words]
    for morning, rows in by_morning(told).items():
        assert shown(desk, rows, dt.date.fromisoformat(morning)) == rows
