"""A copy of the store that is known to open, and the way back from it.

The file is copied by a process of its own: to open and close the database file in the process that owns it would drop
DuckDB's lock.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from opsmetrics.store.acknowledged import Notes
from opsmetrics.store.errors import StoreDamaged, StoreError
from opsmetrics.store.lock import OwnerLock
from opsmetrics.store.store import Store

#: Copies each pair of paths, one after the other, and sees it to the disk. Who may not read the source may not read the
#: copy either, at no moment; a link that somebody put in its place is not followed.
_COPY = """
import os, shutil, sys
for source, target in zip(sys.argv[1::2], sys.argv[2::2]):
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    if hasattr(os, "fchmod"):
        os.fchmod(handle, os.stat(source).st_mode & 0o777)
    os.close(handle)
    shutil.copyfile(source, target)
    with open(target, "rb+") as file:
        os.fsync(file.fileno())
"""
_STAMP = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True)
class Backup:
    """A verified copy: where it is, its size, and the last batch and data version in it."""

    path: Path
    bytes: int
    batch: int
    data_version: int


def back_up(store: Store, folder: Path, *, keep: int | None = None) -> Backup:
    """A copy of the store in the folder, opened and checked before it gets its name; with `keep` only so many of the
    newest stay. Raises StoreError; a failed backup leaves nothing behind."""
    folder = Path(folder).expanduser().resolve()
    target = folder / f"{store.path.stem}-{dt.datetime.now(dt.UTC).strftime(_STAMP)}.duckdb"
    part = _beside(target, ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be made ({error.strerror}). Name another folder for the backup."
        ) from error
    try:
        with store.at_rest() as path:
            _copy(path, part)
        made = _verified(part)
        part.replace(target)
    finally:
        _remove(part)
    for old in backups_in(folder, store.path)[:-keep] if keep else []:
        old.unlink()
    return replace(made, path=target)


def lend(store: Store, target: Path) -> None:
    """A copy of the store as it stands, with its notes, for a process that reads it while this one has it open. Nobody
    checks it. Raises StoreError; a failed copy leaves nothing behind."""
    try:
        with store.at_rest() as path:
            notes = Notes(path).path
            if notes.exists():  # first: they must promise nothing that the copy lacks
                _copy(notes, Notes(target).path)
            _copy(path, target)
    except BaseException:
        _remove(target)
        raise


def restore(copy: Path, store: Path) -> Backup:
    """Put a backup in the place of a store that nobody has open; what was there is put aside under a new name.

    Raises StoreBusy where somebody has it open, StoreError where the backup does not open or does not fit together.
    """
    copy, store = Path(copy).expanduser().resolve(), Path(store).expanduser().resolve()
    if not copy.exists():
        raise StoreError(f"There is no backup at {copy}. Name one of the files that `backup` has written.")
    store.parent.mkdir(parents=True, exist_ok=True)
    lock, part = OwnerLock(store, "restore"), _beside(store, ".part")
    try:
        _copy(copy, part)
        made = _verified(part)
        aside = dt.datetime.now(dt.UTC).strftime(f".before-restore-{_STAMP}")
        for path in (store, _beside(store, ".wal")):
            if path.exists():
                path.replace(_beside(path, aside))
        part.replace(store)
        Notes(store).add("restored", data_version=made.data_version)
    finally:
        _remove(part)
        lock.release()
    return replace(made, path=store)


@contextmanager
def all_or_nothing(store: Path) -> Iterator[Path]:
    """A path for a store that is filled in many steps. It gets the name `store` when the block ends well, in place of
    an empty store where there is one; whatever interrupts it, no store is left that looks finished.

    Raises StoreBusy where somebody has a store of this name open, or is making one.
    """
    store = Path(store).expanduser().resolve()
    store.parent.mkdir(parents=True, exist_ok=True)
    lock, part = OwnerLock(store, "maker of a new store"), _beside(store, ".part")
    try:
        _remove(part)
        yield part
        for suffix in ("", ".receipts"):
            _beside(part, suffix).replace(_beside(store, suffix))
    finally:
        _remove(part)
        lock.release()


def backups_in(folder: Path, store: Path) -> list[Path]:
    """The backups of this store in a folder, oldest first."""
    found = []
    for path in folder.glob(f"{store.stem}-*.duckdb"):
        try:
            found.append((dt.datetime.strptime(path.stem[len(store.stem) + 1 :], _STAMP), path))
        except ValueError:
            continue  # another store whose name begins alike
    return [path for _, path in sorted(found)]


def _verified(path: Path) -> Backup:
    """What a copy holds, after opening it and comparing its ledger with its facts."""
    try:
        with Store.open(path, role="backup") as opened:
            found = opened.check()
            if found:
                raise StoreError(f"The copy {path.name} does not fit together and was not kept: {found[0].text}")
            numbers = opened.batches()["batch"]
            made = Backup(path, 0, int(numbers.max()) if len(numbers) else 0, opened.data_version)
    except StoreDamaged as error:
        raise StoreError(f"The copy {path.name} was not kept: {error}") from error
    return replace(made, bytes=path.stat().st_size)


def _copy(source: Path, target: Path) -> None:
    """Copy a database at rest, with its log where it has one."""
    log = _beside(source, ".wal")
    pairs = [source, target, *((log, _beside(target, ".wal")) if log.exists() else ())]
    command = [sys.executable, "-I", "-c", _COPY, *map(str, pairs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise StoreError(f"{source} could not be copied to {target} ({said[0]}). {source} itself is unharmed.")


def _remove(part: Path) -> None:
    """Remove an unfinished copy and what opening it left beside it."""
    for suffix in ("", ".wal", ".lock", ".receipts"):
        _beside(part, suffix).unlink(missing_ok=True)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
