"""forecast: what a KPI will most likely do next, how sure that is, and whether past forecasts were any good."""

from __future__ import annotations

import argparse
import math
from typing import Any

from opsmetrics.catalog import NotUnderstood
from opsmetrics.cli import desks, forecasting_many, owner
from opsmetrics.cli.console import Console, Refused
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk import expected as expecting
from opsmetrics.desk import forecast_scenario_sentences as scenarios
from opsmetrics.desk import forecast_tables as cells
from opsmetrics.desk import landing_sentences, load_sentences
from opsmetrics.desk.forecast_made import made
from opsmetrics.desk.forecast_scenario import read_scenario
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.forecast_words import say
from opsmetrics.desk.forecasting import FURTHEST, HORIZONS
from opsmetrics.desk.landing import Landing
from opsmetrics.desk.load import load
from opsmetrics.stats.forecast import COVERAGES, Forecast
from opsmetrics.verdict import wording


def forecast(given: argparse.Namespace, console: Console) -> int:
    """The forecast of one KPI slice as text, or as JSON with the whole fan; of many with --all or --parts."""
    if forecasting_many.asks_for_many(given):
        return forecasting_many.forecasts(given, console)
    with owner.reading(given, console) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        part = desks.slice_in(desk, kpi, given.slice)
        grain = given.grain or kpi.operate
        most = FURTHEST * HORIZONS[grain]
        if given.horizon is not None and given.horizon > most:
            raise Refused(f"Found --horizon {given.horizon}, wanted at most {wording.periods(most, grain)} by {grain}.")
        try:
            scenario = read_scenario(given.what_if, kpi)
            told = made(desk, kpi.key, part, grain=given.grain, as_of=given.as_of, horizon=given.horizon,
                        scenario=scenario)  # fmt: skip
        except NotUnderstood as error:
            raise Refused(str(error)) from error
    if console.as_json:
        console.answer(as_dict(told))
    else:
        console.say(full(told))
    return 0


def full(told: Told) -> str:
    """One forecast in words: headline, what is likely, whether to trust it, what was used."""
    review = told.found.review
    said = " ".join(filter(None, (told.headline(), told.lead())))
    head = [wrapped(f"{review.name} (by {review.series.grain})"), wrapped(said)]
    if told.found.forecast is None:
        return "\n\n".join(head)
    parts = [
        *_likely(told),
        *_landing(told),
        wrapped(f"{expecting.title()} {expecting.sentence(expecting.expected(review))}"),
    ]
    if told.under is not None:
        head_of = scenarios.compared_head(told)
        parts.append(wrapped(scenarios.lead(told)) + "\n" + "\n".join(wrapped(f"- {line}") for line in
                                                                     scenarios.item_lines(told)))  # fmt: skip
        parts.append(table(scenarios.compared_rows(told), head_of, right=head_of[1:]))
    trusted = cells.trust_rows(told)
    parts.append(wrapped(f"{say('trusted')} {_sentence(told.trust(starts=True))}"))
    parts += [table(trusted, cells.trust_head(told), right=cells.trust_head(told)[1:])] if trusted else []
    parts.append(table(cells.used_rows(told), (say("used"), "")))
    return "\n\n".join(head + [part for part in parts if part])


def _likely(told: Told) -> list[str]:
    """The periods to come, and that there are more of them."""
    head, count = cells.likely_head(told), len(cells.to_come(told))
    listed = table(cells.likely_rows(told), head, right=head[1:])
    notes = [say("last_listed", n=told.periods(count))] if count > cells.SHOWN else []
    notes += [_sentence(cells.underway(told))] if cells.underway(told) else []
    return [listed, *([wrapped(" ".join(notes))] if notes else [])]


