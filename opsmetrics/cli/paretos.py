"""pareto: which few categories of a stream's events hold most of it, as text, as JSON, or as a picture."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from opsmetrics import figures
from opsmetrics.catalog import Stream
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk import Desk
from opsmetrics.desk.events import TOP, Comparison, EventPareto, ParetoQuestion, Stretch, event_pareto
from opsmetrics.figures import export
from opsmetrics.figures.pareto import bar_names
from opsmetrics.verdict import paretos, wording


def pareto(given: argparse.Namespace, console: Console) -> int:
    """Rank the events of a stream, test the leaders, compare with another period."""
    if given.compare and not given.start:
        raise WrongUsage("--compare needs a period that something can lie before: give --from.")
    if given.start and given.end and given.end < given.start:
        raise WrongUsage(f"--from {given.start} is later than --to {given.end}: swap the two.")
    if given.start and given.as_of and given.start > _day(given.as_of):
        raise WrongUsage(
            f"--from {given.start} is later than --as-of {_day(given.as_of)}: nothing was known of it then."
        )
    if given.out and given.out.suffix.casefold() != ".html":
        raise WrongUsage(f"--out found {given.out.name!r}, wanted a file that ends in .html.")
    with owner.reading(given, console) as desk:
        stream = desks.stream_of(desk.catalog, given.stream)
        answer = event_pareto(desk, _question(desk, stream, given))
    if answer.now is None:
        raise Refused(_nothing(answer))
    if given.out:
        given.out.write_text(_page(answer), encoding="utf-8")
        console.note(f"Wrote {given.out}.")
    if console.as_json:
        console.answer(as_dict(answer))
    else:
        console.say(full(answer))
    return 0


def _question(desk: Desk, stream: Stream, given: argparse.Namespace) -> ParetoQuestion:
    part = desks.slice_of_stream(desk, stream, given.slice)
    by = desks.dimension_of_stream(stream, given.by or "category")
    top = TOP if given.top is None else given.top
    compare: Comparison = given.compare or "none"
    return ParetoQuestion(stream.key, given.measure, by, part, given.start, given.end, compare, top, given.as_of)


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _nothing(answer: EventPareto) -> str:
    """Why there is nothing to rank: no event at all, or none known then."""
    key, as_of = answer.stream.key, answer.question.as_of
    if answer.reach is None or as_of is None:
        return f"{key} holds no events yet. Load a file of them with `ingest` first."
    return (
        f"{key}: no {answer.stream.unit} are known as of {wording.date(as_of)}; the first ones in the store are from "
        f"{wording.date(answer.reach[0])}. Give a later --as-of."
    )


def _page(answer: EventPareto) -> str:
    """The chart as one file that needs no network, under its verdict."""
    figure = figures.pareto_chart(answer.result, answer.stream, answer.question.measure)
    head, *lines = _said(answer)
    return export.as_html([figure], title=head, lines=[*lines, *answer.warnings])


# Text


def full(answer: EventPareto) -> str:
    """The answer for a person: verdict, ranking, changes, what limits it."""
    parts = [wrapped(_facts(answer)), wrapped(" ".join(_said(answer))), _ranking(answer), _changes(answer)]
    said = [*answer.warnings, *(paretos.leaders_said(answer.leaders) if answer.result.categories > 1 else ())]
    said += paretos.changes_said(answer.changes) if answer.changes else ()
    return "\n\n".join(part for part in (*parts, "\n".join(map(wrapped, said))) if part)


def _facts(answer: EventPareto) -> str:
    assert answer.now is not None
    stream = answer.stream
    return f"{stream.name}, {_days(answer.now)}: {wording.amount(answer.events, stream.unit)}"


def _said(answer: EventPareto) -> list[str]:
    """The verdict, then what stands below it."""
    assert answer.now is not None
    stream, measure, span = answer.stream, answer.question.measure, (answer.now.first, answer.now.last)
    head = paretos.headline(answer.result, stream, answer.called, measure, span)
    lead = paretos.lead(answer.result, answer.leaders, answer.changes, stream, answer.called, measure)
    return [head, lead] if lead else [head]


def _days(stretch: Stretch) -> str:
    return f"{wording.date(stretch.first)} to {wording.date(stretch.last)}"


def _ranking(answer: EventPareto) -> str:
    if not answer.result.categories:
        return ""
    names = bar_names(answer.result)
    rows = [
        [
            name,
            paretos.amount(float(row["amount"]), answer.stream, answer.question.measure),
            paretos.share(float(row["share"])),
            paretos.share(float(row["running"])),
            "*" if row["vital"] else "",
        ]
        for name, row in zip(names, answer.result.table.to_dict("records"), strict=True)
    ]
    measure = paretos.measure_word(answer.question.measure).lower()
    head = (answer.called, measure, "share", "running", "few")
    return table(rows, head, right=(measure, "share", "running"))


def _changes(answer: EventPareto) -> str:
    if answer.changes is None or answer.before is None:
        return ""
    stream, measure = answer.stream, answer.question.measure
    rows = [
        [
            paretos.name(str(row["name"])),
            paretos.amount(float(row["expected"]), stream, measure),
            paretos.amount(float(row["after"]), stream, measure),
            paretos.signed(float(row["change"])),
            paretos.could_be(float(row["low"]), float(row["high"])),
            _verdict(row),
        ]
        for row in answer.changes.table.to_dict("records")
    ]
    head = (answer.called, "before", "now", "change", "could be", "verdict")
    title = f"Against {_days(answer.before)}"
    return f"{title}\n{table(rows, head, right=('before', 'now', 'change', 'could be'))}"


def _verdict(row: Mapping[Any, Any]) -> str:
    word = paretos.change_word(str(row["verdict"]))
    return f"{word}; {paretos.term('alone')}" if row["alone"] and row["verdict"] == "no_change" else word


# JSON


def as_dict(answer: EventPareto) -> dict[str, Any]:
    """The answer as plain values, names as they are stored; what is not defined is null."""
    now, result, leaders = answer.now, answer.result, answer.leaders
    assert now is not None
    stream, asked = answer.stream, answer.question
    found: dict[str, Any] = {
        "stream": stream.key,
        "measure": asked.measure,
        "by": asked.by,
        "slice": dict(asked.slice),
        "as_of": None if asked.as_of is None else asked.as_of.isoformat(),
        "period": _period(now),
        "events": answer.events,
        "total": result.total,
        "sentences": _said(answer),
        "categories": result.categories,
        "vital": result.vital,
        "vital_share": result.vital_share,
        "rows": _records(result.table),
        "members": _records(result.members),
        "leaders": {
            "names": list(leaders.names),
            "leader_p": leaders.leader_p,
            "all_p": leaders.all_p,
            "method": leaders.method,
        },
        "warnings": list(answer.warnings),
    }
    if answer.changes is not None and answer.before is not None:
        found["before"] = _period(answer.before)
        found["changes"] = _records(answer.changes.table)
        found["tested"] = answer.changes.tested
    return found


def _period(stretch: Stretch) -> dict[str, Any]:
    return {"from": stretch.first.isoformat(), "to": stretch.last.isoformat(), "days": stretch.days}


def _records(frame: Any) -> list[dict[str, Any]]:
    return [{str(key): _plain(value) for key, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
