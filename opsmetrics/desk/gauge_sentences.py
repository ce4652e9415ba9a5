"""What a gauge study says, in sentences and cells: for the page and the command line alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from opsmetrics.desk.capability_sentences import rounded
from opsmetrics.desk.gauge import Gauge
from opsmetrics.desk.gauge_words import say
from opsmetrics.stats.gauge import COMPONENTS
from opsmetrics.verdict import wording

#: Shares of the study variation up to which a measuring system is good, and may serve (AIAG, 4th ed.).
GOOD, MARGINAL = 10.0, 30.0
#: Distinct categories that are wanted (AIAG).
CLASSES = 5

Level = Literal["good", "marginal", "unfit"]


def percent(x: float) -> str:
    """A share, without decimals from 10 % on."""
    return f"{wording.number(x, 0 if x >= GOOD else 1)}{wording.NBSP}%"


def name_of(component: str) -> str:
    """A component in words."""
    return say("interaction_part" if component == "interaction" else component)


@dataclass(frozen=True, eq=False)
class ToldGauge:
    """One study, ready to be put into words."""

    gauge: Gauge

    @property
    def share(self) -> float:
        """Per cent of the study variation that the measuring system makes."""
        return self.gauge.study.components["grr"].study_share

    @property
    def level(self) -> Level:
        """How fit it is: by the larger of its shares of the variation and of the tolerance."""
        worst = max(self.share, self.gauge.study.components["grr"].tolerance_share or 0.0)
        return "good" if worst < GOOD else "marginal" if worst <= MARGINAL else "unfit"

    def headline(self) -> str:
        """The one sentence above all."""
        grr, part = self.gauge.study.components["grr"], self.gauge.study.components["part"]
        if part.variance == 0:
            return say("headline_all")
        given = {"share": percent(self.share), "level": say(self.level)}
        if grr.tolerance_share is None:
            return say("headline", **given)
        return say("headline_tolerance", tolerance=percent(grr.tolerance_share), **given)

    def lead(self) -> str:
        """What it comes from mostly, how many classes it tells apart, and what was set to 0."""
        study = self.gauge.study
        sizes = {name: study.components[name].variance for name in ("repeatability", "operator", "interaction")
                 if name in study.components}  # fmt: skip
        parts = [say(f"{max(sizes, key=sizes.__getitem__)}_most")] if any(sizes.values()) else []
        if study.ndc is not None:
            code = "ndc_one" if study.ndc == 1 else "ndc_enough" if study.ndc >= CLASSES else "ndc"
            parts.append(say(code, n=wording.number(study.ndc)))
        return " ".join([*parts, *study.warnings])

    def made_of(self) -> str:
        """The parts, operators and trials of the study."""
        study = self.gauge.study
        code = "study_nested" if study.design == "nested" else "study_crossed" if study.operators > 1 else "study_one"
        return say(code, parts=study.parts, operators=study.operators, trials=study.trials)

    def interaction(self) -> str:
        """What the test of the interaction said; "" where there was none."""
        study = self.gauge.study
        if study.p_interaction is None:
            return ""
        return say("interaction_pooled" if study.pooled else "interaction_kept", p=p_text(study.p_interaction))

    # Cells

    def component_rows(self) -> list[tuple[str, ...]]:
        """Name, share of the variation, of the variance and, where one is given, of the tolerance."""
        rows: list[tuple[str, ...]] = []
        for name in COMPONENTS:
            one = self.gauge.study.components.get(name)
            if one is not None:
                cells = (name_of(name), percent(one.study_share), percent(one.contribution))
                rows.append(cells if one.tolerance_share is None else (*cells, percent(one.tolerance_share)))
        return rows

    def component_head(self) -> list[str]:
        """The heads of those columns."""
        more = [say("tolerance_share")] if self.gauge.study.tolerance is not None else []
        return ["", say("share"), say("contribution"), *more]

    def variance_rows(self) -> list[tuple[str, str, str]]:
        """Name, variance and its interval."""
        rows = []
        for name in COMPONENTS:
            one = self.gauge.study.components.get(name)
            if one is not None:
                known = one.low is not None and one.high is not None
                ends = f"{rounded(one.low or 0.0, 3)} to {rounded(one.high or 0.0, 3)}" if known else "–"
                rows.append((name_of(name), rounded(one.variance, 4), ends))
        return rows

    def anova_rows(self) -> list[tuple[str, str, str, str]]:
        """Source, degrees of freedom, F and p."""
        rows = []
        for one in self.gauge.study.table:
            f = "" if one.f is None else wording.number(one.f, 2)
            rows.append((name_of(one.name), str(one.df), f, "" if one.p is None else p_text(one.p)))
        return rows

    def range_rows(self) -> list[tuple[str, str]]:
        """The figures of the average-and-range method; none where it does not apply."""
        found = self.gauge.ranges
        if found is None:
            return []
        rows = [(say("ranges_grr"), percent(found.pct_grr))]
        names = {"ranges_ev": found.ev, "ranges_av": found.av, "ranges_gr": found.grr}
        rows += [
            (say(code), rounded(x, 4)) for code, x in (names | {"ranges_pv": found.pv, "ranges_tv": found.tv}).items()
        ]
        return [*rows, (say("ranges_ndc"), wording.number(found.ndc, 1))]

    def table(self) -> pd.DataFrame:
        """All components as a table."""
        rows = []
        for name in COMPONENTS:
            one = self.gauge.study.components.get(name)
            if one is not None:
                rows.append({"component": name_of(name)} | vars(one))
        return pd.DataFrame(rows)


def p_text(p: float) -> str:
    """A p-value, with three decimals."""
    return "< 0.001" if p < 0.001 else wording.number(p, 3)
