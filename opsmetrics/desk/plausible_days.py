"""What is unusual about the days of a file beside those that are stored: gaps, other years, exchanged days and months,
values that came before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from opsmetrics.measurements import Notice
from opsmetrics.verdict import wording

#: What a KPI comes to on a day: records, numerator and denominator (None: it has none).
Sums = tuple[int, float, float | None]
#: By day what each KPI of a file comes to.
Days = Mapping[dt.date, Mapping[str, Sums]]

#: Stored days without which nothing is usual.
ENOUGH = 8
#: Days in a row that tell a copy from chance, and so many of them differ.
COPIED, DIFFERENT = 5, 4


def range_of(file: Sequence[dt.date], stored: Sequence[dt.date]) -> list[Notice]:
    """A gap before the file, days before everything, a year that may be wrong, days and months exchanged. Both sorted;
    `stored`: of the same KPIs, the last year or so."""
    if len(stored) < ENOUGH or not file:
        return []
    apart = [(after - before).days for before, after in pairwise(stored)]
    usual = sorted(apart)[int(len(apart) * 0.98)]  # the widest gap but for a few
    for question in (_exchanged, _year, _older, _gap):
        notice = question(file, stored, usual)
        if notice is not None:
            return [notice]
    return []


def _follows(first: dt.date, stored: Sequence[dt.date], usual: int) -> bool:
    """True where a file that begins on this day goes on from what is stored."""
    return 0 < (first - stored[-1]).days <= max(usual, 7)


def _exchanged(file: Sequence[dt.date], stored: Sequence[dt.date], usual: int) -> Notice | None:
    """All days up to the 12th, scattered over months, and in a row once day and month change places."""
    if len(file) < 3 or any(day.day > 12 for day in file) or (_follows(file[0], stored, usual) and _close(file, usual)):
        return None
    turned = sorted(dt.date(day.year, day.day, day.month) for day in file)
    if _close(file, usual) or not _close(turned, usual) or turned[0] < stored[0]:
        return None
    return Notice(
        "day_month",
        f"The days lie scattered between {_day(file[0])} and {_day(file[-1])}; with day and month exchanged they would "
        f"be {_day(turned[0])} to {_day(turned[-1])} without a gap: is the order of day and month right?",
    )


def _close(days: Sequence[dt.date], usual: int) -> bool:
    return all((after - before).days <= max(usual, 1) for before, after in pairwise(days))


def _year(file: Sequence[dt.date], stored: Sequence[dt.date], usual: int) -> Notice | None:
    if _follows(file[0], stored, usual) or (file[-1] > stored[-1] and (file[0] - stored[-1]).days < 180):
        return None
    for years in (1, -1):
        moved = _shifted(file[0], years)
        if moved is not None and _follows(moved, stored, usual):
            return Notice(
                "year",
                f"The file begins on {_day(file[0])}, and the last stored day is {_day(stored[-1])}; with the year "
                f"{moved.year} it would follow it: is the year right?",
            )
    return None


def _shifted(day: dt.date, years: int) -> dt.date | None:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return None


def _older(file: Sequence[dt.date], stored: Sequence[dt.date], _: int) -> Notice | None:
    if file[-1] >= stored[0]:
        return None
    text = f"All of it, {_day(file[0])} to {_day(file[-1])}, lies before what is stored, from {_day(stored[0])} on."
    return Notice("older_than_stored", text)


def _gap(file: Sequence[dt.date], stored: Sequence[dt.date], usual: int) -> Notice | None:
    days = (file[0] - stored[-1]).days
    if days <= max(usual, 1) * 1.5:
        return None
    return Notice(
        "gap",
        f"Nothing is stored between {_day(stored[-1])} and {_day(file[0])}, where the file begins; the widest usual "
        f"gap is {wording.periods(usual, 'day')}: is a file missing?",
    )


def copied(file: Days, stored: Days) -> list[Notice]:
    """The same sums day after day as some earlier days have, under other dates."""
    days, before = sorted(file), sorted(stored)
    told = [file[day] for day in days]
    if len(told) < COPIED or len({_frozen(sums) for sums in told}) < DIFFERENT:
        return []
    wanted = [_frozen(sums) for sums in told]
    keys = set().union(*(sums.keys() for sums in told))
    held = [_frozen({key: stored[day][key] for key in stored[day].keys() & keys}) for day in before]
    for start in range(len(held) - len(wanted) + 1):
        if before[start] != days[0] and held[start : start + len(wanted)] == wanted:
            first, last = before[start], before[start + len(wanted) - 1]
            text = f"Its values are those of {_day(first)} to {_day(last)}, day by day: is it that file with new dates?"
            return [Notice("copied_values", text)]
    return []


def _frozen(sums: Mapping[str, Sums]) -> tuple[tuple[str, Sums], ...]:
    return tuple(sorted(sums.items()))


def all_equal(name: str, file: Sequence[Sums], stored: Sequence[Sums]) -> list[Notice]:
    """One value on all days of a file, where the stored days differ so much that this would be no chance."""
    if len(file) < COPIED or len(set(file)) > 1 or len(stored) < ENOUGH:
        return []
    share = (sum(sums == file[0] for sums in stored) + 1) / (len(stored) + 2)
    if share ** len(file) > 1e-4:
        return []
    return [Notice("all_equal", f"{name} has the same value on all {len(file)} days of the file; before it differed.")]


def _day(day: dt.date) -> str:
    return day.isoformat()


def by_day(days: pd.DataFrame, local: Mapping[str, pd.Series[pd.Timestamp]]) -> dict[dt.date, dict[str, Sums]]:
    """`Profile.days` by the day at the site; `local`: by KPI the first instant of each of its rows there."""
    found: dict[dt.date, dict[str, Sums]] = {}
    for key, rows in days.groupby("kpi", sort=False):
        stamps = local[str(key)]
        for stamp, n, top, bottom in zip(stamps, rows["rows"], rows["numerator"], rows["denominator"], strict=True):
            sums = (int(n), 0.0 if pd.isna(top) else _rounded(top), None if pd.isna(bottom) else _rounded(bottom))
            found.setdefault(stamp.date(), {})[str(key)] = sums
    return found


def _rounded(total: float) -> float:
    """Sums of the same numbers differ in their last digits with the order in which they were added up."""
    return float(f"{total:.10g}")
