"""Where the lines of a rewritten file stand in the file as a person knows it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Lines from `start` on (counted from 0): they begin at line `first` of the file, `across` of them to a line."""

    start: int
    first: int
    across: int = 1


@dataclass(frozen=True)
class Origin:
    """Lines of the readable file → lines (or rows of a sheet) of the file as given, both counted from 1.

    A file whose dates stand across gives several records for each of its lines; sheets that are taken together begin
    anew with each sheet.
    """

    parts: tuple[Part, ...] = (Part(0, 1),)

    @property
    def plain(self) -> bool:
        """True where lines are numbered as in the file."""
        return self.parts == (Part(0, 1),)

    def line(self, position: int) -> int:
        """The line of the file behind a line of the readable file."""
        starts = [part.start for part in self.parts]
        part = self.parts[max(0, bisect_right(starts, position - 1) - 1)]
        return part.first + (position - 1 - part.start) // part.across

    def lines(self, positions: Iterable[int]) -> list[int]:
        """`line` for each."""
        return list(positions) if self.plain else [self.line(int(position)) for position in positions]
