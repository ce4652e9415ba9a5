"""The desk as one run of a page reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from opsmetrics.catalog import Catalog, Decision
from opsmetrics.desk import Desk
from opsmetrics.measurements import Batch, Receipt, UndoReceipt

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class PageDesk(Desk):
    """A desk that reads definitions and versions once, so that all parts of a page stand on the same ones.

    Each run of a page has its own. What the page itself writes, a plain desk writes; the next look reads anew.
    """

    @cached_property
    def catalog(self) -> Catalog:
        """The definitions in force when the run first asked for them."""
        return self.store.catalog

    @cached_property
    def versions(self) -> tuple[int, int]:
        """The versions of data and of decisions, read before anything that they are the key of."""
        data, decisions, self.__dict__["words_said"] = self.store.counted  # one question for all three
        return data, decisions

    @cached_property
    def words_said(self) -> int:
        """As `Desk.words_said`."""
        return self._plain.words_said

    def apply(self, text: str | Path, *, by: str, fill: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """As `Desk.apply`."""
        return self._written(self._plain.apply(text, by=by, fill=fill))

    def commit(self, batch: Batch, *, by: str, publish: bool = True) -> Receipt:
        """As `Desk.commit`."""
        return self._written(self._plain.commit(batch, by=by, publish=publish))

    def undo(self, batch: int, *, by: str, why: str = "", publish: bool = True) -> UndoReceipt:
        """As `Desk.undo`."""
        return self._written(self._plain.undo(batch, by=by, why=why, publish=publish))

    def decide(self, decision: Decision, *more: Decision) -> int:
        """As `Desk.decide`."""
        return self._written(self._plain.decide(decision, *more))

    @property
    def _plain(self) -> Desk:
        return Desk(self.store, self.settings)

    def _written(self, told: T) -> T:
        for name in ("catalog", "versions"):
            self.__dict__.pop(name, None)
        return told
