"""A detection in words: the headline, what follows, and its tables, for the page and for the command line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.desk.detection import HORIZONS, Detection, Detector, Scale
from opsmetrics.desk.detection_words import say
from opsmetrics.verdict import wording

#: Above it a wait is no figure that means anything to a person.
ENDLESS = 1e6
#: A rival that takes this much less of the wait is worth a sentence.
_SOONER = 0.9


@dataclass(frozen=True)
class ToldDetection:
    """Words about one detection. scale: of the KPI in whose unit it is told, if any."""

    found: Detection
    scale: Scale | None = None

    def headline(self) -> str:
        """How soon the shift is noticed; without one how often the chart calls."""
        found, wait = self.found, self.found.waits[0]
        if found.shift == 0:
            return say("headline_none", wait=self.wait(wait)) if wait < ENDLESS else say("false_alarm_never")
        if wait >= ENDLESS:
            return say("headline_never", shift=self.shift())
        if wait < 1.05:
            return say("headline_at_once", shift=self.shift())
        return say("headline", shift=self.shift(), wait=self.wait(wait))

    def lead(self) -> str:
        """How often it calls without a shift, and which other chart notices it sooner."""
        found = self.found
        said = []
        if found.shift != 0:
            rare = found.false_alarm >= ENDLESS
            said.append(say("false_alarm_never") if rare else say("false_alarm", wait=self.wait(found.false_alarm)))
        if len(found.charts) == 1:
            return " ".join([*said, say("no_rivals")])
        if found.shift != 0:
            best = min(range(1, len(found.charts)), key=lambda place: found.waits[place])
            if found.waits[best] < _SOONER * found.waits[0]:
                text = say("sooner", chart=self.name(found.charts[best]), wait=self.wait(found.waits[best]))
                said.append(text[:1].upper() + text[1:])
            else:
                said.append(say("none_sooner"))
        return " ".join(said)

    def shift(self) -> str:
        """The shift: in the unit of the KPI with σ beside it, or in σ."""
        size = f"{wording.number(abs(self.found.shift))}{wording.NBSP}σ"
        return size if self.scale is None else f"{self.in_unit(abs(self.found.shift))} ({size})"

    def in_unit(self, shift: float) -> str:
        """A shift given in σ, in the unit of the KPI."""
        assert self.scale is not None
        text = self.figure(shift)
        if self.scale.unit == "%":
            return say("percentage_points", n=text)
        return text + wording.unit_text(self.scale.unit, text)

    def figure(self, shift: float) -> str:
        """The same as a bare number; without a KPI in σ."""
        if self.scale is None:
            return wording.number(shift, 2)
        return wording.number(shift * self.scale.one, self.scale.decimals + 1)

    def wait(self, points: float) -> str:
        """A number of points, or of the KPI's periods."""
        count = rounded(points)
        if self.scale is not None:
            return f"{wording.number(count)} {wording.period_word(count, self.scale.grain)}"
        return say("points_one") if count == 1 else say("points", n=wording.number(count))

    def many(self) -> str:
        """What waits are counted in."""
        return self.wait(2).split(" ", 1)[1]

    def name(self, chart: Detector) -> str:
        """A chart with its numbers, inside a sentence."""
        numbers = {name: wording.number(getattr(chart, name), 2) for name in ("width", "k", "h", "weight")}
        numbers = {name: text.rstrip("0").rstrip(".") if "." in text else text for name, text in numbers.items()}
        if chart.kind == "shewhart":
            usual = chart.rules != "rule_1" or chart.width == 3
            return say(f"chart_{chart.rules}" if usual else "chart_limits", **numbers)
        return say(f"chart_{chart.kind}", **numbers)

    def short(self, chart: Detector) -> str:
        """A chart at the end of its line."""
        if chart.kind == "shewhart":
            usual = chart.rules != "rule_1" or chart.width == 3
            width = wording.number(chart.width, 2)
            return say(f"chart_{chart.rules}") if usual else say("short_limits", width=width)
        return say(f"short_{chart.kind}", weight=wording.number(chart.weight), k=wording.number(chart.k))

    def soon(self) -> str:
        """Within how many points the shift is noticed with a chance of 90 %."""
        by = self.found.noticed_by(0.9)
        return (
            say("later", wait=self.wait(len(self.found.unnoticed))) if by is None else say("within", wait=self.wait(by))
        )

    def rare(self) -> str:
        """How often it calls without a shift."""
        wait = self.found.false_alarm
        return say("never") if wait >= ENDLESS else say("once_in", wait=self.wait(wait))

    # Tables

    def rival_rows(self) -> list[list[str]]:
        """Per chart: name, wait for the shift."""
        return [
            [self._capital(self.name(chart)), self._wait_or_never(wait)]
            for chart, wait in zip(self.found.charts, self.found.waits, strict=True)
        ]

    def shift_head(self) -> list[str]:
        """Columns of `shift_rows`."""
        return [self.shift_title(), say("col_wait"), *(say("col_missed", wait=self.wait(t)) for t in HORIZONS[:2])]

    def shift_rows(self) -> list[list[str]]:
        """Every half σ: the wait, and the chance that it is still unnoticed."""
        columns = ("shift", "arl_0", *(f"missed_{t}" for t in HORIZONS[:2]))
        rows = self.found.curves.iloc[4::4][list(columns)].to_numpy(dtype=np.float64)
        return [
            [
                self.figure(shift),
                self._wait_or_never(wait),
                *(share(chance) for chance in missed),
            ]
            for shift, wait, *missed in rows.tolist()
        ]

    def shift_title(self) -> str:
        """What shifts are in."""
        return say("col_shift_unit", unit=self.unit) if self.unit else say("col_shift")

    @property
    def unit(self) -> str:
        """What shifts of the KPI are in; "" without one."""
        if self.scale is None:
            return ""
        return say("in_percentage_points") if self.scale.unit == "%" else self.scale.unit

    def table(self) -> pd.DataFrame:
        """The figures behind the curves, with names that a person reads."""
        curves = self.found.curves
        table = pd.DataFrame({say("col_shift"): curves["shift"]})
        if self.scale is not None and self.unit:
            table[self.shift_title()] = curves["shift"] * self.scale.one
        for place, chart in enumerate(self.found.charts):
            column = curves[f"arl_{place}"]
            table[self._capital(self.name(chart))] = column.where(column < math.inf)
        for t in HORIZONS:
            table[say("col_missed", wait=self.wait(t))] = curves[f"missed_{t}"]
        return table

    def _wait_or_never(self, wait: float) -> str:
        return say("never_noticed") if wait >= ENDLESS else self.wait(wait)

    @staticmethod
    def _capital(text: str) -> str:
        return text[:1].upper() + text[1:]


def rounded(points: float) -> float:
    """A wait as people say it: one decimal below 10, three digits above 1,000."""
    if points < 10:
        return round(points, 1)
    if points < 1000:
        return float(round(points))
    return float(f"{points:.3g}")


def share(chance: float) -> str:
    """A chance as a percentage that is never rounded to certainty."""
    if 0 < chance < 0.001:
        return f"<{wording.NBSP}0.1{wording.NBSP}%"
    if 0.999 < chance < 1:
        return f">{wording.NBSP}99.9{wording.NBSP}%"
    return f"{wording.number(100 * chance, 1)}{wording.NBSP}%"
