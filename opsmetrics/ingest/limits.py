"""How large a file may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Upper bounds of what is read, all checked before any table reader sees the file.

    A line of thousands of fields costs readers more than linear time, so lines and columns are bounded on their own.
    A compressed file is bounded by what it says of itself before anything is unpacked, and a workbook is opened in a
    process of its own, which may use only so much memory and time.
    """

    bytes: int = 2 * 1024**3
    line: int = 1_000_000  # characters in one line, and in one record of several lines
    columns: int = 5_000
    memory: str = "1GB"  # of the scratch database; beyond it, it uses its private folder
    records: int = 50_000_000  # of a Parquet file, and of a table whose dates stand across
    footer: int = 8 * 1024**2  # bytes in which a Parquet file tells of its columns
    packed: int = 256 * 1024**2  # bytes of a workbook as it lies on the disk
    unpacked: int = 1024**3  # bytes of a workbook or a Parquet file once unpacked
    ratio: int = 200  # how many times larger a part of a workbook may become
    parts: int = 10_000  # of a workbook's archive
    workbook_memory: int = 1024**3  # bytes of address space of the process that opens it
    workbook_seconds: int = 60  # of computing time, and twice as much by the clock
