"""What a person writes for a slice, a moment or a range of periods, read on the site's own calendar."""

from __future__ import annotations

import datetime as dt
import re
from typing import NoReturn

from opsmetrics.catalog.model import Calendar, Grain, Moment
from opsmetrics.catalog.problems import NotUnderstood

_MOMENT = dt.timedelta(microseconds=1)
_DAY = dt.timedelta(days=1)
_FORMS = {
    "year": re.compile(r"(\d{4})"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "week": re.compile(r"(\d{4})-W(\d{2})"),
    "day": re.compile(r"(\d{4}-\d{2}-\d{2})"),
    "time": re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)"),
    "shift": re.compile(r"(\d{4}-\d{2}-\d{2})[ ,]+(\S.*)"),
}
_WANTED = "a date 2026-11-16, a month 2026-11, a week 2026-W47, a quarter 2026-Q4 or a year 2026"


def parse_moment(text: str, grain: Grain, calendar: Calendar) -> Moment:
    """The start of the period (site-local) that a text names, or of the first one in it; a sample number for samples.

    "2019-03-17" at grain month is March 2019, "2019-03" at grain day is 1 March. Raises NotUnderstood.
    """
    if ".." in text:
        _refuse(text)
    return parse_range(text, grain, calendar)[0]


def parse_range(text: str, grain: Grain, calendar: Calendar) -> tuple[Moment, Moment]:
    """First and last period of "A..B" (both included), or of what a single text names.

    "2019-Q1..2019-Q2" at grain month is January to June 2019. Raises NotUnderstood.
    """
    first_text, dots, last_text = (part.strip() for part in text.partition(".."))
    if grain == "sample":
        first, last = _number(first_text), _number(last_text if dots else first_text)
        if first > last:
            raise NotUnderstood("the earlier sample first", "Swap the two.", repr(text))
        return first, last
    begin, _ = _stretch(first_text, calendar)
    last_begin, after = _stretch(last_text if dots else first_text, calendar)
    if begin > last_begin:
        raise NotUnderstood("the earlier end first", "Swap the two.", repr(text))
    return _first(begin, after, grain, calendar), period_start(after - _MOMENT, grain, calendar)


def _first(begin: dt.datetime, after: dt.datetime, grain: Grain, calendar: Calendar) -> dt.datetime:
    """The first period of a stretch. A whole day's shifts are those that start on it, not the night before."""
    start = period_start(begin, grain, calendar)
    if grain != "shift" or start == begin:
        return start
    later = [begin.combine(begin.date(), shift.starts) for shift in calendar.shifts]
    inside = [moment for moment in sorted(later) if begin <= moment < after]
    return inside[0] if inside else start


def period_start(moment: dt.datetime, grain: Grain, calendar: Calendar) -> dt.datetime:
    """The site-local start of the period that a site-local moment lies in. Grain `sample` has none."""
    day = moment.date()
    if grain == "shift":
        return _shift_start(moment, calendar)
    if grain == "week":
        day -= dt.timedelta(days=(day.weekday() - calendar.week_start) % 7)
    elif grain == "month":
        day = day.replace(day=1)
    elif grain == "quarter":
        day = _quarter_start(day, calendar)
    elif grain != "day":
        raise ValueError(f"grain {grain!r} has no calendar")
    return dt.datetime.combine(day, dt.time())


def _shift_start(moment: dt.datetime, calendar: Calendar) -> dt.datetime:
    if not calendar.shifts:
        raise NotUnderstood("a calendar with shifts", f"Add shifts under [calendars.{calendar.key}].", "no shifts")
    days = (moment.date(), moment.date() - _DAY)
    starts = [dt.datetime.combine(day, shift.starts) for day in days for shift in calendar.shifts]
    return max(start for start in starts if start <= moment)


def _quarter_start(day: dt.date, calendar: Calendar) -> dt.date:
    month, of_month = calendar.fiscal_year_start
    back = (day.month - month - (day.day < of_month)) % 3 + (day.day < of_month)
    return _months_on(day.replace(day=of_month), -back)


def _months_on(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def _number(text: str) -> int:
    match = re.fullmatch(r"(?:sample\s+)?(\d{1,9})", text)
    if match is None:
        raise NotUnderstood("the number of a sample", "Write it as 15, a range as 1..30.", repr(text))
    return int(match[1])


def _stretch(text: str, calendar: Calendar) -> tuple[dt.datetime, dt.datetime]:
    """What a text names, as local begin and the moment after its end."""
    for form, pattern in _FORMS.items():
        match = pattern.fullmatch(text)
        if match is None:
            continue
        try:
            if form in ("time", "shift"):
                return _within_day(form, match, calendar)
            begin, after = _whole_days(form, match, calendar)
        except (ValueError, OverflowError) as error:
            if isinstance(error, NotUnderstood):
                raise
            raise NotUnderstood("a day that exists", f"{str(error).capitalize()}.", repr(text)) from error
        return dt.datetime.combine(begin, dt.time()), dt.datetime.combine(after, dt.time())
    _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise NotUnderstood(_WANTED, "Shifts are written as 2026-11-16 Early, samples as 15.", repr(text))


def _whole_days(form: str, match: re.Match[str], calendar: Calendar) -> tuple[dt.date, dt.date]:
    """First day, and the day after the last. Years and quarters are fiscal ones."""
    if form == "day":
        day = dt.date.fromisoformat(match[1])
        return day, day + _DAY
    if form == "month":
        first = dt.date(int(match[1]), int(match[2]), 1)
        return first, _months_on(first, 1)
    if form == "week":
        # A site whose week does not start on Monday means the week that shares most days with the ISO week.
        thursday = dt.date.fromisocalendar(int(match[1]), int(match[2]), 4)
        first = thursday - dt.timedelta(days=(thursday.weekday() - calendar.week_start) % 7)
        return first, first + 7 * _DAY
    year = dt.date(int(match[1]), *calendar.fiscal_year_start)
    if form == "year":
        return year, _months_on(year, 12)
    first = _months_on(year, 3 * (int(match[2]) - 1))
    return first, _months_on(first, 3)


def _within_day(form: str, match: re.Match[str], calendar: Calendar) -> tuple[dt.datetime, dt.datetime]:
    day = dt.date.fromisoformat(match[1])
    if form == "time":
        moment = dt.datetime.combine(day, dt.time.fromisoformat(match[2]))
        return moment, moment + _MOMENT
    named = {shift.name.casefold(): shift for shift in calendar.shifts}
    if match[2].casefold() not in named:
        known = ", ".join(shift.name for shift in calendar.shifts) or "none"
        raise NotUnderstood("the name of a shift", f"The calendar's shifts: {known}.", repr(match[2]))
    moment = dt.datetime.combine(day, named[match[2].casefold()].starts)
    return moment, moment + _MOMENT
