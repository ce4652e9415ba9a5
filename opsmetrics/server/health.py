"""Is it alive, is it ready, and how is it: for whoever watches the machine. None of it says what the data are about."""

from __future__ import annotations

import threading
from collections import Counter

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from opsmetrics import store
from opsmetrics.server.problems import problem_of


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


async def alive(_http: HttpRequest) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


async def ready(_http: HttpRequest) -> Response:
    """The store answers too."""
    try:
        version = await run_in_threadpool(lambda: store.current().data_version)
    except Exception as error:  # noqa: BLE001 - whatever keeps the store from answering is asked for
        return problem_of(error).response()
    return JSONResponse({"status": "ready", "data_version": version})


async def metrics(_http: HttpRequest) -> Response:
    """Counts for a monitoring system."""
    lines = ["# TYPE opsmetrics_requests_total counter", *SERVED.lines()]
    try:
        held = store.current()
        numbers = {"data_version": held.data_version, "decisions_version": held.decisions_version, "store_open": 1}
    except store.StoreError:
        numbers = {"store_open": 0}
    for name, value in numbers.items():
        lines += [f"# TYPE opsmetrics_{name} gauge", f"opsmetrics_{name} {value}"]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
