"""The streams of events: stops of the lines, defects of boards, incidents of the clinic, outages of services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from opsmetrics.sample import known, plant
from opsmetrics.sample.chance import creeping, events_of, generator, level, noise
from opsmetrics.sample.clock import Clock
from opsmetrics.sample.files import Row, SampleFile
from opsmetrics.sample.known import DESK, EAST, LINES, SERVICES, SOUTH, WEST

#: Reasons of stops, how often they occur, their usual minutes, and what lies beneath them.
STOPS = (
    ("Feeder jam", 0.34, 9, ("Bent blank", "Double blank", "Sensor")),
    ("Changeover", 0.22, 26, ("Tool", "Material")),
    ("No material", 0.16, 14, ("Warehouse", "Supplier")),
    ("Tool wear", 0.12, 31, ("Punch", "Die")),
    ("Quality check", 0.10, 7, ("First piece", "Complaint")),
    ("Power", 0.06, 18, ("Short dip", "Fuse")),
)
EUROS_A_MINUTE = 6.5

DEFECTS = (
    ("Solder bridge", 0.41), ("Missing part", 0.23), ("Tombstone", 0.16), ("Wrong part", 0.12), ("Scratch", 0.08),
)  # fmt: skip

OTHERS = (
    ("Pressure ulcer", 0.42, ("Stage 1", "Stage 2", "Stage 3")),
    ("Violence", 0.33, ("Verbal", "Physical")),
    ("Equipment", 0.25, ("Missing", "Broken")),
)
FALLS = ("From bed", "Walking", "Bathroom")
DOSES = ("Wrong dose", "Wrong time", "Wrong patient")

OUTAGES = ("Deployment", "Network", "Database", "Supplier")


#: The files that are told to cover all days: that nothing happened is a fact about every one of them.
NAMES = ("sample_stops", "sample_board_defects", "sample_incidents", "sample_outages")


def files(clock: Clock, seed: int) -> Iterator[SampleFile]:
    """The files of events."""
    yield _stops(clock, generator(seed, "stops"))
    yield _defects(clock, generator(seed, "defects"), seed)
    yield _incidents(clock, generator(seed, "incidents"))
    yield _outages(clock, generator(seed, "outages"))


def _stops(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Stops by shift; for a week a bad batch of blanks jams the feeders, mostly that of Line 2."""
    shifts, jams = clock.axis("shifts"), known.FEEDER_JAMS
    counts = events_of(level(len(shifts), 5.6, jams.to(12.0)), noise(rng, len(shifts), quiet=(jams.last, 0))[0])
    long = 24 * 60 // clock.shifts
    rows: list[Row] = []
    for place, (day, count) in enumerate(zip(shifts, counts.tolist(), strict=True)):
        jammed = jams.last <= len(shifts) - 1 - place <= jams.first
        starts = place % clock.shifts * long + np.sort(rng.integers(0, long, count))
        rows += [_stop(rng, day, start, jammed) for start in starts.tolist()]
    columns = {
        "Start": "ts", "Site": "site", "Line": "line", "Reason": "category", "Detail": "subcategory",
        "Minutes": "minutes", "Cost EUR": "cost",
    }  # fmt: skip
    return _events("sample_stops", "stops", columns, rows)


def _stop(rng: np.random.Generator, day: dt.date, start: int, jammed: bool) -> Row:
    """One stop, `start` minutes after midnight."""
    usual = [share for _, share, *_ in STOPS]
    reason, _, minutes, details = STOPS[0 if jammed and rng.random() < 0.6 else rng.choice(len(STOPS), p=usual)]
    line = "Line 2" if jammed and rng.random() < 0.6 else tuple(LINES)[rng.integers(len(LINES))]
    took = max(1, round(float(rng.gamma(2, minutes / 2))))
    at = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=start)
    return at, LINES[line], line, reason, details[rng.integers(len(details))], took, round(took * EUROS_A_MINUTE, 2)


