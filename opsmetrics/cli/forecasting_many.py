"""forecast --all and --parts: everything that is watched, and the values of a dimension with their total."""

from __future__ import annotations

import argparse

from opsmetrics.catalog import NotUnderstood
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk import Desk, finished
from opsmetrics.desk import forecast_many_sentences as sentences
from opsmetrics.desk import forecast_outlook_sentences as ahead
from opsmetrics.desk.finished import Question
from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecast_outlook import outlooks
from opsmetrics.desk.forecast_parts import parts


def asks_for_many(given: argparse.Namespace) -> bool:
    """True for --all and --parts. Raises WrongUsage where they do not go with the rest, or nothing is named."""
    if given.all and (given.kpi or given.parts or given.slice or given.grain or given.what_if):
        raise WrongUsage("forecast: --all goes with --horizon, --as-of and --json alone.")
    if given.parts and (given.slice or given.grain or given.what_if):
        raise WrongUsage("forecast: --parts goes with --horizon, --as-of and --json alone.")
    if not given.all and not given.kpi:
        raise WrongUsage("forecast: found no KPI; wanted one, or --all.")
    return bool(given.all or given.parts)


def forecasts(given: argparse.Namespace, console: Console) -> int:
    """The forecasts as a table, or as JSON with the whole of their fans."""
    with owner.reading(given, console) as desk:
        if given.parts:
            return _parts(given, console, desk)
        watched = finished.watched(Question(desk, as_of=given.as_of))
        found = outlooks(watched, given.horizon, lambda name, done, of: console.progress(done + 1, of, name))
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
        found = parts(desk, kpi, given.parts, as_of=given.as_of, horizon=given.horizon)
    except NotUnderstood as error:
        raise Refused(str(error)) from error
    if console.as_json:
        console.answer(sentences.parts_dict(found))
        return 0
    head = sentences.parts_head()
    said = [wrapped(sentences.parts_title(found)), table(sentences.parts_rows(found), head, right=head[1:])]
    console.say("\n\n".join(filter(None, [*said, sentences.left_out(found)])))
    return 0
