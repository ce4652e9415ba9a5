"""A ZIP archive that holds one table and nothing else is read as that table, within the limits of unpacking."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from opsmetrics.ingest.archive import OF_OFFICE, ZIP, members
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.problems import safe_name
from opsmetrics.ingest.readable import private_file, written
from opsmetrics.ingest.scan import CHUNK
from opsmetrics.ingest.workbook_process import damaged
from opsmetrics.working import tell

#: What systems and people put beside a table, of any folder.
_BESIDE = frozenset(("__macosx", ".ds_store", "thumbs.db", "desktop.ini"))


def only_table(path: Path, head: bytes, limits: Limits) -> tuple[Path, str] | None:
    """The one file of an archive, unpacked under a generated name in a folder of its own, and what it is called; None
    for any other file. The names inside are shown and never used as paths.

    Raises IngestRefused (`damaged`, `protected`, `unpacks_too_large`, `no_room`).
    """
    if not head.startswith(ZIP):
        return None
    parts = members(path, limits)
    found = [part for part in parts if not (part.is_dir() or _is_beside(part.filename))]
    if len(found) != 1 or found[0].filename in OF_OFFICE:
        return None
    tell("Unpacking")
    target = private_file()
    with written(target):
        _unpack(path, found[0], target)
    return target, safe_name(found[0].filename)


def _is_beside(name: str) -> bool:
    parts = [part.casefold() for part in PurePosixPath(name).parts]
    return bool(_BESIDE & set(parts)) or (bool(parts) and parts[-1].startswith("._"))


def _unpack(path: Path, part: zipfile.ZipInfo, target: Path) -> None:
    """Write no more than the directory says that the part has: what it says was compared with the limits."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as source, target.open("wb") as out:
            rest = part.file_size
            while chunk := source.read(CHUNK):
                rest -= len(chunk)
                if rest < 0:
                    raise damaged("a part of it is larger than its list of contents says")
                out.write(chunk)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise damaged("what it holds cannot be unpacked") from error
