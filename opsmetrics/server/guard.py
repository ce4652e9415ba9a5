"""What stands before every endpoint: who asks, how often, and how much they send."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import OrderedDict
from pathlib import Path

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from opsmetrics.server.problems import Problem
from opsmetrics.tokens import Right, Token, TokenError, Tokens

#: Requests that one asker may make at once, and how many more each second.
BURST, PER_SECOND = 60.0, 10.0

#: Seconds that a body may take however short it is, and bytes of it that must come in each further second.
PATIENCE, SLOWEST = 60.0, 10_000.0

#: Askers that are remembered; who has not asked for longest is forgotten, and starts anew.
REMEMBERED = 10_000


class Allowance:
    """How often each asker may still ask: a bucket that fills by the second."""

    def __init__(self, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._burst, self._per_second = burst, per_second
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, asker: str, now: float | None = None) -> None:
        """Count one request. Raises Problem where the asker has none left."""
        moment = time.monotonic() if now is None else now
        with self._lock:
            left, since = self._left.pop(asker, (self._burst, moment))
            left = min(self._burst, left + (moment - since) * self._per_second)
            self._left[asker] = (max(left - 1, 0) if left >= 1 else left, moment)
            while len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
        if left < 1:
            wait = max(1, round((1 - left) / self._per_second))
            detail = f"More than {self._per_second:g} requests each second: ask again in {wait} s."
            raise Problem(429, "too_often", detail, headers={"Retry-After": str(wait)})


def token_of(http: HttpRequest, tokens: Tokens, right: Right) -> Token:
    """The token of the request, if it may do this. Raises Problem."""
    found = re.fullmatch(r"[Bb]earer +(\S+)", http.headers.get("authorization", "").strip())
    challenge = {"WWW-Authenticate": 'Bearer realm="opsmetrics"'}
    if found is None:
        detail = "The request names no token, wanted the header Authorization: Bearer TOKEN. Make one: tokens add NAME."
        raise Problem(401, "no_token", detail, headers=challenge)
    try:
        token = tokens.of(found[1])
    except TokenError as error:
        raise Problem(401, "token", str(error), headers=challenge) from None
    if not token.may(right):
        raise Problem(403, "right", f"The token {token.name!r} is for {token.right} only; this takes {right}.")
    return token


async def body_into(path: Path, http: HttpRequest, most: int) -> None:
    """Write the body to a file as it comes. Raises Problem as soon as it is longer than `most` bytes, or comes slower
    than anybody sends, and where the sender leaves."""
    limit = f"{most / 1024 / 1024:g} MB" if most >= 1024 * 1024 else f"{most / 1024:g} kB"
    detail = f"The body is longer than {limit}. Split it, or raise OPSMETRICS_UPLOAD_MB."
    declared = http.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > most:
        raise Problem(413, "too_large", detail)
    written, began = 0, time.monotonic()
    stream = aiter(http.stream())
    with path.open("wb") as file:
        while True:
            try:
                async with asyncio.timeout(began + PATIENCE + written / SLOWEST - time.monotonic()):
                    chunk = await anext(stream, None)
            except TimeoutError:
                told = f"The body came slower than {SLOWEST / 1000:g} kB a second: {written:,} bytes until now."
                raise Problem(408, "too_slow", f"{told} Send it again.", headers={"Connection": "close"}) from None
            except ClientDisconnect:
                raise Problem(400, "sender_left", "The sender left before the body was whole. Send it again.") from None
            if chunk is None:
                return
            written += len(chunk)
            if written > most:
                raise Problem(413, "too_large", detail)
            file.write(chunk)
