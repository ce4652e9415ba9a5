"""Signals that somebody has seen or snoozed, on Today and on the page of one KPI."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.catalog import AttentionKind
from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.settings import Settings
from opsmetrics.ui.attention import Asked
from tests.pages import stores
from tests.pages.stores import block, blocks, page

LINE_3 = (("line", "Line 3"),)
KEY = "late|day|Line 3"


def review() -> KpiReview:
    held = store.current()
    return Desk(held, Settings.from_environment().for_store(held.path)).review("late", LINE_3)


def sections(app: AppTest) -> dict[str, dict[str, Any]]:
    return {part["id"]: part for part in blocks(app) if part["kind"] == "section"}


def say(kind: AttentionKind, until: dt.date | None = None) -> None:
    store.attend(store.current(), review().attention(kind, by="Ann", why="tool <b>7</b> worn", until=until))


def tomorrow() -> dt.date:
    return dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)


def pressed(name: str, kind: AttentionKind, **params: str) -> AppTest:
    """The page after a press on one of its buttons."""
    app = page(name, **params)
    app.session_state["attending"] = Asked(kind, KEY, name)
    return app.run()


def test_a_signal_offers_what_can_be_said_and_nothing_else_does(full: Path) -> None:
    found = sections(page("today"))
    first = found["find_cause"]["rows"][0]
    assert [act["text"] for act in first["acts"]] == ["Seen", "Snooze"]
    assert first["acts"][0]["act"] == {"kind": "seen", "about": KEY}
    assert all("acts" not in row for row in found["change_process"]["rows"])
    day = (stores.start() + dt.timedelta(days=90)).date().isoformat()
    assert all("acts" not in row for row in sections(page("today", as_of=day))["find_cause"]["rows"])


def test_what_was_seen_stays_with_its_note_and_the_verdict_with_its_id(full: Path) -> None:
    before, head = review(), block(page("today"), "heading")["title"]
    say("seen")
    app = page("today")
    row = sections(app)["find_cause"]["rows"][0]
    assert row["said"].startswith("Seen by Ann, ")
    assert row["said"].endswith(": tool <b>7</b> worn"), "text, which the browser sets as text"
    assert [act["text"] for act in row["acts"]] == ["Take back"]
    assert block(app, "heading")["title"] == head
    assert (row["id"], review().id) == (before.id, before.id)
    assert review().verdict.identity.decisions_version == before.verdict.identity.decisions_version  # type: ignore[union-attr]
    table = app.dataframe[0].value
    assert table["Said"].iloc[0] == row["said"]


def test_what_is_snoozed_folds_away_and_says_so(full: Path) -> None:
    say("snoozed", tomorrow())
    found = sections(page("today"))
    assert [row["name"] for row in found["find_cause"]["rows"]] == ["Late deliveries"], (
        "the whole KPI is another signal"
    )
    (row,) = found["snoozed"]["rows"]
    assert (found["snoozed"]["fold"], row["sub"]) == ("closed", "Line 3")
    assert row["said"].startswith("Snoozed until ")
    assert list(found) == ["find_cause", "change_process", "learn_keep", "snoozed", "leave_alone"]


@pytest.mark.parametrize(("days", "known"), [(-1, True), (1, False)])
def test_as_of_a_day_what_was_said_later_is_not_known(full: Path, days: int, known: bool) -> None:
    given = review().attention("snoozed", by="Ann", why="x", until=tomorrow() + dt.timedelta(days=2))
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    store.attend(store.current(), replace(given, at=now + dt.timedelta(days=days)))
    today = (stores.start() + dt.timedelta(days=90)).date()
    assert ("snoozed" in sections(page("today", as_of=today.isoformat()))) is known


def test_its_day_brings_it_back(full: Path) -> None:
    say("snoozed", tomorrow() - dt.timedelta(days=1))
    row = sections(page("today"))["find_cause"]["rows"][0]
    assert row["said"].startswith("Back after its snooze until ")
    assert [act["text"] for act in row["acts"]] == ["Seen", "Snooze"]


def test_the_drawer_wants_a_name_and_a_reason_and_keeps_both(full: Path) -> None:
    app = pressed("today", "snoozed")
    save = next(button for button in app.button if button.label == "Snooze")
    app = save.click().run()
    assert "Type the reason" in block(app, "callout")["text"]
    app.text_area[0].input("repair is booked").run()
    app.text_input(key="person").input("Bo").run()
    app = next(button for button in app.button if button.label == "Snooze").click().run()
    assert not app.exception
    (said,) = store.attention(store.current())
    assert (said.kind, said.by, said.why, said.slice) == ("snoozed", "Bo", "repair is booked", LINE_3)
    assert said.until == tomorrow() + dt.timedelta(days=6)
    assert "snoozed" in sections(app)


def test_a_signal_that_is_over_closes_the_drawer(full: Path) -> None:
    app = page("today")
    app.session_state["attending"] = Asked("seen", "scrap|day|", "today")
    app.run()
    assert not app.exception
    assert "attending" not in app.session_state
    assert app.text_area == []


def test_the_page_of_one_kpi_says_the_same_and_takes_it_back(full: Path) -> None:
    say("seen")
    params = {"kpi": "late", "slice": stores.slice_address("Line 3")}
    line = block(page("chart", **params), "attention")
    assert line["text"].startswith("Seen by Ann, ")
    app = pressed("chart", "open", **params)
    app.text_area[0].input("it is not that").run()
    next(button for button in app.button if button.label == "Take back").click().run()
    assert block(page("chart", **params), "attention")["text"].startswith("Signal since ")
    assert "said" not in sections(page("today"))["find_cause"]["rows"][0]


def test_what_somebody_has_seen_weighs_half(full: Path) -> None:
    before = page("today").dataframe[0].value.set_index(["KPI", "Slice"])["Weight"]
    say("seen")
    after = page("today").dataframe[0].value.set_index(["KPI", "Slice"])["Weight"]
    line = ("Late deliveries", "Line 3")
    assert after[line] == pytest.approx(before[line] / 2, abs=0.01)
