"""Endpoints that read: definitions, verdicts, series, signals, charts, and what was loaded.

Everything about a KPI is read through the desk and turned into JSON by the functions that the command line uses, so
that equal questions get equal answers everywhere.
"""

from __future__ import annotations

import dataclasses
import json
from functools import lru_cache
from typing import Any

from opsmetrics import figures
from opsmetrics.access import Viewer
from opsmetrics.catalog import GRAINS, Kpi, Slice, slice_of
from opsmetrics.desk import expected, finished, landing_sentences, load_sentences, showing, verifying
from opsmetrics.desk import triage as triaging
from opsmetrics.desk.finding import dimension_of, held, no_kpi, values_of
from opsmetrics.desk.finished import Question
from opsmetrics.desk.landing import landings
from opsmetrics.desk.load import load
from opsmetrics.figures import export
from opsmetrics.review import KpiReview
from opsmetrics.server.endpoints import Endpoint, Parameter, Request
from opsmetrics.server.problems import Problem
from opsmetrics.verdict.as_dict import as_plain, review_as_dict

#: How many answers about everything watched are kept.
LISTS = 8

_KPI = Parameter("kpi", "The key of a KPI.", required=True)
_SLICE = Parameter("slice", "A value of a dimension, as dimension=value; once for each dimension.", "pair", many=True)
_GRAIN = Parameter("grain", "The grain looked at; without it the one that the KPI is operated at.", choices=GRAINS)
_AS_OF = Parameter(
    "as_of", "A day (noon at the site is meant) or a local date and time, as which it is looked at.", "day_or_instant"
)
_ONE = (_KPI, _SLICE, _GRAIN, _AS_OF)
NOT_FOR_A_PART = "The token is not for this, or is limited to a part."
_REFUSED = {404: "No such KPI, dimension or value.", 422: "The grain does not suit the KPI."}


def kpis(asked: Request) -> tuple[int, Any]:
    """All definitions in force."""
    return 200, [as_plain(dataclasses.asdict(kpi)) for kpi in asked.desk.catalog.kpis]


def reviews(asked: Request) -> tuple[int, Any]:
    """The verdicts of everything watched, of one KPI, or of each value of one of its dimensions."""
    by = asked.get("by")
    if asked.get("kpi") is None:
        if by or asked.get("slice") or asked.get("grain"):
            raise Problem(400, "parameter", "The parameters by, slice and grain need a KPI: give kpi as well.")
        return 200, _watched(Question(asked.desk, as_of=asked.get("as_of"), viewer=asked.token.viewer))
    if by is None:
        found = [_reviewed(asked)]
    else:
        kpi = _kpi(asked)
        dimension_of(kpi, by)
        fixed = dict(_slice(asked, kpi))
        if by in fixed:
            raise Problem(400, "parameter", f"slice fixes {by}, and by asks for each of its values: give one of them.")
        parts = [{**dict(part), **fixed} for part in asked.desk.slices(kpi, by=[by], viewer=asked.token.viewer)]
        found = [_review(asked, kpi, slice_of(part)) for part in parts]
    return 200, [_told(asked.token.viewer, item, rows=False) for item in found]


@lru_cache(maxsize=LISTS)
def _watched(asked: Question) -> list[dict[str, Any]]:
    """The answer about everything watched, which nobody changes."""
    found = finished.watched(asked)
    if not asked.viewer.scope:
        showing.keep_where_possible(asked.desk.store, found, asked.channel)
    return [_told(asked.viewer, item, rows=False) for item in found]


def review(asked: Request) -> tuple[int, Any]:
    """Everything known about one series, as `review KPI --json` prints it."""
    return 200, _told(asked.token.viewer, _reviewed(asked))


def triage(asked: Request) -> tuple[int, Any]:
    """What is new on everything watched, ranked with the parts of the rank, beside what chance alone would have
    brought, as `triage --json` prints it."""
    question = Question(asked.desk, as_of=asked.get("as_of"), viewer=asked.token.viewer)
    try:
        found = triaging.triaged(question, asked.get("since"))
    except triaging.SinceTooLate as error:
        raise Problem(400, "parameter", f"The parameter {error}", more={"parameter": "since"}) from None
    strict, spread = bool(asked.get("any_dependence")), bool(asked.get("range"))
    return 200, triaging.as_dict(found, asked.token.viewer, any_dependence=strict, spread=spread)


