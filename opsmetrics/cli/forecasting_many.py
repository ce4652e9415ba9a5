"""forecast --all and --parts: everything that is watched, and the values of a dimension with their total."""

from __future__ import annotations

import argparse

from opsmetrics.catalog import NotUnderstood
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk import Desk, finished
from opsmetrics.desk import forecast_outlook_sentences as ahead
from opsmetrics.desk import forecast_parts_sentences as sentences
from opsmetrics.desk.finished import Question
from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecast_outlook import outlooks
from opsmetrics.desk.forecast_parts import How, parts


def asks_for_many(given: argparse.Namespace) -> bool:
    """True for --all and --parts. Raises WrongUsage where they do not go with the rest, or nothing is named."""
    if given.all and (given.kpi or given.parts or given.slice or given.grain or given.what_if):
        raise WrongUsage("forecast: --all goes with --end, --horizon, --as-of and --json alone.")
    if given.parts and (given.slice or given.grain or given.what_if):
        raise WrongUsage("forecast: --parts goes with --bottom-up, --horizon, --as-of and --json alone.")
    if given.end and not given.all:
        raise WrongUsage("forecast: --end goes with --all.")
    if given.bottom_up and not given.parts:
        raise WrongUsage("forecast: --bottom-up goes with --parts.")
    if not given.all and not given.kpi:
        raise WrongUsage("forecast: found no KPI; wanted one, or --all.")
    return bool(given.all or given.parts)


def forecasts(given: argparse.Namespace, console: Console) -> int:
    """The forecasts as a table, or as JSON with the whole of their fans."""
    with owner.reading(given, console) as desk:
        if given.parts:
            return _parts(given, console, desk)
        watched = finished.watched(Question(desk, as_of=given.as_of))
        found = outlooks(watched, given.horizon, lambda name, done, of: console.progress(done + 1, of, name), given.end)
    if console.as_json:
        console.answer({"forecasts": [ahead.as_dict(each) for each in found]})
    elif not found:
        console.say(say("nothing"))
    else:
        console.say(table(ahead.rows(found), ahead.head(), right=ahead.head()[2:4]))
    return 0


def _parts(given: argparse.Namespace, console: Console, desk: Desk) -> int:
    try:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        how: How = "bottom_up" if given.bottom_up else "mint"
        found = parts(
            desk,
            kpi,
            given.parts,
            as_of=given.as_of,
            horizon=given.horizon,
            how=how,
            between=lambda name, done, of: console.progress(done + 1, of, name),
        )
    except NotUnderstood as error:
        raise Refused(str(error)) from error
    if console.as_json:
        console.answer(sentences.as_dict(found))
        return 0
    head = sentences.head(found)
    said = wrapped(f"{sentences.title(found)} {sentences.lead(found)}")
    console.say(f"{said}\n\n{table(sentences.rows(found), head, right=head[1:])}")
    return 0
