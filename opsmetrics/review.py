"""One KPI, everything known about it: composition only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from opsmetrics.catalog import Attention, AttentionKind, Decision, Grain, Kpi, Slice, slice_text
from opsmetrics.series import KpiSeries, to_local
from opsmetrics.stats.results import ControlChart
from opsmetrics.verdict.attention import Standing, standing
from opsmetrics.verdict.between import Between
from opsmetrics.verdict.build import judge
from opsmetrics.verdict.hits import Deciding
from opsmetrics.verdict.identifying import identifier
from opsmetrics.verdict.model import Episode, Verdict
from opsmetrics.verdict.news import News, Told, first_new, news, told_of
from opsmetrics.verdict.tampering import Tampering, tampering


@dataclass(frozen=True, eq=False)
class KpiReview:
    """Everything a page, report, alert, CLI line or API answer may show of one KPI slice at one grain.

    points: one row per row of `series.points` with its columns, and: state ("judged", "running", "partial",
        "excluded", "gap", "undefined", "uncovered"), centre, lower, upper, standard_error, phase, baseline,
        target_low, target_high (in force at the period's end, stored units, NaN = open), met (bool or NA),
        side ("high", "low", "none": of the deciding hits the point is a member of), signal (bool: member of an
        episode), tone ("concerning", "improving", "changed" or ""), note (annotations and reasons, text).
    signals: position, rule, side, members, length (of the unbroken pattern), decides: every hit of every rule looked
        at; positions in `points`.
    chart: over the rows of `points` (gaps are NaN), or None where nothing can be drawn.
    choice: chart kind chosen, why, what was rejected, as text from `verdict.sentences`.
    verdict: None where the grain has none (neither operate nor lead).
    decisions: those in force for this slice. proposals: what waits for a person (step, weekday, coarser grain, lock),
        as text from `verdict.sentences`; proposed: their codes ("step", "weekday" …).
    between: of a series taken as rare, the g or t chart of what lies between its events; else None.
    deciding: the rules that decide its verdict, and what they rest on; None: nobody has asked.
    told: how far the series was known each time that something was said of it, for `news`; None: nothing was.
    """

    kpi: Kpi
    series: KpiSeries
    points: pd.DataFrame
    chart: ControlChart | None
    signals: pd.DataFrame
    episodes: tuple[Episode, ...]
    verdict: Verdict | None
    choice: dict[str, str]
    decisions: tuple[Decision, ...] = ()
    proposals: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    between: Between | None = None
    told: Told | None = None
    deciding: Deciding | None = None

    @property
    def name(self) -> str:
        """What it is called in a list: "Scrap rate · Line 3"."""
        return " · ".join(part for part in (self.kpi.name, slice_text(self.series.slice)) if part)

    @cached_property
    def id(self) -> str:
        """The short id of its verdict, by which `verify` finds it again; "" at a grain without a verdict."""
        return identifier(self)

    @cached_property
    def tampering(self) -> Tampering | None:
        """What acting on each ordinary miss would have cost in its last 12 months; None out of its usual range."""
        return tampering(self.kpi, self.points, self.episodes, self.verdict)

    @property
    def detected(self) -> pd.Timestamp:
        """When the open episode was detected (UTC), for "newest first"; long ago where there is none."""
        episode = None if self.verdict is None else self.verdict.episode
        found = self.points["ends_at"].iloc[episode.detected] if episode is not None else pd.NaT
        return pd.Timestamp(0) if pd.isna(found) else pd.Timestamp(found)

    def first_new(self, since: pd.Timestamp) -> int:
        """The position from which on its judged periods are new to whoever knew all that was known at an instant
        (naive UTC)."""
        return first_new(self.points, self._told, since)

    def news(self, since: pd.Timestamp) -> tuple[News, ...]:
        """The episodes that are new since an instant (naive UTC): detected since, or withdrawn since."""
        return news(self.kpi, self.points, self.episodes, self._told, since)

    def standing(self, said: Iterable[Attention], episode: Episode | None = None) -> Standing | None:
        """What holds of all that was ever said about signals, oldest first, for an episode (default: the open one)."""
        own = [each for each in said if (each.kpi, each.slice, each.grain) == self._about]
        found = episode or (None if self.verdict is None else self.verdict.episode)
        if not own:
            return None
        day = to_local([self.series.as_of], self.kpi.calendar.time_zone)[0].date()
        return standing(own, found, self.points["label"].tolist(), day)

    def attention(self, kind: AttentionKind, *, by: str, why: str, until: dt.date | None = None) -> Attention:
        """What somebody says about its open signal. Raises ValueError where none is open."""
        episode = None if self.verdict is None else self.verdict.episode
        if episode is None:
            raise ValueError(f"{self.name} has no open signal: there is nothing to say that it was seen or snoozed.")
        return Attention(
            *self._about,
            kind,
            side=episode.side,
            start_label=episode.start_label,
            detected_label=episode.detected_label,
            rules=episode.rules,
            until=until,
            by=by,
            why=why,
        )

    @property
    def _about(self) -> tuple[str, Slice, Grain]:
        return self.kpi.key, self.series.slice, self.series.grain

    @cached_property
    def _told(self) -> Told:
        return self.told or told_of(None, (), self.episodes, self.series.as_of)


def review(
    series: KpiSeries,
    decisions: Iterable[Decision],
    *,
    data_version: int = 0,
    decisions_version: int = 0,
    definitions_version: str = "",
    shown: pd.DataFrame | None = None,
) -> KpiReview:
    """Everything known about one KPI slice at one grain, as a pure function of what is given.

    decisions: all that was ever decided about the KPI, oldest first; those in force are found here. shown: the kept
    verdicts of this slice and grain, oldest first (as `Store.shown` returns them). Nothing received is changed.
    """
    found = judge(series, decisions, (data_version, decisions_version, definitions_version), shown)
    return KpiReview(
        kpi=series.kpi,
        series=series,
        points=found.points,
        chart=found.chart,
        signals=found.signals,
        episodes=found.episodes,
        verdict=found.verdict,
        choice=found.choice,
        decisions=found.decisions,
        proposals=found.proposals,
        proposed=found.proposed,
        between=found.between,
        told=told_of(shown, list(found.points["label"]), found.episodes, series.as_of),
        deciding=found.deciding,
    )
