"""A real server on a free port and a real Chromium that notes every error and every request to the outside.

Without Chromium these tests are skipped, unless OPSMETRICS_REQUIRE_BROWSER=1 asks for them: then they fail.
OPSMETRICS_CHROMIUM names the program where it is not on the path.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from bench import starting
from bench.serving import HOST, START_SECONDS, answers, free_port
from tests.cases import cases
from tests.pages import pareto_stores, stores
from tests.paths import ROOT

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page is seen once or twice: to compile its hot parts anew costs more than it saves.
    "--js-flags=--no-opt --no-maglev",
]

#: Without a processor for pictures each step of a movement is drawn by hand: only a long run shows them.
MOTION: Literal["no-preference", "reduce"] = cases("reduce", "no-preference")

#: On a page with an address of its own Streamlit looks for its server below that address first, then at the root.
PROBES = ("_stcore/health", "_stcore/host-config")

#: The name of a server as that of a folder.
FOLDER = str.maketrans(":@", "__")

#: Chores of the server have tests of their own; here they would only take time from the browser.
ALONE = {"OPSMETRICS_MORNING": "off", "OPSMETRICS_BACKUP": "off"}


Theme = Literal["light", "dark"]


@dataclass
class Watch:
    """A page with what went wrong on it."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    def open(self, address: str = "/") -> Page:
        """Go to an address and wait until its heading (or error) stands there."""
        self.page.goto(self.base + address)
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait until the script has run, its blocks are drawn, and nothing moves any more."""
        self.page.wait_for_selector(".om h1, .om .om-callout", timeout=60_000)
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
        assert self.page.evaluate(SETTLED), "the page kept moving for half a minute"

    def turn(self, width: int, theme: Theme) -> None:
        """The open page on another screen: its window takes another width, and the system another theme."""
        assert self.page.viewport_size is not None
        self.page.set_viewport_size({**self.page.viewport_size, "width": width})
        self.page.emulate_media(color_scheme=theme)
        self.page.wait_for_function(
            "theme => getComputedStyle(document.querySelector('.stApp')).colorScheme === theme", arg=theme
        )
        self.ready()

    def assert_clean(self) -> None:
        """No error in the console, no request to another host, no trace of Python on the page."""
        text = self.page.inner_text("body")
        assert self.errors == []
        assert self.outside == []
        assert "Traceback" not in text
        assert "Error:" not in text
        assert self.page.evaluate("window.pwned") is None

    def _console(self, message: ConsoleMessage) -> None:
        probed = str(message.location.get("url", "")).endswith(PROBES)
        if message.type == "error" and not probed:
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        found = urlsplit(request.url)
        if found.scheme in ("http", "https", "ws", "wss") and found.hostname != HOST:
            self.outside.append(request.url)
        if request.resource_type == "document":
            self.documents.append(request.url)


#: True once fonts are loaded, the style sheet holds, no script runs and the height has been the same for 0.3 s. A page
#: may run once more for its theme right after it was drawn; a place measured before that is not where a click lands.
SETTLED = """async () => {
  await document.fonts.ready;
  let before = "", calm = 0;
  for (let turn = 0; turn < 500 && calm < 5; turn += 1) {
    await new Promise((done) => setTimeout(done, 60));
    const app = document.querySelector(".stApp"), main = document.querySelector("[data-testid=stMain]");
    const idle = app.dataset.testScriptState === "notRunning";
    const styled = getComputedStyle(app).getPropertyValue("--om-concern") !== "";
    const now = main.scrollHeight + " " + getComputedStyle(app).colorScheme;
    calm = idle && styled && now === before ? calm + 1 : 0;
    before = now;
  }
  return calm >= 5;
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may drop an event: it is tried again, twice at most, and counted as rerun."""
    here = str(Path(__file__).parent) + os.sep
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    found = starting.chromium()
    if found:
        return found
    if os.environ.get("OPSMETRICS_REQUIRE_BROWSER") == "1":
        pytest.fail("no Chromium was found, and OPSMETRICS_REQUIRE_BROWSER=1 asks for one")
    pytest.skip("no Chromium was found; install it or name it in OPSMETRICS_CHROMIUM")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """`server("full")` is the address of a server over the store that stores.full builds, `server("pareto:full")` over
    that of pareto_stores.full, `server("full@upload")` one over a store of its own for tests that write; started once
    each."""
    started: dict[str, tuple[subprocess.Popen[bytes], str]] = {}

    def address(name: str) -> str:
        if name not in started:
            path = tmp_path_factory.mktemp(name.translate(FOLDER)) / "browser.duckdb"
            module, _, own = name.partition("@")[0].rpartition(":")
            getattr(pareto_stores if module == "pareto" else stores, own)(path)
            started[name] = _start(path)
        child, base = started[name]
        assert child.poll() is None, f"the server over the {name} store has ended with {child.returncode}"
        return base

    yield address
    for child, _ in started.values():
        child.terminate()
    for child, _ in started.values():
        child.wait(timeout=30)


def _start(store: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    log = (store.parent / "server.log").open("wb")
    child = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.address", HOST],
        cwd=ROOT,
        env={**os.environ, "OPSMETRICS_STORE": str(store), **ALONE},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    base = f"http://{HOST}:{port}"
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        # Another program could answer on the port: only a living child of ours counts.
        assert child.poll() is None, (store.parent / "server.log").read_text(encoding="utf-8")
        assert time.monotonic() < deadline, "the server did not answer in time"
        time.sleep(0.2)
    assert child.poll() is None, (store.parent / "server.log").read_text(encoding="utf-8")
    return child, base


@pytest.fixture
def own_server(server: Callable[[str], str], request: pytest.FixtureRequest) -> str:
    """The address of a server over a full store to which only the tests of one file write, each about another KPI. A
    test that is tried again gets another one."""
    again = getattr(request.node, "execution_count", 1)
    return server(f"full@{request.node.path.stem}_{again}")


#: A window, and what it has in store: scripts that it has compiled once serve every page that it opens.
Windows = dict[tuple[int, int, str], BrowserContext]


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Windows]:
    """A window of Chromium for each size and theme, kept for all tests."""
    opened: Windows = {}
    yield opened
    for window in opened.values():
        window.close()


@pytest.fixture
def watch(browser: Browser, windows: Windows, server: Callable[[str], str]) -> Iterator[Callable[..., Watch]]:
    """`watch("full", width=390, theme="dark")`: a page without memory on the server over that store."""
    pages = []

    def opened(
        store: str,
        *,
        width: int = 1440,
        height: int = 900,
        theme: Theme = "light",
        base: str = "",
    ) -> Watch:
        look = (width, height, theme)
        if look not in windows:
            windows[look] = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion=MOTION
            )
        found = Watch(windows[look].new_page(), base or server(store))
        pages.append(found.page)
        found.page.on("console", found._console)
        found.page.on("pageerror", lambda error: found.errors.append(str(error)))
        found.page.on("request", found._request)
        return found

    yield opened
    for page in pages:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear()")
        page.close()