def series(asked: Request) -> tuple[int, Any]:
    """The points of one series, with limits and states."""
    told = _told(asked.token.viewer, _reviewed(asked))
    return 200, {**_identity(told), "points": told["points"]}


def signals(asked: Request) -> tuple[int, Any]:
    """Every hit of a rule, and the episodes that they open."""
    told = _told(asked.token.viewer, _reviewed(asked))
    return 200, {**_identity(told), "signals": told["signals"], "episodes": told["episodes"]}


def landing(asked: Request) -> tuple[int, Any]:
    """Where the running month, quarter and fiscal year of one series land: the chance to meet the target, the 80 %
    range, what stands so far and when the target is lost; and the latest judged period against what was expected of it;
    and what is expected of today and this week. As `forecast KPI --json` prints them."""
    kpi = _kpi(asked)
    part = _slice(asked, kpi)
    shown = finished.review(Question(asked.desk, kpi.key, part, None, asked.get("as_of"), asked.token.viewer))
    told = {"kpi": kpi.key, "name": kpi.name, "unit": kpi.unit, "slice": dict(part)}
    return 200, {
        **told,
        "grain": shown.series.grain,
        "as_of": shown.series.as_of.isoformat(),
        "landing": landing_sentences.as_dict(kpi, landings(shown)),
        "expected": expected.as_dict(expected.expected(shown)),
        "load": load_sentences.as_dict(load(shown)),
    }


def chart(asked: Request) -> tuple[int, Any]:
    """The control chart as a Plotly figure."""
    shown = _reviewed(asked)
    if shown.points.empty:
        raise Problem(404, "no_points", f"{shown.kpi.name} has no points to draw: load its measurements first.")
    figure = figures.control_chart(shown, theme=asked.get("theme") or "light")
    return 200, json.loads(export.as_json(figure, shown.id if _whole(asked) else ""))


def batches(asked: Request) -> tuple[int, Any]:
    """What was loaded, newest first; not for a token that is limited to a part."""
    whole_store(asked, "batches are told")
    ledger = asked.desk.batches().head(asked.get("limit") or 100)
    return 200, [as_plain(row.to_dict()) for _, row in ledger.iterrows()]


def verify(asked: Request) -> tuple[int, Any]:
    """A verdict judged again, as of its time and as of today, as `verify ID --json` prints it; not for a token that is
    limited to a part."""
    whole_store(asked, "a verdict is verified")
    return 200, verifying.as_dict(verifying.verify(asked.desk, asked.get("id")))


_IDENTITY = ("id", "kpi", "name", "unit", "slice", "grain", "as_of", "versions")
_VERDICT = (*_IDENTITY, "variation", "assurance", "stance", "data", "value", "sentence", "words", "episodes")


def _identity(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in _IDENTITY}


def _reviewed(asked: Request) -> KpiReview:
    kpi = _kpi(asked)
    return _review(asked, kpi, _slice(asked, kpi))


def _told(viewer: Viewer, item: KpiReview, *, rows: bool = True) -> dict[str, Any]:
    """A review as plain values. A token that is limited to a part sees figures of that part, which `verify` could not
    judge again: they have no id."""
    told = review_as_dict(item, rows=rows)
    return told | {"id": None} if viewer.scope else told


def _whole(asked: Request) -> bool:
    return not asked.token.scope


def _review(asked: Request, kpi: Kpi, part: Slice) -> KpiReview:
    grain, as_of = asked.get("grain"), asked.get("as_of")
    if (kpi.operate == "sample") != ((grain or kpi.operate) == "sample"):
        raise Problem(422, "grain", f"{kpi.key} is operated by {kpi.operate}: the grain {grain} does not suit it.")
    return finished.review(Question(asked.desk, kpi.key, part, grain, as_of, asked.token.viewer))


def _kpi(asked: Request) -> Kpi:
    key, known = asked.get("kpi"), asked.desk.catalog
    if key not in known:
        raise no_kpi(known, key)
    return known[key]


