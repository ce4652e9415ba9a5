"""A page of reviews is the same as one review at a time, whatever lies in the store and however the page is read.

The plant has every way in which a series comes about: own rows, readings, events over rows, events alone, outages,
formulas. Its rows are drawn at random, with lines that fall silent, files that overlap and late rows.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk, snapshot
from opsmetrics.desk.summary import summary
from opsmetrics.measurements import Batch, Span
from opsmetrics.review import KpiReview
from opsmetrics.verdict.as_dict import as_plain, review_as_dict
from tests.cases import cases
from tests.desk import plant
from tests.desk.plant import DIMENSIONS, KPIS, loaded
from tests.store.builders import batch, count, event, reading

DAYS = 70
LINES = ("A", "B", "C")
WATCHED = KPIS
for key in ("stops", "jams", "good", "oee", "loss"):
    WATCHED = WATCHED.replace(f"[kpis.{key}]\n", f'[kpis.{key}]\nwatch_by = ["line"]\n')
#: Noon of a day, as a person asks; and within a quarter-hour, as a program may.
MOMENTS = (dt.date(2026, 11, 17), dt.datetime(2026, 10, 30, 13, 7, 11))
VIEWERS = (OPEN, Viewer("line", {"line": frozenset({"A", "B"})}))


def at(day: int, hours: float = 0) -> dt.datetime:
    """Hours into the n-th day of ten weeks that end on 17 November 2026, local time, in UTC but for a clock change."""
    return plant.at(day - 61, hours)


def rows(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Ten weeks of counts, readings and stops; each line is silent now and then."""
    for day in range(DAYS):
        for line in LINES:
            if chance.random() < 0.1:
                continue
            hour = chance.choice((0, 7.2, 23.9))
            yield count(at(day, hour), chance.randint(850, 990), 1000, kpi="good", line=line)
            yield count(at(day, hour), 0, chance.randint(800, 1200), kpi="jams", line=line)
            for _ in range(chance.choice((0, 0, 1, 2))):
                category = chance.choice(("Jam", "Breakdown", "Cleaning"))
                minutes = chance.choice((None, 3.0, 55.5, 2000.0)) if day > DAYS - 5 else chance.choice((3.0, 55.5))
                happened = at(day, chance.uniform(0, 24))
                yield event(happened, category, line=line, minutes=minutes, reference=f"{day} {line} {happened}")
        for sample in range(chance.choice((10, 55, 60))):
            yield reading(at(day, 8), chance.lognormvariate(2.5, 0.4), sample, kpi="wait")
            yield reading(at(day, 8), chance.lognormvariate(2.5, 0.4), sample, kpi="seen")
        if chance.random() < 0.3:
            yield count(at(day, chance.uniform(0, 24)), chance.randint(1, 3), 0, kpi="incidents")


def files(seed: int) -> Iterator[Batch]:
    """The rows in three files, of which the last two overlap, with what they cover."""
    chance = random.Random(seed)
    found = list(rows(chance))
    covered = ("good", "jams", "wait", "seen", "incidents", "events:stops")
    for begin, end in ((0, 30), (30, 55), (50, DAYS)):
        own = [row for row in found if at(begin) <= row["observed_at"] < at(end)]
        reporters = {key: LINES if key in ("good", "jams", "events:stops") else () for key in covered}
        spans = tuple(Span(key, at(begin), at(end), reporters[key]) for key in covered)
        yield batch(*own, dimensions=DIMENSIONS, spans=spans, source=f"{begin}.csv")


@pytest.fixture(scope="module", params=range(cases(1, 2)))
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path = tmp_path_factory.mktemp("page") / "page.duckdb"
    with Desk.open(path, role="tests") as opened:
        opened.apply(WATCHED, by="tester")
        loaded(opened, *files(request.param), publish=True)
        day = dt.datetime(2026, 10, 20)
        opened.decide(Decision("good", "phase", (("line", "B"),), start=day, value=True, by="Ada", why="new tool"))
        opened.decide(Decision("stops", "exclude", start=day, end=day, value=True, by="Ada", why="test run"))
        yield opened


def plain(review: KpiReview) -> dict[str, Any]:
    return review_as_dict(review)


@pytest.mark.parametrize(
    ("as_of", "viewer"), cases([*zip(MOMENTS, VIEWERS, strict=True)], [*product(MOMENTS, VIEWERS)])
)
def test_a_page_is_the_same_as_one_review_at_a_time(desk: Desk, as_of: dt.date, viewer: Viewer) -> None:
    page = desk.watched(as_of=as_of, viewer=viewer)
    assert len({item.kpi.key for item in page}) == len(desk.catalog.kpis) and len(page) > 20
    for item in page[:: cases(2, 1)]:
        alone = desk.review(item.kpi.key, item.series.slice, as_of=as_of, viewer=viewer)
        assert plain(item) == plain(alone)


def test_a_page_in_small_portions_is_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [plain(item) for item in desk.watched(as_of=MOMENTS[0])]
    monkeypatch.setattr(snapshot, "ROWS_AT_ONCE", 300)
    assert [plain(item) for item in desk.watched(as_of=MOMENTS[0])] == whole


def test_a_summary_reads_its_series_as_they_are_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[Any]:
        found = summary(desk, as_of=MOMENTS[1])
        return [as_plain((plain(row.review), row.to_date, row.last_year, row.year)) for row in found]

    whole = told()
    monkeypatch.setattr(snapshot, "ROWS_AT_ONCE", 0)
    assert told() == whole
    assert [row["kpi"] for row, *_ in whole] == [kpi.key for kpi in desk.catalog.kpis]


def test_a_page_of_nothing_is_empty_whatever_was_decided(desk: Desk) -> None:
    start = at(3)
    desk.store.decide(Decision("good", "annotate", (), start=start, value="a note", by="Ada", why="a note"))
    assert desk.watched(keys=[]) == []
    desk.publish([])
