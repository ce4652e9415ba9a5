"""Writes measurements.csv of every story, seeded, so that the files are small and can be made again.

Run `python -m tests.scenarios.make` after changing a story; a test compares the files with what this makes. Only
Python's own generator is used, whose numbers do not change between versions.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

from tests.scenarios import kinds

HERE = Path(__file__).parent

Row = tuple[object, ...]
Story = Callable[[], tuple[Row, Iterable[Row]]]

DAY = dt.timedelta(days=1)
LAST = dt.date(2025, 11, 16)  # a Sunday
HEADER = ("day", "late", "orders")


def days(count: int, last: dt.date = LAST) -> list[dt.date]:
    """The last `count` days up to `last`, oldest first."""
    return [last - DAY * back for back in range(count - 1, -1, -1)]


def binomial(chance: Random, trials: int, rate: float) -> int:
    """How many of the trials come off."""
    return sum(chance.random() < rate for _ in range(trials))


def orders(seed: int, rate: float, count: int = 60) -> list[list[object]]:
    """Days of about 400 orders of which `rate` are late by chance alone."""
    chance = Random(seed)
    rows: list[list[object]] = []
    for day in days(count):
        trials = 380 + chance.randrange(41)
        rows.append([day, binomial(chance, trials, rate), trials])
    return rows


def as_rows(rows: Iterable[Iterable[object]]) -> list[Row]:
    return [tuple(row) for row in rows]


# Stories


def calm_and_meets() -> tuple[Row, Iterable[Row]]:
    """5 % late by chance; the target of 10 % lies above everything chance does."""
    return HEADER, as_rows(orders(1, 0.05))


def calm_but_cannot_meet() -> tuple[Row, Iterable[Row]]:
    """12 % late by chance; the target of 5 % lies below everything chance does."""
    return HEADER, as_rows(orders(4, 0.12))


def hit_or_miss() -> tuple[Row, Iterable[Row]]:
    """8 % late by chance against a target of 8 %."""
    return HEADER, as_rows(orders(6, 0.08))


def one_point_above() -> tuple[Row, Iterable[Row]]:
    """5 % late by chance, and 48 of 400 on the last day."""
    rows = orders(4, 0.05)
    rows[-1][1:] = [48, 400]
    return HEADER, as_rows(rows)


def run_of_eight() -> tuple[Row, Iterable[Row]]:
    """5 % late by chance, then nine days of 25 to 30 in 400, none of them beyond a limit."""
    rows = orders(13, 0.05)
    rows[-10][1:] = [15, 400]
    for row, late in zip(rows[-9:], (26, 28, 25, 27, 30, 26, 29, 25, 27), strict=True):
        row[1:] = [late, 400]
    return HEADER, as_rows(rows)


def fridays_breach() -> tuple[Row, Iterable[Row]]:
    """5 % late by chance, 48 of 400 on Friday the 14th, then an ordinary Saturday and Sunday."""
    rows = orders(6, 0.05)
    rows[-3][1:] = [48, 400]
    rows[-2][1:] = [21, 400]
    rows[-1][1:] = [19, 400]
    return HEADER, as_rows(rows)


def all_zeros() -> tuple[Row, Iterable[Row]]:
    """Nothing in 40 days of 20 doses."""
    return ("day", "errors", "doses"), [(day, 0, 20) for day in days(40)]


def early_warning() -> tuple[Row, Iterable[Row]]:
    """Six days of 19 to 22 late in 400, then 60."""
    late = (20, 22, 19, 21, 20, 22, 60)
    return HEADER, [(day, count, 400) for day, count in zip(days(7), late, strict=True)]


def reporter_missing() -> tuple[Row, Iterable[Row]]:
    """Three lines; line C is late most often and has not reported on the last day."""
    chance = Random(9)
    rows: list[Row] = []
    for day in days(40):
        for line, rate in (("A", 0.03), ("B", 0.04), ("C", 0.20)):
            if (day, line) != (LAST, "C"):
                rows.append((day, line, binomial(chance, 200, rate), 200))
    return ("day", "line", "late", "orders"), rows


def restart_yesterday() -> tuple[Row, Iterable[Row]]:
    """12 % late by chance, from the 15th on 5 %: new routing."""
    rows = orders(10, 0.12, 40)
    rows[-2][1:] = [20, 400]
    rows[-1][1:] = [19, 400]
    return HEADER, as_rows(rows)


def neighbours_alike() -> tuple[Row, Iterable[Row]]:
    """A bath whose temperature drifts slowly about 60 °C: each day keeps seven tenths of the day before."""
    chance = Random(342)
    rows: list[Row] = []
    offset = 0.0
    for day in days(80):
        offset = 0.7 * offset + chance.gauss(0.0, 1.0)
        rows.append((day, f"{60 + offset:.2f}"))
    return ("day", "celsius"), rows


def range_target() -> tuple[Row, Iterable[Row]]:
    """Changeovers of about 21 minutes against 18 to 24: one reading a day, sigma about 1.3."""
    chance = Random(5)
    return ("day", "minutes"), [(day, f"{21 + chance.gauss(0.0, 1.3):.1f}") for day in days(60)]


def mostly_perfect() -> tuple[Row, Iterable[Row]]:
    """Uptime of 1,440 minutes a day from October 2024 to October 2025; half an hour down on one day in 40."""
    chance = Random(13)
    rows: list[Row] = []
    for day in days(396, dt.date(2025, 10, 31)):
        down = 30 if chance.random() < 1 / 40 else 0
        rows.append((day, 1440 - down, 1440))
    return ("day", "up", "minutes"), rows


def more_than_chance() -> tuple[Row, Iterable[Row]]:
    """Large clinics: 10,000 visits a day whose true share moves by a point from day to day."""
    chance = Random(14)
    rows: list[Row] = []
    for day in days(60):
        rate = min(max(chance.gauss(0.10, 0.01), 0.0), 1.0)
        rows.append((day, round(10_000 * rate), 10_000))
    return ("day", "waited", "visits"), rows


def weights_of_five() -> tuple[Row, Iterable[Row]]:
    """Five bags an hour apart each day, sigma 2 g; the last day's five are 4 g heavier."""
    chance = Random(15)
    rows: list[Row] = []
    for day in days(30):
        heavier = 4.0 if day == LAST else 0.0
        for hour in range(8, 13):
            rows.append((f"{day} {hour:02d}:00", f"{500 + heavier + chance.gauss(0.0, 2.0):.2f}"))
    return ("time", "gram"), rows


def file_is_late() -> tuple[Row, Iterable[Row]]:
    """5 % late by chance; the file of the last day has not come."""
    return HEADER, as_rows(orders(16, 0.05))[:-1]


STORIES: tuple[Story, ...] = (
    calm_and_meets,
    calm_but_cannot_meet,
    hit_or_miss,
    one_point_above,
    run_of_eight,
    fridays_breach,
    all_zeros,
    early_warning,
    reporter_missing,
    restart_yesterday,
    neighbours_alike,
    range_target,
    mostly_perfect,
    more_than_chance,
    weights_of_five,
    file_is_late,
    *kinds.STORIES,
)


def text_of(story: Story) -> str:
    """The story's measurements.csv."""
    header, rows = story()
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def files() -> Iterator[tuple[Path, str]]:
    """Each story's file and its text."""
    for story in STORIES:
        yield HERE / story.__name__ / "measurements.csv", text_of(story)


if __name__ == "__main__":
    for path, text in files():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
