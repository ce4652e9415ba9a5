"""A made-up clinic with two emergency departments, its wards and its outpatients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

import numpy as np

from opsmetrics.sample import known
from opsmetrics.sample.chance import LONGEST, generator, level, listed, noise, share_of, volumes
from opsmetrics.sample.clock import Clock
from opsmetrics.sample.files import Row, SampleFile
from opsmetrics.sample.known import EAST, WEST

#: How much of the usual volume a weekday brings, Monday first.
ATTENDED = (1.14, 1.03, 0.99, 0.98, 0.98, 0.93, 0.95)
BOOKED = (1.05, 1.08, 1.04, 1.0, 0.83, 0.0, 0.0)

#: Share of appointments that nobody came to, Monday first.
MISSED = (0.098, 0.078, 0.074, 0.079, 0.106)

#: So many months come as files of their own; those before lie in one archive.
SEPARATE = 4


def files(clock: Clock, seed: int) -> Iterator[SampleFile]:
    """The files of the clinic; the correction of the appointments is the last."""
    yield from _attendances(clock, generator(seed, "attendances"))
    yield _waits(clock, generator(seed, "waits"))
    yield _beds(clock, generator(seed, "beds"))
    yield _readmissions(clock, generator(seed, "readmissions"))
    yield _hygiene(clock, generator(seed, "hygiene"))
    yield _appointments(clock, generator(seed, "appointments"))


def _attendances(clock: Clock, rng: np.random.Generator) -> Iterator[SampleFile]:
    """Waits over four hours by site, a file for each month; one day brings a flood of patients to East."""
    n = len(clock.days)
    z = noise(rng, n, rows=2, quiet=(known.FLU_DAY.last, known.FLU_DAY.last - 12, 0))
    usual = {EAST: (240, 0.044), WEST: (150, 0.052)}
    rows: list[Row] = []
    for chance, (site, (patients, rate)) in zip(z, usual.items(), strict=True):
        seen = volumes(rng, [day.weekday() for day in clock.days], patients, ATTENDED)
        long = share_of(seen, level(n, rate, *([known.FLU_DAY.to(0.17)] if site == EAST else [])), chance, spread=0.18)
        rows += [(day, site, *pair) for day, pair in zip(clock.days, listed(seen, long), strict=True)]
    headers = ("Date", "Site", "Attendances", "Over 4 h")
    kpis = {"four_hour_breaches": ("Over 4 h", "Attendances")}
    for name, part in _monthly(clock, sorted(rows, key=lambda row: row[:2])):
        yield SampleFile(f"sample_attendances_{name}", headers, part, kpis, template="sample_attendances")


def _monthly(clock: Clock, rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """An archive and the last months, each with its name."""
    first = clock.months[1 - SEPARATE]
    yield f"until_{first - dt.timedelta(days=1):%Y-%m}", [row for row in rows if row[0] < first]
    recent = [row for row in rows if row[0] >= first]
    for name, part in groupby(recent, key=lambda row: f"{row[0]:%Y-%m}"):
        yield name, list(part)


def _waits(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Minutes to the first doctor, patient by patient; for some days two doctors were away."""
    n = len(clock.days)
    means = level(n, 24, known.DOCTORS_AWAY.to(38)) + 1.4 * noise(rng, n, quiet=(known.DOCTORS_AWAY.last, 0))[0]
    patients = volumes(rng, [day.weekday() for day in clock.days], 58, ATTENDED)
    rows: list[Row] = []
    for day, mean, seen in zip(clock.days, means.tolist(), patients.tolist(), strict=True):
        rows += [(day, EAST, round(minutes)) for minutes in rng.gamma(4, mean / 4, seen).tolist()]
    kpis = dict.fromkeys(("door_to_doctor", "door_to_doctor_p90", "seen_within_30"), ("Minutes",))
    return SampleFile("sample_waits", ("Date", "Site", "Minutes"), rows, kpis, options={"repeats": "samples"})


def _beds(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Occupied beds; what happens to patients in them are events."""
    rows: list[Row] = []
    for site, beds in ((EAST, 212), (WEST, 148)):
        occupied = np.rint(rng.normal(beds, beds / 40, LONGEST)[LONGEST - len(clock.days) :]).astype(int)
        rows += [(day, site, count) for day, count in zip(clock.days, occupied.tolist(), strict=True)]
    headers = ("Date", "Site", "Bed days")
    return SampleFile("sample_beds", headers, sorted(rows, key=lambda row: row[:2]), {"falls": ("", "Bed days")})


def _readmissions(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Patients who came back within 30 days, by month."""
    n = len(clock.months)
    discharged = volumes(rng, [0] * n, 940, (1.0,))
    back = share_of(discharged, 0.092, noise(rng, n, far=0.95)[0])
    rows = [(month, EAST, *pair) for month, pair in zip(clock.months, listed(discharged, back), strict=True)]
    headers = ("Month", "Site", "Discharged", "Back within 30 days")
    return SampleFile("sample_readmissions", headers, rows, {"readmissions": ("Back within 30 days", "Discharged")})


def _hygiene(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Hand hygiene as the weekly audit saw it, both sites together; better since gel hangs at every bed."""
    n = len(clock.weeks)
    seen = volumes(rng, [0] * n, 220, (1.0,))
    cleaned = share_of(seen, level(n, 0.84, known.GEL_AT_BEDS.to(0.94)), noise(rng, n)[0])
    rows = [(week, EAST, *pair) for week, pair in zip(clock.weeks, listed(seen, cleaned), strict=True)]
    headers = ("Week", "Site", "Moments seen", "Hands cleaned")
    return SampleFile("sample_hygiene", headers, rows, {"hand_hygiene": ("Hands cleaned", "Moments seen")})


def _appointments(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Appointments that nobody came to, which depends on the weekday."""
    weekdays = [day.weekday() for day in clock.weekdays]
    booked = volumes(rng, weekdays, 430, BOOKED)
    rate = np.array([MISSED[day] for day in weekdays])
    missed = share_of(booked, rate, noise(rng, len(booked))[0])
    rows = [(day, WEST, *pair) for day, pair in zip(clock.weekdays, listed(booked, missed), strict=True)]
    return SampleFile("sample_appointments", APPOINTMENTS, rows, {"no_shows": ("Nobody came", "Booked")})


APPOINTMENTS = ("Date", "Site", "Booked", "Nobody came")


def correction(clock: Clock, seed: int) -> SampleFile:
    """The last appointments once more: some who had come were first counted as if they had not."""
    first = _appointments(clock, generator(seed, "appointments"))
    late = first.rows[-1 - known.APPOINTMENTS_RESTATED.first :]
    rows = [(day, site, booked, missed - 2) for day, site, booked, missed in late]
    return SampleFile("sample_appointments_corrected", APPOINTMENTS, rows, first.kpis, template=first.name)
