"""The usual distance between the stamps of a KPI, and the gaps where it is regular.

A distance is the shorter of that in UTC and that on the file's own clock: a file in which a clock change leaves an hour
out, or gives one of two equal hours, has no gap there.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opsmetrics.catalog import Catalog
from opsmetrics.ingest import zones
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import EPOCH, Notice, counted

#: A distance beyond this many usual ones is a gap; less is a stamp that came a little late.
_GAP = 1.5
#: Stamps are regular where at least this share of their distances is the usual one, and so few are gaps.
_USUAL, _GAPS = 0.5, 0.1
#: Fewer distances than this tell nothing of what is usual.
_FEWEST = 20
#: KPIs that a notice names.
_NAMED = 3


@dataclass(frozen=True)
class Steps:
    """Distances between neighbouring stamps of one KPI: the most frequent one (the shortest of equally frequent), how
    many there are, how many are the usual one, how many are gaps, and the longest with the instant (UTC) at its end."""

    usual: dt.timedelta
    number: int
    exact: int
    gaps: int
    longest: dt.timedelta
    until: dt.datetime

    @property
    def regular(self) -> bool:
        """True where a gap is one."""
        seldom = self.gaps <= _GAPS * self.number
        return self.number >= _FEWEST and self.exact >= _USUAL * self.number and seldom


def steps_of(scratch: Scratch, mine: str, key: str) -> dict[str, Steps]:
    """The steps of each KPI with two stamps at least. `mine`: FROM … WHERE … over its records; `key`: its key."""
    stamps = f"SELECT {key} AS kpi, observed_at, min(stamp) AS stamp {mine} GROUP BY 1, 2"
    listed = "list(epoch_us(observed_at)) AS instants, list(epoch_us(stamp)) AS written"
    found = scratch.table(f"SELECT kpi::VARCHAR AS kpi, {listed} FROM ({stamps}) GROUP BY 1 ORDER BY 1")
    each = zip(*(found[name] for name in ("kpi", "instants", "written")), strict=True)
    steps = ((kpi.as_py(), _steps(*(part.values.to_numpy() for part in parts))) for kpi, *parts in each)
    return {kpi: told for kpi, told in steps if told is not None}


def _steps(instants: npt.NDArray[np.int64], written: npt.NDArray[np.int64]) -> Steps | None:
    """Of the stamps of one KPI in microseconds, each once, in any order; None where no two tell a step."""
    order = np.argsort(instants)
    apart = np.minimum(np.diff(instants[order]), np.diff(written[order]))
    forward = apart > 0
    if not forward.any():
        return None
    until, apart = instants[order][1:][forward], apart[forward]
    lengths, times = np.unique(apart, return_counts=True)
    usual, longest = lengths[times.argmax()], apart.argmax()
    return Steps(
        dt.timedelta(microseconds=int(usual)),
        len(apart),
        int(times.max()),
        int((apart > _GAP * usual).sum()),
        dt.timedelta(microseconds=int(apart[longest])),
        EPOCH + dt.timedelta(microseconds=int(until[longest])),
    )


def gap_notices(found: Mapping[str, Steps], catalog: Catalog) -> list[Notice]:
    """Where readings that come regularly stay away, a sentence for all KPIs with the same gaps."""
    alike: dict[Steps, list[str]] = {}
    for key, steps in found.items():
        if steps.gaps and steps.regular:
            alike.setdefault(steps, []).append(key)
    return [Notice("gaps", _gap_text(steps, keys, catalog)) for steps, keys in alike.items()]


def _gap_text(steps: Steps, keys: list[str], catalog: Catalog) -> str:
    names = ", ".join(catalog[key].name for key in keys[:_NAMED])
    names += f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    since = zones.to_local(steps.until - steps.longest, catalog[keys[0]].calendar.time_zone)
    gaps = counted(steps.gaps, "{n} gap", "{n} gaps")
    longest = f"{length(steps.longest)} from {since:%-d %b %Y, %H:%M}"
    said = longest if steps.gaps == 1 else f"the longest {longest}"
    return f"{names}: {gaps} between stamps that come every {length(steps.usual)}: {said}."


def length(time: dt.timedelta) -> str:
    """A length of time in the unit that suits it: "5 minutes", "1.5 hours", "3 days"."""
    seconds = time.total_seconds()
    units = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
    unit = next((unit for unit, size in units.items() if seconds >= 2 * size or seconds == size), "seconds")
    number = round(seconds / units[unit], 1)
    return f"{number:g} {unit.removesuffix('s') if number == 1 else unit}"
