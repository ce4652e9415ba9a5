"""What an answer of the API costs the server above an answer with nothing in it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

from bench.serving import HOST, Server
from bench.timing import Ratio
from opsmetrics.tokens import Tokens

#: Requests of one turn: few enough that all turns stay within what one program may ask at once.
REQUESTS = 5
ASKED = ("/api/v1/kpis", "/api/v1/review?kpi=measure_0&slice=line%3DLine+1")


def measure(server: Server, store: Path, rows: int, rounds: int) -> Iterator[Ratio]:
    """The definitions and one whole verdict, of a server over a store with so many rows on Today."""
    token = Tokens(store).add("bench", "read", days=1, by="bench")
    for path in ASKED:
        turns = [(_cpu(server, path, token), _cpu(server, "/healthz", token)) for _ in range(rounds + 1)][1:]
        mine, least = (min(turn[whose] for turn in turns) * 1e3 for whose in (0, 1))
        yield Ratio(f"{path.partition('?')[0]}, {rows} rows watched", mine, least, "the answer of /healthz", "ms")


def _cpu(server: Server, path: str, token: str) -> float:
    """CPU seconds of the server for one answer."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=60)
    before = server.settled()
    for _ in range(REQUESTS):
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered with {answer.status}: {body!r}")
    taken = server.settled() - before
    connection.close()
    return taken / REQUESTS
