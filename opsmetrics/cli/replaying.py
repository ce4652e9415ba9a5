"""replay: the mornings of a stretch of days under one set of rules or several."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from typing import Any

from opsmetrics.catalog import Catalog, Slice, slice_text
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk.replay import OWN, Card
from opsmetrics.desk.replay import replay as replayed
from opsmetrics.desk.replay_events import EventsUnreadable, Found, Known, Scored, read_events, score
from opsmetrics.measurements import counted
from opsmetrics.verdict import wording
from opsmetrics.verdict.as_dict import as_plain


def replay(given: argparse.Namespace, console: Console) -> int:
    """Replay under each set of rules, and score it by the events that are known."""
    if given.end < given.start:
        raise WrongUsage(f"--to {given.end} lies before --from {given.start}: give the earlier day first.")
    if given.end > dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1):
        raise WrongUsage(f"--to {given.end} has not come yet: no morning can be replayed before it is there.")
    events = _events(given)
    with owner.reading(given, console) as desk:
        _known_kpis(desk.catalog, events)
        scored = []
        for rules in dict.fromkeys(given.rules or [OWN]):
            scored.append(score(replayed(desk, given.start, given.end, rules, console.progress), events))
        definitions = desk.catalog
    if console.as_json:
        console.answer([_as_dict(each, given.events is not None) for each in scored])
    else:
        console.say(_told(scored, definitions, with_events=given.events is not None))
    return 0


def _events(given: argparse.Namespace) -> tuple[Known, ...]:
    if given.events is None:
        return ()
    try:
        return read_events(given.events)
    except EventsUnreadable as error:
        raise Refused(f"{error} Correct the file of known events.") from None


def _known_kpis(catalog: Catalog, events: Sequence[Known]) -> None:
    for event in events:
        desks.kpi_of(catalog, event.kpi)


def _as_dict(each: Scored, with_events: bool) -> dict[str, Any]:
    found = each.replay
    told: dict[str, Any] = {
        "rules": found.rules,
        "from": found.start,
        "to": found.end,
        "weeks": found.weeks,
        "cards": [_card(card) for card in found.cards],
        "cards_per_week": len(found.cards) / found.weeks,
        "signals_per_week": len(found.of("signal")) / found.weeks,
        "new_signals_per_week": found.found / found.weeks,
        "by_chance_per_week": found.expected / found.weeks,
    }
    if with_events:
        told |= {
            "events": [_event(one) for one in each.found],
            "found": sum(one.card is not None for one in each.found),
            "median_days": each.days,
            "false_cards": [_card(card) for card in each.false],
            "false_per_week": len(each.false) / found.weeks,
        }
    plain: dict[str, Any] = as_plain(told)
    return plain


def _card(card: Card) -> dict[str, Any]:
    return {**vars(card), "slice": dict(card.slice)}


def _event(one: Found) -> dict[str, Any]:
    event = one.event
    told = {"kpi": event.kpi, "slice": dict(event.slice), "event": event.name, "from": event.first, "to": event.last}
    return {**told, "watched": one.watched, "found": None if one.card is None else one.card.opened, "days": one.after}


def _told(scored: list[Scored], definitions: Catalog, *, with_events: bool) -> str:
    found = scored[0].replay
    mornings = (found.end - found.start).days + 1
    head = (
        f"{counted(mornings, '{n} morning', '{n} mornings')}, {len(found.said)} series, with the data as they are now."
    )
    columns = ["rules", "new cards", "a week", "signals", "to get data", "new signals a week", "by chance"]
    columns += ["events found", "days until, median", "false", "false a week"] if with_events else []
    rows = [_line(each, with_events) for each in scored]
    blocks = [wrapped(head), table(rows, columns, columns[1:])]
    if with_events and scored[0].found:
        names = ["event", "KPI", "from", *(each.replay.rules for each in scored)]
        listed = [_event_line(place, scored, definitions) for place in range(len(scored[0].found))]
        blocks.append(table(listed, names, ()))
    return "\n\n".join(blocks)


def _line(each: Scored, with_events: bool) -> list[object]:
    found = each.replay
    line: list[object] = [found.rules, len(found.cards), _a_week(len(found.cards), found.weeks)]
    line += [len(found.of("signal")), len(found.of("data"))]
    line += [f"{count / found.weeks:.1f}" for count in (found.found, found.expected)]
    if with_events:
        hit = sum(one.card is not None for one in each.found)
        days = wording.DASH if each.days is None else f"{each.days:g}"
        line += [f"{hit} of {len(each.found)}", days, len(each.false), _a_week(len(each.false), found.weeks)]
    return line


def _a_week(count: int, weeks: float) -> str:
    return f"{count / weeks:.1f}"


def _event_line(place: int, scored: list[Scored], definitions: Catalog) -> list[object]:
    event = scored[0].found[place].event
    told = [_after(each.found[place]) for each in scored]
    return [event.name, _name(definitions, event.kpi, event.slice), wording.date(event.first), *told]


def _after(one: Found) -> str:
    if one.after is None:
        return "not found" if one.watched else "not watched"
    return f"after {counted(one.after, '{n} day', '{n} days')}"


def _name(definitions: Catalog, key: str, part: Slice) -> str:
    name = definitions[key].name if key in definitions else key
    return " · ".join(text for text in (name, slice_text(part)) if text)
