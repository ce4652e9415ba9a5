"""Who may see what. Every public read takes a `Viewer` and applies its scope."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Viewer:
    """The person or program that asks.

    `scope` maps a dimension to the values this viewer may see; a dimension that is not named is open.
    """

    name: str
    scope: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def may_see(self, dimension: str, value: str | None) -> bool:
        """True where the value of the dimension lies in this viewer's scope."""
        allowed = self.scope.get(dimension)
        return allowed is None or value in allowed


OPEN = Viewer("everyone")


def account_name() -> str:
    """The name of the operating system's account, used where a person gives no other name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown account"
