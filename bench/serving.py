"""A real server in a process of its own, its CPU clock, and a reader that speaks to it as the browser does."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 90

#: Without the chores of a server, which would count as parts of its answers.
ALONE = {"OPSMETRICS_MORNING": "off", "OPSMETRICS_BACKUP": "off"}

#: CPU that a server with nothing to do may take in a look at its clock, and the time between two looks.
IDLE, LOOK = 0.0005, 0.03

#: The same for one that makes nothing ready beside its answers any more, such as landings; and how long that may take.
AT_REST, PAUSE, REST_SECONDS = 0.06, 3.0, 300


@dataclass(frozen=True)
class Server:
    """A running server, and the pages open on it, which close with it."""

    process: subprocess.Popen[bytes]
    port: int
    clock: int
    log: Path
    tabs: contextlib.ExitStack

    def wait(self) -> None:
        """Until it answers. Raises RuntimeError where it does not."""
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {self.log.read_text(encoding='utf-8')}")
            time.sleep(0.05)

    def cpu(self) -> float:
        """The time that all its threads have taken so far, in seconds, to the nanosecond."""
        return time.clock_gettime(self.clock)

    def settled(self) -> float:
        """Its clock once it has nothing more to do: what follows an answer (the collection of garbage) counts."""
        before = self.cpu()
        while True:
            time.sleep(LOOK)
            now = self.cpu()
            if now - before < IDLE:
                return now
            before = now

    def rest(self) -> None:
        """Until nothing is made ready in the background, which would count as a part of the next answer."""
        deadline = time.monotonic() + REST_SECONDS
        before, now = -1.0, self.cpu()
        while now - before >= AT_REST and time.monotonic() < deadline:
            time.sleep(PAUSE)
            before, now = now, self.cpu()


@contextlib.contextmanager
def serving(store: Path, script: str = "bench/served/app.py") -> Iterator[Server]:
    """The server over this store, stopped at the end. Raises RuntimeError where it does not start."""
    with started(store, script) as server:
        server.wait()
        yield server


@contextlib.contextmanager
def started(store: Path, script: str) -> Iterator[Server]:
    """The process alone, not waited for."""
    port = free_port()
    log = store.with_suffix(".log")
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", f"--server.address={HOST}"]
    environment = {**os.environ, **ALONE, "OPSMETRICS_STORE": str(store), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as told:
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=subprocess.STDOUT)
    try:
        with contextlib.ExitStack() as tabs:
            yield Server(child, port, _cpu_clock(child.pid), log, tabs)
    finally:
        child.terminate()
        child.wait(timeout=30)


@dataclass
class Session:
    """One open page, driven over the websocket with the messages that the browser sends.

    Keeps what the browser keeps: its address and the messages that the server need not send again.
    """

    server: Server
    page: str
    query: str = ""
    sent: bytes = b""  # in the last run
    _hashes: set[str] = field(default_factory=set)
    _script: str = ""

    def __post_init__(self) -> None:
        address = f"ws://{HOST}:{self.server.port}/_stcore/stream"
        tab = connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None)
        self._socket = self.server.tabs.enter_context(tab)

    def run(self) -> None:
        """Run the page once, and until its end. Raises RuntimeError where it fails."""
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.page_script_hash = self.query, self._script
        state.page_name = "" if self._script else self.page
        state.cached_message_hashes.extend(self._hashes)
        state.context_info.timezone, state.context_info.locale = "UTC", "en"
        self._socket.send(asked.SerializeToString())
        parts = []
        while True:
            part = self._socket.recv(timeout=120)
            assert isinstance(part, bytes)
            parts.append(part)
            if self._ended(part):
                self.sent = b"".join(parts)
                return

    def at(self, query: str) -> Session:
        """The same page at another address from the next run on."""
        self.query = query
        return self

    def _ended(self, part: bytes) -> bool:
        told = ForwardMsg.FromString(part)
        if told.metadata.cacheable:
            self._hashes.add(told.hash)
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self._script = told.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = told.page_info_changed.query_string
        elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(f"the page {self.page} failed: {told.delta.new_element.exception.message}")
        return bool(kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """True where a server says that it is well. Another program could be the one: look that your own lives."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _cpu_clock(pid: int) -> int:
    """The number of the clock of another process's CPU time (POSIX clock_getcpuclockid)."""
    clock = ctypes.c_int()
    failed = ctypes.CDLL(None, use_errno=True).clock_getcpuclockid(pid, ctypes.byref(clock))
    if failed:
        raise OSError(failed, os.strerror(failed))
    return clock.value
