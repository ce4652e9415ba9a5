"""What the Upload page says about a file of events before it is loaded."""

from __future__ import annotations

import json
from pathlib import Path

from opsmetrics.catalog import Stream
from opsmetrics.ingest import Template
from opsmetrics.measurements import Span
from opsmetrics.store import Store
from opsmetrics.ui import upload_events
from opsmetrics.ui.receipts import stored, undo_effect
from tests.store.builders import batch, catalog, day, event

STOPS = Stream("stops", "Line stops", ("site", "line"), category="Reason")


def test_changed_and_removed_events_are_shown_with_both_sides(tmp_path: Path) -> None:
    definitions = catalog(streams=(STOPS,))
    whole = Span("events:stops", day(0), day(2), replaces=True)
    with Store.open(tmp_path / "s.duckdb", role="test") as store:
        store.apply_catalog(definitions, by="Ada")
        first = (event(day(0), "", site="North"), event(day(1), reference="x", minutes=None))
        store.commit(batch(*first, spans=(whole,)), by="Ada")
        second = batch(event(day(1), "Power", reference="x", minutes=7.5), spans=(whole,), fingerprint="two")
        diff = store.diff(second)
        receipt = store.commit(second, by="Ada")
    assert upload_events.updated(diff) == 1
    text = json.dumps(upload_events.changed(diff, definitions, 8), ensure_ascii=False)
    assert "Events that would change or be taken away" in text
    assert "Jam, no minutes" in text and "Power, 7.5 minutes" in text
    assert "2024-03-01 00:00 · North · (none given)" in text and "not in the file" in text
    assert "and 1 more" in json.dumps(upload_events.changed(diff, definitions, 1))
    assert stored([receipt]) == "0 new · 1 changed · 0 identical · 1 taken away"
    assert "brings back 1 event" in undo_effect(0, 1, 1)


def test_columns_are_called_as_the_stream_calls_them() -> None:
    told = Template.load(
        'name = "t"\n[columns]\nd = "date"\n[events]\nstream = "stops"\n'
        '[[events.categories]]\nname = "Jam"\ncount = "n"\nminutes = "m"\n'
    )
    assert upload_events.words(told, catalog(streams=(STOPS,)))["category"] == "Reason"
    assert upload_events.causes(told) == {"n": "Jam: number of events", "m": "Jam: minutes"}
    assert upload_events.words(Template("plain", {}), catalog()) == {}
