"""Is it alive, is it ready, and how is it: for whoever watches the machine. None of it says what the data are about."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from opsmetrics import store
from opsmetrics.server.problems import problem_of
from opsmetrics.server.scheduler import FAILURES


class Served:
    """How many requests were answered, by endpoint and status."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._lock = threading.Lock()

    def add(self, method: str, path: str, status: int) -> None:
        """Count one answer."""
        with self._lock:
            self._counts[method, path, status] += 1

    def lines(self) -> list[str]:
        """The counts in the text format of Prometheus."""
        with self._lock:
            counts = sorted(self._counts.items())
        return [
            f'opsmetrics_requests_total{{method="{method}",path="{path}",status="{status}"}} {count}'
            for (method, path, status), count in counts
        ]


SERVED = Served()

#: Still an answer that says ready: what is stored can be read, and a restart would not help.
_READ_ONLY = {
    "status": "read_only",
    "detail": "The disk of the store is full: nothing is loaded until some space is freed. What is stored can be read.",
}


async def alive(_http: HttpRequest) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


async def ready(_http: HttpRequest) -> Response:
    """The store answers too."""
    try:
        version = await run_in_threadpool(lambda: store.current().data_version)
    except Exception as error:  # noqa: BLE001 - whatever keeps the store from answering is asked for
        return problem_of(error).response()
    told = {"status": "ready", "data_version": version, **await run_in_threadpool(_chores)}
    return JSONResponse(told if store.current().has_room else {**told, **_READ_ONLY})


def _moments() -> dict[str, dict[str, dt.datetime]]:
    """By chore when it was last done (of several sites by the one that is behind) and when it last failed."""
    found: dict[str, dict[str, dt.datetime]] = {}
    for each in store.current().chores():
        name, which = ("last_failed", max) if each.failed else ("last_done", min)
        moments = found.setdefault(each.chore, {})
        moments[name] = which(moments.get(name, each.at), each.at)
    return found


def _chores() -> dict[str, dict[str, str]]:
    return {
        chore: {name: f"{moment.isoformat(timespec='seconds')}Z" for name, moment in moments.items()}
        for chore, moments in _moments().items()
    }


def _chore_lines() -> list[str]:
    """The same for a monitoring system, and how often it failed since the start."""
    lines, found = list[str](), _moments()
    for name in ("last_done", "last_failed"):
        measure = f"opsmetrics_chore_{name}_timestamp_seconds"
        stamps = {chore: each[name].replace(tzinfo=dt.UTC).timestamp() for chore, each in found.items() if name in each}
        lines += [f"# TYPE {measure} gauge"] if stamps else []
        lines += [f'{measure}{{chore="{chore}"}} {stamp:.0f}' for chore, stamp in stamps.items()]
    counted = [f'opsmetrics_chore_failures_total{{chore="{name}"}} {count}' for name, count in sorted(FAILURES.items())]
    return [*lines, "# TYPE opsmetrics_chore_failures_total counter", *counted]


async def metrics(_http: HttpRequest) -> Response:
    """Counts for a monitoring system. The store is asked in a thread of its own: pages must not wait for it."""
    lines = ["# TYPE opsmetrics_requests_total counter", *SERVED.lines(), *await run_in_threadpool(_store_lines)]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _store_lines() -> list[str]:
    lines = list[str]()
    try:
        held = store.current()
        lines += _chore_lines()
        numbers = {"data_version": held.data_version, "decisions_version": held.decisions_version, "store_open": 1}
        numbers["disk_free_bytes"] = held.free_bytes
    except store.StoreError:
        numbers = {"store_open": 0}
    for name, value in numbers.items():
        lines += [f"# TYPE opsmetrics_{name} gauge", f"opsmetrics_{name} {value}"]
    return lines
