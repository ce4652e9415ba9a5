"""A made-up service desk with three teams and three services, every day of the week, on UTC."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opsmetrics.sample import known
from opsmetrics.sample.chance import (
    LONGEST,
    STRETCH,
    Numbers,
    events_of,
    generator,
    level,
    listed,
    noise,
    share_of,
    volumes,
)
from opsmetrics.sample.clock import Clock
from opsmetrics.sample.files import Row, SampleFile
from opsmetrics.sample.known import DESK, SERVICES, TEAMS

#: How much of the usual volume a weekday brings, Monday first.
WEEK = (1.2, 1.08, 1.03, 1.0, 0.94, 0.36, 0.31)


def files(clock: Clock, seed: int) -> Iterator[SampleFile]:
    """The files of the service desk."""
    for maker in (_tickets, _solved, _backlog, _restored, _changes):
        yield maker(clock, generator(seed, f"service {maker.__name__}"))


def _weekdays(clock: Clock) -> list[int]:
    return [day.weekday() for day in clock.days]


def _tickets(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """New tickets: far fewer at the weekend, and a flood of them while the ticket tool is down."""
    n = len(clock.days)
    usual = np.array([450 * WEEK[day] for day in _weekdays(clock)]) * level(n, 1.0, known.TOOL_OUTAGE.to(1.9))
    counts = events_of(usual, noise(rng, n, quiet=(known.TOOL_OUTAGE.last, 0))[0], spread=0.06)
    rows = list(zip(clock.days, [DESK] * n, counts.tolist(), strict=True))
    return SampleFile("sample_tickets", ("Date", "Site", "New tickets"), rows, {"tickets": ("New tickets", "")})


def _solved(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Tickets solved in time and at the first contact, by team; better lately, and an outage long ago."""
    n = len(clock.days)
    usual = {"Network": 120, "Workplace": 190, "Applications": 100}
    outage = known.TOOL_OUTAGE.last
    sla, first = noise(rng, n, rows=3, quiet=(outage, outage - 20, 0)), noise(rng, n, rows=3)
    rows: list[Row] = []
    for number, team in enumerate(TEAMS):
        solved = volumes(rng, _weekdays(clock), usual[team], WEEK)
        rate = level(n, 0.93, *([known.TOOL_OUTAGE.to(0.5)] if team == "Network" else []))
        in_time = share_of(solved, rate, sla[number])
        at_once = share_of(solved, level(n, 0.64, known.KNOWLEDGE_BASE.to(0.79)), first[number])
        counts = zip(clock.days, listed(solved, in_time, at_once), strict=True)
        rows += [(day, DESK, team, *found) for day, found in counts]
    headers = ("Date", "Site", "Team", "Solved", "Within SLA", "At first contact")
    kpis = {"sla_met": ("Within SLA", "Solved"), "first_contact": ("At first contact", "Solved")}
    return SampleFile("sample_solved", headers, sorted(rows, key=lambda row: row[:3]), kpis)


def _backlog(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """The age of twelve open tickets a day: yesterday's backlog is most of today's, so neighbours are alike."""
    means = 6.5 + 0.6 * _alike(noise(rng, LONGEST)[0], 0.75)[LONGEST - len(clock.days) :]
    within = rng.standard_normal((LONGEST, 12))[LONGEST - len(clock.days) :]
    rows: list[Row] = []
    for day, ages in zip(clock.days, (means[:, None] + 0.9 * within).tolist(), strict=True):
        rows += [(day, DESK, round(max(age, 0.1), 1)) for age in ages]
    headers = ("Date", "Site", "Age in days")
    return SampleFile(
        "sample_backlog", headers, rows, {"backlog_age": ("Age in days",)}, options={"repeats": "samples"}
    )


def _alike(z: Numbers, share: float) -> Numbers:
    """Each period keeps a share of the one before it; the last stretch stays near the average."""
    found = z.copy()
    for place in range(1, len(found)):
        found[place] = share * found[place - 1] + np.sqrt(1 - share**2) * z[place]
    found[-STRETCH:] = np.clip(found[-STRETCH:], -0.6, 0.6)
    return found


def _restored(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Hours until an incident was solved, incident by incident; judged by week."""
    of_week = dict(zip(clock.weeks, noise(rng, len(clock.weeks))[0].tolist(), strict=True))
    counts = volumes(rng, _weekdays(clock), 5, WEEK)
    hours = rng.gamma(3, 5.2 / 3, (LONGEST, 12))[LONGEST - len(clock.days) :]
    services = rng.integers(0, len(SERVICES), (LONGEST, 12))[LONGEST - len(clock.days) :]
    rows: list[Row] = []
    for place, day in enumerate(clock.days):
        monday = clock.days[max(place - day.weekday(), 0)]
        week = 1 + 0.08 * of_week.get(monday, 0.0)
        for number in range(min(int(counts[place]), 12)):
            took = round(week * float(hours[place, number]), 1)
            rows.append((day, DESK, SERVICES[services[place, number]], took))
    headers = ("Date", "Site", "Service", "Hours to restore")
    return SampleFile("sample_restored", headers, rows, {"mttr": ("Hours to restore",)}, options={"repeats": "samples"})


def _changes(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Changes that had to be taken back, by week: small numbers."""
    n = len(clock.weeks)
    made = volumes(rng, [0] * n, 46, (1.0,))
    failed = events_of(0.08 * made.astype(float), noise(rng, n)[0])
    rows = [(week, DESK, *pair) for week, pair in zip(clock.weeks, listed(made, failed), strict=True)]
    headers = ("Week", "Site", "Changes", "Failed")
    return SampleFile("sample_changes", headers, rows, {"change_failures": ("Failed", "Changes")})
