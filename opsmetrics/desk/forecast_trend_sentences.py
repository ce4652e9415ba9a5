"""What a trend and its drivers say, in sentences and cells: for the page and the command line alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from opsmetrics.desk.forecast_scenario_sentences import signed
from opsmetrics.desk.forecast_sentences import percent
from opsmetrics.desk.forecast_trend import MONTH, TIME, VOLUME, WEEKDAY, Regressed
from opsmetrics.desk.forecast_trend_words import say
from opsmetrics.stats.regression import TermFit
from opsmetrics.verdict import wording

Cells = list[str]

#: From this many times chance on the dispersion of counts is told.
OVER = 1.5

_CHANCE = 0.05


@dataclass(frozen=True, eq=False)
class ToldRegression:
    """A regression ready to be put into words."""

    found: Regressed

    @property
    def name(self) -> str:
        """The KPI and its slice."""
        return self.found.review.name

    # Trend

    def trend(self) -> str:
        """The one sentence: "Scrap rate rises by 0.12 points a month (0.05 to 0.19)."."""
        fit = self.found.fit
        if fit is None:
            return say("cannot_trend")
        term = fit.term(TIME)
        size, low, high = term.change()
        if _holds_nothing(term):
            return say("level", name=self.name, range=self._between(low, high, unit=True), per=self._per())
        code = "rises" if size > 0 else "falls"
        (low, high), extra = sorted((abs(low), abs(high))), self._extra(low, high)
        amount = self.amount(abs(size), extra=extra)
        return say(code, name=self.name, size=amount, per=self._per(), range=self._span(low, high, extra))

    def trend_lead(self) -> str:
        """What it explains, and what widened its interval; why there is none."""
        fit = self.found.fit
        if fit is None:
            return self.why()
        rhythm = next((say(f"explains_{term.name}") for term in fit.terms if term.name in (WEEKDAY, MONTH)), "")
        return " ".join([say("explains", rhythm=rhythm, share=percent(max(fit.explained, 0.0))), *self._widened()])

    def _widened(self) -> list[str]:
        fit = self.found.fit
        assert fit is not None
        parts = [say("alike")] if fit.alike else []
        if math.isfinite(fit.dispersion) and fit.dispersion >= OVER:
            parts.append(say("over", n=wording.number(fit.dispersion, 1)))
        return parts

    # Drivers

    def drivers(self) -> str:
        """The one sentence: what goes with it beyond chance."""
        fit = self.found.fit
        if fit is None:
            return say("cannot_drivers", name=self.name)
        told = sorted((term for term in self._told() if term.name != TIME), key=lambda term: -term.explained)
        if not told:
            return say("goes_none", name=self.name)
        return say("goes", name=self.name, terms=wording.listed([_small(self.term_name(t)) for t in told]))

    def drivers_lead(self) -> str:
        """How much all of it explains, what widened the intervals, and that it is no cause; why there is none."""
        fit = self.found.fit
        if fit is None:
            return self.why()
        n = wording.periods(fit.n, self.found.review.series.grain)
        explained = say("drivers_explain", share=percent(max(fit.explained, 0.0)), n=n)
        return " ".join([explained, *self._widened(), say("cause")])

    def head(self) -> Cells:
        """Headings of `rows`."""
        return [say(f"head_{name}") for name in ("term", "by", "goes", "range", "explains", "chance")]

    def rows(self) -> list[Cells]:
        """One row for each term: by how much more of it, what goes with that, what it explains alone, beyond chance."""
        fit = self.found.fit
        if fit is None:
            return []
        told = self._told()
        rows = []
        for term in fit.terms:
            own = [say("by_levels", n=term.columns + 1), wording.DASH, wording.DASH]
            if term.name not in (WEEKDAY, MONTH):
                size, low, high = term.change(self._step(term))
                own = [
                    self._by(term),
                    self.amount(size, sign=True, extra=self._extra(low, high)),
                    self._between(low, high),
                ]
            alone = percent(max(term.explained, 0.0))
            rows.append([self.term_name(term), *own, alone, say("yes" if term in told else "no")])
        return rows

    def short_head(self) -> Cells:
        """Headings of `short_rows`."""
        return [say("head_term"), say("head_goes"), say("head_explains"), say("head_chance")]

    def short_rows(self) -> list[Cells]:
        """The same in four columns, for a page."""
        rows = []
        for name, by, goes, span, alone, chance in self.rows():
            told = goes if goes == wording.DASH else f"{goes} ({span})"
            rows.append([f"{name}, {by}", told, alone, chance])
        return rows

    def term_name(self, term: TermFit) -> str:
        """A term in words: a KPI by its name."""
        if term.name == VOLUME:
            below = self.found.review.kpi.denominator
            return say("term_volume", name=below) if below else say("term_volume_plain")
        if term.name in (TIME, WEEKDAY, MONTH):
            return say(f"term_{term.name}")
        return self._term_title(term.name)

    def _told(self) -> list[TermFit]:
        """Terms beyond chance. The trend is the question of the headline, and answered as there; what else goes with it
        is looked for among several, all of them together wrong in 5 % at most (Holm 1979)."""
        fit = self.found.fit
        assert fit is not None
        held = [term for term in fit.terms if term.name == TIME and not _holds_nothing(term)]
        ranked = sorted((term for term in fit.terms if term.name != TIME), key=lambda term: term.p)
        for place, term in enumerate(ranked):
            if term.p * (len(ranked) - place) >= _CHANCE:
                break
            held.append(term)
        return held

    def _step(self, term: TermFit) -> float:
        """A difference that is usual: a month, or one standard deviation."""
        return 1.0 if term.name == TIME else term.spread

    def _by(self, term: TermFit) -> str:
        if term.name == TIME:
            sample = self.found.review.series.grain == "sample"
            return say("by_samples", n=wording.periods(10, "sample")) if sample else say("by_month")
        if term.name == VOLUME:
            return say("by_more", n=wording.amount(round(term.spread), self.found.review.kpi.denominator))
        kpi = next(other.kpi for other in self.found.others if other.kpi.key == term.name)
        unit = say("points") if kpi.unit == "%" else kpi.unit
        return say("by_more", n=f"{wording.number(term.spread, kpi.decimals)}{wording.NBSP}{unit}".rstrip())

    # Cannot

    def why(self) -> str:
        """Why there is no fit."""
        cannot = self.found.cannot
        assert cannot is not None
        grain = self.found.review.series.grain
        counts = cannot.code == "too_few"
        values = {
            "found": wording.periods(cannot.found, grain) if counts else _figure(cannot.found),
            "wanted": wording.number(cannot.wanted) if counts else _figure(cannot.wanted),
        }
        names = [self._term_title(name) for name in cannot.names[:2]]
        return say(f"cannot_{cannot.code}", **values, **dict(zip(("first", "second"), names, strict=False)))

    def _term_title(self, name: str) -> str:
        if name in (TIME, WEEKDAY, MONTH):
            return say(f"term_{name}")
        if name == VOLUME:
            return say("term_volume_plain")
        return next((other.name for other in self.found.others if other.kpi.key == name), name)

    # Numbers

    def amount(self, x: float, *, sign: bool = False, extra: int = 0) -> str:
        """A change in words: "0.12 points", "1.2 %" of counts."""
        text = self._number(x, sign, extra)
        return f"{text}{wording.NBSP}{self._unit()}".rstrip()

    def _number(self, x: float, sign: bool, extra: int = 0) -> str:
        scale, decimals = self._shown()
        return signed(x * scale, decimals + extra) if sign else wording.number(x * scale, decimals + extra)

    def _shown(self) -> tuple[float, int]:
        """The factor to the shown unit, and its decimals."""
        kpi = self.found.review.kpi
        return (100.0, 1) if self.found.kind == "rate" else (kpi.multiplier, min(kpi.decimals + 1, 4))

    def _extra(self, low: float, high: float) -> int:
        """More decimals for a range without 0 of which an end would read as 0: two at most."""
        scale, decimals = self._shown()
        nearest = min(abs(low), abs(high)) * scale
        if low * high <= 0.0:
            return 0
        return next((extra for extra in range(2) if round(nearest, decimals + extra) != 0.0), 2)

    def _unit(self) -> str:
        if self.found.kind == "rate":
            return "%"
        unit = self.found.review.kpi.unit
        return say("points") if unit == "%" else unit

    def _span(self, low: float, high: float, extra: int) -> str:
        return f"{self._number(low, False, extra)} to {self._number(high, False, extra)}"

    def _between(self, low: float, high: float, *, unit: bool = False) -> str:
        word, extra = "and" if unit else "to", self._extra(low, high)
        text = f"{self._number(low, True, extra)} {word} {self._number(high, True, extra)}"
        return f"{text}{wording.NBSP}{self._unit()}".rstrip() if unit else text

    def _per(self) -> str:
        sample = self.found.review.series.grain == "sample"
        return say("per_samples", n=wording.periods(10, "sample")) if sample else say("a_month")

    # Model card, table, plain values

    def used_rows(self) -> list[Cells]:
        """What the fit rests on."""
        found, fit = self.found, self.found.fit
        if fit is None:
            return []
        ends = f"{found.table['label'].iloc[0]} – {found.table['label'].iloc[-1]}"
        rows = [
            [say("used_points"), f"{wording.periods(fit.n, found.review.series.grain)}, {ends}"],
            [say("used_model"), say(f"model_{fit.kind}")],
            [say("used_explained"), percent(max(fit.explained, 0.0))],
            [say("used_errors"), say("used_errors_some", n=fit.lags)],
            [say("used_neighbours"), say("used_neighbours_some", r=wording.number(fit.neighbours, 2))],
        ]
        if math.isfinite(fit.dispersion):
            text = say("used_dispersion_some", n=wording.number(fit.dispersion, 1))
            rows.append([say("used_dispersion"), text])
        code = "used_warnings_some" if fit.warnings else "used_warnings_none"
        return [*rows, [say("used_warnings"), say(code, n=wording.number(fit.warnings))]]

    def frame(self) -> pd.DataFrame:
        """Measured value, fitted mean and its range by period, in the shown unit."""
        fit, table, scale = self.found.fit, self.found.table, self.found.review.kpi.multiplier
        assert fit is not None
        columns = {"Measured": table["value"].to_numpy(dtype=float), "Fitted": fit.fitted, "95 % from": fit.low,
                   "95 % to": fit.high}  # fmt: skip
        return pd.DataFrame({"Period": table["label"].astype(str)} | {n: c * scale for n, c in columns.items()})

    def as_dict(self, headline: str, lead: str) -> dict[str, Any]:
        """The regression as plain values: sizes in the shown unit, of counts as a share of change."""
        found, fit = self.found, self.found.fit
        answer: dict[str, Any] = {
            "kpi": found.review.kpi.key,
            "slice": dict(found.review.series.slice),
            "grain": found.review.series.grain,
            "as_of": found.review.series.as_of.isoformat(),
            "unit": found.review.kpi.unit,
            "headline": headline,
            "lead": lead,
            "reason": None if found.cannot is None else found.cannot.code,
            "terms": [],
        }
        if fit is None:
            return answer
        told = self._told()
        return answer | {
            "model": fit.kind,
            "n": fit.n,
            "parameters": fit.parameters,
            "explained": fit.explained,
            "lags": fit.lags,
            "neighbours": fit.neighbours,
            "alike": fit.alike,
            "dispersion": fit.dispersion if math.isfinite(fit.dispersion) else None,
            "warnings": fit.warnings,
            "relative": fit.kind == "rate",
            "terms": [self._term_dict(term) | {"beyond_chance": term in told} for term in fit.terms],
        }

    def _term_dict(self, term: TermFit) -> dict[str, Any]:
        scale = 1.0 if term.multiplied else self.found.review.kpi.multiplier
        by = self._step(term)
        factor = term.name in (WEEKDAY, MONTH)
        sizes = (None, None, None) if factor else tuple(size * scale for size in term.change(by))
        return {
            "term": term.name,
            "by": None if factor else by,
            **dict(zip(("size", "low", "high"), sizes, strict=True)),
            "p": term.p,
            "explains": term.explained,
        }


def _holds_nothing(term: TermFit) -> bool:
    """True where no change at all lies within the interval of a term."""
    _, low, high = term.change()
    return low <= 0.0 <= high


def _figure(x: float) -> str:
    return "over 1,000" if x > 1000 else wording.number(x, 2 if x < 10 else 0)


def _small(text: str) -> str:
    """A name within a sentence: the words of this page begin small, a KPI's name stays."""
    own = (say(f"term_{name}") for name in (TIME, WEEKDAY, MONTH))
    return text[:1].lower() + text[1:] if text in own or text.startswith(say("term_volume_plain")) else text
