"""The store's own lock file.

DuckDB locks its file too, but that lock is lost as soon as anything in this process opens and closes the file, and it
tells nobody who holds it. This file lies beside the store, is locked for as long as the store is open, and holds the
owner's process number and role.
"""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from opsmetrics.store.errors import StoreBusy, StoreError


class OwnerLock:
    """Held from construction until `release`; raises StoreBusy where somebody else holds it.

    `left_behind` is True where the owner before did not release it: it was killed, or left doubts behind.
    """

    def __init__(self, store: Path, role: str) -> None:
        self.path = store.with_name(store.name + ".lock")
        # Not thread-local: the server's last thread releases what its first one took.
        self._lock = FileLock(self.path, thread_local=False, fallback_to_soft=False)
        try:
            self._lock.acquire(timeout=0)
            self.left_behind = self.path.read_text(encoding="utf-8", errors="replace") != ""
            self._tell({"pid": os.getpid(), "role": role})
        except Timeout as error:
            raise StoreBusy(store, *self._owner()) from error
        except OSError as error:
            self._lock.release()
            raise StoreError(
                f"The lock file {self.path} cannot be written ({error.strerror}). "
                "Give this account the right to write there, or choose another folder for the store."
            ) from error

    def _tell(self, owner: dict[str, object]) -> None:
        """Whose it is, for others. On a full disk it is held without a name: reading goes on there."""
        try:
            self.path.write_text(json.dumps(owner), encoding="utf-8")
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    @property
    def held(self) -> bool:
        """False after `release`."""
        return self._lock.is_locked

    def release(self, *, doubts: bool = False) -> None:
        """Empties the file and lets go of it; the file itself stays, removing it would let two owners in. doubts: the
        next owner finds it `left_behind`, as after a kill."""
        try:
            self.path.write_text("{}" if doubts else "", encoding="utf-8")
        finally:
            self._lock.release()

    def _owner(self) -> tuple[int | None, str | None]:
        """Process number and role of the holder; (None, None) in the moment before it has written them."""
        try:
            owner = json.loads(self.path.read_text(encoding="utf-8"))
            return int(owner["pid"]), str(owner["role"])
        except (json.JSONDecodeError, KeyError):
            return None, None


def is_owned(store: Path) -> bool:
    """True while some process has the store open. The lock is not tried for: an owner that starts at this very moment
    would find it taken."""
    try:
        owner = json.loads(store.with_name(store.name + ".lock").read_text(encoding="utf-8"))
        os.kill(int(owner["pid"]), 0)
    except PermissionError:
        return True  # of another account, and alive
    except (OSError, ValueError, KeyError):
        return False
    return True
