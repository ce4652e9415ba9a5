"""Warnings of a file beside what is stored: each planted fault is warned of, and good files are not."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from opsmetrics.desk import Desk, against, plausible, plausible_days
from opsmetrics.desk.loading import Order, load
from opsmetrics.measurements import Notice

KPIS = """
[calendars.plant]
time_zone = "Europe/Berlin"
[dimensions]
site = "Site"
[kpis.scrap]
name = "Scrap"
kind = "proportion"
better = "lower"
unit = "%"
numerator = "scrapped"
denominator = "made"
dimensions = ["site"]
calendar = "plant"
[kpis.lead]
name = "Lead time"
kind = "measured"
better = "lower"
unit = "h"
dimensions = ["site"]
calendar = "plant"
"""
TEMPLATE = """
name = "plant"
header = ["Day", "Site", "Scrapped", "Made", "Lead"]
[columns]
Day = "date"
Site = "site"
[[kpis]]
key = "scrap"
numerator = "Scrapped"
denominator = "Made"
[[kpis]]
key = "lead"
value = "Lead"
"""
SITES = ("Hamburg", "Lyon", "Leeds")
BEGIN = dt.date(2026, 5, 4)

Row = tuple[dt.date, str, float, float, float]


def week(number: int) -> list[Row]:
    """Records of the n-th week of a plant without trouble: five working days of three sites."""
    chance = random.Random(number)
    days = [BEGIN + dt.timedelta(weeks=number, days=day) for day in range(5)]
    return [
        (day, site, chance.randrange(8, 25), chance.randrange(900, 1100), round(chance.uniform(35, 45), 1))
        for day in days
        for site in SITES
    ]


def written(path: Path, rows: Iterable[Row]) -> Path:
    """The records as a file."""
    lines = [f"{day.isoformat()},{site},{bad:g},{made:g},{lead:g}" for day, site, bad, made, lead in rows]
    path.write_text("\n".join(["Day,Site,Scrapped,Made,Lead", *lines]) + "\n", encoding="utf-8")
    return path


#: Faults of one file, and what is said of each: code and words.
FAULTS: list[tuple[Callable[[list[Row]], list[Row]], dict[str, tuple[str, ...]]]] = [
    (
        lambda rows: [
            (day + dt.timedelta(weeks=2), site.replace("Hamburg", "Hambrug"), bad, made * 1000, 40.0)
            for day, site, bad, made, _ in rows
            if site != "Leeds"
        ],
        {
            "level_jump": ("made of Scrap are 1,000 times as high",),
            "all_equal": ("Lead time has the same value on all 5 days",),
            "new_name": ("'Hambrug' is new; the nearest known site is 'Hamburg' (40 values)",),
            "missing_names": ("'Hamburg', 'Leeds' are missing",),
            "gap": ("is a file missing?",),
        },
    ),
    (
        lambda rows: [
            (day.replace(year=2025), site, bad, made, lead / 24 if site == "Lyon" else lead)
            for day, site, bad, made, lead in rows
        ],
        {"level_jump": ("Lead time (Lyon) is 1/24 as high as before",), "year": ("is the year right?",)},
    ),
    (
        lambda rows: [(day - dt.timedelta(days=200), *others, lead * 60) for day, *others, lead in rows],
        {
            "older_than_stored": ("lies before what is stored",),
            "level_jump": ("Lead time is 60 times as high as before",),
        },
    ),
    (lambda rows: rows[:3], {"volume": ("The file has 3 records",)}),
    (
        lambda rows: [*rows[:-1], (*rows[-1][:4], rows[-1][4] * 5000)],
        {"day_far_out": ("the highest stored day has",)},
    ),
    (
        lambda _: [(row[0] + dt.timedelta(weeks=3), *row[1:]) for row in week(1)],
        {"copied_values": ("Its values are those of 2026-05-11 to 2026-05-15",)},
    ),
]


def of_two_sites(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[1] != "Leeds"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Desk]:
    folder = tmp_path_factory.mktemp("plausible")
    with Desk.open(folder / "kpis.duckdb") as desk:
        desk.apply(KPIS, by="Ada")
        desk.settings.templates.mkdir()
        (desk.settings.templates / "plant.toml").write_text(TEMPLATE, encoding="utf-8")
        for number in range(4):
            answer = load(desk, written(folder / f"week{number}.csv", week(number)), Order("Ada")).answer
            assert answer["warnings"] == [], answer["warnings"]
        yield desk


def test_each_planted_fault_is_warned_of(desk: Desk, tmp_path: Path) -> None:
    for spoil, wanted in FAULTS:
        batch = desk.prepare(written(tmp_path / "week4.csv", spoil(week(4))))
        told = against.warnings(desk.store, desk.catalog, batch)
        for code, said in wanted.items():
            for words in said:
                assert any(one.code == code and words in one.text for one in told), (words, told)


def test_a_good_file_says_nothing_and_the_receipt_warns_as_the_difference_does(desk: Desk, tmp_path: Path) -> None:
    good = written(tmp_path / "week4.csv", week(4))
    assert load(desk, good, Order("Ada", dry_run=True)).answer["warnings"] == []
    spoiled = written(tmp_path / "late.csv", of_two_sites(week(4)))
    before = load(desk, spoiled, Order("Ada", dry_run=True))
    after = load(desk, spoiled, Order("Ada"))
    desk.undo(after.answer["batch"], by="Ada", publish=False)
    assert before.answer["warnings"] == after.answer["warnings"] != []
    assert before.notes == after.notes


def codes(notices: list[Notice]) -> list[str]:
    return [notice.code for notice in notices]


def test_days_and_months_that_look_exchanged() -> None:
    stored = [dt.date(2026, 9, 1) + dt.timedelta(days=n) for n in range(35)]  # to 5 October
    october = [dt.date(2026, 10, day) for day in range(6, 13)]
    exchanged = sorted(dt.date(2026, day.day, day.month) for day in october)
    assert codes(plausible_days.range_of(exchanged, stored)) == ["day_month"]
    assert plausible_days.range_of(october, stored) == []
    assert plausible_days.range_of(exchanged, stored[:5]) == []  # too little to know what is usual


@pytest.mark.parametrize(
    ("records", "days", "earlier", "told"),
    [
        (310, 7, [(11900, 7), (12800, 7), (12000, 7)], True),
        (11000, 7, [(11900, 7), (12800, 7), (12000, 7)], False),
        (40000, 7, [(11900, 7), (12800, 7), (12000, 7)], True),
        (1, 7, [(3, 7), (5, 7), (4, 7)], False),  # so few events may come to one by chance
        (1700, 1, [(11900, 7), (12800, 7), (51000, 30)], False),
        (310, 7, [(11900, 7), (12800, 7)], False),
    ],
)
def test_the_volume_beside_earlier_files(
    records: int, days: float, earlier: list[tuple[int, float]], told: bool
) -> None:
    assert codes(plausible.volume(records, days, earlier)) == ["volume"] * told


def test_the_nearest_name_is_no_other_number() -> None:
    known = ["Hamburg", "Line 1", "Line 12", "Lyon", "Ø-Werk"]
    assert plausible.nearest("HAMBURG ", known) == "Hamburg"
    assert plausible.nearest("Hambrug", known) == "Hamburg"
    assert plausible.nearest("Line 01", known) == "Line 1"
    assert plausible.nearest("Line 2", known) is None
    assert plausible.nearest("Turin", known) is None
