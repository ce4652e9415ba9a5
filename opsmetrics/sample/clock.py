"""The periods that the sample covers: 18 months up to yesterday, counted back from the last one.

The age of a period is how many come after it on its own axis: 0 is the last one. Events and chance belong to ages, so
they move with the day on which the sample is written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from opsmetrics.catalog import Calendar, Catalog

MONTHS = 18

#: plant: its working days · shifts: (day, number of the shift) · days: every day · weekdays: Monday to Friday ·
#: weeks: Mondays of whole weeks · months: first days of whole months.
Axis = Literal["plant", "shifts", "days", "weekdays", "weeks", "months"]
Days = tuple[dt.date, ...]

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """The periods of each axis, oldest first, all before `today`."""

    today: dt.date
    plant: Days
    days: Days
    weekdays: Days
    weeks: Days
    months: Days
    shifts: int  # in a working day of the plant

    @staticmethod
    def before(today: dt.date, catalog: Catalog) -> Clock:
        """The periods of the 18 months before a day, on the calendars of the sample's definitions."""
        calendars = {calendar.key: calendar for calendar in catalog.calendars}
        first = _months_before(today, MONTHS).replace(day=1)
        days = tuple(first + number * _DAY for number in range((today - first).days))
        return Clock(
            today=today,
            plant=_open(days, calendars["plant"]),
            days=days,
            weekdays=_open(days, calendars["outpatients"]),
            weeks=tuple(day for day in days if day.weekday() == 0 and day + 7 * _DAY <= today),
            months=tuple(_months_before(today.replace(day=1), back) for back in range(MONTHS, 0, -1)),
            shifts=len(calendars["plant"].shifts),
        )

    def axis(self, axis: Axis) -> Days:
        """The periods of an axis; of the shifts, the day of each."""
        if axis == "shifts":
            return tuple(day for day in self.plant for _ in range(self.shifts))
        found: Days = getattr(self, axis)
        return found

    def date(self, axis: Axis, age: int) -> dt.date:
        """The first day of the period of an age."""
        return self.axis(axis)[-1 - age]

    def end(self, axis: Axis, age: int) -> dt.date:
        """The last day of the period of an age."""
        start = self.date(axis, age)
        if axis == "weeks":
            return start + 6 * _DAY
        return _months_before(start, -1) - _DAY if axis == "months" else start

    def morning(self, axis: Axis, age: int) -> dt.date:
        """The morning on which the period of an age is the last one; that of the newest is today.

        A day's first shift has ended by the same noon.
        """
        if age == 0:
            return self.today
        return self.end(axis, age) + (0 if axis == "shifts" and age % self.shifts == self.shifts - 1 else 1) * _DAY


def _open(days: Days, calendar: Calendar) -> Days:
    return tuple(d for d in days if d.weekday() not in calendar.closed_weekdays and d not in calendar.closed_dates)


def _months_before(day: dt.date, count: int) -> dt.date:
    """The first day of the month so many months before that of `day`."""
    number = day.year * 12 + day.month - 1 - count
    return dt.date(number // 12, number % 12 + 1, 1)
