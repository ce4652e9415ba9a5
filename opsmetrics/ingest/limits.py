"""How large a file may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Upper bounds of what is read, all checked before any table reader sees the file.

    A line of thousands of fields costs readers more than linear time, so lines and columns are bounded on their own.
    """

    bytes: int = 2 * 1024**3
    line: int = 1_000_000  # characters in one line, and in one record of several lines
    columns: int = 2_000
    memory: str = "1GB"  # of the scratch database; beyond it, it uses its private folder
