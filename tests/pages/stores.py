"""Stores for the tests of the pages: full, empty, and with a single point. Real DuckDB files, seeded figures."""

from __future__ import annotations

import datetime as dt
import functools
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.measurements import Batch, Span
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from opsmetrics.ui.links import slice_text
from tests.built import once
from tests.paths import ROOT
from tests.store.builders import batch, count, reading

#: A name that would run, fetch or break something wherever it were taken for markup.
HOSTILE = "<script>window.pwned=1</script> ![x](http://evil.example/x.png) \"quoted\" 'n' <b>bold</b>"
HOSTILE_LINE = "![y](http://evil.example/y.png)<img src=x onerror=window.pwned=1>"

DAYS = 90

KPIS = f"""
[dimensions]
line = "Line"

[kpis.late]
name = "Late deliveries"
kind = "proportion"
better = "lower"
unit = "%"
numerator = "late orders"
denominator = "orders"
dimensions = ["line"]
watch_by = ["line"]
target = 16
owner = "M. Okafor"
category = "Dispatch"
lead = "month"

[kpis.changeover]
name = "Changeover time"
kind = "measured"
better = "lower"
unit = "min"
owner = "A. Ruiz"
category = "Paint"
lead = "month"

[kpis.scrap]
name = "Scrap rate"
kind = "proportion"
better = "lower"
unit = "%"
target = 2
owner = "S. Amari"
category = "Moulding"

[kpis.hostile]
name = '''{HOSTILE}'''
kind = "proportion"
better = "lower"
unit = "%"
numerator = "<i>bad</i>"
denominator = "<i>all</i>"
owner = "![o](http://evil.example/o.png)"
category = "<h1>Area</h1>"
dimensions = ["line"]
watch_by = ["line"]
"""


@once
def full(path: Path) -> None:
    """A concerning KPI, an improving one, one that fails its target in its usual range, hostile names, notes."""
    with Store.open(path) as opened:
        desk = _desk(opened)
        desk.apply(KPIS, by="tester")
        desk.commit(_everything(), by="tester <b>")
        noted = start() + dt.timedelta(days=40)
        desk.decide(Decision("late", "annotate", (("line", "Line 3"),), start=noted, value=HOSTILE, by="tester"))
        desk.decide(Decision("scrap", "exclude", (), start=noted, end=noted, by="tester", why=HOSTILE))


@once
def empty(path: Path) -> None:
    """A store into which nothing was ever put, definitions included."""
    Store.open(path).close()


@once
def defined(path: Path) -> None:
    """Definitions without a single fact."""
    with Store.open(path) as opened:
        _desk(opened).apply(KPIS, by="tester")


@once
def one_point(path: Path) -> None:
    """Definitions and one single day of one KPI."""
    with Store.open(path) as opened:
        desk = _desk(opened)
        desk.apply(KPIS, by="tester")
        day = start() + dt.timedelta(days=DAYS - 1)
        span = Span("scrap", day, day + dt.timedelta(days=1))
        desk.commit(batch(count(day, 3, 100, kpi="scrap"), dimensions=("line",), spans=(span,)), by="tester")


def _desk(opened: Store) -> Desk:
    return Desk(opened, Settings.from_environment().for_store(opened.path))


def start() -> dt.datetime:
    """The last of DAYS days is yesterday, so that nothing is late and the last day has ended."""
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return today - dt.timedelta(days=DAYS)


def _everything() -> Batch:
    first, draw = start(), np.random.default_rng(11)
    days = [first + dt.timedelta(days=i) for i in range(DAYS)]
    rows = [
        *_proportion(draw, days, "late", 0.174, 900, line="Line 3", last=0.26),
        *_proportion(draw, days, "late", 0.12, 800, line="Line 4"),
        *_proportion(draw, days, "scrap", 0.035, 2000),
        *_proportion(draw, days, "hostile", 0.1, 500, line=HOSTILE_LINE),
        *_changeover(draw, days),
    ]
    end = first + dt.timedelta(days=DAYS)
    spans = tuple(Span(kpi, first, end) for kpi in ("late", "changeover", "scrap", "hostile"))
    return batch(*rows, source="dispatch <b>2026</b>.csv", dimensions=("line",), spans=spans)


