"""What the page of a forecast makes of it: worked out once, kept as long as many others are not asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from opsmetrics.catalog import Grain, Slice
from opsmetrics.desk.forecast_scenario import Scenario
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.kept import Kept
from opsmetrics.figures import Finished, Theme
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.reviews import Versions
from opsmetrics.ui.tables import Table

V = TypeVar("V")

#: Versions, then KPI, slice, grain, periods ahead and scenario.
Asked = tuple[Versions, tuple[str, Slice, Grain | None, int | None, Scenario]]

_TOLD: Kept[Asked, Told] = Kept(128)
_BLOCKS: Kept[tuple[Told, str], list[Block]] = Kept(512)
_TABLES: Kept[tuple[Told, str], Table] = Kept(128)
_TEXTS: Kept[tuple[Told, str], tuple[str, ...]] = Kept(128)
_FIGURES: Kept[tuple[Told, Theme, Any], Finished] = Kept(128)


def told(asked: Asked, make: Callable[[], Told]) -> Told:
    """The forecast itself. Raises what `make` raises."""
    return _TOLD.of(asked, make)


def blocks(of: Told, part: str, make: Callable[[], list[Block]]) -> list[Block]:
    """The blocks of one part of the page."""
    return _BLOCKS.of((of, part), make)


def table(of: Told, part: str, make: Callable[[], Table]) -> Table:
    """One of the tables behind it."""
    return _TABLES.of((of, part), make)


def texts(of: Told, part: str, make: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """The sentences of one part of the page."""
    return _TEXTS.of((of, part), make)


def figure(of: Told, theme: Theme, span: int | None, make: Callable[[], Finished]) -> Finished:
    """The chart for a theme and so many periods."""
    return _FIGURES.of((of, theme, span), make)
