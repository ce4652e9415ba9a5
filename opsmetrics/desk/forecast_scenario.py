"""A scenario as people write it: `campaign@2026-12-01..2026-12-14:+12%; level@2027-01-01:-2`.

Each item is a name, the days that it covers and, where it is known, what it does. `level` shifts all values from a day
on, `capacity` is what none can exceed, `closed` are days without work; every other name is an event. An amount with %
is a share of the value, without it stands in the KPI's unit.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Calendar, Kpi, NotUnderstood, parse_range
from opsmetrics.series import to_local
from opsmetrics.series.calendar import open_days

Known = Literal["event", "level", "capacity", "closed"]

#: More than this is no scenario that anybody could read off a figure.
MOST = 8

#: The name of the days of the calendar that are worked and unlike others.
HOLIDAY = "holiday"

_FORM = "name@first..last:effect, such as campaign@2026-12-01..2026-12-14:+12%"
_AMOUNT = re.compile(r"([+-]?)(\d+(?:[.,]\d+)?)\s*(%?)")
_LONGEST = 60


@dataclass(frozen=True)
class Amount:
    """What an item does: a share where `relative` (0.12 is 12 % more), else the KPI's shown unit. signed: written with
    a sign; a capacity without one is a level of its own."""

    value: float
    relative: bool
    signed: bool


@dataclass(frozen=True)
class Item:
    """One item. first, last: days (numbers of samples) it covers, both included; last None: from then on."""

    kind: Known
    name: str
    first: dt.date | int
    last: dt.date | int | None
    amount: Amount | None = None

    @property
    def text(self) -> str:
        """As `read_scenario` reads it."""
        days = f"{self.first}" if self.last in (self.first, None) else f"{self.first}..{self.last}"
        return f"{self.name}@{days}{'' if self.amount is None else f':{amount_text(self.amount)}'}"


Scenario = tuple[Item, ...]


def read_scenario(texts: str | Iterable[str], kpi: Kpi) -> Scenario:
    """The items of one text with semicolons, or of several. Raises NotUnderstood with a sentence."""
    parts = [texts] if isinstance(texts, str) else list(texts)
    items = [item.strip() for text in parts for item in text.split(";") if item.strip()]
    if len(items) > MOST:
        raise NotUnderstood(f"at most {MOST} items in a scenario", "Leave some of them out.", f"{len(items)}")
    return tuple(dict.fromkeys(_item(text, kpi) for text in items))


def scenario_text(scenario: Scenario) -> str:
    """The scenario as one text."""
    return ";".join(item.text for item in scenario)


def exposure(spans: Iterable[tuple[dt.date | int, dt.date | int | None]], slots: pd.DataFrame, kpi: Kpi,
             grain: str) -> npt.NDArray[np.float64]:  # fmt: skip
    """The share of each slot's working days that these spans cover (last None: all after the first), 0 to 1.

    slots: rows with period (local start, or the number of a sample) and ends_at (UTC). Shifts belong to the day on
    which they start.
    """
    found = np.zeros(len(slots))
    wanted = list(spans)
    if not len(slots) or not wanted:
        return found
    if grain == "sample":
        numbers = slots["period"].to_numpy(dtype=np.int64)
        for first, last in wanted:
            found[(numbers >= first) & (numbers <= (np.iinfo(np.int64).max if last is None else last))] = 1.0
        return found
    begins = slots["period"].to_numpy().astype("datetime64[D]")
    after = np.asarray(to_local(pd.DatetimeIndex(slots["ends_at"]), kpi.calendar.time_zone)).astype("datetime64[D]")
    after = begins + 1 if grain in ("shift", "day") else np.maximum(after, begins + 1)
    days = np.arange(begins.min(), after.max())
    hit = np.zeros(len(days), dtype=bool)
    for first, last in wanted:
        hit |= (days >= np.datetime64(first, "D")) & (days <= np.datetime64(last or dt.date.max, "D"))
    return _share(hit, days, begins, after, kpi.calendar, grain)


def _share(hit: npt.NDArray[np.bool_], days: npt.NDArray[np.datetime64], begins: npt.NDArray[np.datetime64],
           after: npt.NDArray[np.datetime64], calendar: Calendar, grain: str) -> npt.NDArray[np.float64]:  # fmt: skip
    """Covered days over working days, from sums up to each end. A closed date counts as a day that would be worked."""
    usual = replace(calendar, closed_dates=frozenset())
    worked = np.ones(len(days), dtype=bool) if grain in ("shift", "day") else open_days(usual, days)
    ends = [((edge - days[0]).astype(int)) for edge in (begins, after)]
    sums = [np.concatenate([[0], np.cumsum(mask)]) for mask in (hit & worked, worked)]
    covered, total = (part[ends[1]] - part[ends[0]] for part in sums)
    share: npt.NDArray[np.float64] = covered / np.maximum(total, 1)
    return share


def amount_text(amount: Amount) -> str:
    """An amount as it is written: "+12%", "-2", "400"."""
    value = amount.value * (100 if amount.relative else 1)
    return f"{value:{'+' if amount.signed else ''}.10g}{'%' if amount.relative else ''}"


# Reading


def _item(text: str, kpi: Kpi) -> Item:
    name, sign, rest = (part.strip() for part in text.partition("@"))
    if not sign or not name or not rest:
        raise NotUnderstood(_FORM, "Parts of a scenario are separated by semicolons.", repr(text))
    if len(name) > _LONGEST or ":" in name:
        raise NotUnderstood(f"a name of at most {_LONGEST} signs without a colon", f"Write it as {_FORM}.", repr(name))
    days, colon, effect = (part.strip() for part in rest.partition(":"))
    kind: Known = next((known for known in ("level", "capacity", "closed") if known == name.casefold()), "event")
    amount = read_amount(effect) if colon else None
    _fitting(kind, amount, text)
    first, last = _days(days, kpi)
    open_end = kind in ("level", "capacity") and ".." not in days
    return Item(kind, kind if kind != "event" else name, first, None if open_end else last, amount)


def read_amount(text: str) -> Amount:
    """ "+12%", "-2", "400". Raises NotUnderstood."""
    match = _AMOUNT.fullmatch(text.strip().replace("\u2212", "-").replace("\u00a0", ""))
    if match is None:
        raise NotUnderstood(
            "an effect such as +12%, -2 or 400", "With % it is a share, else the KPI's unit.", repr(text)
        )
    value = float(f"{match[1]}{match[2].replace(',', '.')}")
    return Amount(value / 100 if match[3] else value, bool(match[3]), bool(match[1]))


def _fitting(kind: Known, amount: Amount | None, text: str) -> None:
    """Refuses an amount that its kind does not have, and a missing one that it needs."""
    if kind == "closed" and amount is not None:
        raise NotUnderstood("closed days without an effect", "A closed day has no value at all.", repr(text))
    if kind in ("level", "capacity") and amount is None:
        raise NotUnderstood(f"how much, such as {kind}@2027-01-01:-10%", "It cannot be estimated.", repr(text))
    if amount is not None and amount.relative and amount.value <= -1:
        raise NotUnderstood("a share above -100%", "For no work at all write closed@first..last.", repr(text))
    if kind == "capacity" and amount is not None and not amount.signed and amount.value <= 0:
        raise NotUnderstood("a capacity above zero", "For no work at all write closed@first..last.", repr(text))


def _days(text: str, kpi: Kpi) -> tuple[dt.date | int, dt.date | int]:
    if kpi.operate == "sample":
        first, last = parse_range(text, "sample", kpi.calendar)
        assert isinstance(first, int)
        assert isinstance(last, int)
        return first, last
    begin, end = parse_range(text, "day", kpi.calendar)
    assert isinstance(begin, dt.datetime)
    assert isinstance(end, dt.datetime)
    return begin.date(), end.date()
