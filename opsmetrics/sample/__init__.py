"""Sample data, labelled as such: a seeded simulator of a plant, a clinic and a service desk with known events.

`truth.csv` beside the files says what was put in and what each morning after it must show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from opsmetrics.catalog import Decision, read_catalog
from opsmetrics.sample import clinic, decided, incidents, plant, service, truth
from opsmetrics.sample.clock import Clock
from opsmetrics.sample.files import SampleFile, csv_text

__all__ = ["KPIS", "SEED", "Clock", "SampleFile", "clock", "covers", "decisions", "simulate", "write"]

#: The definitions of the sample.
KPIS = Path(__file__).parent / "kpis.toml"

SEED = 7


def clock(today: dt.date) -> Clock:
    """The periods that the sample covers on the morning of a day."""
    return Clock.before(today, read_catalog(KPIS))


def simulate(periods: Clock, seed: int = SEED) -> Iterator[SampleFile]:
    """All files of the sample, in the order in which they are to be loaded.

    The last one corrects figures of an earlier one, which is to be told from it by having been shown before.
    """
    makers = (plant, clinic, service, incidents)
    yield from chain.from_iterable(maker.files(periods, seed) for maker in makers)
    yield clinic.correction(periods, seed)


def decisions(today: dt.date) -> tuple[Decision, ...]:
    """What people decided about the KPIs of the sample, oldest first."""
    return decided.decisions(clock(today))


def covers(file: Path, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The days that a file of events is to cover, as the person who loads it knows; None for files that tell it."""
    if file.stem not in incidents.NAMES:
        return None
    days = clock(today).days
    return days[0], days[-1]


def write(folder: Path, today: dt.date, seed: int = SEED) -> list[Path]:
    """Write the sample as it stands on the morning of `today` (its last day is the one before) and list the files.

    folder/kpis.toml holds the definitions, folder/sample_*.csv the data in the order of loading,
    folder/templates/sample_*.toml how each file is read, folder/truth.csv the events in it and the verdicts that must
    follow. Files of these names are replaced. The same day and seed give the same bytes.
    """
    definitions = KPIS.read_text(encoding="utf-8")
    periods = Clock.before(today, read_catalog(definitions))
    contents = {"kpis.toml": definitions}
    for file in simulate(periods, seed):
        contents[f"templates/{file.template_name}.toml"] = file.toml
        contents[f"{file.name}.csv"] = file.csv
    contents["truth.csv"] = csv_text(truth.HEADERS, truth.rows(periods))
    return [_write(folder / name, text) for name, text in contents.items()]


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
