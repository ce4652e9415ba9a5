"""A made-up plant and a made-up clinic: seeded counts and readings with known events.

Draws belong to the period's age (counted back from the last one), so the same seed gives the same values whatever
the day is; only the dates move with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opsmetrics.catalog import Calendar, Catalog

PLANT, CLINIC = "Sample plant", "Sample clinic"
LINES = ("Line 1", "Line 2", "Line 3")
DOCKS = ("Dock A", "Dock B", "Dock C")

PLANT_DAYS = 180
CLINIC_DAYS = 210
MONTHS = 24
STEP_DAYS = 9  # Line 3 has been late this long
RUN_DAYS = 10  # the doctor has come sooner this long
SILENT_DAYS = 3  # Dock B has not reported this long
NEW_DAYS = 7  # the courier is this new

Row = tuple[str | int | float, ...]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SampleFile:
    """One file: its name, its headers, its rows, and the template by which it is read.

    `columns` maps a header to its role; `kpis` names for each KPI its value column, or numerator and denominator.
    """

    name: str
    headers: tuple[str, ...]
    columns: Mapping[str, str]
    kpis: Mapping[str, tuple[str, ...]]
    rows: tuple[Row, ...]
    repeats: bool = False


@dataclass(frozen=True)
class Clock:
    """The periods that the sample covers, oldest first, all before `today`."""

    plant: tuple[dt.date, ...]
    clinic: tuple[dt.date, ...]
    months: tuple[dt.date, ...]

    @staticmethod
    def before(today: dt.date, catalog: Catalog) -> Clock:
        """The last working days and whole months before a day."""
        calendars = {calendar.key: calendar for calendar in catalog.calendars}
        return Clock(
            _working_days(today, calendars["plant"], PLANT_DAYS),
            _working_days(today, calendars["clinic"], CLINIC_DAYS),
            _months(today, MONTHS),
        )


def _working_days(today: dt.date, calendar: Calendar, count: int) -> tuple[dt.date, ...]:
    found: list[dt.date] = []
    day = today
    while len(found) < count:
        day -= dt.timedelta(days=1)
        if day.weekday() not in calendar.closed_weekdays and day not in calendar.closed_dates:
            found.append(day)
    return tuple(reversed(found))


def _months(today: dt.date, count: int) -> tuple[dt.date, ...]:
    month = today.year * 12 + today.month - 1
    return tuple(dt.date(number // 12, number % 12 + 1, 1) for number in range(month - count, month))


def simulate(clock: Clock, seed: int) -> tuple[SampleFile, ...]:
    """All files of the sample."""
    makers = (_dispatch, _press, _filler, _warehouse, _courier, _clinic, _waits, _complaints)
    return tuple(maker(clock, np.random.default_rng([seed, number])) for number, maker in enumerate(makers))


def _shares(rng: np.random.Generator, trials: float, rates: Numbers) -> tuple[npt.NDArray[np.int64], ...]:
    """(numerators, denominators) with Poisson trials about `trials`, one for each rate."""
    denominators = np.maximum(rng.poisson(trials, len(rates)), 1)
    return rng.binomial(denominators, rates), denominators


def _level(periods: int, usual: float, *, last: int = 0, then: float = 0.0) -> Numbers:
    """A constant level with another one in the last few periods."""
    level = np.full(periods, usual, dtype=float)
    if last:
        level[-last:] = then
    return level


def _dispatch(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Late orders by line; Line 3 steps up and stays up."""
    usual = {"Line 1": (0.15, 0), "Line 2": (0.17, 0), "Line 3": (0.20, STEP_DAYS)}
    rows: list[Row] = []
    for line, (rate, last) in usual.items():
        late, orders = _shares(rng, 140, _level(PLANT_DAYS, rate, last=last, then=0.42))
        rows += [(day.isoformat(), PLANT, line, *pair) for day, *pair in _listed(clock.plant, orders, late)]
    kpis = {"late_deliveries": ("Late", "Orders")}
    return _counts("sample_dispatch.csv", ("Date", "Site", "Line", "Orders", "Late"), kpis, rows)


