"""What a capability study says, in sentences and cells: for the page and the command line alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

from opsmetrics.desk.capability import FEW, NOT_NORMAL, CapabilityStudy, Limits
from opsmetrics.desk.capability_words import INDICES, say, say_of
from opsmetrics.stats.capability import Estimate
from opsmetrics.verdict import wording

#: From here on a share of readings is told in per cent, not in a million.
MANY_PPM = 10_000.0
#: Below this nothing is left of a million to speak of.
NO_PPM = 0.001
#: Ppk from which a process fits with room, and fits at all.
ROOM, FITS = 1.33, 1.0
#: Fewer defects than this on a unit are told in a million.
SELDOM = 0.1
#: A difference of Akaike's criterion that says something (Burnham and Anderson, 2002).
CLEARLY = 2.0
#: Charts that were chosen because periods differ by more than chance.
_OVERDISPERSED = ("p_prime", "u_prime", "i_prime")


def rounded(x: float, figures: int = 2) -> str:
    """A number with two significant figures: 0.81, 12, 2,400."""
    if not math.isfinite(x) or x == 0:
        return wording.number(x, 0) if x == 0 else "∞" if x > 0 else "−∞"
    decimals = figures - 1 - math.floor(math.log10(abs(x)))
    return wording.number(round(x, decimals), max(decimals, 0))


def index_text(x: float | None) -> str:
    """An index, with two decimals."""
    return wording.number(x, 2)


@dataclass(frozen=True, eq=False)
class ToldCapability:
    """One study, ready to be put into words."""

    study: CapabilityStudy

    # Small words

    @property
    def periods(self) -> str:
        """How many periods it stands on: "90 days"."""
        return wording.periods(self.study.periods, self.study.review.series.grain)

    @property
    def judged(self) -> str:
        """How many of them are judged."""
        return wording.periods(self.study.judged, self.study.review.series.grain)

    @property
    def unit(self) -> str:
        """The unit of single readings."""
        kpi = self.study.review.kpi
        return "" if kpi.kind == "measured" and kpi.statistic == "share_within" else kpi.unit

    def reading(self, x: float | None, *, unit: bool = True, extra: int = 0) -> str:
        """A reading in the shown unit; limits keep the decimals with which they were written."""
        text = wording.number(x, self.study.review.kpi.decimals + extra)
        return text + wording.unit_text(self.unit, text) if unit and text != wording.DASH else text

    def limit(self, x: float | None, *, unit: bool = True) -> str:
        """A limit as it was written: never rounded."""
        text = wording.DASH if x is None else wording.number(x, _decimals(x))
        return text + wording.unit_text(self.unit, text) if unit and x is not None else text

    def where(self) -> str:
        """Outside of what: "outside 495 to 506 g", "above 12 min"."""
        low, high = self.study.limits.lower, self.study.limits.upper
        if low is not None and high is not None:
            return say("where_both", low=self.limit(low, unit=False), high=self.limit(high))
        return say("where_upper", high=self.limit(high)) if low is None else say("where_lower", low=self.limit(low))

    def nearer(self) -> tuple[str, Estimate] | None:
        """The index that the headline speaks of: of all readings, the nearer side."""
        index = self.study.found["ppk"] if self.study.found else None
        return None if index is None else (INDICES["ppk"], index)

    # Sentences

    def headline(self) -> str:
        """The one sentence above all: a process with signals is said before any figure."""
        study = self.study
        if study.basis == "none":
            return say("headline_none", name=study.review.kpi.name)
        if study.reason:
            first = study.readings["value"].iloc[0] if len(study.readings) else None
            shown = {"n": wording.number(len(study.readings)), "value": self.reading(first)}
            return say(f"headline_{study.reason}", **shown)
        if study.stable is False:
            return say_of(study.signals, "not_predicting", n=study.signals, periods=self.judged)
        return self.outside()

    def outside(self) -> str:
        """What would lie outside, or is defective."""
        study = self.study
        if study.counted is not None:
            return self._counted()
        assert study.found is not None
        expected = study.found.ppm["expected_overall"].total
        if expected < NO_PPM:
            return say("outside_none", where=self.where())
        if expected >= MANY_PPM:
            return say("outside_share", share=f"{rounded(expected / 1e4)}{wording.NBSP}%", where=self.where())
        return say("outside", ppm=rounded(expected), where=self.where())

    def _counted(self) -> str:
        found, kpi = self.study.counted, self.study.review.kpi
        assert found is not None
        if found.kind == "defects":
            what = kpi.numerator or kpi.unit or "events"
            if found.share.value < SELDOM:
                return say("defects_many", ppm=rounded(found.ppm.value), what=what, units=self.piece(2))
            return say("defects", dpu=rounded(found.share.value), what=what, unit=self.piece(1))
        pieces, what = kpi.denominator or "pieces", kpi.numerator or "defective"
        if kpi.better == "higher" or not kpi.numerator:
            what = f"not {kpi.numerator}" if kpi.numerator else "defective"
        if found.ppm.value >= MANY_PPM:
            share = f"{rounded(100 * found.share.value)}{wording.NBSP}%"
            return say("defective_share", share=share, pieces=pieces, what=what)
        return say("defective", ppm=rounded(found.ppm.value), pieces=pieces, what=what)

    def piece(self, n: float) -> str:
        """What defects are counted on: the denominator, or the period."""
        kpi, grain = self.study.review.kpi, self.study.review.series.grain
        return wording.noun(n, kpi.denominator) if kpi.denominator else wording.period_word(n, grain)

    def lead(self) -> str:
        """What follows the headline: index, what was found, how stable, how many."""
        study = self.study
        if study.basis == "none":
            return say("lead_none")
        if study.reason == "refused":
            return study.said.split(": ", 1)[-1].capitalize()
        if study.reason:
            return " ".join((say(f"lead_{study.reason}"), *self._stability()))
        parts = [self.outside()] if study.stable is False else []
        parts += self._counted_lead() if study.counted is not None else self._reading_lead()
        return " ".join([*parts, *self._stability()])

    def _stability(self) -> list[str]:
        if not self.study.periods:
            return []
        if self.study.stable is False:
            return [say("look_first")]
        if self.study.stable is None:
            return [say("unknown", many=wording.period_word(2, self.study.review.series.grain))]
        return [say("stable", periods=self.judged)]

    def _reading_lead(self) -> list[str]:
        found, nearer = self.study.found, self.nearer()
        assert found is not None
        parts = []
        if nearer is not None:
            parts.append(self.index_sentence(*nearer))
        k = round(found.ppm["observed"].total * found.n / 1e6)
        n = wording.number(found.n)
        parts.append(say("observed", k=wording.number(k), n=n) if k else say("observed_none", n=n))
        return [*parts, say("few", n=n)] if found.n < FEW else parts

    def index_sentence(self, name: str, index: Estimate) -> str:
        """ "Ppk 1.66 (95 %: 1.45 to 1.88)."."""
        if index.low is None or index.high is None:
            return say("index_bare", name=name, value=index_text(index.value))
        ends = {"low": index_text(index.low), "high": index_text(index.high)}
        return say("index", name=name, value=index_text(index.value), confidence=95, **ends)

    def _counted_lead(self) -> list[str]:
        found, kpi = self.study.counted, self.study.review.kpi
        assert found is not None
        chart = self.study.review.chart
        over = [say("overdispersed")] if chart is not None and chart.kind in _OVERDISPERSED else []
        count = wording.number(found.count)
        if found.kind == "defects" and not kpi.denominator:
            ends = {"low": rounded(found.share.low or 0.0), "high": rounded(found.share.high or 0.0)}
            return [say("counted_each", count=count, periods=self.periods, **ends), *over]
        ends = {"low": rounded(found.ppm.low or 0.0), "high": rounded(found.ppm.high or 0.0)}
        size = wording.amount(found.size, kpi.denominator)
        return [say("counted", count=count, size=size, periods=self.periods, **ends), *over]

    # Words of the strip

    def fit(self) -> str:
        """How the process fits, by the nearer index; "" where there is none."""
        nearer = self.nearer()
        if nearer is None:
            return ""
        value = nearer[1].value
        return say("fit_room" if value >= ROOM else "fit_narrow" if value >= FITS else "fit_not")

    def shape(self) -> tuple[str, str]:
        """Whether the readings look normal, and why."""
        normal = self.study.normal
        if normal is None:
            return say("shape_unknown"), ""
        p = "< 0.001" if normal.p < 0.001 else wording.number(normal.p, 3)
        if normal.p >= NOT_NORMAL:
            return say("shape_normal"), say("shape_p", p=p)
        more = [say("shape_p", p=p)]
        if self.better():
            more.append(say("shape_better", law=say(f"method_{self.better()}")))
        return say("shape_not"), "; ".join(more)

    def better(self) -> str:
        """The law that clearly fits better than the normal one (by more than 2 of Akaike's criterion); "" for none."""
        laws = self.study.laws
        normal = next((one.aic for one in laws if one.law.name == "normal"), math.inf)
        return laws[0].law.name if laws and laws[0].aic < normal - CLEARLY else ""

    def defined(self, limits: Limits) -> str:
        """The limits of the definition, in words."""
        given = {"lower": limits.lower, "upper": limits.upper}
        told = [f"{say(f'{side}_limit')} {self.limit(x)}" for side, x in given.items() if x is not None]
        return say("typed", limits=", ".join(told)) if told else say("typed_none")


def _decimals(x: float) -> int:
    return next((d for d in range(9) if math.isclose(round(x, d), x, rel_tol=1e-12, abs_tol=1e-12)), 9)
