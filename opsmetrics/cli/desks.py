"""What several commands need of a desk: opening it, finding a KPI, the slice, the person."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from opsmetrics.access import account_name
from opsmetrics.catalog import Catalog, Kpi, NotUnderstood, Slice, Stream, slice_of
from opsmetrics.cli.console import Refused, WrongUsage
from opsmetrics.desk import Desk
from opsmetrics.desk.event_listing import event_values
from opsmetrics.desk.finding import dimension_of, held, nearest, no_kpi, some, values_of
from opsmetrics.settings import Settings
from opsmetrics.verdict import wording

#: By what events are told apart beside their dimensions.
EVENT_CLASSES = ("category", "subcategory")


def settings_of(given: argparse.Namespace) -> Settings:
    """The settings of the environment, for the store named on the command line if any."""
    settings = Settings.from_environment()
    return settings if given.store is None else settings.for_store(given.store.absolute())


@contextmanager
def opened(given: argparse.Namespace, *, create: bool = False, whole: bool = True) -> Iterator[Desk]:
    """The desk of the store that the command names. Refused where there is none, unless it may be created; whole: as
    for `Store.open`."""
    settings = settings_of(given)
    if not create and not settings.store.exists():
        raise Refused(
            f"There is no store at {settings.store}. Create one with `python -m opsmetrics init` "
            "or `python -m opsmetrics sample`, or name another with --store."
        )
    settings.store.parent.mkdir(parents=True, exist_ok=True)
    with Desk.open(settings=settings, whole=whole) as desk:
        yield desk


def person(given: argparse.Namespace) -> str:
    """Who acts: --by, else the name of the account."""
    return given.by or account_name()


def kpi_of(catalog: Catalog, word: str) -> Kpi:
    """The definition with this key, or this name. Raises NotHere; Refused where several have the name."""
    if word in catalog:
        return catalog[word]
    named = [kpi for kpi in catalog.kpis if kpi.name.casefold() == word.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise Refused(f"{len(named)} KPIs are called {word!r}. Say which by its key: {some(k.key for k in named)}.")
    raise no_kpi(catalog, word)


def when(catalog: Catalog, moment: dt.datetime) -> str:
    """An instant (UTC) on the site's clock, in one piece: "16 Nov 2026, 05:31"."""
    local = moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(catalog.site.time_zone))
    return wording.instant(local).replace(" ", wording.NBSP)


def slice_from(kpi: Kpi, pairs: Sequence[tuple[str, str]]) -> Slice:
    """The slice of the --slice options. Refused where a dimension is not one of the KPI's; wrong usage when doubled."""
    for dimension, _ in pairs:
        dimension_of(kpi, dimension)
    return _once(pairs)


def slice_in(desk: Desk, kpi: Kpi, pairs: Sequence[tuple[str, str]]) -> Slice:
    """As `slice_from`, and the data hold each value: a mistyped one must not look like a KPI on which all is calm."""
    part = slice_from(kpi, pairs)
    for dimension, value in part:
        _held(dimension, value, values_of(desk, kpi, dimension))
    return part


def _held(dimension: str, value: str, known: Sequence[str]) -> None:
    """Where nothing is stored yet, any value will do."""
    if known:
        held(dimension, value, known)


def slice_of_all(desk: Desk, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Values of dimensions that several KPIs are looked at by; each is one that the data of some KPI hold."""
    known = desk.catalog.dimension_keys
    for name, value in pairs:
        if name not in known:
            raise WrongUsage(f"{name!r} is no dimension; choose one of: {', '.join(known) or 'none'}.")
        found: list[str] = []
        for kpi in desk.catalog.kpis:
            if value not in found and name in kpi.dimensions:
                found += values_of(desk, kpi, name)
        _held(name, value, found)
    return dict(pairs)


def _once(pairs: Sequence[tuple[str, str]]) -> Slice:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise WrongUsage("A dimension was given twice in --slice, wanted one value for each.")
    return slice_of(values)


def stream_of(catalog: Catalog, key: str) -> Stream:
    """The stream of events with this key. Refused with the nearest key where there is none."""
    known = [stream.key for stream in catalog.streams]
    if key in known:
        return catalog.stream(key)
    raise Refused(f"There is no stream {key!r}. {nearest(key, known, 'streams')}")


def slice_of_stream(desk: Desk, stream: Stream, pairs: Sequence[tuple[str, str]]) -> Slice:
    """As `slice_in`, of events: by dimension, category or subcategory."""
    for name, _ in pairs:
        dimension_of_stream(stream, name)
    part = _once(pairs)
    for name, value in part:
        _held(name, value, event_values(desk, stream, name))
    return part


def dimension_of_stream(stream: Stream, name: str) -> str:
    """The dimension or class, if events of the stream have it. Refused with the nearest one where they have not."""
    known = (*EVENT_CLASSES, *stream.dimensions)
    if name not in known:
        raise Refused(f"{stream.key} has no dimension {name!r}. {nearest(name, known, 'dimensions')}")
    return name


@contextmanager
def usage(option: str) -> Iterator[None]:
    """What cannot be read in this option is wrong usage: found, wanted, mend."""
    try:
        yield
    except NotUnderstood as error:
        raise WrongUsage(f"{option} {error}") from None


def beside(given: argparse.Namespace, name: str) -> Path:
    """A file in the folder of the store."""
    return settings_of(given).store.parent / name
