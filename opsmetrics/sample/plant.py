"""A made-up plant of two sites and three lines, on its working days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opsmetrics.sample import known
from opsmetrics.sample.chance import LONGEST, Counts, generator, level, listed, noise, share_of, volumes
from opsmetrics.sample.clock import Clock
from opsmetrics.sample.files import Row, SampleFile
from opsmetrics.sample.known import DOCKS, LINES, NORTH, SOUTH

#: How much of the usual volume a weekday brings, Monday first.
WEEK = (1.02, 1.05, 1.04, 1.0, 0.89, 0.0, 0.0)


def files(clock: Clock, seed: int) -> Iterator[SampleFile]:
    """The files of the plant."""
    yield _boards(clock, seed)
    for maker in (_press, _first_pass, _machines, _filler, _energy, _safety, _dispatch, _warehouse, _courier):
        yield maker(clock, generator(seed, f"plant {maker.__name__}"))


def _volumes(rng: np.random.Generator, clock: Clock, usual: float) -> Counts:
    return volumes(rng, [day.weekday() for day in clock.plant], usual, WEEK)


def _press(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Scrap by line; days differ by more than counting explains, and Line 3 steps up."""
    n = len(clock.plant)
    z = noise(rng, n, rows=len(LINES))
    usual = {"Line 1": 1500, "Line 2": 1300, "Line 3": 1100}
    rows: list[Row] = []
    for chance, (line, site) in zip(z, LINES.items(), strict=True):
        pieces = _volumes(rng, clock, usual[line])
        rate = level(n, 0.021, *([known.SCRAP_STEP.to(0.055)] if line == "Line 3" else []))
        scrapped = share_of(pieces, rate, chance, spread=0.2)
        rows += [(day, site, line, *pair) for day, pair in zip(clock.plant, listed(pieces, scrapped), strict=True)]
    headers = ("Date", "Site", "Line", "Pieces", "Scrapped")
    return SampleFile("sample_press", headers, _by_date(rows), {"scrap_rate": ("Scrapped", "Pieces")})


