"""The other side of excel_child.py: starts it, bounds its time, turns every way in which it dies into a sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.working import tell

CHILD = Path(__file__).with_name("excel_child.py")
_MEND = "save the sheet as CSV, or delete unused rows and columns and save it again"
#: Variables without which a Python cannot start on some systems.
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

#: Workbooks that are open at the same time in all of this process.
AT_ONCE = 2
_OPEN = threading.BoundedSemaphore(AT_ONCE)

Cell = str | float | None


@dataclass(frozen=True)
class Described:
    """A sheet before it is read: its size and its first rows."""

    name: str
    visible: bool
    height: int
    width: int
    first: tuple[tuple[Cell, ...], ...]

    @property
    def filled(self) -> int:
        """How far the first rows reach to the right."""
        return max((i + 1 for row in self.first for i, cell in enumerate(row) if cell is not None), default=0)


@contextmanager
def turn() -> Iterator[None]:
    """Wait until fewer than AT_ONCE workbooks are open: each may take as much memory as it is allowed to."""
    while not _OPEN.acquire(timeout=0.2):
        tell("Waiting for other workbooks")
    try:
        yield
    finally:
        _OPEN.release()


class WorkbookProcess:
    """An open workbook in a process of its own; use as a context, which ends the process.

    Raises IngestRefused: `too_much_memory`, `too_slow`, `protected`, `damaged`.
    """

    def __init__(self, path: Path, limits: Limits, child: Path = CHILD) -> None:
        self._limits = limits
        self._late = False
        self.told: dict[
            str, dict[str, int]
        ] = {}  # of each sheet that was read: rows, durations, formulas without result
        bounds = (limits.workbook_memory, limits.workbook_seconds, limits.line)
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and program, a path of a generated name)
            [sys.executable, "-I", str(child), str(path), *map(str, bounds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            encoding="utf-8",
            errors="replace",
        )
        self._clock = threading.Timer(2 * limits.workbook_seconds, self._stop)
        self._clock.daemon = True
        self._clock.start()

    def __enter__(self) -> WorkbookProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clock.cancel()
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                _close(pipe)
        self._process.wait()

    def stop(self) -> None:
        """End the process, from whatever thread; who waits for its next line then gets IngestRefused."""
        self._process.kill()

    def sheets(self) -> tuple[tuple[Described, ...], bool]:
        """The worksheets in order, and whether the workbook counts its days from 1904."""
        told = self._line()
        sheets = tuple(
            Described(s["name"], s["visible"], s["height"], s["width"], tuple(map(tuple, s["first"])))
            for s in told["sheets"]
        )
        return sheets, bool(told["date1904"])

    def rows(self, name: str) -> Iterator[list[Cell]]:
        """Every row of a sheet, from its row 1 on."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(name) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._died() from None
        self._line()
        while isinstance(told := self._line(), list):
            yield told
        self.told[name] = told

    def _line(self) -> Any:
        assert self._process.stdout is not None
        longest = 200 * self._limits.line  # the description of all sheets is the longest
        text = self._process.stdout.readline(longest)
        try:
            told = json.loads(text) if text.endswith("\n") else None
        except ValueError:
            told = None
        if told is None:
            raise self._died()
        if isinstance(told, dict) and "error" in told:
            raise _refusal(told["error"], str(told["text"]))
        return told

    def _stop(self) -> None:
        self._late = True
        self._process.kill()

    def _died(self) -> IngestRefused:
        """Why there is no further line."""
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        seconds = self._limits.workbook_seconds
        if self._late or code in (-getattr(signal, "SIGXCPU", 24), -signal.SIGTERM):
            found = f"the workbook could not be read within {seconds} seconds"
            return IngestRefused("too_slow", found, "a smaller workbook", _MEND)
        if code in (3, -signal.SIGABRT, -getattr(signal, "SIGKILL", 9)):
            found = (
                f"the workbook needs more than {self._limits.workbook_memory / 1024**2:,.0f} MB of memory to be opened"
            )
            return IngestRefused("too_much_memory", found, "a smaller workbook", _MEND)
        return damaged("the program that reads it stopped")


def damaged(why: str) -> IngestRefused:
    """The refusal of a workbook that cannot be opened."""
    mend = "open it in a spreadsheet program and save it again, or save the sheet as CSV"
    return IngestRefused("damaged", f"the workbook is damaged ({why})", "an undamaged workbook", mend)


def protected() -> IngestRefused:
    """The refusal of a workbook that is encrypted."""
    mend = "open it with its password and save it without"
    return IngestRefused("protected", "the workbook is protected by a password", "an open workbook", mend)


def _refusal(kind: str, text: str) -> IngestRefused:
    if kind == "PasswordError" or "password" in text.lower():
        return protected()
    if "limit exceeded" in text.lower():  # the reader's own bound on cells
        return IngestRefused("too_much_memory", "the workbook has too many cells", "a smaller workbook", _MEND)
    return damaged(" ".join(text.split())[:120] or kind)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:  # what was still to be written to a process that has ended
        return
