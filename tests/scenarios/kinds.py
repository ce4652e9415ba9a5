"""Stories of the kinds beside proportions and means, in the form of `make`: one function each, seeded."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from random import Random

Row = tuple[object, ...]

LAST = dt.date(2025, 11, 16)  # a Sunday


def days(count: int) -> list[dt.date]:
    """The last `count` days up to LAST, oldest first."""
    return [LAST - dt.timedelta(days=back) for back in range(count - 1, -1, -1)]


def poisson(chance: Random, mean: float) -> int:
    """How many events come over a stretch in which `mean` are expected (Knuth's product of uniforms)."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def rate_falls() -> tuple[Row, Iterable[Row]]:
    """Falls on wards: 2 in 100 bed days by chance alone, and 24 in 400 on the last day."""
    chance = Random(21)
    rows: list[Row] = []
    for day in days(60):
        beds = 350 + chance.randrange(101)
        rows.append((day, 24 if day == LAST else poisson(chance, beds * 0.02), 400 if day == LAST else beds))
    return ("day", "falls", "beds"), rows


def count_defects() -> tuple[Row, Iterable[Row]]:
    """Nine defects a day by chance alone; days without a row had none."""
    chance = Random(22)
    found = [(day, poisson(chance, 9.0)) for day in days(60)]
    found[30] = (found[30][0], 0)
    return ("day", "defects"), [(day, count) for day, count in found if count]


def ratio_energy() -> tuple[Row, Iterable[Row]]:
    """Energy per tonne, about 2 kWh, noisier on days of little output; the target of 1.5 lies far below."""
    chance = Random(23)
    rows: list[Row] = []
    for day in days(60):
        tonnes = 100 + chance.randrange(301)
        kwh = tonnes * 2 + chance.gauss(0.0, 3.0) * math.sqrt(tonnes)
        rows.append((day, f"{kwh:.1f}", tonnes))
    return ("day", "kwh", "tonnes"), rows


def _waits(seed: int, count: int, each: int, minutes: float) -> list[list[object]]:
    """Waits of patients who come every ten minutes from 08:00 on: skewed, about `minutes` in the middle."""
    chance = Random(seed)
    rows: list[list[object]] = []
    for day in days(count):
        for patient in range(each):
            at = dt.datetime.combine(day, dt.time(8)) + dt.timedelta(minutes=10 * patient)
            rows.append([at.isoformat(" ", "minutes"), f"{minutes * math.exp(chance.gauss(0.0, 0.5)):.1f}"])
    return rows


def median_wait() -> tuple[Row, Iterable[Row]]:
    """32 patients a day wait 20 minutes in the middle; the last day has only 12 of them."""
    rows = _waits(24, 30, 32, 20.0)
    return ("time", "minutes"), [tuple(row) for row in rows[: 29 * 32 + 12]]


def p90_wait() -> tuple[Row, Iterable[Row]]:
    """55 patients a day; on the last day every sixth waits two hours longer."""
    rows = _waits(25, 20, 55, 20.0)
    for row in rows[-55::6]:
        row[1] = f"{float(str(row[1])) + 120:.1f}"
    return ("time", "minutes"), [tuple(row) for row in rows]


def share_within() -> tuple[Row, Iterable[Row]]:
    """40 patients a day; about 7 of 10 are seen within 25 minutes, where 95 % are wanted."""
    return ("time", "minutes"), [tuple(row) for row in _waits(26, 30, 40, 20.0)]


def rare_harm() -> tuple[Row, Iterable[Row]]:
    """Harm every three weeks or so for a year, and none in the last 200 days: a file of the days with harm."""
    chance = Random(27)
    found = [(day, 1) for day in days(600)[:400] if chance.random() < 1 / 20]
    return ("day", "harms"), [*found, (LAST, 0)]


def derived_yield() -> tuple[Row, Iterable[Row]]:
    """Two steps of 95 and 90 %: together 85.5 %, about what chance makes of it each day."""
    chance = Random(28)
    rows: list[Row] = []
    for day in days(40):
        good = [sum(chance.random() < rate for _ in range(400)) for rate in (0.95, 0.90)]
        rows.append((day, good[0], good[1], 400))
    return ("day", "pressed", "painted", "made"), rows


def uptime_from_downtime() -> tuple[Row, Iterable[Row]]:
    """A line that runs day and night stops once or twice a day for some minutes; on the last day for five hours."""
    chance = Random(29)
    rows: list[Row] = []
    for day in days(60):
        for start in (6, 18)[: 1 + (chance.random() < 0.5)]:
            rows.append((f"{day} {start:02d}:00", "Jam", round(10 + chance.random() * 40)))
    rows.append((f"{LAST} 20:00", "Breakdown", 300))
    return ("start", "reason", "minutes"), rows


def event_count() -> tuple[Row, Iterable[Row]]:
    """Stops of a line, six a day by chance; eighteen on each of the last two days."""
    chance = Random(30)
    rows: list[Row] = []
    for day in days(60):
        for _ in range(18 if LAST - day < dt.timedelta(days=2) else poisson(chance, 6.0)):
            minute = chance.randrange(24 * 60)
            rows.append((f"{day} {minute // 60:02d}:{minute % 60:02d}", chance.choice(("Jam", "Sensor", "Film"))))
    return ("at", "reason"), sorted(rows, key=lambda row: str(row[0]))


STORIES = (
    rate_falls,
    count_defects,
    ratio_energy,
    median_wait,
    p90_wait,
    share_within,
    rare_harm,
    derived_yield,
    uptime_from_downtime,
    event_count,
)
