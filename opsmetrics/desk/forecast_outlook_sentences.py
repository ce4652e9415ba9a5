"""Outlooks in sentences, cells and tables: what the page of all forecasts says, and `forecast --all` with it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from opsmetrics.catalog import slice_text
from opsmetrics.desk import forecast_many_sentences, landing_sentences
from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecast_outlook import Outlook, State
from opsmetrics.desk.forecast_tables import chance_text
from opsmetrics.desk.landing import SPANS
from opsmetrics.review import KpiReview
from opsmetrics.series import Stretch as Span
from opsmetrics.stats.forecast import COVERAGES
from opsmetrics.verdict import wording


def headline(shown: Sequence[Outlook]) -> str:
    """How many targets will likely be missed, and in which stretch where one was asked for; the one by its name."""
    when = say(f"when_{_asked(shown)}")
    misses = [each for each in shown if each.state == "misses"]
    aimed = [each for each in shown if each.state in ("misses", "open", "meets")]
    if len(misses) == 1:
        return say("all_one_misses", name=misses[0].review.name, when=when)
    if misses:
        return say("all_miss", n=wording.number(len(misses)), of=wording.number(len(aimed)), when=when)
    if not aimed:
        return say("all_no_chance", when=when) if shown else say("all_none")
    return say("all_none_misses" if any(each.state == "open" for each in aimed) else "all_meet", when=when)


def _asked(shown: Sequence[Outlook]) -> str:
    return next((each.span for each in shown if each.span is not None), "nearest")


def lead(shown: Sequence[Outlook]) -> str:
    """The others by what is likely of them, and how many forecasts the average would do as well as."""
    counts = Counter(each.state for each in shown)
    told: tuple[State, ...] = ("open", "meets", "no_chance", "early", "nothing")
    parts = [say(f"lead_{state}", n=wording.number(counts[state])) for state in told if counts[state]]
    poor = sum(each.no_better for each in shown)
    told_poor = [say("lead_no_better_one" if poor == 1 else "lead_no_better", n=wording.number(poor))] if poor else []
    return " ".join([*([f"{'; '.join(parts)}."] if parts else []), *told_poor])


def state_word(state: State) -> str:
    """The word beside a row."""
    return say(f"state_{state}")


def state_title(state: State, span: Span | None = None) -> tuple[str, str]:
    """The title of a section and what it holds; span: the stretch that was asked for."""
    return say(f"title_{state}"), say(f"why_{state}", stretch=say(f"end_{span or 'nearest'}"), span=span or "month")


def choices() -> dict[str, str]:
    """The stretches to choose from, "" the nearest of which something can be told, each with its word."""
    return {"": say("choice_nearest"), **{span: say(f"choice_{span}") for span in SPANS}}


def sentence(found: Outlook) -> str:
    """Where the nearest stretch lands; without one what comes next, and without a forecast why there is none."""
    told = found.told
    if told.found.forecast is None:
        return f"{told.headline()} {told.lead()}"
    text = landing_sentences.sentence(found.review.kpi, found.landing) if found.landing is not None else ""
    return text or told.headline()


def trust(found: Outlook) -> str:
    """What past forecasts were worth, and on how many starts that rests: "No better than … over 26 earlier starts: use
    the average"; "" without a forecast."""
    told = found.told
    if told.found.forecast is None:
        return ""
    text = told.trust(starts=True)
    return text[:1].upper() + text[1:]


def aged(review: KpiReview) -> str:
    """What stands beside a forecast whose data are late or missing: it speaks of a process as it was then."""
    verdict = review.verdict
    if verdict is None or verdict.data not in ("late", "missing"):
        return ""
    told = wording.data(verdict.data, verdict.data_names)
    return say("aged", data=told, period=verdict.as_of_period) if verdict.as_of_period else told


def next_cell(found: Outlook) -> tuple[str, str, str]:
    """The next period: what is most likely, its 80 % range, its name; dashes and "" without a forecast."""
    told = found.told
    if told.found.forecast is None:
        return wording.DASH, "", ""
    row = told.next()
    span = wording.limits(found.review.kpi, row["lower_80"], row["upper_80"])
    return told.value(row["mean"], unit=False), span, str(row["label"])


def head() -> list[str]:
    """Headings of `rows`."""
    return [*forecast_many_sentences.head(), say("outlook")]


