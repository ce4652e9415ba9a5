"""A review as plain values for JSON: what the command line, the API and the kept verdicts show."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from opsmetrics.catalog import Kpi
from opsmetrics.series import KpiSeries
from opsmetrics.stats import ControlChart
from opsmetrics.verdict import wording
from opsmetrics.verdict.between import Between
from opsmetrics.verdict.model import VERDICT_FIELDS, Episode, Sentence, Verdict
from opsmetrics.verdict.rendering import as_json, render
from opsmetrics.verdict.tampering import Tampering, tampering_sentence

#: Columns of `KpiReview.points` that JSON does not repeat.
_INTERNAL = frozenset({"from_start", "reaches_end"})


class Reviewed(Protocol):
    """What is read of a `KpiReview`, which lives one layer above."""

    @property
    def kpi(self) -> Kpi: ...
    @property
    def series(self) -> KpiSeries: ...
    @property
    def points(self) -> pd.DataFrame: ...
    @property
    def chart(self) -> ControlChart | None: ...
    @property
    def signals(self) -> pd.DataFrame: ...
    @property
    def episodes(self) -> tuple[Episode, ...]: ...
    @property
    def verdict(self) -> Verdict | None: ...
    @property
    def choice(self) -> Mapping[str, str]: ...
    @property
    def proposals(self) -> tuple[str, ...]: ...
    @property
    def between(self) -> Between | None: ...
    @property
    def tampering(self) -> Tampering | None: ...
    @property
    def id(self) -> str: ...


def review_as_dict(review: Reviewed, language: str = "en", *, rows: bool = True) -> dict[str, Any]:
    """Everything a review holds, as plain values: numbers in stored units, NaN and NA as None, instants in ISO form.

    Keys: id (that `verify` takes; None at a grain without a verdict), kpi, name, unit, multiplier, slice, grain, as_of,
    versions {data, decisions, definitions}; the fields of the verdict (None at a grain without one) with sentence
    {pattern, values, text, parts}; target_text, words {variation,
    assurance, data, stance}; episodes; chart {kind, why, rejected, code, sigma, sigma_z, methods, warnings, limits:
    one {phase, lower, centre, upper} for each phase, at its last point}; points and signals (a list of rows each, by
    position); proposals; between {kind, name, measure, unit, title, why, since_last, points, signals} for rare events,
    else None; tampering {periods, missed, missed_stretches, worse, worse_stretches, worse_much, signals, text} of a
    KPI in its usual range, else None. Without `rows` the points and signals of the chart are left out.
    """
    series, verdict = review.series, review.verdict
    answer: dict[str, Any] = {
        "id": review.id or None,
        "kpi": review.kpi.key,
        "name": review.kpi.name,
        "unit": review.kpi.unit,
        "multiplier": review.kpi.multiplier,
        "slice": dict(series.slice),
        "grain": series.grain,
        "as_of": series.as_of,
        "versions": _versions(verdict),
        **_verdict(verdict, language),
        "target_text": wording.target(review.kpi, None if verdict is None else verdict.target, language=language),
        "words": None if verdict is None else _words(verdict, language),
        "episodes": review.episodes,
        "chart": _chart(review),
        **({"points": None, "signals": None} if rows else {}),
        "proposals": review.proposals,
        "between": _between(review.between, language),
        "tampering": _tampering(review, language),
    }
    plain: dict[str, Any] = as_plain(answer)
    return plain | _charted(review) if rows else plain  # plain already: thousands of values are not looked at twice


def _charted(review: Reviewed) -> dict[str, Any]:
    points = review.points.drop(columns=list(_INTERNAL), errors="ignore")
    return {"points": _rows(points, numbered=True), "signals": _rows(review.signals)}


def as_plain(item: Any) -> Any:
    """Values of pandas, numpy and dataclasses as JSON knows them; what is not a number is None."""
    if item is None or isinstance(item, str | bool):
        return item
    if isinstance(item, Sentence):
        return as_plain(as_json(item))
    if isinstance(item, Mapping):
        return {str(key): as_plain(part) for key, part in item.items()}
    if isinstance(item, list | tuple | set | frozenset | np.ndarray):
        return [as_plain(part) for part in item]
    if is_dataclass(item) and not isinstance(item, type):
        return as_plain(asdict(item))
    return _scalar(item)


def _scalar(item: Any) -> Any:
    if pd.isna(item):
        return None
    if isinstance(item, np.generic):
        return as_plain(item.item())
    if isinstance(item, float):
        return item if math.isfinite(item) else None
    if isinstance(item, dt.date | dt.time):
        return item.isoformat()
    if isinstance(item, dt.timedelta):
        return item.total_seconds()
    if isinstance(item, int):
        return item
    raise TypeError(f"found a value of type {type(item).__name__}, wanted a plain one; add its form to as_plain")


def _versions(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    identity = verdict.identity
    return {
        "data": identity.data_version,
        "decisions": identity.decisions_version,
        "definitions": identity.definitions_version,
    }


def _verdict(verdict: Verdict | None, language: str) -> dict[str, Any]:
    if verdict is None:
        return dict.fromkeys((*VERDICT_FIELDS, "reasons", "episode", "sentence"))
    fields = {name: getattr(verdict, name) for name in VERDICT_FIELDS}
    sentence = _sentence(verdict.sentence, language)
    return fields | {"reasons": verdict.reasons, "episode": verdict.episode, "sentence": sentence}


def _sentence(sentences: tuple[Sentence, ...], language: str) -> dict[str, Any]:
    """The first pattern with its values, the whole text, and each sentence as a part."""
    parts = [as_json(sentence) | {"text": render((sentence,), language)} for sentence in sentences]
    first = parts[0] if parts else {"pattern": None, "values": {}}
    text = render(sentences, language)
    return {"pattern": first["pattern"], "values": first["values"], "text": text, "parts": parts}


def _words(verdict: Verdict, language: str) -> dict[str, str]:
    return {
        "variation": wording.variation(verdict.variation, verdict.side, language),
        "assurance": wording.assurance(verdict.assurance, verdict.firm, language),
        "data": wording.data(verdict.data, verdict.data_names, language),
        "stance": wording.stance(verdict.stance, language),
    }


def _chart(review: Reviewed) -> dict[str, Any] | None:
    """How the chart was made, with the reason for its kind; None where nothing can be drawn."""
    chart = review.chart
    if chart is None:
        return None
    return {
        "code": chart.kind,
        **{name: review.choice.get(name, "") for name in ("kind", "why", "rejected")},
        "sigma": chart.sigma,
        "sigma_z": chart.sigma_z,
        "methods": chart.methods,
        "warnings": chart.warnings,
        "limits": _limits(review.points),
    }


def _between(between: Between | None, language: str) -> dict[str, Any] | None:
    if between is None:
        return None
    named = {name: getattr(between, name) for name in ("kind", "measure", "unit", "title", "why", "since_last")}
    rows = {"points": _rows(between.points), "signals": _rows(between.signals)}
    return {"name": wording.chart(between.kind, language), **named, **rows}


def _tampering(review: Reviewed, language: str) -> dict[str, Any] | None:
    found = review.tampering
    if found is None:
        return None
    return asdict(found) | {"text": tampering_sentence(found, review.series.grain, language)}


def _limits(points: pd.DataFrame) -> list[dict[str, Any]]:
    """Limits of each phase at its last point that has some."""
    drawn = points[points["centre"].notna()]
    return _rows(drawn.groupby("phase", sort=True)[["lower", "centre", "upper"]].last().reset_index())


def _column(values: pd.Series[Any]) -> list[Any]:
    """A column as plain values; of numbers all at once."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiub":
        listed: list[Any] = values.to_numpy().tolist()
        return [item if math.isfinite(item) else None for item in listed] if values.dtype.kind == "f" else listed
    return [as_plain(item) for item in values]


def _rows(frame: pd.DataFrame, *, numbered: bool = False) -> list[dict[str, Any]]:
    """A frame as rows of plain values; `numbered` adds each row's position."""
    columns = {str(name): _column(frame[name]) for name in frame.columns}
    if numbered:
        columns = {"position": list(range(len(frame)))} | columns
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
