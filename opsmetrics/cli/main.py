"""Run one command and turn whatever happens into an exit code: 0 done, 1 refused or failed, 2 wrong usage.

With --json a failure is an answer too: `{"error": {"code": …, "text": …, "exit_code": …}}` on stdout, where the command
has not answered yet; what a person reads stands on stderr either way.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TextIO, cast

from opsmetrics.catalog import NotHere
from opsmetrics.cli import parser
from opsmetrics.cli.console import Console, Refused, WrongUsage

DONE, REFUSED, WRONG_USAGE = 0, 1, 2

Command = Callable[[argparse.Namespace, Console], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: the process's own) and return its exit code. Never raises."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_a_sign(stream)
    words = sys.argv[1:] if argv is None else argv
    console = Console(as_json="--json" in words)  # known even where the other words cannot be read
    try:
        return _run(words, console)
    except BrokenPipeError:
        return _reader_left()


def _run(words: Sequence[str], console: Console) -> int:
    try:
        given = parser.build().parse_args(words)
    except SystemExit:  # after a help
        return DONE
    except WrongUsage as error:
        return _told(console, error.code, str(error), f"{error.usage}{error}", WRONG_USAGE)
    try:
        code = _command(given.runs)(given, console)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        text = "Stopped. What had been acknowledged is kept."
        return _told(console, "stopped", text, text, REFUSED)
    except WrongUsage as error:
        return _told(console, error.code, str(error), f"{error} See --help.", WRONG_USAGE)
    except (Refused, NotHere) as error:
        return _told(console, "refused", str(error), str(error), REFUSED)
    except Exception as error:  # noqa: BLE001 - the one place where nothing may pass; failures.told records it
        from opsmetrics.cli import failures

        failure = failures.told(error, given.store)
        details = failures.traceback_of(error) if given.debug else ""
        return _told(console, failure.code, failure.text, f"{details}{failure.text}", REFUSED, **failure.more)
    return code


def _told(console: Console, code: str, text: str, note: str, exit_code: int, **more: object) -> int:
    """Say what went wrong to people, and to a program that asked for JSON; its exit code."""
    console.note(note)
    if console.as_json and not console.answered:
        console.answer({"error": {"code": code, "text": text, "exit_code": exit_code, **more}})
        sys.stdout.flush()
    return exit_code


def _command(runs: tuple[str, str]) -> Command:
    module, function = runs
    return cast(Command, getattr(importlib.import_module(f"opsmetrics.cli.{module}"), function))


def _never_fail_on_a_sign(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _reader_left() -> int:
    # The reader of our output (`| head`) has gone; without this the interpreter complains once more at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return REFUSED
