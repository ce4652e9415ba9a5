"""Which encoding a file is written in, and its text in pieces, free of control characters, with LF line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from opsmetrics.ingest.alphabets import likeliest
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
#: What encodings are called.
NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8 with mark", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
    "utf-32": "UTF-32", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32", "cp1252": "Windows-1252", "latin-1": "Latin-1",
    "cp1250": "Windows-1250 (Central European)", "cp1251": "Windows-1251 (Cyrillic)", "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)", "cp850": "DOS 850", "cp852": "DOS 852 (Central European)",
    "cp866": "DOS 866 (Cyrillic)", "koi8-r": "KOI8-R (Cyrillic)", "mac_roman": "Mac Roman",
    "cp932": "Shift-JIS (Japanese)", "gb18030": "GB 18030 (Chinese)",
}  # fmt: skip
#: More NUL bytes than this share of the head means two bytes to a character.
WIDE_SHARE = 0.2
#: Sizes of the samples from the start, and from the middle and the end.
HEAD_BYTES, PART_BYTES, HEAD_LINES = 2 * CHUNK, 64 * 1024, 500

#: So many damaged characters, or one in a hundred lines, cost their records only.
FEW = 5
#: What stands for a damaged character.
LOST = "\ufffd"

_STRIP = dict.fromkeys(CONTROLS)


def encoding_of(path: Path, scan: Scan, wanted: str | None = None) -> str:
    """The encoding: a byte order mark, UTF-8 if every byte fits, UTF-16 or UTF-32 without mark, else the one that makes
    words of the other bytes (`alphabets`), in doubt Windows-1252 or Latin-1.

    `wanted` (of the template) wins. Raises IngestRefused (`encoding`) where the bytes do not fit it, or where
    nearly all of them are UTF-8 and some are damaged: reading those as Windows-1252 would garble every other name.
    """
    if wanted:
        return _checked(path, wanted)
    for mark, name in BOMS:
        if scan.head.startswith(mark):
            if name == "utf-8-sig" and not scan.utf8:
                refuse_damaged_utf8(path, scan.lines)
            return name if name == "utf-8-sig" else _checked(path, name)
    if scan.nul and (wide := _wide(scan.head)):
        return _checked(path, wide)
    if scan.utf8:
        return "utf-8"
    if refuse_damaged_utf8(path, scan.lines):
        return "utf-8"
    for name in dict.fromkeys((likeliest(path) or "cp1252", "cp1252")):
        with suppress(IngestRefused):
            return _checked(path, name)
    return "latin-1"  # has a character for every byte


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 where NUL bytes stand in every second place, or in three of four; zeros that fill up the end of
    a file stand in all."""
    head = head.rstrip(b"\0") + b"\0"  # the last character of the little-endian ones ends with it
    quarters = [head[place::4].count(0) for place in range(4)]
    if sum(quarters) > 0.6 * len(head):  # three bytes in four
        return "utf-32-le" if quarters[3] > quarters[0] else "utf-32-be"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < WIDE_SHARE * len(head) / 2 or min(even, odd) > max(even, odd) / 2:
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


def refuse_damaged_utf8(path: Path, lines_in_all: int) -> bool:
    """True where the file is UTF-8 with a few damaged characters, whose records are rejected later: half as many
    letters as there are invalid bytes are valid UTF-8, and in no other encoding do letters pair so but by chance.

    Raises IngestRefused (`encoding`) where the damage is not confined to a few records.
    """
    good = bad = lines = first = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = decoder.decode(chunk)
            lost = text.count(LOST)
            if lost and not bad:
                first = lines + text.count("\n", 0, text.index(LOST)) + 1
            lines += text.count("\n")
            bad += lost
            good += len(text) - lost - len(text.encode("ascii", "ignore"))
    if good * 2 > bad > max(FEW, lines_in_all // 100):
        found = counted(bad, "UTF-8 text with {n} damaged byte", "UTF-8 text with {n} damaged bytes")
        raise IngestRefused(
            "encoding",
            f"{found}, the first in line {max(first, 1):,}",
            "undamaged text",
            "save the file as UTF-8 again, or name its encoding in the template",
        )
    return good * 2 > bad


def decoded(path: Path, encoding: str, errors: str = "strict") -> Iterator[str]:
    """The file's text in pieces of about 1 MB. Raises UnicodeError where a byte does not fit the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def clean_text(path: Path, encoding: str) -> Iterator[str]:
    """As `decoded`, without byte order mark and control characters, every line end turned into LF."""
    held = ""  # a CR at the end of a piece: its LF may follow
    errors = "replace" if encoding.startswith("utf-8") else "strict"  # damage was looked for before
    for number, piece in enumerate(decoded(path, encoding, errors)):
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
