"""sample: definitions and two invented sites with known events, loaded the way any file is."""

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


def sample(given: argparse.Namespace, console: Console) -> int:
    """Write the sample files beside the store and load them. Refused where anything of a person's would be mixed in."""
    folder = desks.settings_of(given).store.parent
    _no_definitions_of_ones_own(folder / "kpis.toml")
    with desks.opened(given, create=True) as desk:
        _nothing_inside(desk)
        written = _written(folder, given)
        desk.apply(folder / "kpis.toml", by=desks.person(given))
        files = [path for path in written if path.name.startswith("sample_") and path.suffix == ".csv"]
        outcomes = []
        for number, path in enumerate(files, start=1):
            console.progress(number, len(files), path.name)
            outcomes.append(loading.committed(desk, desk.prepare(path), desks.person(given)))
        desk.publish(kpi.key for kpi in desk.catalog.kpis)
    loading.report(console, outcomes, several=True)
    console.note(f"These are invented sample data in {desk.settings.store}. Use another --store for your own.")
    return 0


def _written(folder: Path, given: argparse.Namespace) -> list[Path]:
    zones = {kpi.calendar.time_zone for kpi in read_catalog(simulator.KPIS).kpis}
    today = min(dt.datetime.now(ZoneInfo(zone)).date() for zone in zones)
    if given.seed is None:
        return simulator.write(folder, today)
    return simulator.write(folder, today, given.seed)


def _no_definitions_of_ones_own(path: Path) -> None:
    if path.exists() and path.read_bytes() != simulator.KPIS.read_bytes():
        raise Refused(
            f"{path} holds definitions of your own, which the sample would replace. "
            "Name a store in another folder with --store."
        )


def _nothing_inside(desk: Desk) -> None:
    loaded = len(desk.batches())
    if loaded:
        batches = "1 batch" if loaded == 1 else f"{loaded} batches"
        raise Refused(
            f"The store {desk.settings.store} holds {batches} already, and sample data do not belong "
            "among them. Name another store with --store."
        )
