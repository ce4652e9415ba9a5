"""verify: a verdict follows from the store of its time; what changed it since is named, and nothing else is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opsmetrics import store as stores
from opsmetrics.catalog import Decision, NotHere
from opsmetrics.desk import Desk, mornings, showing
from opsmetrics.desk.verifying import Verified, verify
from opsmetrics.measurements import Batch, Span
from opsmetrics.settings import Settings
from tests.built import once
from tests.desk import plant
from tests.desk.plant import DIMENSIONS
from tests.store.builders import batch, count

DAYS = 30
AS_OF = dt.datetime(2026, 11, 25, 11)


def at(day: int) -> dt.datetime:
    """The n-th of thirty days that end on 24 November 2026, in Berlin."""
    return plant.at(day - 14)


def _desk(path: Path) -> AbstractContextManager[Desk]:
    return Desk.open(settings=Settings.from_environment({}).for_store(path))


@once
def with_good(path: Path) -> None:
    with _desk(path) as opened:
        opened.apply(plant.KPIS, by="ann")
        opened.commit(good(), by="ann")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with_good(tmp_path / "kpis.duckdb")
    with _desk(tmp_path / "kpis.duckdb") as opened:
        yield opened


def good(*changed: tuple[int, int], start: int = 0, until: int = DAYS, source: str = "good.csv") -> Batch:
    """Good cans of 1,000 a day on line A: 900, 904 or 908 in turn, but for those changed (day, cans)."""
    cans = {day: 900 + 4 * (day % 3) for day in range(start, until)} | dict(changed)
    rows = [count(at(day), n, 1000, kpi="good", line="A") for day, n in cans.items()]
    return batch(*rows, dimensions=DIMENSIONS, spans=(Span("good", at(start), at(until), ("A",)),), source=source)


def shown(desk: Desk, key: str = "good", **more: Any) -> str:
    review = desk.review(key, as_of=more.pop("as_of", AS_OF), **more)
    showing.keep(desk.store, [review], "terminal")
    return review.id


def causes(found: Verified) -> list[tuple[str, int | None]]:
    return [(each.what, each.number) for each in found.causes]


def test_where_nothing_happened_it_is_equal(desk: Desk) -> None:
    found = verify(desk, shown(desk))
    assert (found.equal, found.then, found.causes, found.lost) == (True, True, (), ())
    assert (found.kpi, found.slice, found.grain, found.channel) == ("good", (), "day", "terminal")
    assert found.said["variation"] == "common_cause"


def test_an_unknown_id_is_told(desk: Desk) -> None:
    with pytest.raises(NotHere, match="No verdict with the id 00000-00000 is kept in this store"):
        verify(desk, "00000-00000")


def test_an_id_of_long_ago_is_forgotten_by_the_morning_run(desk: Desk) -> None:
    """Of a slice that is not watched: nobody says it anew."""
    review, (site,) = desk.review("good", (("line", "A"),), as_of=AS_OF), mornings.sites(desk.catalog)
    old = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=400, minutes=1)
    desk.store.keep_shown([{**showing.row(review, "page"), "at": old}])
    for_ever = Desk(desk.store, replace(desk.settings, verify_days=None))
    assert mornings.run(for_ever, site, AS_OF.date(), as_of=AS_OF).forgotten == 0
    assert verify(desk, review.id).equal
    assert mornings.run(desk, site, AS_OF.date(), as_of=AS_OF).forgotten == 1
    with pytest.raises(NotHere, match="An id is kept for 400 days"):
        verify(desk, review.id)


def test_what_came_after_its_moment_or_about_others_changes_nothing(desk: Desk) -> None:
    id_ = shown(desk, as_of=dt.datetime(2026, 11, 10, 11))
    looked: list[tuple[int, int]] = []
    desk.commit(good((29, 100), start=29), by="bob")
    rows = [count(at(day), 0, 1000, kpi="jams", line="A") for day in range(9)]
    desk.commit(batch(*rows, dimensions=DIMENSIONS, spans=(Span("jams", at(0), at(9), ("A",)),)), by="bob")
    found = verify(desk, id_, lambda done, of: looked.append((done, of)))
    assert found is not None
    assert (found.equal, found.then, looked) == (True, True, [])


def test_a_corrected_value_is_found_with_its_batch_and_said_as_it_was(desk: Desk) -> None:
    id_ = shown(desk)
    desk.commit(good((5, 901), start=5, until=6, source="harmless.csv"), by="bob")
    after = desk.store.data_version
    desk.commit(good((29, 700), start=29, source="corrected.csv"), by="cat")
    found = verify(desk, id_)
    assert (found.equal, found.then) == (False, True)
    assert causes(found) == [("batch", 2), ("batch", 3)], "the first moved the limits by a little"
    assert (found.causes[1].name, found.causes[1].by) == ("corrected.csv", "cat")
    assert {"variation", "value", "sentence"} <= set(found.changed)
    assert (found.said["value"], found.says["value"]) == (0.908, 0.7)
    assert after == 2


def test_a_correction_that_was_taken_back_leaves_it_equal(desk: Desk) -> None:
    id_ = shown(desk)
    desk.commit(good((29, 700), start=29), by="bob")
    assert not verify(desk, id_).equal
    desk.undo(2, by="bob", why="wrong file")
    found = verify(desk, id_)
    assert (found.equal, found.then, found.causes) == (True, True, ())


def test_an_undone_file_is_named_and_its_data_are_said_to_be_gone(desk: Desk) -> None:
    desk.commit(good((29, 700), start=29, source="corrected.csv"), by="bob")
    id_ = shown(desk)
    desk.undo(2, by="cat", why="wrong file")
    found = verify(desk, id_)
    assert (found.equal, found.then, found.lost) == (False, False, (2,))
    assert found.said["variation"] == "concerning"
    assert found.says["variation"] == "common_cause"


def test_a_decision_is_named(desk: Desk) -> None:
    id_ = shown(desk)
    desk.decide(Decision("jams", "annotate", start=at(3), value="else", by="bob", why="x"))
    number = desk.decide(Decision("good", "target", value={"value": 95.0}, by="bob", why="agreed"))
    found = verify(desk, id_)
    assert (found.equal, found.then, causes(found)) == (False, True, [("decision", number)])
    assert (found.causes[0].name, found.causes[0].why) == ("target", "agreed")
    assert {"target", "assurance", "stance"} <= set(found.changed)


def test_definitions_are_named_and_a_kpi_may_leave_them(desk: Desk) -> None:
    id_ = shown(desk)
    changed = plant.KPIS.replace('name = "Good cans"\n', 'name = "Good tins"\n')
    assert changed != plant.KPIS
    desk.apply(changed, by="cat")
    found = verify(desk, id_)
    assert (found.equal, found.then) == (False, True)
    assert [each.what for each in found.causes] == ["definitions"]
    assert found.name == "Good cans"
    head, rest = changed.split("[kpis.good]", 1)
    gone = head + "[kpis." + rest.split("[kpis.", 1)[1].split("[kpis.oee]")[0]
    desk.apply(gone.split("[kpis.oee]")[0], by="cat")
    left = verify(desk, id_)
    assert (left.says, [each.what for each in left.causes]) == ({}, ["definitions", "definitions"])


def test_what_a_component_brings_is_told_of_the_derived(desk: Desk) -> None:
    rows = [count(at(day), 0, 1000, kpi="jams", line="A") for day in range(DAYS)]
    spans = (Span("events:stops", at(0), at(DAYS), ("A",)), Span("jams", at(0), at(DAYS), ("A",)))
    desk.commit(batch(*rows, dimensions=DIMENSIONS, spans=spans), by="ann")
    id_ = shown(desk, "oee")
    desk.commit(good((29, 700), start=29), by="bob")
    assert causes(verify(desk, id_)) == [("batch", 3)]


def test_another_program_is_named_where_it_judges_otherwise(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(showing, "__version__", "0.0.9")
        id_ = shown(desk)
    _tamper(desk)
    found = verify(desk, id_)
    assert (found.then, causes(found)) == (False, [("program", None)])
    assert found.causes[0].name.startswith("0.0.9 then, ")


def test_what_nobody_can_explain_is_said_to_be_so(desk: Desk) -> None:
    id_ = shown(desk)
    _tamper(desk)
    found = verify(desk, id_)
    assert (found.equal, found.then, causes(found)) == (False, False, [("other", None)])


def _tamper(desk: Desk) -> None:
    """A hand on the file: no batch says so."""
    with desk.store._engine.writing() as transaction:
        transaction.cursor.execute("UPDATE counts SET numerator = 500 WHERE kpi = 'good' AND numerator = 904")


def test_one_shown_on_a_page_months_ago_is_judged_as_of_then(desk: Desk) -> None:
    """Each day's own verdict, all verified after all days: each is equal, though its neighbours differ."""
    days = [dt.datetime(2026, 11, day, 11) for day in range(10, 25, 3)]
    ids = [shown(desk, as_of=day) for day in days]
    assert len(set(ids)) > 1
    assert all(verify(desk, id_).equal and verify(desk, id_).then for id_ in ids)


def test_the_store_of_this_process_is_no_other(desk: Desk) -> None:
    """The past is read beside the present: its views are seen by its own cursors only."""
    before = desk.store.read("SELECT count(*) AS n FROM counts")["n"][0]
    stores.past(desk.store, 0, 0, dt.datetime(2100, 1, 1)).read("SELECT * FROM counts")
    assert desk.store.read("SELECT count(*) AS n FROM counts")["n"][0] == before
