"""A decision before it is made: what the store would keep, and in one sentence why it cannot be."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest

from opsmetrics.catalog import Decision, Kpi
from opsmetrics.review import KpiReview
from opsmetrics.review import review as reviewed
from opsmetrics.ui.decisions import Draft, decision, refused, unsigned
from opsmetrics.ui.decisions_words import (
    changes,
    history,
    name,
    read_target,
    said,
    signed,
    when,
)
from tests.figures import reviews
from tests.ui.judged import START, series

VALUES = [12.0, 10.0, 11.0, 10.5] * 10
LAST = len(VALUES) - 1


def day(number: int) -> dt.datetime:
    return (START + dt.timedelta(days=number)).to_pydatetime()


def judged(*decided: Decision, values: list[float] | None = None) -> KpiReview:
    return reviewed(series(VALUES if values is None else values), decided)


def excluded(number: int, first: int, last: int) -> Decision:
    return Decision("k", "exclude", start=day(first), end=day(last), value=True, grain="day", why="flood.", id=number)


# What the store would keep


def test_a_stretch_keeps_both_ends_and_the_grain_of_the_page() -> None:
    made = decision(judged(), Draft("exclude", 3, 5, by="Ann", why="flood"))
    assert (made.kpi, made.kind, made.slice, made.grain) == ("k", "exclude", (), "day")
    assert (made.start, made.end, made.value) == (day(3), day(5), True)
    assert (made.by, made.why, made.supersedes) == ("Ann", "flood", None)


def test_a_phase_begins_once_and_may_be_meant_for_every_grain() -> None:
    made = decision(judged(), Draft("phase", 7, 7, every_grain=True))
    assert (made.start, made.end, made.grain) == (day(7), None, None)


def test_a_note_is_its_own_reason_and_a_target_holds_for_every_grain() -> None:
    assert decision(judged(), Draft("annotate", 7, 7, why="new seal")).value == "new seal"
    made = decision(judged(), Draft("target", 7, 7, value={"value": 11.0}))
    assert (made.value, made.grain) == ({"value": 11.0}, None)


def test_weekday_limits_hold_for_all_of_time() -> None:
    made = decision(judged(), Draft("weekday"))
    assert (made.start, made.end, made.value, made.grain) == (None, None, True, "day")


def test_taking_back_names_what_it_ends_and_ends_it() -> None:
    before = judged(excluded(4, 3, 5))
    made = decision(before, Draft("exclude", takes_back=4, by="Bo", why="it was no flood"))
    assert (made.supersedes, made.value, made.start, made.end) == (4, None, day(3), day(5))
    assert judged(excluded(4, 3, 5), made).decisions == ()


def test_a_sample_is_decided_about_by_its_number() -> None:
    sampled = replace(reviews.late_deliveries(), series=replace(reviews.late_deliveries().series, grain="sample"))
    numbered = replace(sampled, points=sampled.points.assign(period=range(1, len(sampled.points) + 1)))
    made = decision(numbered, Draft("lock", 2, 30))
    assert (made.start, made.end) == (3, 31)
    assert isinstance(made.start, int)


# Why it cannot be


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (Draft("phase", 0, 0), "nothing before it"),
        (Draft("exclude", 9, 4), "choose the earlier period first"),
        (Draft("exclude", 4, 6), "excluded already (flood)"),
        (Draft("exclude", 0, LAST), "excluded already"),
        (Draft("lock", 10, 20), "there are 11: choose a longer stretch"),
        (Draft("complete", 9, 9), "judged already"),
        (Draft("complete", 5, 5), "take that back first"),
    ],
)
def test_what_cannot_be_decided_says_so_in_one_sentence(draft: Draft, says: str) -> None:
    sentence = refused(judged(excluded(1, 5, 5)), draft)
    assert says in sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0


@pytest.mark.parametrize(
    "draft",
    [Draft("phase", 1, 1), Draft("exclude", 7, 9), Draft("lock", 10, 21), Draft("annotate", 0, 0), Draft("weekday")],
)
def test_what_can_be_decided_is_not_refused(draft: Draft) -> None:
    assert refused(judged(excluded(1, 5, 5)), draft) == ""


def test_everything_cannot_be_excluded() -> None:
    assert "leave some" in refused(judged(), Draft("exclude", 0, LAST))


def test_a_gap_cannot_be_excluded_or_completed() -> None:
    with_gap = judged(values=[*VALUES[:10], math.nan, *VALUES[11:]])
    assert "nothing to exclude" in refused(with_gap, Draft("exclude", 10, 10))
    assert "no data" in refused(with_gap, Draft("complete", 10, 10))


def test_a_phase_begins_once_and_a_lock_keeps_to_one() -> None:
    phased = judged(Decision("k", "phase", start=day(20), value=True, id=1))
    assert "starts with 22 Mar 2026 already" in refused(phased, Draft("phase", 20, 20))
    assert "belong to one phase" in refused(phased, Draft("lock", 10, 30))
    assert refused(phased, Draft("lock", 20, 32)) == ""


def test_weekday_limits_are_turned_on_once_and_by_day() -> None:
    on = judged(Decision("k", "weekday", value=True, grain="day", id=1))
    assert "on already" in refused(on, Draft("weekday"))
    weekly = replace(judged(), series=replace(judged().series, grain="week"))
    assert "by week" in refused(weekly, Draft("weekday"))


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (Draft("exclude", why="flood", by="  "), "Type your name"),
        (Draft("exclude", why=" ", by="Ann"), "Type the reason"),
        (Draft("annotate", why="", by="Ann"), "Type the note"),
        (Draft("annotate", why="", by="Ann", takes_back=3), "Type the reason"),
        (Draft("annotate", why="x", by="Ann"), ""),
    ],
)
def test_a_decision_is_signed_and_has_a_reason(draft: Draft, says: str) -> None:
    assert unsigned(draft).startswith(says)
    assert bool(unsigned(draft)) == bool(says)


# In words


def test_what_would_change_stands_in_two_lines() -> None:
    high = [*VALUES, 30.0]
    now, then = judged(values=high), judged(excluded(1, LAST + 1, LAST + 1), values=high)
    block = changes(now, then)
    assert [item["lead"] for item in block["items"]] == ["As it is", "Then"]
    assert block["items"][0]["text"].startswith("Concerning, high.")
    assert block["items"][1]["text"].startswith("Stable.")
    assert "Limits" in block["items"][1]["text"]


def test_a_note_changes_neither_verdict_nor_limits() -> None:
    note = Decision("k", "annotate", start=day(4), value="new seal", id=1)
    assert changes(judged(), judged(note))["items"][1]["text"] == "No change of verdict or limits."


def test_decisions_in_words() -> None:
    made = replace(excluded(1, 3, 5), by="Ann", at=dt.datetime(2026, 4, 1, 9))
    kpi = judged().kpi
    assert (name(made), when(made)) == ("Excluded", "5 Mar 2026 – 7 Mar 2026")
    assert (said(made, kpi), signed(made, kpi.calendar)) == ("flood.", "Ann, 1 Apr 2026")
    assert name(replace(made, value=None, supersedes=1)) == "Taken back: excluded"
    assert when(Decision("k", "phase", start=day(3))) == "from 5 Mar 2026"
    assert said(Decision("k", "annotate", value="new seal", why="new seal"), kpi) == "new seal"
    assert said(Decision("k", "target", value={"value": 11.0}, why="plan"), kpi) == "≤\u00a011.0 · plan"
    assert said(Decision("k", "target", value={}, why="none yet"), kpi) == "no target · none yet"


def test_the_history_says_what_became_of_each() -> None:
    out = excluded(1, 3, 5)
    back = Decision("k", "exclude", start=day(3), end=day(5), value=None, grain="day", supersedes=1, why="no", id=2)
    note = Decision("k", "annotate", start=day(4), value="new seal", id=3)
    other = Decision("k", "annotate", (("line", "3"),), start=day(4), value="x", id=4)
    table = history((out, back, note, other), judged(out, back, note, other))
    assert table["No."].tolist() == [4, 3, 2, 1]
    assert table["State"].tolist() == ["for another slice or grain", "in force", "ends no. 1", "ended by no. 2"]


LOWER = Kpi("late", "Late", "proportion", "lower", unit="%")
NEITHER = Kpi("weight", "Weight", "measured", "neither", unit="g")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("5", {"value": 5.0}),
        ("5,5 %", {"value": 5.5}),
        ("−2", {"value": -2.0}),
        ("18–24", {"low": 18.0, "high": 24.0}),
        ("18..24", {"low": 18.0, "high": 24.0}),
        ("18 to 24", {"low": 18.0, "high": 24.0}),
        ("None", {}),
    ],
)
def test_a_target_as_people_write_it(text: str, kept: dict[str, float]) -> None:
    assert read_target(LOWER, text) == kept


@pytest.mark.parametrize(
    ("kpi", "text", "says"),
    [
        (LOWER, "five", "is no number"),
        (LOWER, "nan", "is no number"),
        (LOWER, "24–18", "lower end first"),
        (NEITHER, "20", "18–24"),
    ],
)
def test_a_target_that_is_none_says_why(kpi: Kpi, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_target(kpi, text)
