"""One pass over the bytes of a file: its hash, its line ends, its longest line, and what it is not."""

from __future__ import annotations

import codecs
import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from opsmetrics.ingest.formats import refuse_no_file, refuse_other_formats
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.working import tell

CHUNK = 1024 * 1024
HEAD = 4096
#: So many chunks may wait to be hashed.
_BEHIND = 8
#: Control characters that no text table needs; tab, line feed and carriage return are not among them.
CONTROLS = bytes(b for b in range(32) if b not in (9, 10, 13))


@dataclass(frozen=True)
class Scan:
    """What the bytes of a file tell without a reader. `lf` and `cr` count lone ones, `crlf` the pairs;
    `quotes`, `apostrophes` and `tabs`: whether there are any."""

    size: int = 0
    sha256: str = ""
    head: bytes = b""
    ascii: bool = True
    utf8: bool = True
    controls: int = 0
    nul: int = 0
    lf: int = 0
    crlf: int = 0
    cr: int = 0
    quotes: bool = False
    apostrophes: bool = False
    tabs: bool = False
    last: int = -1  # the last byte
    open_line: int = 0  # bytes of the line still open

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return self.lf + self.crlf + self.cr + (self.last not in (10, 13))

    @property
    def one_line_end(self) -> bool:
        """True where all line ends are LF, or all CRLF: a reader can be trusted with them."""
        return self.cr == 0 and (self.lf == 0 or self.crlf == 0)


def scan_file(path: Path, limits: Limits) -> Scan:
    """Read the file once in chunks of 1 MB.

    Raises IngestRefused (`file_unreadable`, `empty_file`, `too_large`, `not_a_table`, `line_too_long`).
    """
    scan = Scan()
    digest = hashlib.sha256()
    behind: deque[Future[None]] = deque()
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with path.open("rb") as file, ThreadPoolExecutor(1) as beside:  # hashing takes as long as all the rest
            size = path.stat().st_size
            while chunk := file.read(CHUNK):
                tell("Reading the file", scan.size, size)
                if len(behind) == _BEHIND:
                    behind.popleft().result()
                behind.append(beside.submit(digest.update, chunk))
                if not scan.size:
                    scan = replace(scan, head=chunk[:HEAD])
                    refuse_other_formats(scan.head)
                scan, ascii_only = _count(scan, chunk, limits)
                plain = ascii_only and not decoder.getstate()[0]  # no letter of the chunk before is open
                utf8 = scan.utf8 and (plain or _decodes(decoder, chunk))
                scan = replace(scan, ascii=scan.ascii and ascii_only, utf8=utf8)
    except OSError as error:
        raise _unreadable(path, error) from None
    if not scan.size:
        raise IngestRefused("empty_file", "the file is empty (0 bytes)", "a table with a header", "export it again")
    return replace(scan, sha256=digest.hexdigest(), utf8=scan.utf8 and _decodes(decoder, b"", final=True))


def first_bytes(path: Path) -> bytes:
    """The first bytes of a file. Raises IngestRefused (`file_unreadable`, `is_a_folder`, `not_a_file`)."""
    try:
        refuse_no_file(path)
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise _unreadable(path, error) from None


def scan_binary(path: Path, most: int) -> tuple[int, str]:
    """Size and SHA-256 of a file that is no text. Raises IngestRefused (`file_unreadable`, `too_large`)."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                tell("Reading the file", size)
                digest.update(chunk)
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
    except OSError as error:
        raise _unreadable(path, error) from None
    return size, digest.hexdigest()


def _unreadable(path: Path, error: OSError) -> IngestRefused:
    if isinstance(error, IsADirectoryError):
        mend = "name the files in it"
        return IngestRefused("is_a_folder", f"'{path.name or path}' is a folder", "a file", mend)
    why = error.strerror or type(error).__name__
    mend = "check its name and your rights to it"
    return IngestRefused("file_unreadable", f"'{path.name}' cannot be read ({why})", "a file", mend)


def _too_large(most: int) -> IngestRefused:
    found = f"the file is larger than {most / 1024**2:,.0f} MB"
    return IngestRefused("too_large", found, "a smaller file", "split it, for example by month")


def _count(scan: Scan, chunk: bytes, limits: Limits) -> tuple[Scan, bool]:
    """The scan with one more chunk, and whether that is ASCII."""
    if scan.size + len(chunk) > limits.bytes:
        raise _too_large(limits.bytes)
    values = np.frombuffer(chunk, np.uint8)
    lf = int(np.count_nonzero(values == 10))
    # What is no plain sign is below 32 as a signed byte: where line feeds are all of that, nothing else is looked for.
    plain = lf == int(np.count_nonzero(values.view(np.int8) < 32))
    cr, tabs, nul = (0 if plain else _times(values, chunk, byte) for byte in (13, 9, 0))
    low = lf if plain else int(np.count_nonzero(values < 32))
    crlf = int(np.count_nonzero((values[:-1] == 13) & (values[1:] == 10))) if cr and lf else 0
    split_pair = scan.last == 13 and chunk[0] == 10  # CRLF that two chunks share
    scanned = replace(
        scan,
        size=scan.size + len(chunk),
        crlf=scan.crlf + crlf + split_pair,
        lf=scan.lf + lf - crlf - split_pair,
        cr=scan.cr + cr - crlf - split_pair,
        controls=scan.controls + low - lf - cr - tabs,
        nul=scan.nul + nul,
        quotes=scan.quotes or b'"' in chunk,
        apostrophes=scan.apostrophes or b"'" in chunk,
        tabs=scan.tabs or tabs > 0,
        last=chunk[-1],
        open_line=_open_line(scan.open_line, chunk, limits),
    )
    return scanned, plain or chunk.isascii()


def _times(values: npt.NDArray[np.uint8], chunk: bytes, byte: int) -> int:
    """How often a byte occurs. A look whether it does costs a tenth of counting, which `bytes.count` does slowest."""
    return int(np.count_nonzero(values == byte)) if byte in chunk else 0


def _open_line(before: int, chunk: bytes, limits: Limits) -> int:
    """Bytes of the line that this chunk leaves open. Raises IngestRefused (`line_too_long`) for any line."""
    start = -before  # of the first line that is not known to be short enough
    while len(chunk) - start > limits.line:
        # Lines that end within so many bytes are all short enough: one look from behind clears them together.
        ended = _last_line_end(chunk, max(start, 0), start + limits.line + 1)
        if ended < 0:
            raise IngestRefused(
                "line_too_long",
                f"a line of more than {limits.line:,} bytes",
                "a table with one record to a line",
                "export it with line ends",
            )
        start = ended + 1
    ended = _last_line_end(chunk, max(start, 0), len(chunk))
    return len(chunk) - (start if ended < 0 else ended + 1)


def _last_line_end(chunk: bytes, begin: int, end: int) -> int:
    feed = chunk.rfind(b"\n", begin, end)
    return max(feed, chunk.rfind(b"\r", max(begin, feed), end))


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
