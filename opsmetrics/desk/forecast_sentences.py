"""What a forecast says, in sentences and cells: for the page and the command line alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from opsmetrics.desk import landing_sentences
from opsmetrics.desk.forecast_whatif import WhatIf
from opsmetrics.desk.forecast_words import say, say_of
from opsmetrics.desk.forecasting import ENOUGH_ORIGINS, KpiForecast
from opsmetrics.desk.landing import Landed, Landing, of_span
from opsmetrics.stats.forecast import REAL_GAIN, Rival
from opsmetrics.verdict import wording
from opsmetrics.verdict.languages import language

#: At or beyond these a chance is told as "out of reach" and as "very likely".
REMOTE, NEAR = 0.05, 0.95

#: A forecast from fewer judged points says that they are few.
FEW = 12


@dataclass(frozen=True)
class Made:
    """When a forecast was computed (naive UTC), how long that took, and from which versions of data and decisions."""

    at: pd.Timestamp
    seconds: float
    data: int
    decisions: int


@dataclass(frozen=True, eq=False)
class Under:
    """The same forecast and landings under a scenario."""

    what_if: WhatIf
    found: KpiForecast
    landed: Landed


@dataclass(frozen=True, eq=False)
class Told:
    """One forecast with the landings of its KPI, ready to be put into words; under: the same if a scenario came."""

    found: KpiForecast
    landed: Landed
    under: Under | None = None
    made: Made | None = None

    @property
    def year(self) -> Landing:
        """The landing of the fiscal year, or why there is none."""
        return of_span(self.landed, "year")

    # Small words

    @property
    def one(self) -> str:
        """The word of one period."""
        return wording.period_word(1, self.found.review.series.grain)

    @property
    def many(self) -> str:
        """The word of several periods."""
        return wording.period_word(2, self.found.review.series.grain)

    @property
    def constant(self) -> bool:
        """True where all values were one and the same."""
        return self.found.forecast is not None and self.found.forecast.method == "constant"

    @property
    def undecided(self) -> bool:
        """True where a step of its level is proposed that nobody has accepted yet: what was before it counts too."""
        return any(code.startswith("step") for code in self.found.review.proposed)

    def value(self, x: float | None, *, unit: bool = True) -> str:
        """A stored value in the shown unit."""
        return wording.value(self.found.review.kpi, x, unit=unit)

    def periods(self, n: float) -> str:
        """A count of periods: "3 weeks"."""
        return wording.periods(n, self.found.review.series.grain)

    def when(self, row: pd.Series) -> str:
        """A future period as it stands in a sentence: "in the week of 23 Nov 2026"."""
        return language().on({"label": row["label"], "grain": self.found.review.series.grain})

    def target(self) -> str:
        """The target of the year (or of the last period ahead) as text with its unit, "" where there is none."""
        year = self.year
        if not year.aimed:
            return self.target_ahead()
        return wording.target(self.found.review.kpi, {"low": year.target_low, "high": year.target_high})

    def target_ahead(self) -> str:
        """That of the last period ahead; of a count it is another one than that of the year, which adds them up."""
        if self.found.ahead.empty:
            return ""
        last = self.found.ahead.iloc[-1]
        ends = {
            end: None if math.isnan(last[f"target_{end}"]) else float(last[f"target_{end}"]) for end in ("low", "high")
        }
        return wording.target(self.found.review.kpi, ends)

    def next(self) -> pd.Series:
        """The first future period that is not over; where all are, the last."""
        points = self.found.points
        open_ones = points[~points["ended"].astype(bool)]
        return (open_ones if len(open_ones) else points.tail(1)).iloc[0]

    # Sentences

    def headline(self) -> str:
        """The one sentence that a person could read aloud."""
        forecast = self.found.forecast
        if forecast is None:
            return say(self.found.reason, one=self.one)
        chance = self.year.probability
        if chance is not None:
            code = "out_of_reach" if chance <= REMOTE else "in_reach" if chance >= NEAR else "chance_headline"
            return say(code, target=self._aim(), chance=percent(chance))
        row = self.next()
        if self.constant:
            return say("constant_headline", value=self.value(row["mean"]), when=self.when(row),
                       n=self.periods(forecast.known))  # fmt: skip
        if forecast.is_rate:
            return say("rate_headline", value=self.value(row["mean"]), one=self.one)
        return self._ranged("likely_headline", row["mean"], row["lower_80"], row["upper_80"], when=self.when(row))

    def lead(self) -> str:
        """Which nearer stretch will likely be missed, what the year or the end of the horizon holds, and what limits
        the answer."""
        forecast = self.found.forecast
        if forecast is None:
            judged = self.found.review.points
            last = judged.loc[judged["state"] == "judged", "label"].tail(1)
            begun = self.found.reason == "no_points" and bool(self.found.since)
            code = "lead_begun" if begun else f"lead_{self.found.reason}"
            shown = last.iloc[0] if len(last) else wording.DASH
            return say(code, one=self.one, last=shown, since=self.found.since)
        year, parts = self.year, [*self._nearer_miss()]
        if year.likely is not None and year.probability is not None:
            parts.append(self._ranged("lead_year", year.likely, year.low, year.high, year=year.label))
        elif len(self.found.points) > 1 and not self.constant:
            row = self.found.points.iloc[-1]
            when = self.when(row)
            when = when[:1].upper() + when[1:]
            parts.append(self._ranged("lead_end", row["mean"], row["lower_80"], row["upper_80"], when=when))
        waiting = int(self.found.ahead["ended"].astype(bool).sum())
        few = forecast.known if forecast.known < FEW else 0
        for count, code in ((waiting, "lead_waiting"), (few, "lead_short")):
            parts += [say_of(count, code, n=_capital(self.periods(count)))] if count else []
        return " ".join(parts)

    def _nearer_miss(self) -> list[str]:
        """The nearest stretch that will likely be missed, where the year will not: its headline would hide it."""
        chance = self.year.probability
        missed = landing_sentences.nearest_miss(self.found.review.kpi, self.landed)
        return [missed] if missed and (chance is None or chance > landing_sentences.MISSES) else []

    def trust(self, *, starts: bool = False) -> str:
        """The backtest in a few words: "11 % better than the last week repeated"; starts: and on how much it rests."""
        forecast = self.found.forecast
        naive = forecast.accuracy.naive if forecast else None
        if naive is None or not math.isfinite(naive.gain):
            return say("untested_constant" if self.constant else "untested", many=self.many)
        values = {"rival": self.rival(naive), "starts": f" {self.origins()}".rstrip() if starts else ""}
        if naive.gain < REAL_GAIN:
            return say("no_better", **values)
        return say("better", gain=percent(naive.gain), **values)

    def origins(self) -> str:
        """On how much the trust rests."""
        forecast = self.found.forecast
        if forecast is None or not forecast.accuracy.origins:
            return ""
        return say_of(forecast.accuracy.origins, "origins", n=forecast.accuracy.origins)

    def coverage(self) -> str:
        """How many of the past values each range held, "" without a backtest."""
        forecast = self.found.forecast
        if forecast is None or not forecast.accuracy.coverage:
            return ""
        held = {f"inside_{each.nominal}": wording.number(each.inside) for each in forecast.accuracy.coverage}
        return say("coverage", of=wording.number(forecast.accuracy.coverage[0].of), **held)

    def rival(self, rival: Rival) -> str:
        """The name of a rival."""
        return say(f"rival_{rival.name}", one=self.one)

    def untold(self) -> tuple[str, str]:
        """Why there is no chance for the year: a word, and the reason where the word does not say it."""
        code = self.year.reason
        why = say(f"why_{code}", n=ENOUGH_ORIGINS) if code in ("few_origins", "no_skill") else ""
        return say(f"untold_{code}", one=self.one, many=self.many), why

    def season(self) -> str:
        """The season found: "repeats every 7 days", or one that is not beyond chance."""
        forecast = self.found.forecast
        if forecast is None or (forecast.season == 1 and forecast.weak_season == 1):
            return say("season_none")
        if forecast.season == 1:
            return say("season_weak", n=self.periods(forecast.weak_season))
        return say("season_found", n=self.periods(forecast.season))

    def method(self) -> str:
        """The rung of the ladder that was used."""
        assert self.found.forecast is not None
        return say(f"method_{self.found.forecast.method}", n=len(self.found.forecast.members), one=self.one)

    def chance_text(self) -> str:
        """The chance of the year as text: "65 %", "under 5 %"."""
        return landing_sentences.chance_text(self.year.probability)

    def _aim(self) -> str:
        """The target as a goal in a sentence: "95.0 %", a range as it is."""
        return self.target().lstrip(f"≤≥{wording.NBSP}")

    def _ranged(self, code: str, value: float | None, low: float | None, high: float | None, **more: str) -> str:
        """A sentence with a value and its range, of which nothing is said where its ends read alike."""
        if self.value(low) == self.value(high):
            return say(f"{code}_at", value=self.value(value), **more)
        return say(code, value=self.value(value), low=self.value(low, unit=False), high=self.value(high), **more)


def percent(share: float) -> str:
    """A share as whole per cent: "65 %"."""
    return f"{wording.number(100 * share, 0)}{wording.NBSP}%"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
