"""Run one command and turn whatever happens into an exit code: 0 done, 1 refused or failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO, cast

from opsmetrics.cli import parser
from opsmetrics.cli.console import Console, Refused, WrongUsage

DONE, REFUSED, WRONG_USAGE = 0, 1, 2

Command = Callable[[argparse.Namespace, Console], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: the process's own) and return its exit code. Never raises."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_a_sign(stream)
    try:
        given = parser.build().parse_args(argv)
    except SystemExit as stop:
        return DONE if stop.code in (None, 0) else WRONG_USAGE
    console = Console(as_json=getattr(given, "json", False))
    try:
        code = _command(given.runs)(given, console)
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_left()
    except KeyboardInterrupt:
        console.note("Stopped. What had been acknowledged is kept.")
        return REFUSED
    except WrongUsage as error:
        console.note(f"{error} See --help.")
        return WRONG_USAGE
    except Exception as error:  # noqa: BLE001 - the one place where nothing may pass; failures.sentence records it
        return _failed(error, given, console)
    return code


def _command(runs: tuple[str, str]) -> Command:
    module, function = runs
    return cast(Command, getattr(importlib.import_module(f"opsmetrics.cli.{module}"), function))


def _failed(error: Exception, given: argparse.Namespace, console: Console) -> int:
    if isinstance(error, Refused):
        console.note(str(error))
        return REFUSED
    from opsmetrics.cli import failures

    store: Path | None = given.store
    console.note(failures.sentence(error, store, debug=given.debug))
    return REFUSED


def _never_fail_on_a_sign(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _reader_left() -> int:
    # The reader of our output (`| head`) has gone; without this the interpreter complains once more at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return REFUSED
