"""What the page of a forecast makes of it: worked out once, kept as long as many others are not asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.kept import Kept
from opsmetrics.figures import Finished, Theme
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.tables import Table

V = TypeVar("V")

_BLOCKS: Kept[tuple[Told, str], list[Block]] = Kept(512)
_TABLES: Kept[tuple[Told, str], Table] = Kept(128)
_FIGURES: Kept[tuple[Told, Theme, Any], Finished] = Kept(128)


def blocks(told: Told, part: str, make: Callable[[], list[Block]]) -> list[Block]:
    """The blocks of one part of the page."""
    return _BLOCKS.of((told, part), make)


def table(told: Told, part: str, make: Callable[[], Table]) -> Table:
    """One of the tables behind it."""
    return _TABLES.of((told, part), make)


def figure(told: Told, theme: Theme, span: int | None, make: Callable[[], Finished]) -> Finished:
    """The chart for a theme and so many periods."""
    return _FIGURES.of((told, theme, span), make)
