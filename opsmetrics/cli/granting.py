"""tokens: what lets a program ask the app, made, listed and withdrawn."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from opsmetrics.cli import desks
from opsmetrics.cli.console import Console, Refused
from opsmetrics.cli.layout import table
from opsmetrics.tokens import Token, TokenError, Tokens


@contextmanager
def _kept(given: argparse.Namespace) -> Iterator[Tokens]:
    """The tokens of the store, which may be in use meanwhile."""
    try:
        yield Tokens(desks.settings_of(given).store)
    except TokenError as error:
        raise Refused(str(error)) from None


def add(given: argparse.Namespace, console: Console) -> int:
    """Make a token and show it, once."""
    scope: dict[str, list[str]] = defaultdict(list)
    for dimension, value in given.slice or ():
        scope[dimension].append(value)
    limits = {dimension: tuple(values) for dimension, values in scope.items()}
    with _kept(given) as kept:
        if not kept.path.parent.is_dir():
            raise Refused(f"There is no folder {kept.path.parent}. Create the store first, with `init`.")
        text = kept.add(given.name, given.right, days=given.days, by=desks.person(given), scope=limits)
    if console.as_json:
        console.answer({"name": given.name, "right": given.right, "days": given.days, "token": text})
    else:
        console.say(text)
        console.note("This is the only time that it is shown. Send it as the header: Authorization: Bearer TOKEN")
    return 0


def listed(given: argparse.Namespace, console: Console) -> int:
    """List the tokens."""
    with _kept(given) as kept:
        every = kept.every()
    if console.as_json:
        console.answer([_as_dict(token) for token in every])
    elif not every:
        console.say("There are no tokens yet. Make one with `tokens add NAME`.")
    else:
        head = ("name", "for", "only", "made", "by", "until")
        console.say(table((_line(token) for token in every), head))
    return 0


def withdraw(given: argparse.Namespace, console: Console) -> int:
    """End a token."""
    with _kept(given) as kept:
        ended = kept.withdraw(given.name)
    if console.as_json:
        console.answer(_as_dict(ended))
    else:
        console.say(f"The token {ended.name!r} is withdrawn.")
    return 0


def _as_dict(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "right": token.right,
        "scope": {dimension: list(values) for dimension, values in token.scope.items()},
        "made_at": token.made_at.isoformat(timespec="seconds"),
        "made_by": token.made_by,
        "expires_at": token.expires_at.isoformat(timespec="seconds"),
        "withdrawn_at": None if token.withdrawn_at is None else token.withdrawn_at.isoformat(timespec="seconds"),
    }


def _line(token: Token) -> list[str]:
    only = ", ".join(f"{dimension} {' or '.join(values)}" for dimension, values in token.scope.items())
    ends = token.expires_at.date().isoformat()
    until = ends if token.withdrawn_at is None else f"withdrawn {token.withdrawn_at.date().isoformat()}"
    return [token.name, token.right, only, token.made_at.date().isoformat(), token.made_by, until]
