"""replay: the mornings of a stretch at once are those run day by day; cards, known events and false cards are counted
as a person would count them."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from opsmetrics.catalog import read_catalog
from opsmetrics.desk import Desk, mornings, replay, replay_events
from opsmetrics.desk.replay import OWN, Card, Replay, Said
from opsmetrics.desk.replay_events import EventsUnreadable, Known, read_events, score
from opsmetrics.measurements import Batch, Span
from opsmetrics.settings import Settings
from opsmetrics.verdict.episodes import DISSOLVED
from tests.cases import cases
from tests.desk import plant
from tests.desk.plant import DIMENSIONS
from tests.store.builders import batch, count, event

DAYS = 45
FIRST, LAST = dt.date(2026, 10, 28), dt.date(2026, 11, 18)

#: Under the first seed an episode stands on the first of these mornings and is dissolved by the last but one.
MORNINGS = (dt.date(2026, 11, 10), dt.date(2026, 11, 13))


def at(day: int, hours: float = 0) -> dt.datetime:
    """Hours into the n-th of 45 days that end on 17 November 2026, in winter time."""
    return plant.at(day - 36, hours)


def random_weeks(seed: int) -> Batch:
    """Lines that wander more and more, so that what lay outside the limits comes to lie within; stops now and then."""
    chance = random.Random(seed)
    rows = []
    for day in range(DAYS):
        for line in ("A", "B"):
            made = round(900 + chance.gauss(0, 6 + day * 1.2) - (45 if day == 16 else 0))
            rows.append(count(at(day), made, 1000, kpi="good", line=line))
            rows.append(count(at(day), 0, 1000, kpi="jams", line=line))
        for number in range(chance.choice((0, 0, 1, 3))):
            rows.append(event(at(day, 8 + number), "Jam", line="A", minutes=30.0, reference=f"{day}-{number}"))
    spans = tuple(Span(key, at(0), at(DAYS), ("A", "B")) for key in ("good", "jams", "events:stops"))
    return batch(*rows, dimensions=DIMENSIONS, spans=spans)


#: Enough of the plant for a share, a rate, a count of events and minutes of them.
KEYS = ("good", "jams", "stops", "uptime")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    catalog = read_catalog(plant.KPIS)
    with Desk.open(settings=Settings.from_environment({}).for_store(tmp_path / "kpis.duckdb")) as opened:
        opened.store.apply_catalog(replace(catalog, kpis=tuple(catalog[key] for key in KEYS)), by="ann")
        yield opened


def day_by_day(desk: Desk, first: dt.date, last: dt.date) -> dict[tuple[str, str], list[str]]:
    """By series the ids of the verdicts that mornings run one by one have kept."""
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        for site in mornings.sites(desk.catalog):
            mornings.run(desk, site, day, as_of=day)
    kept = desk.store.read("SELECT kpi, slice, id FROM shown ORDER BY as_of")
    parts = kept.groupby(["kpi", "slice"], sort=False)["id"]
    return {(kpi, str(tuple(map(tuple, json.loads(part))))): list(ids) for (kpi, part), ids in parts}


@pytest.mark.parametrize("seed", range(1, cases(2, 12)))
def test_it_equals_the_mornings_run_day_by_day(desk: Desk, seed: int) -> None:
    """Under the first seed an episode that was shown is dissolved, and stays closed: a morning that did not know what
    those before it said would find another verdict."""
    desk.commit(random_weeks(seed), by="ann", publish=False)
    found = replay.replay(desk, *MORNINGS)
    told = {(key, str(part)): [each.id for each in said] for (key, part), said in found.said.items()}
    assert desk.store.read("SELECT count(*) AS n FROM shown")["n"][0] == 0, "a replay writes nothing"
    once = {key: [id_ for id_, _ in groupby(ids)] for key, ids in told.items()}
    assert once == day_by_day(desk, *MORNINGS), "a morning that says what the last one said is not kept again"
    if seed == 1:
        assert any(DISSOLVED in text for text in desk.store.read("SELECT episodes FROM shown")["episodes"])


def test_a_set_of_rules_judges_all(desk: Desk) -> None:
    """Nine days close above the mean: a run for Nelson's second rule (nine on one side), nothing for his first."""
    made = [*(890 if day % 2 else 910 for day in range(DAYS - 9)), *[906] * 9]
    rows = [count(at(day), good, 1000, kpi="good", line="A") for day, good in enumerate(made)]
    spans = (Span("good", at(0), at(DAYS), ("A",)),)
    desk.commit(batch(*rows, dimensions=DIMENSIONS, spans=spans), by="ann", publish=False)
    few, many = (replay.replay(desk, LAST, LAST, rules) for rules in ("rule_1", "nelson"))
    assert [found.said["good", ()][0].kind for found in (few, many)] == ["", "signal"]
    assert [(card.kpi, card.side, card.since) for card in many.of("signal")] == [
        ("good", "high", LAST - dt.timedelta(days=9))
    ]
    assert (few.weeks, few.rules, few.of("signal")) == (1 / 7, "rule_1", ())
    assert (few.found, many.found) == (0, 1)
    assert 0 < few.expected < many.expected < 0.1  # one new point on one chart


