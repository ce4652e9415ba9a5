"""What speaks for the day before the month in dates such as 2026-05-03 where no day is above 12.

Year, month, day is a standard, and such a file is not asked about for nothing. It is where only the other reading makes
its dates the days of one month, puts its records in order of time, or keeps them out of the future.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from opsmetrics.ingest.date_forms import FORMS, form_sql
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import counted

#: So many days of one month, or months with one and the same day, are no chance.
_SCATTERED = 3
#: So many different dates in order by one reading alone are no chance.
_ORDERED = 5


@dataclass(frozen=True)
class _Seen:
    """What both readings make of the dates: `kept` reads them as they stand, `back` exchanged."""

    cells: int
    read: int
    dates: int  # that differ
    days: int  # of the month
    day: int  # the least of them
    times: int  # of day
    months: int  # of all years
    back_months: int
    future: int
    back_future: int
    up: int  # steps forward in time, from record to record of a series
    down: int
    back_up: int
    back_down: int

    def sign(self) -> str | None:
        """What the dates would be as they stand, in words; None where they may be so."""
        if self.back_future or 2 * self.read < self.cells:
            return None
        if self.future:
            return counted(self.future, "{n} of them would lie in the future", "{n} of them would lie in the future")
        firsts = self.day == 1 and self.times == 1  # as months are written
        if min(self.dates, self.months) >= _SCATTERED and self.days == self.back_months == 1 and not firsts:
            return f"they would all fall on day {self.day}, in {self.months} months"
        in_order = not (self.back_up and self.back_down)
        if self.dates >= _ORDERED and in_order and self.up and self.down:
            return "they would not be in order of time"
        return None


def day_first_sign(
    scratch: Scratch, layout: Layout, style: DateStyle, forms: tuple[str, ...], records: str, today: dt.date
) -> str | None:
    """What speaks for the exchanged reading of the cells in these forms, in words; None where nothing does."""
    assert layout.time is not None
    cell = layout.cell(layout.time)
    codes = ", ".join(str(code) for code, form in enumerate(FORMS) if form.name in forms)
    kept, back = (replace(style, forms=forms, swapped=swapped).sql(cell) for swapped in (False, True))
    series = ", ".join(layout.cell(layout.texts[role]) for role in layout.series)
    read = (
        f"SELECT {kept} AS kept, {back} AS back, hash({series or '0'}) AS series, row_number() OVER () AS number "
        f"FROM {records} AND {form_sql(cell)} IN ({codes})"
    )
    window = "OVER (PARTITION BY series ORDER BY number)"
    steps = f"SELECT *, lag(kept) {window} AS kept_before, lag(back) {window} AS back_before FROM ({read})"
    latest = f"TIMESTAMP '{today + dt.timedelta(days=2)}'"
    asked = (
        "count(*), count(kept), count(DISTINCT kept::DATE), count(DISTINCT day(kept)), coalesce(min(day(kept)), 0), "
        "count(DISTINCT kept::TIME), count(DISTINCT date_trunc('month', kept)), "
        f"count(DISTINCT date_trunc('month', back)), count_if(kept >= {latest}), count_if(back >= {latest}), "
        "count_if(kept > kept_before), count_if(kept < kept_before), "
        "count_if(back > back_before), count_if(back < back_before)"
    )
    return _Seen(*scratch.rows(f"SELECT {asked} FROM ({steps})")[0]).sign()