def _landing(told: Told) -> list[str]:
    """Will it make it: a line for each stretch with its target, and below it a sentence each."""
    kpi, landed = told.found.review.kpi, told.landed
    told_of = landed.values() or [told.year]  # numbered samples land nowhere, and say so
    said = [wrapped(text) for found in told_of if (text := landing_sentences.sentence(kpi, found))]
    lines, head = landing_sentences.rows(kpi, landed), landing_sentences.head()
    return [wrapped(landing_sentences.title()), *([table(lines, head, right=head[3:5])] if lines else []), *said]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def as_dict(told: Told) -> dict[str, Any]:
    """The forecast as plain values. Values are in the shown unit, null where there is none."""
    found, review = told.found, told.found.review
    answer: dict[str, Any] = {
        "kpi": review.kpi.key,
        "slice": dict(review.series.slice),
        "grain": review.series.grain,
        "as_of": review.series.as_of.isoformat(),
        "unit": review.kpi.unit,
        "headline": told.headline(),
        "lead": told.lead(),
        "reason": found.reason or None,
        "year": _year(told.year, review.kpi.multiplier),
        "landing": landing_sentences.as_dict(review.kpi, told.landed),
        "expected": expecting.as_dict(expecting.expected(review)),
        "load": load_sentences.as_dict(load(review)),
        "since": found.since or None,
        "points": [],
    }
    if found.forecast is None:
        return answer
    return answer | {"points": _points(told)} | _card(found.forecast, review.kpi.multiplier) | _more(told)


def _more(told: Told) -> dict[str, Any]:
    """The rest of the model card: span, events, versions and time; and the scenario where one was asked."""
    found, kpi = told.found, told.found.review.kpi
    assert found.forecast is not None
    labels = found.review.points["label"]
    ends = [str(labels.iloc[found.positions[end]]) for end in (found.forecast.first, found.forecast.last)]
    days = found.holidays
    effect = None if days.effect is None else scenarios.effect_dict(kpi, days.effect)
    answer: dict[str, Any] = {
        "span": ends,
        "trust": told.trust(),
        "holidays": {"past": days.past, "coming": days.coming, "effect": effect},
        "what_if": scenarios.as_dict(told),
    }
    if told.under is not None:
        answer["what_if"] |= {"points": _points(Told(told.under.found, told.under.landed))}
    if told.made is not None:
        answer["computed"] = {
            "at": told.made.at.isoformat(timespec="seconds"),
            "seconds": round(told.made.seconds, 3),
            "data_version": told.made.data,
            "decision_version": told.made.decisions,
        }
    return answer


def _points(told: Told) -> list[dict[str, Any]]:
    scale = told.found.review.kpi.multiplier
    names = ["mean", *(f"{end}_{coverage}" for coverage in COVERAGES for end in ("lower", "upper"))]
    names += ["target_low", "target_high"]
    rows = []
    for row in told.found.points.to_dict("records"):
        values = {name: _number(row[name], scale) for name in names}
        chance = None if math.isnan(row["chance"]) else round(float(row["chance"]), 2)
        rows.append({"period": str(row["period"]), "label": row["label"], **values, "chance": chance})
    return rows


def _card(forecast: Forecast, scale: float) -> dict[str, Any]:
    accuracy = forecast.accuracy
    return {
        "method": forecast.method,
        "members": {member.name: round(member.weight, 4) for member in forecast.members},
        "season": forecast.season if forecast.season > 1 else None,
        "known": forecast.known,
        "gaps": forecast.gaps,
        "warnings": forecast.warnings,
        "failures": forecast.failures,
        "backtest": {
            "origins": accuracy.origins,
            "pairs": accuracy.pairs,
            "mae": _number(accuracy.mae, scale),
            "mase": _number(accuracy.mase, 1.0),
            "coverage": {str(held.nominal): {"inside": held.inside, "of": held.of} for held in accuracy.coverage},
            "rivals": {
                rival.name: {
                    "mae": _number(rival.mae, scale),
                    "gain": _number(rival.gain, 1.0),
                    "origins": rival.origins,
                }
                for rival in accuracy.rivals
            },
        },
    }


def _year(year: Landing, scale: float) -> dict[str, Any]:
    values = {name: _number(getattr(year, name), scale) for name in ("so_far", "likely", "low", "high")}
    ends = {name: _number(getattr(year, name), scale) for name in ("target_low", "target_high")}
    chance = {"probability": year.probability, "reason": year.reason or None, "label": year.label or None}
    return {**chance, "grain": year.grain, "left": year.left, **values, **ends}


def _number(value: float | None, scale: float) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value) * scale
