"""What every command of the grammar is made of: the parser that raises, and options that several commands have."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from opsmetrics.catalog import GRAINS
from opsmetrics.cli import arguments
from opsmetrics.cli.console import WrongUsage

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

#: What names a KPI.
KPI = "its key or its name"


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line by an exception, so that one place decides how it is told."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(message, f"{self.format_usage()}{self.prog}: error: ")


def command(
    commands: Commands, name: str, runs: tuple[str, str], help_: str, *, json: bool = True, more: str = ""
) -> argparse.ArgumentParser:
    """A command with the options that all of them have; `runs` is its module of `opsmetrics.cli` and function."""
    made = commands.add_parser(
        name, help=help_, description=f"{help_[0].upper()}{help_[1:]}. {more}".strip(), allow_abbrev=False
    )
    made.add_argument("--store", type=Path, metavar="PATH", help="the store (default: data/opsmetrics.duckdb)")
    made.add_argument("--debug", action="store_true", help="show the traceback of an unexpected error")
    if json:
        made.add_argument("--json", action="store_true", help="answer with one JSON value on stdout")
    made.set_defaults(runs=runs)
    made._negative_number_matcher = arguments.NEGATIVE  # argparse knows plain numbers only
    return made


def by(command: argparse.ArgumentParser) -> None:
    """Who does it."""
    command.add_argument("--by", metavar="NAME", help="who does this (default: the name of the account)")


def of_slice(command: argparse.ArgumentParser, help_: str) -> None:
    """Values of dimensions."""
    command.add_argument(
        "--slice", type=arguments.pair, action="append", default=[], metavar="DIMENSION=VALUE", help=help_
    )


def as_of(command: argparse.ArgumentParser) -> None:
    """At which moment."""
    command.add_argument(
        "--as-of", type=arguments.instant, metavar="DATE", help="as it stood then: a date (noon at the site) or a time"
    )


def view(command: argparse.ArgumentParser) -> None:
    """One view of a KPI: slice, grain, moment."""
    of_slice(command, "only this value of a dimension; may be repeated")
    command.add_argument(
        "--grain",
        choices=GRAINS,
        metavar="GRAIN",
        help=f"{', '.join(GRAINS)} (default: the one that the KPI is operated at)",
    )
    as_of(command)


def walk(
    command: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Every command that runs something, with the words that lead to it."""
    groups = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield words, command
    for group in groups:
        for name, child in group.choices.items():
            yield from walk(child, (*words, name))