def _slice(asked: Request, kpi: Kpi) -> Slice:
    """The slice; each value is one that the data hold for this viewer."""
    pairs = asked.get("slice")
    if len(dict(pairs)) < len(pairs):
        raise Problem(400, "parameter", "A dimension was given twice in slice, wanted one value for each.")
    for name, value in pairs:
        held(name, value, values_of(asked.desk, kpi, dimension_of(kpi, name), asked.token.viewer))
    return slice_of(dict(pairs))


def whole_store(asked: Request, what: str) -> None:
    """What was loaded tells of all sites: it is not for a token that is limited to some. what: with its verb."""
    if asked.token.scope:
        limits = ", ".join(sorted(asked.token.scope))
        raise Problem(403, "scope", f"This token is limited by {limits}; {what} of the whole store only.")


ENDPOINTS = (
    Endpoint("GET", "/api/v1/kpis", "read", "Definitions", kpis, text=str(kpis.__doc__),
        gives=("key", "name", "kind", "better", "dimensions"), many=True,
    ),
    Endpoint(
        "GET", "/api/v1/reviews", "read", "Verdicts", reviews,
        (
            dataclasses.replace(_KPI, required=False),
            _SLICE, _GRAIN, _AS_OF,
            Parameter("by", "A dimension of the KPI: one verdict for each of its values."),
        ),
        text=str(reviews.__doc__), refusals=_REFUSED, gives=_VERDICT, many=True,
    ),
    Endpoint(
        "GET", "/api/v1/review", "read", "One verdict, whole", review, _ONE,
        text=str(review.__doc__), refusals=_REFUSED, gives=(*_VERDICT, "points", "signals"),
    ),
    Endpoint(
        "GET", "/api/v1/triage", "read", "Triage", triage,
        (
            Parameter("since", "What was detected since then, a day or a local time; without it since yesterday.",
                      "day_or_instant"),
            _AS_OF,
            Parameter("range", "Say how far chance spreads, by shuffled weeks.", "yes_or_no"),
            Parameter("any_dependence", "List what stands out under any dependence between charts.", "yes_or_no"),
        ),
        text=str(triage.__doc__), gives=("budget", "cards", "discoveries"),
    ),
    Endpoint(
        "GET", "/api/v1/series", "read", "Series", series, _ONE, text=str(series.__doc__), refusals=_REFUSED,
        gives=(*_IDENTITY, "points"),
    ),
    Endpoint(
        "GET", "/api/v1/signals", "read", "Signals", signals, _ONE, text=str(signals.__doc__), refusals=_REFUSED,
        gives=(*_IDENTITY, "signals", "episodes"),
    ),
    Endpoint(
        "GET", "/api/v1/landing", "read", "Will it make it?", landing, (_KPI, _SLICE, _AS_OF),
        text=str(landing.__doc__), refusals={404: _REFUSED[404]},
        gives=("kpi", "name", "unit", "slice", "grain", "as_of", "landing", "expected", "load"),
    ),
    Endpoint(
        "GET", "/api/v1/chart", "read", "Chart", chart,
        (*_ONE, Parameter("theme", "Colours for a light or a dark page.", choices=("light", "dark"))),
        text=str(chart.__doc__),
        refusals=_REFUSED | {404: "No such KPI, dimension or value, or no points to draw."}, gives=("data", "layout"),
    ),
    Endpoint(
        "GET", "/api/v1/batches", "read", "Batches", batches,
        (Parameter("limit", "How many at most; without it 100.", "whole"),), text=str(batches.__doc__),
        refusals={403: NOT_FOR_A_PART}, gives=("batch", "at", "by", "source", "new", "undone_at"), many=True,
    ),
    Endpoint(
        "GET", "/api/v1/verify/{id}", "read", "Is a verdict still true?", verify,
        (Parameter("id", "The id of a verdict, as it stands beside it.", "verdict", required=True, in_path=True),),
        text=str(verify.__doc__), refusals={403: NOT_FOR_A_PART, 404: "No verdict with this id is kept."},
        gives=("id", "equal", "equal_then", "changed", "sentence_then", "sentence_now"),
    ),
)  # fmt: skip
