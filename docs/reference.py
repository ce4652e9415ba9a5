"""Write the references of the command line and of the API into their pages, from the grammar and from the endpoints.

`make docs` runs it. What people wrote around the two marks stays; `tests/test_docs.py` finds a page that is not up to
date.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from opsmetrics import __version__
from opsmetrics.cli import grammar, parser
from opsmetrics.server import openapi, routes
from opsmetrics.server.endpoints import WANTED, Endpoint, Parameter

FOLDER = Path(__file__).resolve().parent
BEGIN, END = "<!-- Written by `make docs`; do not edit by hand. -->", "<!-- The end of what `make docs` writes. -->"


def command_line() -> str:
    """Every command with its arguments and options, from the parser."""
    commands = dict(grammar.walk(parser.build()))
    own = {words: _options(command) for words, command in commands.items()}
    usual = _usual(own.values())
    lines = ["| nearly every command takes | meaning |", "|---|---|", *_rows(usual)]
    for words, command in commands.items():
        wanted = " ".join([*words, *(_shown(action) for action in _positional(command))])
        lines += ["", f"### {' '.join(words)}", "", f"`{_told(wanted)}`: {_told(command.description or '')}"]
        if left_out := [f"`{name}`" for name in usual if name not in own[words]]:
            lines[-1] += f" Without {', '.join(left_out)}."
        if rows := _rows({name: text for name, text in own[words].items() if name not in usual}):
            lines += ["", "| argument or option | meaning |", "|---|---|", *rows]
    return "\n".join(lines)


def interface() -> str:
    """Every endpoint with its parameters, bodies and answers, from the endpoints and their OpenAPI document."""
    paths = openapi.document(routes.ENDPOINTS, __version__)["paths"]
    told = {one: paths[one.path][one.method.lower()] for one in routes.ENDPOINTS}
    lines = ["| request | right | what it answers |", "|---|---|---|"]
    for one, operation in told.items():
        first = operation["description"].partition(". ")[0].removesuffix(".")
        lines.append(f"| `{one.method} {one.path}` | {one.right} | {_told(first)} |")
    usual = [status for status in openapi.ALWAYS if status not in {s for one in told for s in one.refusals}]
    lines += ["", "| any request may be answered with | when |", "|---|---|"]
    lines += [f"| {status} | {openapi.ALWAYS[status]} |" for status in usual]
    for one, operation in told.items():
        lines += ["", *_endpoint(one, operation, usual)]
    return "\n".join(lines)


def placed(page: str, written: str) -> str:
    """The page with this reference between its marks. Raises ValueError where the page has not both of them, once."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"the page needs {BEGIN!r} and after it {END!r}, each once")
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{written}\n\n{END}{rest.partition(END)[2]}"


#: Which page holds which reference.
PAGES: Mapping[str, Callable[[], str]] = {"cli.md": command_line, "api.md": interface}


def main() -> int:
    """Bring both pages up to date and name those that were not."""
    for name, written in PAGES.items():
        path = FOLDER / name
        old = path.read_text(encoding="utf-8")
        new = placed(old, written())
        if new != old:
            path.write_text(new, encoding="utf-8")
            sys.stdout.write(f"docs/{name} was brought up to date\n")
    return 0


def _positional(command: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in command._actions if not action.option_strings]


def _shown(action: argparse.Action) -> str:
    """An argument as a command line has it: FILE, [FILE], FILE…"""
    name = str(action.metavar)
    return f"[{name}]" if action.nargs == "?" else f"{name}…" if action.nargs == "+" else name


def _options(command: argparse.ArgumentParser) -> dict[str, str]:
    """Arguments and options with what they mean."""
    actions = sorted(command._actions, key=lambda action: bool(action.option_strings))  # stable: arguments come first
    return {_cell(one): _meaning(one) for one in actions if not isinstance(one, argparse._HelpAction)}


def _rows(cells: Mapping[str, str]) -> list[str]:
    return [f"| `{name}` | {text} |" for name, text in cells.items()]


def _cell(action: argparse.Action) -> str:
    if not action.option_strings:
        return _told(_shown(action))
    value = f" {action.metavar or '|'.join(map(str, action.choices or ()))}" if action.nargs != 0 else ""
    return _told(f"{action.option_strings[-1]}{value}")


def _meaning(action: argparse.Action) -> str:
    told = _told(action.help or "")
    return f"{told}; required" if action.required and action.option_strings else told


def _usual(own: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What nine commands in ten take alike."""
    every = list(own)
    counts = Counter(item for options in every for item in options.items())
    return dict(item for item, count in counts.items() if count >= 0.9 * len(every))


def _endpoint(endpoint: Endpoint, told: Mapping[str, Any], usual: Iterable[int]) -> Iterator[str]:
    yield from (f"### {endpoint.method} {endpoint.path}", "", told["description"], "")
    yield f"Right: {endpoint.right}." + (f" Body: {_media(endpoint)}." if endpoint.media else "")
    if endpoint.parameters:
        yield from ("", "| parameter | meaning | value |", "|---|---|---|")
        yield from (f"| `{one.name}` | {_told(one.text)} | {_value(one)} |" for one in endpoint.parameters)
    yield from ("", "| status | when |", "|---|---|")
    answers = {status: answer["description"] for status, answer in told["responses"].items()}
    yield from (f"| {status} | {_told(text)} |" for status, text in answers.items() if int(status) not in usual)


def _media(endpoint: Endpoint) -> str:
    return " or ".join(f"`{media}`" for media in endpoint.media)


def _value(parameter: Parameter) -> str:
    wanted = f"one of {', '.join(parameter.choices)}" if parameter.choices else WANTED[parameter.kind]
    more = ("in the path",) if parameter.in_path else ("required",) if parameter.required else ()
    return _told("; ".join([wanted, *more, *(["may be repeated"] if parameter.many else [])]))


def _told(text: str) -> str:
    """One line that a table can hold."""
    return re.sub(r"\s+", " ", text).replace("|", r"\|").strip()


if __name__ == "__main__":
    sys.exit(main())