def _first_pass(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Welded and assembled right the first time, by line; assembly cannot reach its target."""
    n = len(clock.plant)
    welding, assembly = noise(rng, n, rows=3), noise(rng, n, rows=3)
    rows: list[Row] = []
    for number, (line, site) in enumerate(LINES.items()):
        frames = _volumes(rng, clock, 420 - 40 * number)
        welded = share_of(frames, 0.972, welding[number])
        assembled = share_of(frames, 0.938, assembly[number])
        counts = zip(clock.plant, listed(frames, welded, assembled), strict=True)
        rows += [(day, site, line, *found) for day, found in counts]
    headers = ("Date", "Site", "Line", "Frames", "Welded right", "Assembled right")
    kpis = {"welded_right": ("Welded right", "Frames"), "assembled_right": ("Assembled right", "Frames")}
    return SampleFile("sample_first_pass", headers, _by_date(rows), kpis)


def boards(clock: Clock, seed: int) -> Counts:
    """How many boards were made on each working day."""
    return _volumes(generator(seed, "boards"), clock, 1200)


def _boards(clock: Clock, seed: int) -> SampleFile:
    """How many boards were made; their defects are events."""
    rows = list(zip(clock.plant, [SOUTH] * len(clock.plant), boards(clock, seed).tolist(), strict=True))
    return SampleFile("sample_boards", ("Date", "Site", "Boards"), rows, {"board_defects": ("", "Boards")})


def _machines(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Planned, running and ideal minutes by site; the press of North breaks down for a day."""
    n = len(clock.plant)
    quiet = (known.PRESS_BREAKDOWN.last, 0)
    running, speed = noise(rng, n, rows=2, quiet=quiet), noise(rng, n, rows=2, quiet=quiet)
    rows: list[Row] = []
    for number, site in enumerate((NORTH, SOUTH)):
        planned = np.full(n, 2640 if site == NORTH else 1320)
        share = level(n, 0.9, *([known.PRESS_BREAKDOWN.to(0.45)] if site == NORTH else []))
        run = np.rint(planned * (share + 0.016 * running[number])).astype(np.int64)
        ideal = np.rint(run * (0.93 + 0.012 * speed[number])).astype(np.int64)
        minutes = zip(clock.plant, listed(planned, run, ideal), strict=True)
        rows += [(day, site, *found) for day, found in minutes]
    headers = ("Date", "Site", "Planned min", "Run min", "Ideal min")
    kpis = {"availability": ("Run min", "Planned min"), "performance": ("Ideal min", "Run min")}
    return SampleFile("sample_machines", headers, _by_date(rows), kpis)


def _filler(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Twenty weights a day; since the nozzles were swapped the packs are fuller and more alike."""
    n, swap = len(clock.plant), known.NOZZLES_SWAPPED
    means = level(n, 500.6, swap.to(501.2))
    deviations = level(n, 1.2, swap.to(0.8))
    packs = 20
    z = noise(rng, n, quiet=(swap.first - 40, 0))[0]
    within = rng.standard_normal((LONGEST, packs))[LONGEST - n :]
    within = within - within.mean(axis=1, keepdims=True) + z[:, None] / np.sqrt(packs)
    rows: list[Row] = []
    for day, grams in zip(clock.plant, (means[:, None] + deviations[:, None] * within).tolist(), strict=True):
        rows += [(day, NORTH, pack, round(weight, 2)) for pack, weight in enumerate(grams, 1)]
    columns = {"Date": "date", "Site": "site", "Pack": "sample"}
    return SampleFile("sample_filler", (*columns, "Grams"), rows, {"fill_weight": ("Grams",)}, columns)


def _energy(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Energy for each tonne, written the German way; the file of one week never came."""
    n = len(clock.plant)
    lost = sum(day >= clock.date("weeks", known.ENERGY_WEEK_LOST.first) for day in clock.plant)
    z = noise(rng, n, quiet=(lost, 0))[0]
    begin, end = known.ENERGY_WEEK_LOST.days(clock)
    shares = {NORTH: 0.62, SOUTH: 0.38}
    tonnes = _volumes(rng, clock, 580).astype(float) / 10
    rows: list[Row] = []
    for day, mass, used in zip(clock.plant, tonnes.tolist(), (tonnes * (436 + 7 * z)).tolist(), strict=True):
        if not begin <= day.isoformat() <= end:
            rows += [(day, site, round(used * part, 1), round(mass * part, 2)) for site, part in shares.items()]
    columns = {"Datum": "date", "Werk": "site"}
    kpis = {"energy_per_tonne": ("Strom kWh", "Gutmenge t")}
    headers = (*columns, "Strom kWh", "Gutmenge t")
    return SampleFile(
        "sample_energie", headers, rows, kpis, columns, options={"decimal": ","}, delimiter=";", decimal=","
    )


def _safety(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """The safety cross: mostly none, three accidents within a week, the last one some weeks ago."""
    n = len(clock.plant)
    ages, age = set(known.ACCIDENT_AGES), 17
    while age < n:
        if not known.ACCIDENTS.last - 30 < age < known.ACCIDENTS.first + 30:
            ages.add(age)
        age += int(rng.integers(30, 75))
    accidents = [int(n - 1 - position in ages) for position in range(n)]
    briefings = [6] * n
    rows = list(zip(clock.plant, [NORTH] * n, accidents, briefings, briefings, strict=True))
    kpis = {"lost_time_accidents": ("Accidents", ""), "briefings_held": ("Briefings held", "Briefings due")}
    headers = ("Date", "Site", "Accidents", "Briefings due", "Briefings held")
    return SampleFile("sample_safety", headers, rows, kpis)


def _dispatch(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Orders on time and in full; the process is the same before and after its target is raised."""
    before = sum(day >= clock.date("months", known.TARGET_RAISED.first) for day in clock.plant)
    orders = _volumes(rng, clock, 260)
    kept = share_of(orders, 0.945, noise(rng, len(orders), quiet=(before, 0))[0])
    rows = [(day, NORTH, *pair) for day, pair in zip(clock.plant, listed(orders, kept), strict=True)]
    headers = ("Date", "Site", "Orders", "On time in full")
    return SampleFile("sample_dispatch", headers, rows, {"on_time_in_full": ("On time in full", "Orders")})


def _warehouse(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """Picking errors by dock; Dock B has stopped reporting."""
    n, silent = len(clock.plant), known.DOCK_SILENT.first + 1
    z = noise(rng, n, rows=len(DOCKS), quiet=(silent,))
    rows: list[Row] = []
    for chance, dock in zip(z, DOCKS, strict=True):
        picks = _volumes(rng, clock, 800)
        told = n - (silent if dock == "Dock B" else 0)
        counts = list(zip(clock.plant, listed(picks, share_of(picks, 0.008, chance)), strict=True))
        rows += [(day, NORTH, dock, *pair) for day, pair in counts[:told]]
    headers = ("Date", "Site", "Dock", "Picks", "Wrong")
    return SampleFile("sample_warehouse", headers, _by_date(rows), {"pick_errors": ("Wrong", "Picks")})


def _courier(clock: Clock, rng: np.random.Generator) -> SampleFile:
    """A courier who has been in use for some days only."""
    days = clock.plant[-1 - known.COURIER_NEW.first :]
    parcels = _volumes(rng, clock, 180)[-len(days) :]
    kept = share_of(parcels, 0.94, noise(rng, len(days))[0])
    rows = [(day, NORTH, *pair) for day, pair in zip(days, listed(parcels, kept), strict=True)]
    headers = ("Date", "Site", "Parcels", "On time")
    return SampleFile("sample_courier", headers, rows, {"courier_on_time": ("On time", "Parcels")})


def _by_date(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row[:3])