def _defects(clock: Clock, rng: np.random.Generator, seed: int) -> SampleFile:
    """Defects of boards by type and day; lately there are more and more of them."""
    boards = plant.boards(clock, seed)
    rate = creeping(len(boards), 0.08, known.BOARD_DRIFT.first, 0.112)
    counts = events_of(rate * boards, noise(rng, len(boards))[0])
    rows: list[Row] = []
    for day, count in zip(clock.plant, counts.tolist(), strict=True):
        split = rng.multinomial(count, [share for _, share in DEFECTS])
        rows += [(day, SOUTH, kind, int(found)) for (kind, _), found in zip(DEFECTS, split, strict=True) if found]
    columns = {"Date": "date", "Site": "site", "Type": "category", "Defects": "count"}
    return _events("sample_board_defects", "defects", columns, rows)


def _incidents(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Falls, wrong doses and others; wrong doses are rare, and once came five within six days."""
    rows: list[Row] = []
    for week, falls in zip(clock.weeks, _weekly_falls(clock, rng), strict=True):
        rows += [_incident(rng, week, 7, "Fall", FALLS) for _ in range(falls)]
        for kind, share, details in OTHERS:
            rows += [_incident(rng, week, 7, kind, details) for _ in range(int(rng.poisson(9 * share)))]
    rest = (clock.today - clock.weeks[-1]).days - 7
    if rest:
        since = clock.weeks[-1] + dt.timedelta(days=7)
        rows += [_incident(rng, since, rest, "Fall", FALLS) for _ in range(2 * rest)]
    for age in _rare_ages(rng, len(clock.days), (11, 8, 25), known.WRONG_DOSE_AGES):
        rows.append(_incident(rng, clock.days[-1 - age], 1, "Medication error", DOSES))
    rows = [(*row, f"INC-{number:05d}") for number, row in enumerate(sorted(rows, key=lambda row: row[:4]), 1)]
    columns = {
        "Happened": "ts", "Site": "site", "Category": "category", "What": "subcategory", "Number": "reference",
    }  # fmt: skip
    return _events("sample_incidents", "incidents", columns, rows)


def _weekly_falls(clock: Clock, rng: np.random.Generator) -> list[int]:
    counts = events_of(level(len(clock.weeks), 14.0), noise(rng, len(clock.weeks))[0])
    return [int(count) for count in counts]


def _incident(rng: np.random.Generator, first: dt.date, days: int, kind: str, details: Sequence[str]) -> Row:
    at = dt.datetime.combine(first, dt.time(6)) + dt.timedelta(
        days=int(rng.integers(days)), minutes=int(rng.integers(17 * 60))
    )
    return at, EAST if rng.random() < 0.6 else WEST, kind, details[int(rng.integers(len(details)))]


def _rare_ages(
    rng: np.random.Generator, periods: int, spread: tuple[int, int, int], cluster: tuple[int, ...] = ()
) -> list[int]:
    """Ages of rare events: a cluster, and others well away from it. spread: the first age, shortest and longest gap."""
    age, shortest, longest = spread
    ages = list(cluster)
    while age < periods:
        if all(abs(age - other) >= shortest for other in cluster):
            ages.append(age)
        age += int(rng.integers(shortest, longest))
    return ages


def _outages(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Outages by service. Payments went down four times within a week, and is down now: its last row has no end."""
    rows: list[Row] = []
    for service in SERVICES:
        ages = list(known.PAYMENTS_AGES) if service == "Payments" else []
        for age in [*ages, *_rare_ages(rng, len(clock.days), (29, 30, 75))]:
            at = dt.datetime.combine(clock.days[-1 - age], dt.time(7)) + dt.timedelta(minutes=int(rng.integers(9 * 60)))
            open_still = service == "Payments" and age == 0
            minutes = "" if open_still else int(rng.integers(10, 75))
            rows.append((at, DESK, service, OUTAGES[int(rng.integers(len(OUTAGES)))], minutes))
    rows = [(*row, f"OUT-{number:03d}") for number, row in enumerate(sorted(rows, key=lambda row: row[:3]), 1)]
    columns = {
        "Down since": "ts", "Site": "site", "Service": "service", "Cause": "category", "Minutes": "minutes",
        "Number": "reference",
    }  # fmt: skip
    return _events("sample_outages", "outages", columns, rows)


def _events(name: str, stream: str, columns: dict[str, str], rows: list[Row]) -> SampleFile:
    return SampleFile(name, tuple(columns), rows, columns=columns, options={"covers": "day"}, stream=stream)
