"""One stored number is corrected with a reason: its history keeps both values, and the correction can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.access import OPEN, Viewer
from opsmetrics.desk import Desk
from opsmetrics.desk.correcting import OutOfScope, correct, correction, history, key_of
from opsmetrics.facts import rows_between
from opsmetrics.ingest import FactKey, IngestRefused, TypedRefused
from opsmetrics.measurements import Span
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.built import once
from tests.store.builders import LATE, WAIT, batch, catalog, count, day, reading

DAY_0 = (pd.Timestamp(day(0)), pd.Timestamp(day(1)))
NORTH = FactKey("late", day(0), {"site": "North"})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Two files: the second one changed the number of North."""
    corrected(tmp_path / "kpis.duckdb")
    with Store.open(tmp_path / "kpis.duckdb") as store:
        yield Desk(store, Settings.from_environment().for_store(store.path))


@once
def corrected(path: Path) -> None:
    with Store.open(path) as store:
        desk = Desk(store, Settings.from_environment().for_store(store.path))
        desk.apply(catalog().text, by="ann")
        spans = (Span("late", day(0), day(1)),)
        for number in (5, 6):
            rows = (count(day(0), number, site="North"), count(day(0), 9, site="South"))
            desk.commit(batch(*rows, spans=spans), by="ann")
        two = (reading(day(0), value, number, site="North", line="1") for number, value in ((1, 31.5), (2, 33.0)))
        desk.commit(batch(*two), by="ann")


def stored(desk: Desk) -> list[tuple[str, float, float]]:
    rows = rows_between(desk.store, LATE, (), *DAY_0, viewer=OPEN)
    return [(str(r["site"]), float(r["numerator"]), float(r["denominator"])) for r in rows.to_dict("records")]


def test_a_correction_is_a_batch_with_its_reason(desk: Desk) -> None:
    receipt = correct(desk, NORTH, {"numerator": 7, "denominator": 100}, by="bea", why="counted again")
    assert (receipt.new, receipt.updated, receipt.unchanged) == (0, 1, 0)
    assert stored(desk) == [("North", 7.0, 100.0), ("South", 9.0, 100.0)]
    found = history(desk, NORTH)
    assert found["numerator"].tolist() == [5.0, 6.0, 7.0]
    assert found[["by", "source", "note"]].iloc[-1].tolist() == ["bea", "correction", "counted again"]


def test_a_correction_covers_no_time(desk: Desk) -> None:
    before = desk.store.spans("late")
    correct(desk, NORTH, {"numerator": 7, "denominator": 100}, by="bea", why="counted again")
    assert desk.store.spans("late").equals(before)


def test_a_correction_can_be_undone(desk: Desk) -> None:
    receipt = correct(desk, NORTH, {"numerator": 7, "denominator": 100}, by="bea", why="counted again")
    assert receipt.batch is not None
    desk.undo(receipt.batch, by="bea", why="it was right")
    assert stored(desk)[0] == ("North", 6.0, 100.0)
    assert history(desk, NORTH)["numerator"].tolist() == [5.0, 6.0]


def test_one_reading_of_several_is_corrected(desk: Desk) -> None:
    key = FactKey("wait", day(0), {"site": "North", "line": "1"}, sample=2)
    correct(desk, key, {"value": 32.0}, by="bea", why="misread")
    rows = rows_between(desk.store, WAIT, (), *DAY_0, viewer=OPEN)
    assert rows["value"].tolist() == [31.5, 32.0]


def test_the_key_of_a_stored_row(desk: Desk) -> None:
    row = rows_between(desk.store, LATE, (), *DAY_0, viewer=OPEN).iloc[0].to_dict()
    assert key_of(LATE, row) == NORTH


@pytest.mark.parametrize(
    ("values", "why", "says"),
    [
        ({"numerator": 7, "denominator": 100}, " ", "No reason"),
        ({"numerator": 101, "denominator": 100}, "x", "101 of 100"),
        ({"numerator": -1, "denominator": 100}, "x", "negative"),
        ({"numerator": float("nan"), "denominator": 100}, "x", "the numerator nan"),
        ({"numerator": None, "denominator": 100}, "x", "no numerator"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_changes_nothing(
    desk: Desk, values: dict[str, float | None], why: str, says: str
) -> None:
    before = stored(desk)
    with pytest.raises((IngestRefused, TypedRefused), match=says):
        correct(desk, NORTH, values, by="bea", why=why)
    assert stored(desk) == before
    assert len(desk.batches()) == 3


def test_nobody_sees_or_corrects_outside_their_scope(desk: Desk) -> None:
    south = Viewer("south", {"site": frozenset({"South"})})
    with pytest.raises(OutOfScope):
        history(desk, NORTH, viewer=south)
    with pytest.raises(OutOfScope):
        correct(desk, NORTH, {"numerator": 7, "denominator": 100}, by="south", why="x", viewer=south)
    assert stored(desk)[0] == ("North", 6.0, 100.0)


def test_what_a_correction_would_change_is_not_told_outside_the_scope(desk: Desk) -> None:
    south = Viewer("s", {"site": frozenset({"South"})})
    with pytest.raises(OutOfScope):
        correction(desk, NORTH, {"numerator": 7, "denominator": 100}, why="counted again", viewer=south)