def rows(shown: Sequence[Outlook]) -> list[list[str]]:
    """As `forecast_many_sentences.rows`, with what is likely of the target."""
    plain = forecast_many_sentences.rows([found.told.found for found in shown])
    return [[*cells, _outlook_cell(found)] for cells, found in zip(plain, shown, strict=True)]


def _outlook_cell(found: Outlook) -> str:
    nearest = found.landing
    stretch = nearest.label if nearest is not None and nearest.probability is not None else ""
    verdict = found.review.verdict
    old = verdict is not None and verdict.data in ("late", "missing")
    state = state_word(found.state) + (f" ({wording.data(verdict.data).lower()})" if verdict and old else "")
    return " ".join(part for part in (stretch, state) if part)


def as_dict(found: Outlook) -> dict[str, Any]:
    """As `forecast_many_sentences.as_dict`, with what is likely of the target and what past forecasts were worth."""
    kpi, forecast, nearest = found.review.kpi, found.told.found.forecast, found.landing
    coverage = () if forecast is None else forecast.accuracy.coverage
    landed = {} if nearest is None else landing_sentences.as_dict(kpi, {nearest.span: nearest})
    return {
        **forecast_many_sentences.as_dict(found.told.found),
        "outlook": found.state,
        "sentence": sentence(found),
        "landing": landed or None,
        "past_forecasts": trust(found) or None,
        "coverage": {str(each.nominal): {"inside": each.inside, "of": each.of} for each in coverage},
    }


def line(found: Outlook) -> dict[str, Any]:
    """An outlook as one line of a table, values in the shown unit."""
    review, told, nearest = found.review, found.told, found.landing
    kpi, scale = review.kpi, review.kpi.multiplier
    names = {"KPI": kpi.name, "Slice": slice_text(review.series.slice), "Grain": review.series.grain, "Unit": kpi.unit}
    row = told.next() if told.found.forecast is not None else None
    ahead = {"Next": "" if row is None else str(row["label"])}
    columns = ("mean", "lower_80", "upper_80", "lower_95", "upper_95")
    values = dict.fromkeys(columns) if row is None else {name: float(row[name]) * scale for name in columns}
    titles = ("Most likely", "80 % from", "80 % to", "95 % from", "95 % to")
    landed = {
        "Outlook": state_word(found.state),
        "Stretch": "" if nearest is None else nearest.label,
        "Chance to meet its target": None if nearest is None else nearest.probability,
        "Lands at": _shown(None if nearest is None else nearest.likely, scale),
        "Lands from": _shown(None if nearest is None else nearest.low, scale),
        "Lands to": _shown(None if nearest is None else nearest.high, scale),
        "Will we make it?": sentence(found),
    }
    return {
        **names,
        **ahead,
        **dict(zip(titles, values.values(), strict=True)),
        **landed,
        "Past forecasts": trust(found),
        **_held(found),
        "Data": "" if review.verdict is None else wording.data(review.verdict.data, review.verdict.data_names),
        "Owner": kpi.owner,
    }


def _held(found: Outlook) -> dict[str, float | None]:
    forecast = found.told.found.forecast
    coverage = () if forecast is None else forecast.accuracy.coverage
    held = {each.nominal: each for each in coverage}
    shares = {f"{c} % range held": held[c].inside if c in held else None for c in (80, 95)}
    return {**shares, "of past values": next((each.of for each in coverage), None)}


def periods(shown: Sequence[Outlook]) -> pd.DataFrame:
    """Every period ahead of each, one line for each, values in the shown unit."""
    tables = []
    for found in shown:
        if found.told.found.forecast is None:
            continue
        points, scale = found.told.found.points, found.review.kpi.multiplier
        table = pd.DataFrame({"Period": points["label"].astype(str).to_numpy()})
        table["Most likely"] = points["mean"].to_numpy(dtype=float) * scale
        for coverage in COVERAGES:
            for end, name in (("lower", "from"), ("upper", "to")):
                table[f"{coverage} % {name}"] = points[f"{end}_{coverage}"].to_numpy(dtype=float) * scale
        table["Chance to meet its target"] = [chance_text(share) for share in points["chance"]]
        kpi = found.review.kpi
        part, grain = slice_text(found.review.series.slice), found.review.series.grain
        tables.append(pd.concat([_repeated((kpi.name, part, grain, kpi.unit), len(table)), table], axis=1))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _repeated(names: tuple[str, ...], count: int) -> pd.DataFrame:
    return pd.DataFrame([names] * count, columns=["KPI", "Slice", "Grain", "Unit"])


def _shown(value: float | None, scale: float) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value) * scale
