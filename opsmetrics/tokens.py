"""Bearer tokens of programs: shown once when they are made, kept as digests in a file beside the store.

The file lies outside the database, so that a token can be made or withdrawn while the app owns the store.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from filelock import FileLock

from opsmetrics.access import Viewer

#: What a token is for: reading verdicts and series; loading files too; taking batches back too.
Right = Literal["read", "load", "undo"]
RIGHTS: tuple[Right, ...] = get_args(Right)

PREFIX = "ops_"


class TokenError(Exception):
    """A token that cannot be made, found or used: the sentence says what to do."""


@dataclass(frozen=True)
class Token:
    """What is known of a token. digest: SHA-256 of its text, which has 256 random bits and needs no slow hash."""

    name: str
    right: Right
    digest: str
    made_at: dt.datetime
    expires_at: dt.datetime
    made_by: str = ""
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    withdrawn_at: dt.datetime | None = None

    @property
    def viewer(self) -> Viewer:
        """Who asks with this token."""
        return Viewer(self.name, {name: frozenset(values) for name, values in self.scope.items()})

    def may(self, right: Right) -> bool:
        """True where the token is for this, or for more."""
        return RIGHTS.index(self.right) >= RIGHTS.index(right)

    def in_force(self, now: dt.datetime) -> bool:
        """True until it expires or is withdrawn."""
        return self.withdrawn_at is None and now < self.expires_at


class Tokens:
    """The tokens of one store."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + ".tokens")

    def add(
        self, name: str, right: Right, *, days: int, by: str, scope: Mapping[str, tuple[str, ...]] | None = None
    ) -> str:
        """Make a token and return its text, which is kept nowhere. Raises TokenError where the name is in use."""
        now = dt.datetime.now(dt.UTC)
        if not name.strip() or days < 1:
            raise TokenError("A token needs a name, and one day or more until it expires.")
        secret = PREFIX + secrets.token_urlsafe(32)
        made = Token(name, right, _digest(secret), now, now + dt.timedelta(days=days), by, dict(scope or {}))
        with self._lock():
            every = self.every()
            if any(token.name == name and token.in_force(now) for token in every):
                raise TokenError(f"There is a token {name!r} already. Withdraw it, or choose another name.")
            self._write([*every, made])
        return secret

    def withdraw(self, name: str) -> Token:
        """End a token now. Raises TokenError where none of this name is in force."""
        now = dt.datetime.now(dt.UTC)
        with self._lock():
            every = self.every()
            found = next((token for token in every if token.name == name and token.in_force(now)), None)
            if found is None:
                known = ", ".join(sorted(token.name for token in every if token.in_force(now))) or "none"
                raise TokenError(f"There is no token {name!r} in force. Those in force: {known}.")
            ended = replace(found, withdrawn_at=now)
            self._write([ended if token is found else token for token in every])
        return ended

    def every(self) -> list[Token]:
        """All tokens, oldest first. Raises TokenError where the file cannot be read."""
        if not self.path.exists():
            return []
        try:
            return [_token(item) for item in json.loads(self.path.read_text(encoding="utf-8"))]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TokenError(
                f"{self.path} cannot be read ({error}). Move it away and make the tokens anew: tokens add NAME."
            ) from error

    def of(self, secret: str) -> Token:
        """The token with this text. Raises TokenError where there is none, or where it is not in force any more."""
        digest = _digest(secret)
        found = next((token for token in self.every() if secrets.compare_digest(token.digest, digest)), None)
        if found is None:
            raise TokenError("This token is not known here.")
        if not found.in_force(dt.datetime.now(dt.UTC)):
            what = "expired" if found.withdrawn_at is None else "was withdrawn"
            raise TokenError(f"The token {found.name!r} {what}. Make a new one: tokens add {found.name}.")
        return found

    def _lock(self) -> FileLock:
        return FileLock(self.path.with_name(self.path.name + ".lock"))

    def _write(self, tokens: list[Token]) -> None:
        """The whole file or the old one, readable by this account only."""
        number, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump([asdict(token) for token in tokens], file, default=dt.datetime.isoformat, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self.path)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(item: dict[str, Any]) -> Token:
    moments = {
        name: dt.datetime.fromisoformat(item[name]) if item[name] else None
        for name in ("made_at", "expires_at", "withdrawn_at")
    }
    return Token(**{**item, **moments, "scope": {name: tuple(values) for name, values in item["scope"].items()}})