def _press(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Scrap that stays well below its target; first-pass yield that cannot reach its own."""
    rows: list[Row] = []
    for line in LINES:
        scrapped, pieces = _shares(rng, 1500, _level(PLANT_DAYS, 0.014))
        right = rng.binomial(pieces - scrapped, 0.925)
        rows += [(day.isoformat(), PLANT, line, *n) for day, *n in _listed(clock.plant, pieces, scrapped, right)]
    kpis = {"scrap_rate": ("Scrapped", "Pieces"), "first_pass_yield": ("Right first time", "Pieces")}
    headers = ("Date", "Site", "Line", "Pieces", "Scrapped", "Right first time")
    return _counts("sample_press.csv", headers, kpis, rows)


def _filler(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Twenty weights a day about one level."""
    rows: list[Row] = []
    for day, grams in zip(clock.plant, rng.normal(500.6, 1.2, (PLANT_DAYS, 20)), strict=True):
        rows += [(day.isoformat(), PLANT, pack, round(weight, 2)) for pack, weight in enumerate(grams.tolist(), 1)]
    columns = {"Date": "date", "Site": "site", "Pack": "sample"}
    kpis = {"fill_weight": ("Grams",)}
    return SampleFile("sample_filler.csv", (*columns, "Grams"), columns, kpis, tuple(rows))


def _warehouse(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Picking errors by dock; Dock B has stopped reporting."""
    rows: list[Row] = []
    for dock in DOCKS:
        wrong, picks = _shares(rng, 800, _level(PLANT_DAYS, 0.006))
        told = PLANT_DAYS - (SILENT_DAYS if dock == "Dock B" else 0)
        listed = _listed(clock.plant[:told], picks[:told], wrong[:told])
        rows += [(day.isoformat(), PLANT, dock, *pair) for day, *pair in listed]
    kpis = {"pick_errors": ("Wrong", "Picks")}
    return _counts("sample_warehouse.csv", ("Date", "Site", "Dock", "Picks", "Wrong"), kpis, rows)


def _courier(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """A courier who has been in use for some days only."""
    kept, parcels = _shares(rng, 180, _level(NEW_DAYS, 0.94))
    listed = _listed(clock.plant[-NEW_DAYS:], parcels, kept)
    rows: list[Row] = [(day.isoformat(), PLANT, *pair) for day, *pair in listed]
    kpis = {"courier_on_time": ("On time", "Parcels")}
    return _counts("sample_courier.csv", ("Date", "Site", "Parcels", "On time"), kpis, rows)


def _clinic(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Waits that hit or miss their target, rare dose errors, checks that are always done."""
    long, patients = _shares(rng, 240, _level(CLINIC_DAYS, 0.044))
    errors, doses = _shares(rng, 700, _level(CLINIC_DAYS, 0.0004))
    checks = np.full(CLINIC_DAYS, 6)
    listed = _listed(clock.clinic, patients, long, doses, errors, checks, checks)
    rows: list[Row] = [(day.isoformat(), CLINIC, *numbers) for day, *numbers in listed]
    headers = ("Date", "Site", "Attendances", "Over 4 h", "Doses", "Dose errors", "Checks due", "Checks done")
    kpis = {
        "four_hour_breaches": ("Over 4 h", "Attendances"),
        "medication_errors": ("Dose errors", "Doses"),
        "trolley_checks": ("Checks done", "Checks due"),
    }
    return _counts("sample_clinic.csv", headers, kpis, rows)


def _waits(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Minutes to the first doctor; days differ by more than their patients explain. Lately the doctor comes sooner."""
    day_means = _level(CLINIC_DAYS, 48, last=RUN_DAYS, then=41)
    day_means += rng.normal(0, 1, CLINIC_DAYS) * _level(CLINIC_DAYS, 4, last=RUN_DAYS, then=1)
    rows: list[Row] = []
    for day, mean in zip(clock.clinic, day_means.tolist(), strict=True):
        minutes = rng.gamma(9, mean / 9, 36)
        rows += [(day.isoformat(), CLINIC, round(minute)) for minute in minutes.tolist()]
    columns = {"Date": "date", "Site": "site"}
    kpis = {"door_to_doctor": ("Minutes",)}
    return SampleFile("sample_waits.csv", (*columns, "Minutes"), columns, kpis, tuple(rows), repeats=True)


def _complaints(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Complaints by month, answered in time often enough."""
    kept, complaints = _shares(rng, 150, _level(MONTHS, 0.93))
    rows: list[Row] = [(month.isoformat(), CLINIC, *pair) for month, *pair in _listed(clock.months, complaints, kept)]
    kpis = {"complaints_answered": ("In time", "Complaints")}
    return _counts("sample_complaints.csv", ("Month", "Site", "Complaints", "In time"), kpis, rows)


def _listed(days: Sequence[dt.date], *numbers: npt.NDArray[np.int64]) -> Iterator[tuple[dt.date, *tuple[int, ...]]]:
    yield from zip(days, *(column.tolist() for column in numbers), strict=True)


def _counts(name: str, headers: tuple[str, ...], kpis: Mapping[str, tuple[str, ...]], rows: list[Row]) -> SampleFile:
    """A file of counts, in the order of its dates; its first column is the date, further texts are dimensions."""
    dimensions = {header: header.lower() for header in headers[1:] if header in ("Site", "Line", "Dock")}
    ordered = sorted(rows, key=lambda row: row[:3])
    return SampleFile(name, headers, {headers[0]: "date", **dimensions}, kpis, tuple(ordered))
