"""What a file is that is no table, told by its first bytes, and what to do about it."""

from __future__ import annotations

import codecs
import re
import stat
from pathlib import Path

from opsmetrics.ingest.problems import IngestRefused

_PICTURE, _UNPACK, _EXPORT = "export the data behind the picture as CSV", "unpack it first", "export the table as CSV"
_SAVE = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV"

#: Where a mark stands, the mark, what to call the format, and what to do.
MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG", "a PNG image", _PICTURE),
    (0, b"\xff\xd8\xff", "a JPEG image", _PICTURE),
    (0, b"GIF87a", "a GIF image", _PICTURE),
    (0, b"GIF89a", "a GIF image", _PICTURE),
    (0, b"II*\0", "a TIFF image", _PICTURE),
    (0, b"MM\0*", "a TIFF image", _PICTURE),
    (8, b"WEBPVP8", "a WebP image", _PICTURE),
    (0, b"%PDF", "a PDF document", _EXPORT),
    (0, b"%!PS", "a PostScript document", _EXPORT),
    (0, b"{\\rtf", "an RTF document", "save it as plain text and load that"),
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (0, b"\x1f\x9d", "a compressed file (.Z)", _UNPACK),
    (4, b"1AY&SY", "a bzip2 archive", _UNPACK),
    (0, b"\xfd7zXZ", "an xz archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (0, b"\x04\x22\x4d\x18", "an LZ4 archive", _UNPACK),
    (0, b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (0, b"Rar!\x1a", "a RAR archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"PK\x05\x06", "an empty ZIP archive", "export the table again"),
    (0, b"SQLite format 3", "an SQLite database", _EXPORT),
    (8, b"DUCK", "a DuckDB database", _EXPORT),
    (4, b"Standard Jet DB", "an Access database", _EXPORT),
    (4, b"Standard ACE DB", "an Access database", _EXPORT),
    (0, b"\x89HDF\r\n", "an HDF5 file", _EXPORT),
    (0, b"\x93NUMPY", "a NumPy file", _EXPORT),
    (0, b"ARROW1\0\0", "an Arrow file (Feather)", "write it as Parquet or CSV"),
    (0, b"Obj\x01", "an Avro file", "write it as Parquet or CSV"),
    (0, b"$FL2@(#)", "an SPSS file", _EXPORT),
    (0, b"<stata_dta>", "a Stata file", _EXPORT),
    (0, b"MATLAB 5.0 MAT", "a MATLAB file", _EXPORT),
    (0, b"\x7fELF", "a program", "choose the file that holds the figures"),
    *((0, bytes([0x80, n]), "a Python pickle", "write the table as CSV or Parquet") for n in range(2, 6)),
    *(
        (0, bytes([9, version, size, 0]), "a workbook of Excel 4 or older", _SAVE)
        for version, size in ((0, 4), (0, 6), (2, 6), (4, 6))
    ),
)
_HTML = re.compile(
    rb"(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|meta|style|script|div|table|title|center)\b", re.S
)
_TABLE = re.compile(rb"<table\b|schemas-microsoft-com:office:excel")
_XML_SHEET = re.compile(rb"progid=\"excel\.sheet\"|schemas-microsoft-com:office:spreadsheet")
_JSON = re.compile(rb"\{\s*\"|\[\s*[\[{]")
_MAIL = re.compile(rb"(?:received|return-path|mime-version|delivered-to|message-id): ")


def refuse_other_formats(head: bytes) -> None:
    """Refuse by name what is not a text table. Raises IngestRefused (`not_a_table`)."""
    for at, mark, name, mend in MAGIC:
        if head.startswith(mark, at):
            raise not_a_table(name, mend)
    if found := _written(_start(head)):
        raise not_a_table(*found)


def not_a_table(name: str, mend: str) -> IngestRefused:
    """The refusal of a file of another format."""
    return IngestRefused("not_a_table", f"this file is {name}", "a table: CSV, an Excel workbook or Parquet", mend)


def _start(head: bytes) -> bytes:
    """The first letters, in lower case, without a mark of their encoding."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head[: len(head) // 2 * 2].decode("utf-16", "ignore").encode("utf-8", "ignore")
    return head.removeprefix(codecs.BOM_UTF8).lstrip().lower()


def _written(start: bytes) -> tuple[str, str] | None:
    """What a text is that follows rules of its own."""
    if start.startswith((b"<?xml", b"<workbook")) and _XML_SHEET.search(start):
        return "an XML spreadsheet (Excel 2003)", _SAVE
    if start.startswith(b"<?xml") and b"<html" not in start:
        return "an XML document", _EXPORT
    if start.startswith(b"<?xml") or _HTML.match(start):
        if _TABLE.search(start):
            return "an HTML table, whatever its name says", _SAVE
        return "an HTML page", "log in again and export the data as CSV"
    if _JSON.match(start):
        return "a JSON document", _EXPORT
    if _MAIL.match(start):
        return "an e-mail", "save what is attached to it and load that"
    return None


def refuse_no_file(path: Path) -> None:
    """Refuse what could be read for ever, or never answers. Raises OSError, IngestRefused (`not_a_file`)."""
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        mend = "copy what it gives into a file and load that"
        raise IngestRefused("not_a_file", f"'{path.name}' is a device or a pipe", "a file", mend)