def said(*kinds: str, first: dt.date = FIRST) -> list[Said]:
    """Mornings in a row: "H" and "L" signals of a side, "d" late data, "." none; each tells of the day before."""
    made = []
    for number, sign in enumerate("".join(kinds)):
        day = first + dt.timedelta(days=number)
        before = day - dt.timedelta(days=1)
        kind = {"H": "signal", "L": "signal", "d": "data", ".": ""}[sign]
        side = {"H": "high", "L": "low"}.get(sign, "none")
        made.append(Said(day, sign, kind, side, before, before))  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(
    ("mornings_", "cards"),
    [
        ("....", []),
        ("HHH.", [("high", 0, 2)]),
        (".H.H", [("high", 1, 1), ("high", 3, 3)]),
        ("HHLL", [("high", 0, 1), ("low", 2, 3)]),
        ("ddHd", [("none", 0, 1), ("high", 2, 2), ("none", 3, 3)]),
        ("H", [("high", 0, 0)]),
        ("", []),
    ],
)
def test_mornings_in_a_row_with_the_same_card_are_one(mornings_: str, cards: list[tuple[str, int, int]]) -> None:
    found = list(replay._cards("good", (), said(mornings_)))
    assert [(card.side, (card.opened - FIRST).days, (card.last - FIRST).days) for card in found] == cards


def replayed(*cards: Card) -> Replay:
    return Replay(OWN, FIRST, LAST, {}, tuple(sorted(cards, key=lambda card: card.opened)))


def card(opened: int, last: int | None = None, *, since: int | None = None, kpi: str = "good") -> Card:
    """A card of mornings counted from FIRST, which tells of the days before them."""
    day = [FIRST + dt.timedelta(days=number) for number in (opened, opened if last is None else last)]
    start = FIRST + dt.timedelta(days=opened - 1 if since is None else since)
    return Card(kpi, (), "signal", "low", day[0], day[1], start, day[1] - dt.timedelta(days=1))


def known(first: int, last: int | None = None, *, kpi: str = "good", name: str = "e") -> Known:
    days = [FIRST + dt.timedelta(days=number) for number in (first, first if last is None else last)]
    return Known(kpi, (), name, days[0], days[1])


def test_events_are_found_by_the_first_card_after_they_began() -> None:
    event = known(3, 6)
    for cards, after in (
        ([card(4)], 1),
        ([card(6), card(8)], 3),
        ([card(7)], 4),
        ([card(3)], None),  # of the day before it
        ([card(8)], None),  # of the day after it
        ([card(2, 5)], None),  # stood before it began: nobody would see that something is new
        ([card(9, since=6)], 6),  # a run that began within it
        ([card(4, kpi="stops")], None),
    ):
        (found,) = score(replayed(*cards), [event]).found
        assert found.after == after, cards


def test_a_card_that_tells_of_no_event_is_false() -> None:
    scored = score(replayed(card(2), card(4), card(9), card(4, kpi="stops")), [known(3), known(8, 10)])
    assert [(each.kpi, (each.opened - FIRST).days) for each in scored.false] == [("good", 2), ("stops", 4)]
    assert [one.after for one in scored.found] == [1, 1]
    assert scored.days == 1


def test_events_outside_the_mornings_are_not_asked_for_and_their_cards_are_not_false() -> None:
    before, after = known(-3, 1), known(40)
    scored = score(replayed(card(1)), [before, after])
    assert (scored.found, scored.false, scored.days) == ((), (), None)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_known_events_are_read_from_a_file(tmp_path: Path) -> None:
    path = write(
        tmp_path / "events.csv",
        "kpi,slice,event,from,to",
        "good,,press broke,2026-11-03,2026-11-05",
        "good,,press broke,2026-11-03,2026-11-05",
        "good,line=A; site=N,tool worn,2026-11-09,",
        "stops,,,,",
    )
    assert read_events(path) == (
        Known("good", (), "press broke", dt.date(2026, 11, 3), dt.date(2026, 11, 5)),
        Known("good", (("line", "A"), ("site", "N")), "tool worn", dt.date(2026, 11, 9), dt.date(2026, 11, 9)),
    )


def test_what_no_card_tells_of_is_left_out_where_the_file_says_so(tmp_path: Path) -> None:
    """As in the sample's own list: the same event in a row for a calm morning counts by its other row."""
    path = write(
        tmp_path / "truth.csv",
        "kpi,slice,event,from,to,stance",
        "good,,target raised,2026-11-03,2026-11-05,no_single_misses",
        "good,,press broke,2026-11-07,2026-11-07,leave_alone",
        "good,,press broke,2026-11-07,2026-11-07,find_cause",
    )
    assert [each.name for each in read_events(path)] == ["press broke"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("kpi,event",), "lacks the column slice: found kpi, event; wanted kpi, slice, event, from, to"),
        (("",), "lacks the column kpi: found no columns"),
        (("kpi,slice,event,from,to", "good,,e,yesterday,"), "line 2: found 'yesterday', wanted a date such as"),
        (("kpi,slice,event,from,to", "good,A,e,2026-11-03,"), "line 2: found 'A', wanted key=value"),
        (("kpi,slice,event,from,to", "good,,e,2026-11-03,2026-11-02"), "ends on 2026-11-02, before it begins"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(tmp_path: Path, lines: tuple[str, ...], told: str) -> None:
    with pytest.raises(EventsUnreadable, match=told):
        read_events(write(tmp_path / "events.csv", *lines))


def test_the_modules_agree_on_what_a_card_is() -> None:
    assert set(replay._KINDS) == replay_events.TELLING
