"""sample: an invented plant, clinic and service desk with known events, loaded the way any file is."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from opsmetrics import sample as simulator
from opsmetrics.catalog import read_catalog
from opsmetrics.cli import desks, loading
from opsmetrics.cli.console import Console, Refused
from opsmetrics.desk import Desk
from opsmetrics.measurements import counted


def sample(given: argparse.Namespace, console: Console) -> int:
    """Write the sample files beside the store and load them. Refused where anything of a person's would be mixed in."""
    folder = desks.settings_of(given).store.parent
    today = _today()
    _no_definitions_of_ones_own(folder / "kpis.toml")
    with desks.opened(given, create=True) as desk:
        _nothing_inside(desk)
        written = simulator.write(folder, today, simulator.SEED if given.seed is None else given.seed)
        desk.store.apply_catalog(read_catalog(folder / "kpis.toml"), by=desks.person(given), fill={})
        outcomes = _load(desk, [path for path in written if path.suffix == ".csv"], today, desks.person(given), console)
        desk.publish(kpi.key for kpi in desk.catalog.kpis)
    loading.report(console, outcomes, several=True)
    console.note(f"These are invented sample data in {desk.settings.store}. Use another --store for your own.")
    return 0


def _load(desk: Desk, tables: list[Path], today: dt.date, by: str, console: Console) -> list[loading.Outcome]:
    """Load the files in their order, and the sample's decisions with them. The last file corrects figures that were
    shown before it came: the product is to notice that."""
    files = [path for path in tables if path.name.startswith("sample_")]
    outcomes = []
    for number, path in enumerate(files, start=1):
        console.progress(number, len(files), path.name)
        batch = desk.prepare(path, covers=simulator.covers(path, today))
        if path == files[-1]:
            for decision in simulator.decisions(today):
                desk.store.decide(decision)
            desk.publish(span.kpi for span in batch.spans)
        outcomes.append(loading.committed(desk, batch, by))
    return outcomes


def _today() -> dt.date:
    """The day on which it is still the same day, or the day before, at every site."""
    zones = {calendar.time_zone for calendar in read_catalog(simulator.KPIS).calendars}
    return min(dt.datetime.now(ZoneInfo(zone)).date() for zone in zones)


def _no_definitions_of_ones_own(path: Path) -> None:
    if path.exists() and path.read_bytes() != simulator.KPIS.read_bytes():
        raise Refused(
            f"{path} holds definitions of your own, which the sample would replace. "
            "Name a store in another folder with --store."
        )


def _nothing_inside(desk: Desk) -> None:
    loaded = len(desk.batches())
    if loaded:
        batches = counted(loaded, "{n} batch", "{n} batches")
        raise Refused(
            f"The store {desk.settings.store} holds {batches} already, and sample data do not belong "
            "among them. Name another store with --store."
        )
