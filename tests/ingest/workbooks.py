"""Workbooks for the tests of ingest: made by openpyxl, changed beneath it, and in formats that it does not write."""

from __future__ import annotations

import datetime as dt
import itertools
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

Rows = Iterable[Sequence[Any]]


def book(path: Path, sheets: Mapping[str, Rows], change: Callable[[Any], None] | None = None) -> Path:
    """A workbook with these sheets, `change` applied before it is saved."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change:
        change(made)
    made.save(path)
    return path


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same archive with one part changed (`change` of b"" where there is none)."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


# Other formats, written by hand: no library of the project writes them.

_ODS_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def ods(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """An OpenDocument spreadsheet; equal neighbours in a row are written once with a repeat, as LibreOffice does."""
    tables = []
    for name, rows in sheets.items():
        lines = []
        for row in rows:
            cells = []
            for cell, same in itertools.groupby(row, key=lambda cell: (type(cell), cell)):
                times = len(list(same))
                cells.append(_ods_cell(cell[1], f' table:number-columns-repeated="{times}"' if times > 1 else ""))
            lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
        # A sheet of LibreOffice ends with one row that stands for the million below it.
        lines.append('<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>')
        tables.append(f'<table:table table:name="{name}">{"".join(lines)}</table:table>')
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    content = f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {_ODS_NAMES}>{body}"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", f"{content}</office:document-content>")
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
    return path


def _ods_cell(cell: Any, more: str) -> str:
    if cell is None:
        return f"<table:table-cell{more}/>"
    if isinstance(cell, bool):
        told = f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"'
    elif isinstance(cell, int | float):
        told = f'office:value-type="float" office:value="{cell!r}"'
    elif isinstance(cell, dt.date):
        told = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
    else:
        told = 'office:value-type="string"'
    shown = escape(f"{cell:%d.%m.%y}" if isinstance(cell, dt.date) else str(cell))  # what is shown is not what is meant
    return f"<table:table-cell {told}{more}><text:p>{shown}</text:p></table:table-cell>"


def xlsb(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A binary workbook of Excel (MS-XLSB): numbers, texts, truth values and empty cells; dates are serial numbers."""
    relations, listed = [], b""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
            relations.append(f'<Relationship Id="rId{number}" Type="{kind}" Target="worksheets/sheet{number}.bin"/>')
            listed += _record(0x9C, struct.pack("<II", 0, number) + _wide(f"rId{number}") + _wide(name))
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _xlsb_sheet([list(row) for row in rows]))
        book = _record(0x99, bytes(8)) + _record(0x8F) + listed + _record(0x90) + _record(0x9D, bytes(26))
        archive.writestr("xl/workbook.bin", _record(0x83) + book + _record(0x84))
        names = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{names}">{"".join(relations)}</Relationships>'
        )
        archive.writestr("[Content_Types].xml", "<Types/>")
    return path


def _xlsb_sheet(rows: list[list[Any]]) -> bytes:
    width = max(map(len, rows))
    found = _record(0x81) + _record(0x94, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + _record(0x91)
    for at, row in enumerate(rows):
        found += _record(0x00, struct.pack("<I", at) + bytes(13))
        for column, cell in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, bool):
                found += _record(0x04, place + bytes([cell]))
            elif isinstance(cell, int | float):
                found += _record(0x05, place + struct.pack("<d", cell))
            elif cell is not None:
                found += _record(0x06, place + _wide(cell))
    return found + _record(0x92) + _record(0x82)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    """A record of BIFF12: its type in one or two bytes, its size in groups of seven bits, its content."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    while size >= 0x80:
        head, size = head + bytes([size & 0x7F | 0x80]), size >> 7
    return head + bytes([size]) + content
