"""serve: run the app as a child process, once it is certain that the store is free."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

from opsmetrics.access import account_name
from opsmetrics.cli import desks, sampling
from opsmetrics.cli.console import Console, Refused
from opsmetrics.sample import SEED
from opsmetrics.settings import ROOT

ADDRESS = "127.0.0.1"


def serve(given: argparse.Namespace, console: Console) -> int:
    """Check store and port, run `streamlit run app.py`, pass on signals, and exit 0 after a clean stop."""
    settings = desks.settings_of(given)
    if given.sample and not settings.store.exists():
        port = _free_port(given.port)  # before the sample is made, which takes its time
        console.note("Making a store of invented sample data, once …")
        sampling.told(console, sampling.fill(settings, SEED, account_name(), console), settings.store)
    else:
        with desks.opened(given, create=True):
            pass  # a busy, damaged or newer store says so here, in a sentence, before a server is started
        port = _free_port(given.port)
    server = _Server()
    server.start(_command(port), {**os.environ, **settings.places()})
    if server.answers(port):
        console.say(f"OpsMetrics runs at http://{ADDRESS}:{port}  (Ctrl+C stops it)")
        sys.stdout.flush()
    code = server.wait()
    if server.asked_to_stop:
        console.note("Stopped.")
    elif code != 0:
        raise Refused(f"The app stopped by itself with exit code {code}; its own words are above.")
    return 0


class _Server:
    """The child process, which is asked to stop when this process is."""

    def __init__(self) -> None:
        self.asked_to_stop = False
        self._child: subprocess.Popen[bytes] | None = None
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)

    def start(self, command: list[str], environment: dict[str, str]) -> None:
        # A session of its own: Ctrl+C reaches the parent alone, which passes it on once (a second one would kill).
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        if self.asked_to_stop:
            self._child.terminate()

    def answers(self, port: int) -> bool:
        """True once the child's health page answers, False when the child has ended before."""
        assert self._child is not None
        while self._child.poll() is None:
            try:
                with urllib.request.urlopen(f"http://{ADDRESS}:{port}/_stcore/health", timeout=2):
                    return True
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.1)
        return False

    def wait(self) -> int:
        assert self._child is not None
        return self._child.wait()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True
        if self._child is not None:
            self._child.terminate()


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        # The same option as the server's own socket: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, wanted))
        except OSError as error:
            what = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            other = 8600 if wanted != 8600 else 8601
            raise Refused(
                f"Port {wanted} on {ADDRESS} {what}. Name another: make run PORT={other}, or serve --port {other} "
                "(0: any free one)."
            ) from None
        return int(probe.getsockname()[1])


def _command(port: int) -> list[str]:
    options = {"server.port": port, "server.address": ADDRESS, "server.headless": "true"}
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *flags]