def _proportion(
    draw: np.random.Generator,
    days: list[dt.datetime],
    kpi: str,
    level: float,
    size: int,
    *,
    last: float | None = None,
    **key: str,
) -> list[dict[str, Any]]:
    """Binomial counts around a level; `last` sets the share of the last day."""
    sizes = draw.integers(int(size * 0.8), int(size * 1.2), len(days))
    found = draw.binomial(sizes, level)
    if last is not None:
        found[-1] = round(float(sizes[-1]) * last)
    return [count(day, int(x), int(n), kpi=kpi, **key) for day, x, n in zip(days, found, sizes, strict=True)]


def _changeover(draw: np.random.Generator, days: list[dt.datetime]) -> list[dict[str, Any]]:
    """Five readings a day around a daily level; the last eight days run below the average."""
    levels = draw.normal(31, 2, len(days))
    levels[-8:] = 27 + draw.normal(0, 0.5, 8)
    return [
        reading(day, round(float(draw.normal(level, 1.0)), 2), sample, kpi="changeover")
        for day, level in zip(days, levels, strict=True)
        for sample in range(1, 6)
    ]


# Running a page

#: Each AppTest looks through all installed packages for components; what is installed stays the same.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


def slice_address(line: str) -> str:
    """A line as the `slice` parameter of an address."""
    return slice_text((("line", line),))


@contextmanager
def owned(build: Callable[[Path], None], folder: Path) -> Iterator[Path]:
    """The store that `build` makes, owned by this process as the server would own it."""
    path = folder / "pages.duckdb"
    build(path)
    store.own(path)
    try:
        yield path
    finally:
        store.release()


#: The stores that tests only look at, by their builder and day: stores end yesterday.
_SEEN: dict[tuple[Callable[[Path], None], dt.datetime], tempfile.TemporaryDirectory[str]] = {}


@contextmanager
def seen(build: Callable[[Path], None]) -> Iterator[Path]:
    """The store that `build` makes, owned by this process, for tests that only look at it; one that writes to it fails.

    All of them look at the same file, so that what pages keep under its path and versions is made once.
    """
    key = (build, start())
    if key not in _SEEN:
        _SEEN[key] = tempfile.TemporaryDirectory()
        build(Path(_SEEN[key].name) / "seen.duckdb")
    path = Path(_SEEN[key].name) / "seen.duckdb"
    held = store.own(path)
    before = (held.data_version, held.decisions_version, held.catalog.version)
    try:
        yield path
        after = (held.data_version, held.decisions_version, held.catalog.version)
    finally:
        store.release()
    if after != before:
        _SEEN.pop(key).cleanup()
    assert after == before, "this test writes: it needs a store of its own"


def page(name: str, **params: str) -> AppTest:
    """The page as its address shows it, run once through navigation.py."""
    app = AppTest.from_file(str(ROOT / "navigation.py"), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    if name != "today":
        app.switch_page(f"pages/{name}.py")
    return app.run()


def blocks(app: AppTest) -> list[dict[str, Any]]:
    """All blocks on the page, in order."""
    told = [json.loads(part.proto.json) for part in app.get("bidi_component") if part.proto.json]
    return [block for data in told if data for block in data["blocks"]]


def block(app: AppTest, kind: str) -> dict[str, Any]:
    """The first block of a kind."""
    return next(found for found in blocks(app) if found["kind"] == kind)


def figure(app: AppTest) -> dict[str, Any]:
    """The control chart as the browser gets it."""
    found: dict[str, Any] = json.loads(app.get("plotly_chart")[0].proto.spec)
    return found


def trace(app: AppTest, name: str) -> dict[str, Any]:
    """The first trace of the control chart with this name."""
    return next(found for found in figure(app)["data"] if found["name"] == name)
