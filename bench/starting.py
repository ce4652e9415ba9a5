"""From the start of the server to the first page that stands in Chromium."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.pages import watched_store
from bench.serving import HOST, started
from bench.timing import Ratio

#: Programs that will do. The first draws no window frame of its own and takes little more than half of the processor's
#: time for the same page.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")

_DRAWN = "[data-testid=stApp][data-test-script-state=notRunning] h1"


def chromium() -> str | None:
    """The browser's program: the one that OPSMETRICS_CHROMIUM names, or one on the path."""
    return os.environ.get("OPSMETRICS_CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)


def measure(folder: Path, rows: int, program: str, rounds: int) -> Iterator[Ratio]:
    """Time of the clock, and CPU of the server's process, over a store with so many rows on Today."""
    store = watched_store(folder, rows)
    with ThreadPoolExecutor(1) as apart:  # this thread may drive a browser already, as in a test
        turns = apart.submit(_turns, store, program, rounds).result()
    for place, unit in enumerate(("s wall", "s")):
        mine, least = (min(turn[whose][place] for turn in turns) for whose in (0, 1))
        yield Ratio(f"start to Today in Chromium, {rows} rows", mine, least, "Streamlit with one heading", unit)


def _turns(store: Path, program: str, rounds: int) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--headless", "--no-sandbox"])
        turns = [
            (_start(browser, store, "app.py"), _start(browser, store, "bench/served/bare.py")) for _ in range(rounds)
        ]
        browser.close()
    return turns


def _start(browser: Browser, store: Path, script: str) -> tuple[float, float]:
    """Seconds until the page's heading stands there and its script has ended, and the CPU of the server until then."""
    begin = time.monotonic()
    with started(store, script) as server:
        server.wait()
        window = browser.new_context()
        page = window.new_page()
        page.goto(f"http://{HOST}:{server.port}/")
        page.wait_for_selector(_DRAWN, timeout=120_000)
        found = time.monotonic() - begin, server.cpu()
        window.close()
    return found
