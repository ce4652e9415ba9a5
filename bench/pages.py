"""What a page costs the server above an empty page in the same frame: CPU time, and bytes sent to the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench import api, filling
from bench.serving import Server, Session, serving
from bench.timing import Ratio
from opsmetrics.desk import Desk
from opsmetrics.settings import Settings


def measure(folder: Path, sizes: Iterable[int], rounds: int) -> Iterator[Ratio]:
    """Today with so many rows, charts and (of the first store) a forecast, each above an empty page of a server without
    data: of the same one it would hide what the data that it keeps cost every page. Of the first store the API too."""
    with serving(watched_store(folder, 0)) as idle:
        for place, rows in enumerate(sizes):
            store = watched_store(folder, rows)
            with serving(store) as server:
                if not place:
                    yield from api.measure(server, store, rows, rounds)
                yield from _today(server, idle, rows, rounds)
                yield from _chart(server, idle, rows, rounds)
                if not place:
                    yield from _forecast(server, idle, rounds)


def watched_store(folder: Path, rows: int) -> Path:
    """A store with so many rows on Today, filled where it does not exist yet."""
    path = folder / f"{rows}-rows" / "kpis.duckdb"
    if not path.exists():
        path.parent.mkdir()
        with Desk.open(settings=Settings.from_environment({}).for_store(path)) as desk:
            if rows:
                filling.fill_watched(desk, rows)
    return path


def _today(server: Server, idle: Server, rows: int, rounds: int) -> Iterator[Ratio]:
    page, empty = Session(server, ""), Session(idle, "empty")
    page.run()
    if f"{rows} watched".encode() not in page.sent:
        raise RuntimeError(f"Today does not show that it watches {rows} rows")
    server.rest()
    lines = [f"line=Line+{number + 1}" for number in range(filling.lines_of(rows))]

    def all_but_one(turn: int) -> str:
        return "&".join(line for place, line in enumerate(lines) if place != turn)

    name = f"Today, {rows} rows"
    yield from _compared(f"{name}, seen", lambda _: page, lambda _: empty, rounds)
    yield from _compared(f"{name}, unseen filter", lambda turn: page.at(all_but_one(turn)), lambda _: empty, rounds)
    yield from _compared(f"{name}, new tab", lambda _: Session(server, ""), lambda _: Session(idle, "empty"), rounds)


def _chart(server: Server, idle: Server, rows: int, rounds: int) -> Iterator[Ratio]:
    page, empty = Session(server, "chart", "kpi=measure_0&slice=line:Line+1"), Session(idle, "empty")

    def another(turn: int) -> str:
        return f"kpi=measure_{turn + 1}&slice=line:Line+1"

    name = f"chart of one of {rows} rows"
    yield from _compared(f"{name}, seen", lambda _: page, lambda _: empty, rounds)
    yield from _compared(f"{name}, unseen", lambda turn: page.at(another(turn)), lambda _: empty, rounds)


def _forecast(server: Server, idle: Server, rounds: int) -> Iterator[Ratio]:
    """A forecast that is kept, run again."""
    page, plotted = Session(server, "forecast", "kpi=measure_0&slice=line:Line+1"), Session(idle, "plotted")
    yield from _compared("forecast, seen", lambda _: page, lambda _: plotted, rounds, "an empty Plotly chart")


def _compared(
    what: str,
    ours: Callable[[int], Session],
    floor: Callable[[int], Session],
    rounds: int,
    floor_is: str = "an empty page",
) -> Iterator[Ratio]:
    """CPU and bytes of both, the least of the turns that follow an unmeasured one."""
    turns = [(_run(ours(turn)), _run(floor(turn))) for turn in range(rounds + 1)][1:]
    for place, unit, per in ((0, "ms", 1e3), (1, "kB", 1e-3)):
        mine, least = (min(turn[whose][place] for turn in turns) * per for whose in (0, 1))
        yield Ratio(what, mine, least, floor_is, unit)


def _run(page: Session) -> tuple[float, int]:
    """CPU seconds of the server, and bytes, that one run takes."""
    before = page.server.settled()
    page.run()
    return page.server.settled() - before, len(page.sent)
