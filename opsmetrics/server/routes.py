"""The routes of the server beside its pages: the API, its document, and health."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route

from opsmetrics import __version__
from opsmetrics.desk import Desk
from opsmetrics.server import guard, health, openapi, reading, sources, writing
from opsmetrics.server.endpoints import Endpoint, Request
from opsmetrics.server.problems import Problem, problem_of
from opsmetrics.tokens import Token, Tokens

ENDPOINTS = (*reading.ENDPOINTS, *sources.ENDPOINTS, *writing.ENDPOINTS)

#: Bodies that are no files are short.
SHORT = 64 * 1024

_ALLOWANCE = guard.Allowance()

#: Files that are read at the same time; who sends more waits for them.
AT_ONCE = 2


@cache
def _loads() -> CapacityLimiter:
    return CapacityLimiter(AT_ONCE)


def _serving(endpoint: Endpoint) -> Callable[[HttpRequest], Awaitable[Response]]:
    async def serve(http: HttpRequest) -> Response:
        try:
            response: Response = await _answer(endpoint, http)
        except Exception as error:  # noqa: BLE001 - every failure is told as a problem, and logged
            response = problem_of(error).response()
        health.SERVED.add(endpoint.method, endpoint.path, response.status_code)
        return response

    return serve


async def _answer(endpoint: Endpoint, http: HttpRequest) -> Response:
    desk = Desk.of_process()
    token = await run_in_threadpool(_known, http, Tokens(desk.store.path), endpoint)
    _ALLOWANCE.take(f"token {token.name}")
    values = endpoint.values(http.path_params, http.query_params.multi_items())
    if not endpoint.media:
        return _json(await run_in_threadpool(endpoint.answer, Request(desk, token, values)))
    media = http.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if media not in endpoint.media:
        detail = f"The body is said to be {media or 'of no kind'!r}, wanted {' or '.join(endpoint.media)}."
        raise Problem(415, "media_type", detail)
    with tempfile.TemporaryDirectory(prefix="opsmetrics-") as folder:
        body = Path(folder) / _file_name(values.get("name"), media)
        await guard.body_into(body, http, desk.settings.upload_bytes if endpoint.right == "load" else SHORT)
        request = Request(desk, token, values, body, media)
        if endpoint.right != "load":
            return _json(await run_in_threadpool(endpoint.answer, request))
        return _json(await to_thread.run_sync(endpoint.answer, request, limiter=_loads()))


def _known(http: HttpRequest, tokens: Tokens, endpoint: Endpoint) -> Token:
    """The token of the request. Failures count by address: whoever guesses is soon told to wait."""
    try:
        return guard.token_of(http, tokens, endpoint.right)
    except Problem:
        _ALLOWANCE.take(f"address {http.client.host if http.client else ''}")
        raise


def _json(answer: tuple[int, object]) -> Response:
    status, told = answer
    return JSONResponse(told, status)


_ENDINGS = {writing.CSV: ".csv", writing.JSON: ".json", writing.BINARY: ".bin"}


def _file_name(given: str | None, media: str) -> str:
    """The last part of the name that the sender gave, without signs that a file system or a terminal would obey."""
    last = re.split(r"[/\\]", given or "")[-1]
    plain = "".join(sign for sign in last if sign.isprintable()).strip(". ")
    return plain.encode("utf-8")[:120].decode("utf-8", "ignore") or f"request{_ENDINGS[media]}"


async def _document(_http: HttpRequest) -> Response:
    return JSONResponse(openapi.document(ENDPOINTS, __version__))


async def _nothing(http: HttpRequest) -> Response:
    allowed = sorted(each.method for each, route in _SERVED if route.matches(http.scope)[0] is not Match.NONE)
    if allowed:
        told = f"{http.url.path} answers {' and '.join(allowed)}, not {http.method}."
        return Problem(405, "method", told, headers={"Allow": ", ".join(allowed)}).response()
    known = ", ".join(sorted({endpoint.path for endpoint in ENDPOINTS}))
    return Problem(404, "no_endpoint", f"There is nothing at {http.url.path!r}. Known: {known}.").response()


_SERVED = [(each, Route(each.path, _serving(each), methods=[each.method])) for each in ENDPOINTS]

ROUTES: list[BaseRoute] = [
    *(route for _, route in _SERVED),
    Route("/api/v1/openapi.json", _document),
    Route("/api/{rest:path}", _nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    Route("/healthz", health.alive),
    Route("/readyz", health.ready),
    Route("/metrics", health.metrics),
]
