"""Which encoding a file is written in, and its text in pieces, free of control characters, with LF line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.scan import CHUNK, CONTROLS, Scan
from opsmetrics.measurements import counted

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: More NUL bytes than this share of the head means two bytes to a character.
WIDE_SHARE = 0.2
#: Sizes of the samples from the start, and from the middle and the end.
HEAD_BYTES, PART_BYTES, HEAD_LINES = 2 * CHUNK, 64 * 1024, 500

_STRIP = dict.fromkeys(CONTROLS)


def encoding_of(path: Path, scan: Scan, wanted: str | None = None) -> str:
    """The encoding: a byte order mark, UTF-8 if every byte fits, UTF-16 without mark, else Windows-1252 or Latin-1.

    `wanted` (of the template) wins. Raises IngestRefused (`encoding`) where the bytes do not fit it, or where
    nearly all of them are UTF-8 and some are damaged: reading those as Windows-1252 would garble every other name.
    """
    if wanted:
        return _checked(path, wanted)
    for mark, name in BOMS:
        if scan.head.startswith(mark):
            return _checked(path, name) if name != "utf-8-sig" or not scan.utf8 else name
    if scan.nul and (wide := _wide(scan.head)):
        return _checked(path, wide)
    if scan.utf8:
        return "utf-8"
    refuse_damaged_utf8(path)
    try:
        return _checked(path, "cp1252")
    except IngestRefused:
        return "latin-1"  # has a character for every byte


def _wide(head: bytes) -> str | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < WIDE_SHARE * len(head) / 2:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _checked(path: Path, encoding: str) -> str:
    try:
        for _ in decoded(path, encoding):
            pass
    except (UnicodeError, LookupError):
        raise IngestRefused(
            "encoding",
            f"bytes that are not {encoding}",
            "text in one encoding throughout",
            "save the file as UTF-8, or name its encoding in the template",
        ) from None
    return encoding


def refuse_damaged_utf8(path: Path) -> None:
    """Raises IngestRefused (`encoding`) where valid UTF-8 letters outnumber the invalid bytes ten to one."""
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = decoder.decode(chunk)
            lost = text.count("\ufffd")
            bad += lost
            good += len(text) - lost - len(text.encode("ascii", "ignore"))
    if good > 10 * bad:
        raise IngestRefused(
            "encoding",
            counted(bad, "UTF-8 text with {n} damaged byte", "UTF-8 text with {n} damaged bytes"),
            "undamaged text",
            "save the file as UTF-8 again, or name its encoding in the template",
        )


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The file's text in pieces of about 1 MB. Raises UnicodeError where a byte does not fit the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def clean_text(path: Path, encoding: str) -> Iterator[str]:
    """As `decoded`, without byte order mark and control characters, every line end turned into LF."""
    held = ""  # a CR at the end of a piece: its LF may follow
    for number, piece in enumerate(decoded(path, encoding)):
        text = held + (piece.removeprefix("\ufeff") if number == 0 else piece)
        held = "\r" if text.endswith("\r") else ""
        text = text[: len(text) - len(held)].replace("\r\n", "\n").replace("\r", "\n")
        yield text.translate(_STRIP) if any(map(text.__contains__, _CONTROL_CHARS)) else text
    if held:
        yield "\n"


_CONTROL_CHARS = tuple(map(chr, CONTROLS))


def clean_lines(path: Path, encoding: str) -> Iterator[str]:
    """The file's lines without their line ends."""
    rest = ""
    for text in clean_text(path, encoding):
        *lines, rest = (rest + text).split("\n")
        yield from lines
    if rest:
        yield rest


def sample_lines(path: Path, encoding: str, scan: Scan) -> tuple[list[str], list[str]]:
    """Up to `HEAD_LINES` whole lines from the start of the file, and lines from its middle and its end."""
    head = _part(path, encoding, 0, HEAD_BYTES)
    if scan.size <= HEAD_BYTES:
        return head, []
    starts = (scan.size // 2 // 4 * 4, (scan.size - PART_BYTES) // 4 * 4)
    others = [line for start in starts for line in _part(path, encoding, start, PART_BYTES)[1:-1]]
    return head[:-1][:HEAD_LINES], others


def _part(path: Path, encoding: str, start: int, size: int) -> list[str]:
    name = {"utf-16": "utf-16", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    with path.open("rb") as file:
        mark = file.read(4)
        file.seek(start)
        raw = file.read(size)
    if start and encoding in ("utf-16", "utf-32"):
        name += "-le" if mark.startswith(b"\xff\xfe") else "-be"
    text = raw.decode(name, errors="replace").removeprefix("\ufeff").translate(_STRIP)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines and not lines[-1] else lines
