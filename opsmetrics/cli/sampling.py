"""sample: an invented plant, clinic and service desk with known events, loaded the way any file is."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from opsmetrics import sample as simulator
from opsmetrics.catalog import read_catalog
from opsmetrics.cli import desks, loading
from opsmetrics.cli.console import Console, Refused
from opsmetrics.desk import Desk
from opsmetrics.desk.finding import some
from opsmetrics.desk.loading import Outcome, commit
from opsmetrics.measurements import counted
from opsmetrics.sample import SEED
from opsmetrics.settings import Settings
from opsmetrics.store import all_or_nothing


def sample(given: argparse.Namespace, console: Console) -> int:
    """Write the sample files beside the store and load them. Refused where anything of a person's would be mixed in."""
    settings = desks.settings_of(given)
    outcomes = fill(settings, SEED if given.seed is None else given.seed, desks.person(given), console)
    if console.as_json:
        loading.report(console, outcomes, several=True)
    told(console, outcomes, settings.store)
    return 0


def fill(settings: Settings, seed: int, by: str, console: Console) -> list[Outcome]:
    """A new store with the sample in it, or none at all: half of it would pass for the whole."""
    folder, today = settings.store.parent, _today()
    _no_definitions_of_ones_own(folder / "kpis.toml")
    if settings.store.exists():
        with Desk.open(settings=settings) as desk:
            _nothing_inside(desk)
    try:
        with all_or_nothing(settings.store) as part, Desk.open(settings=replace(settings, store=part)) as desk:
            written = simulator.write(folder, today, seed)
            desk.store.apply_catalog(read_catalog(folder / "kpis.toml"), by=by, fill={})
            outcomes = _load(desk, [path for path in written if path.suffix == ".csv"], today, by, console)
            desk.publish(kpi.key for kpi in desk.catalog.kpis)
    except KeyboardInterrupt:
        raise Refused("Stopped before the sample was complete: no store was made. Start again for a new one.") from None
    return outcomes


def told(console: Console, outcomes: list[Outcome], store: Path) -> None:
    """What was made, in two lines."""
    records = sum(outcome.answer["records"] for outcome in outcomes)
    console.say(f"Loaded {records:,} invented records from {len(outcomes)} files into {store}.")
    console.say("For numbers of your own, name another store with --store.")


def _load(desk: Desk, tables: list[Path], today: dt.date, by: str, console: Console) -> list[Outcome]:
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
        outcomes.append(commit(desk, batch, by))
    return outcomes


def _today() -> dt.date:
    """The day on which it is still the same day, or the day before, at every site."""
    zones = {calendar.time_zone for calendar in read_catalog(simulator.KPIS).calendars}
    return min(dt.datetime.now(ZoneInfo(zone)).date() for zone in zones)


def _no_definitions_of_ones_own(path: Path) -> None:
    if path.exists() and path.read_bytes() != simulator.KPIS.read_bytes():
        raise Refused(
            f"{path} holds definitions of your own, which the sample would replace. Make a store of them with "
            "`python -m opsmetrics init --store …`, or name a store in another folder."
        )


def _nothing_inside(desk: Desk) -> None:
    loaded = len(desk.batches())
    if loaded:
        batches = counted(loaded, "{n} batch", "{n} batches")
        raise Refused(
            f"The store {desk.settings.store} holds {batches} already, and sample data do not belong "
            "among them. Name another store with --store."
        )
    own = {kpi.key for kpi in desk.catalog.kpis} - {kpi.key for kpi in read_catalog(simulator.KPIS).kpis}
    if own:
        raise Refused(
            f"The store {desk.settings.store} holds definitions of your own ({some(own)}), which the sample "
            "would replace. Name another store with --store."
        )
