"""The tables of a forecast: what is likely, whether it can be trusted, what was used, and the whole as a frame."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from opsmetrics.desk.forecast_scenario_sentences import events_used
from opsmetrics.desk.forecast_sentences import Told, percent
from opsmetrics.desk.forecast_words import say, say_of
from opsmetrics.series import to_local
from opsmetrics.stats.forecast import COVERAGES, REAL_GAIN, Rival
from opsmetrics.verdict import wording

Cells = list[str]

#: Future periods written out beside the figure; the last one always is.
SHOWN = 6


def likely_rows(told: Told) -> list[Cells]:
    """Period, most likely, 80 % range and, where it may be told, the chance to meet its target."""
    points = to_come(told)
    keep = list(range(len(points))) if len(points) <= SHOWN else [*range(SHOWN - 1), len(points) - 1]
    with_chance = bool(points["chance"].notna().any())
    rows = []
    for place in keep:
        row = points.iloc[place]
        span = wording.limits(told.found.review.kpi, row["lower_80"], row["upper_80"])
        cells = [str(row["label"]), told.value(row["mean"], unit=False), span]
        rows.append([*cells, chance_text(row["chance"])] if with_chance else cells)
    return rows


def to_come(told: Told) -> pd.DataFrame:
    """The periods ahead that are not over, which stand in the whole table too; where all are over, all of them."""
    points = told.found.points
    still = points[~points["ended"].astype(bool)]
    return still if len(still) else points


def underway(told: Told) -> str:
    """That the first period has begun and its row leaves out what it shows so far; "" where it has not."""
    first, points = to_come(told), told.found.review.points
    begun = points[~points["ended"].astype(bool) & points["value"].notna()]
    if first.empty or not told.landed or not begun["period"].isin(first["period"].iloc[:1]).any():
        return ""
    return say("underway", label=first["label"].iloc[0])


def likely_head(told: Told) -> Cells:
    """Headings of `likely_rows`."""
    with_chance = bool(told.found.points["chance"].notna().any())
    names = [_capital(told.one), _with_unit(told, say("most_likely")), say("range", nominal=80)]
    return [*names, say("chance")] if with_chance else names


def likely_title(told: Told) -> str:
    """The table's title: with its target where chances can be told."""
    if told.found.points["chance"].notna().any():
        return say("ahead_target", target=told.target_ahead())
    return say("ahead")


def chance_text(share: float) -> str:
    """A chance of one period in steps of 5 %, the ends as "< 5 %" and "> 95 %"; "–" for none."""
    if not math.isfinite(share):
        return wording.DASH
    rounded = round(share * 20) / 20
    if rounded <= 0.0 or share < 0.05:
        return f"<{wording.NBSP}{percent(0.05)}"
    if rounded >= 1.0 or share > 0.95:
        return f">{wording.NBSP}{percent(0.95)}"
    return percent(rounded)


def trust_head(told: Told) -> Cells:
    """Headings of `trust_rows`."""
    return ["", _with_unit(told, say("error")), say("against")]


def trust_rows(told: Told) -> list[Cells]:
    """This forecast and its rivals with their mean errors at the same origins, then how often the ranges held."""
    forecast = told.found.forecast
    if forecast is None or not forecast.accuracy.origins:
        return []
    kpi = told.found.review.kpi
    rows = [[say("this"), wording.value(kpi, forecast.accuracy.mae, unit=False, extra=1), ""]]
    for rival in forecast.accuracy.rivals:
        error = wording.value(kpi, rival.mae, unit=False, extra=1)
        rows.append(
            [told.rival(rival)[:1].upper() + told.rival(rival)[1:], error, _against(rival, forecast.accuracy.origins)]
        )
    for held in forecast.accuracy.coverage:
        share = percent(held.share)
        counted = say("held_of", inside=held.inside, of=held.of, share=share)
        rows.append([say("held", nominal=held.nominal), "", counted])
    return rows


def _against(rival: Rival, origins: int) -> str:
    if not math.isfinite(rival.gain):
        return wording.DASH
    word = say("alike")
    if abs(rival.gain) >= REAL_GAIN:
        word = say("percent_better" if rival.gain > 0 else "percent_worse", gain=percent(abs(rival.gain)))
    return word if rival.origins == origins else say_of(rival.origins, "against_some", against=word, n=rival.origins)


