"""The usual distance between the stamps of a KPI, and the gaps where it is regular.

A distance is the shorter of that in UTC and that on the file's own clock: a file in which a clock change leaves an hour
out, or gives one of two equal hours, has no gap there.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from opsmetrics.catalog import Catalog
from opsmetrics.ingest import zones
from opsmetrics.measurements import Notice, counted

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


def steps_of(ask: Callable[[str], Iterable[tuple[object, ...]]], mine: str, key: str) -> dict[str, Steps]:
    """The steps of each KPI with two stamps at least. `mine`: FROM … WHERE … over its records; `key`: its key."""
    stamps = f"SELECT {key} AS kpi, observed_at, min(stamp) AS written {mine} GROUP BY 1, 2"
    over = "OVER (PARTITION BY kpi ORDER BY observed_at)"
    apart = f"least(observed_at - lag(observed_at) {over}, written - lag(written) {over})"
    counts = f"SELECT kpi, epoch_us({apart}) AS step, observed_at FROM ({stamps})"
    counts = (
        f"SELECT kpi, step, count(*) AS times, min(observed_at) AS until FROM ({counts}) WHERE step > 0 GROUP BY ALL"
    )
    usual = "SELECT DISTINCT ON (kpi) kpi, step AS usual FROM counts ORDER BY kpi, times DESC, step"
    found = ask(
        f"WITH counts AS ({counts}), usuals AS ({usual}) SELECT kpi, to_microseconds(usual), sum(times)::BIGINT, "
        "sum(times) FILTER (step = usual)::BIGINT, "
        f"coalesce(sum(times) FILTER (step > {_GAP} * usual), 0)::BIGINT, "
        "to_microseconds(max(step)), arg_max(until, step) FROM counts JOIN usuals USING (kpi) GROUP BY kpi, usual"
    )
    return {str(kpi): Steps(*told) for kpi, *told in found}  # type: ignore[arg-type]


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
