"""A file that must stay as it is while it is read: what is loaded is what was fingerprinted, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from opsmetrics.ingest.problems import IngestRefused


@dataclass(frozen=True)
class Look:
    """What tells a file from itself after a change: which file it is, its size, when it was last written.

    Not when its links were last counted: the private link by which it is read is counted there too.
    """

    device: int
    inode: int
    size: int
    written: int  # nanoseconds


@dataclass(frozen=True)
class Held:
    """A path and how the file at it looked before it was read."""

    path: Path
    look: Look

    def refuse_changed(self) -> None:
        """Raises IngestRefused (`changed_while_read`) where it looks otherwise now."""
        try:
            same = look_at(self.path) == self.look
        except OSError:  # it is gone
            same = False
        if not same:
            raise changed("it was written to or replaced meanwhile")


def look_at(path: Path) -> Look:
    """How the file looks now; of a link, the file that it points to. Raises OSError."""
    told = path.stat()
    return Look(told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns)


def hold(path: Path, readable: Path, before: Look) -> Held | None:
    """What must not change until the records have been read: of a readable file that was rewritten nothing any more.

    Raises IngestRefused (`changed_while_read`) where the file at `path` is not what it was `before` it was scanned.
    """
    linked = Held(readable, look_at(readable))
    if linked.look == before:
        return linked
    Held(path, before).refuse_changed()
    return None


def changed(found: str) -> IngestRefused:
    """The refusal of a file that changed between its fingerprint and its records."""
    mend = "load it again when nothing writes to it"
    return IngestRefused("changed_while_read", f"the file changed while it was read: {found}", "a finished file", mend)
