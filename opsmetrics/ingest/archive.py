"""What a file is that begins like a workbook, and whether it may be unpacked: decided from its directory alone."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from opsmetrics.ingest.formats import not_a_table
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.problems import IngestRefused, listed, safe_name
from opsmetrics.ingest.scan import CHUNK
from opsmetrics.ingest.workbook_process import damaged, protected

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: Parts smaller than this may be compressed as much as they like.
_SMALL = 10 * 1024**2
#: What a list of contents needs for each of its parts, with a long name; it is held in memory whole.
_LISTED = 1024
#: The first of these parts tells what an archive is, and the ending by which its reader is chosen.
_KINDS = (
    ("xl/workbook.xml", ".xlsx", "Excel workbook"),
    ("xl/workbook.bin", ".xlsb", "Excel workbook"),
    ("content.xml", ".ods", "OpenDocument spreadsheet"),
)
_OTHERS = (
    ("word/document.xml", "a Word document", "put the table into a spreadsheet and load that"),
    ("ppt/presentation.xml", "a PowerPoint presentation", "export the data behind the table as CSV"),
)
#: Parts by which a document of an office is told, also where it has no other.
OF_OFFICE = frozenset(name for name, *_ in (*_KINDS, *_OTHERS))
_SAVE = "save its table as an Excel workbook or as CSV"
#: Streams of the old format of Office.
_OLD = (
    ("WordDocument", "an old Word document", _SAVE),
    ("PowerPoint Document", "an old PowerPoint presentation", "export the data behind the table as CSV"),
    ("__substg1.0_", "an Outlook message", "save what is attached to it and load that"),
)


def kind_of_workbook(path: Path, head: bytes, limits: Limits) -> tuple[str, str]:
    """The ending by which the reader is chosen, and what to call the file.

    Raises IngestRefused (`damaged`, `protected`, `not_a_table`, `unpacks_too_large`).
    """
    return _archive(path, limits) if head.startswith(ZIP) else _compound(path)


def members(path: Path, limits: Limits) -> list[zipfile.ZipInfo]:
    """What an archive lists, once it is known that it may be unpacked.

    Raises IngestRefused (`damaged`, `protected`, `unpacks_too_large`).
    """
    try:
        with _Bounded(path, limits.parts * _LISTED) as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except _TooLong:
        raise _bomb(f"the archive lists more than {limits.parts:,} parts", limits) from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise damaged("its list of contents cannot be read") from None
    _refuse_bomb(path, parts, limits)
    if any(part.flag_bits & 1 for part in parts):
        raise protected()
    return parts


def _archive(path: Path, limits: Limits) -> tuple[str, str]:
    names = {part.filename for part in members(path, limits)}
    for name, ending, said in _KINDS:
        if name in names and (ending != ".ods" or _is_spreadsheet(path)):
            return ending, said
    for name, said, mend in _OTHERS:
        if name in names:
            raise not_a_table(said, mend)
    inside = listed(safe_name(name)[:60] for name in names if not name.endswith("/"))
    raise not_a_table(
        f"a ZIP archive{f' with {inside}' if inside else ''}", "unpack it and load the files in it one by one"
    )


def _refuse_bomb(path: Path, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    whole = sum(part.file_size for part in parts)
    worst = max(parts, key=lambda part: part.file_size / max(part.compress_size, 1), default=None)
    found = ""
    if len(parts) > limits.parts:
        found = f"the archive has {len(parts):,} parts"
    elif whole > limits.unpacked:
        found = f"the file of {path.stat().st_size / 1024**2:,.1f} MB becomes {whole / 1024**2:,.0f} MB when unpacked"
    elif worst and worst.file_size > max(_SMALL, limits.ratio * worst.compress_size):
        times = worst.file_size / max(worst.compress_size, 1)
        found = (
            f"a part of the file becomes {times:,.0f} times larger ({worst.file_size / 1024**2:,.0f} MB) when unpacked"
        )
    if found:
        raise _bomb(found, limits)


def _bomb(found: str, limits: Limits) -> IngestRefused:
    wanted = f"a workbook of at most {limits.unpacked / 1024**2:,.0f} MB, packed at most {limits.ratio} times"
    return IngestRefused("unpacks_too_large", found, wanted, "save only the sheet with the data, or save it as CSV")


class _TooLong(Exception):
    """More is asked for at once than may be held in memory."""


class _Bounded(io.FileIO):
    """A file of which only so many bytes are read at once: the list of contents of an archive may be all of it."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        rest = os.fstat(self.fileno()).st_size - self.tell()
        if min(rest, rest if size is None or size < 0 else size) > self._most:
            raise _TooLong
        return super().read(size) or b""


def _is_spreadsheet(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        try:
            with archive.open("mimetype") as file:
                return b"spreadsheet" in file.read(200)
        except KeyError:
            return True


def _compound(path: Path) -> tuple[str, str]:
    """The old format of Office: its directory names its parts in UTF-16."""
    streams = ("EncryptedPackage", "Workbook", "Book", *(name for name, *_ in _OLD))
    names = {name: name.encode("utf-16-le") for name in streams}
    found: set[str] = set()
    rest = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            data = rest + chunk
            found |= {name for name, mark in names.items() if mark in data}
            rest = data[-64:]
    if "EncryptedPackage" in found:
        raise protected()
    if found & {"Workbook", "Book"}:
        return ".xls", "Excel workbook (97 to 2003)"
    named = [(said, mend) for stream, said, mend in _OLD if stream in found]
    said, mend = named[0] if named else ("an old Office document without a workbook", _SAVE)
    raise not_a_table(said, mend)
