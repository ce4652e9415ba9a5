"""The one process that owns the store: opened when the server starts, checkpointed and released when it stops."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

from starlette.concurrency import run_in_threadpool

from opsmetrics import store
from opsmetrics.server.inbox import Inbox
from opsmetrics.server.scheduler import Scheduler
from opsmetrics.settings import BadSetting, Settings

BUSY_EXIT_CODE = 1


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Own the store for the life of the server. Ends the process with a sentence where the store cannot be had."""
    try:
        settings = Settings.from_environment()
        settings.store.parent.mkdir(parents=True, exist_ok=True)
        store.own(settings.store, memory_limit=settings.memory_limit, query_seconds=settings.query_seconds, role="app")
    except (store.StoreError, BadSetting) as error:
        _leave(str(error))
    inbox, scheduler = Inbox(settings), Scheduler(settings)
    inbox.start()
    scheduler.start()
    try:
        yield
    finally:
        await run_in_threadpool(scheduler.stop)
        await run_in_threadpool(inbox.stop)
        store.release()


def _leave(sentence: str) -> NoReturn:
    """End the process at once. An exception raised here would reach the person as a traceback and exit code 3,
    because the web server reports every failed start that way. Nothing is open yet, so nothing is lost."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - the terminal is the only place that can show it
    os._exit(BUSY_EXIT_CODE)