def used_rows(told: Told) -> list[Cells]:
    """The model card: what went in, what was found, what was taken."""
    found, forecast = told.found, told.found.forecast
    if forecast is None:
        return []
    labels = found.review.points["label"]
    known = found.positions[[forecast.first, forecast.last]]
    span = f"{labels.iloc[known[0]]} – {labels.iloc[known[1]]}" if known[0] != known[1] else str(labels.iloc[known[0]])
    gaps = say("used_gaps_some", n=told.periods(forecast.gaps)) if forecast.gaps else say("used_gaps_none")
    whole = say("used_phase_proposed" if told.undecided else "used_phase_all")
    phase = say("used_phase_since", label=found.since) if found.since else whole
    rows = [
        [say("used_history"), f"{told.periods(forecast.known)}, {span}"],
        [say("used_gaps"), gaps],
        [say("used_phase"), phase],
        [say("season"), told.season()],
        [say("method"), told.method()],
        *([say(f"member_{m.name}"), say("weight", weight=percent(m.weight))] for m in forecast.members),
        [say("used_bounds"), _bounds(told)],
    ]
    if found.left_out:
        rows.append([say("used_closed"), say("used_closed_some", n=told.periods(found.left_out))])
    if math.isfinite(forecast.accuracy.mase):
        mase = wording.number(forecast.accuracy.mase, 2)
        rows.append([say("used_scaled"), say("used_mase", mase=mase)])
    code = "used_warnings_some" if forecast.warnings or forecast.failures else "used_warnings_none"
    noted = say(code, warnings=forecast.warnings, failures=forecast.failures)
    return [*rows, [say("used_warnings"), noted], *events_used(told), *_made(told)]


def _made(told: Told) -> list[Cells]:
    """From which versions it was computed, when on the site's clock, and how long that took."""
    if told.made is None:
        return []
    local = to_local([told.made.at], told.found.review.kpi.calendar.time_zone)[0]
    seconds = wording.number(told.made.seconds, 1)
    return [
        [say("used_data"), say("used_data_some", data=told.made.data, decisions=told.made.decisions)],
        [say("used_made"), say("used_made_some", when=wording.instant(local), seconds=seconds)],
    ]


def _bounds(told: Told) -> str:
    forecast = told.found.forecast
    assert forecast is not None
    if forecast.lower is None and forecast.upper is None:
        return say("used_bounds_none")
    return wording.target(told.found.review.kpi, {"low": forecast.lower, "high": forecast.upper})


def frame(told: Told) -> pd.DataFrame:
    """The whole forecast, one line per period, values in the shown unit."""
    points, scale = told.found.points, told.found.review.kpi.multiplier
    table = pd.DataFrame({"Period": points["label"].astype(str).to_numpy()})
    if told.found.forecast is None:
        return table
    table["Most likely"] = points["mean"].to_numpy(dtype=float) * scale
    for coverage in COVERAGES:
        for end, name in (("lower", "from"), ("upper", "to")):
            table[f"{coverage} % {name}"] = points[f"{end}_{coverage}"].to_numpy(dtype=float) * scale
    if told.under is not None:
        other = told.under.found.points.set_index("step").reindex(points["step"])
        for column, name in (("mean", "What if"), ("lower_80", "What if 80 % from"), ("upper_80", "What if 80 % to")):
            table[name] = other[column].to_numpy(dtype=float) * scale
    for end, name in (("target_low", "Target from"), ("target_high", "Target to")):
        if points[end].notna().any():
            table[name] = points[end].to_numpy(dtype=float) * scale
    if points["chance"].notna().any():
        table["Chance to meet it"] = [chance_text(share) for share in points["chance"]]
    return table


def backtest_frame(told: Told) -> pd.DataFrame:
    """The backtest, one line per pair of origin and period, values in the shown unit."""
    forecast, review = told.found.forecast, told.found.review
    if forecast is None or forecast.backtest.empty:
        return pd.DataFrame()
    tested, scale = forecast.backtest, review.kpi.multiplier
    labels = review.points["label"].astype(str).to_numpy(dtype=object)
    slots = tested["origin"].to_numpy(dtype=int)
    for_slot = found_rows(told, slots + tested["step"].to_numpy(dtype=int) - 1)
    table = pd.DataFrame({"Forecast for": labels[for_slot], "Made after": labels[found_rows(told, slots - 1)]})
    table["Periods ahead"] = tested["step"].to_numpy()
    for column, name in (("forecast", "Forecast"), ("actual", "Measured"), ("naive", "Naive")):
        table[name] = tested[column].to_numpy(dtype=float) * scale
    for nominal in (80, 95):
        table[f"Inside {nominal} %"] = np.where(tested[f"inside_{nominal}"], "yes", "no")
    return table


def found_rows(told: Told, slots: np.ndarray) -> np.ndarray:
    """The row of the review's points for each slot; for a slot without one, that of the slot before it."""
    positions = told.found.positions
    carried = np.maximum.accumulate(np.where(positions >= 0, positions, 0))
    found: np.ndarray = carried[slots]
    return found


def _with_unit(told: Told, name: str) -> str:
    unit = told.found.review.kpi.unit
    return f"{name}, {unit}" if unit else name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
