"""Rejected records that were corrected in their own file, read as the file was read that they came from.

A file of rejects is recognised by its header. Only the records whose cells were changed are read, with the template and
styles of the batch that rejected them; the others stay rejected, for the same reason. So loading it unchanged changes
nothing. Where single records cannot be loaded alone (they are numbered, added up, or replace a stretch of time), the
file as a whole is refused with what to do instead.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from opsmetrics.ingest import faults
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.mended_file import Raw, raw_of_sheet, raw_of_text
from opsmetrics.ingest.origin import Origin, Part
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.reject_file import TORN, cells_of
from opsmetrics.ingest.rejects import rejects_frame
from opsmetrics.ingest.sheet import Sheet, read_file
from opsmetrics.ingest.template import Template, choose_template
from opsmetrics.ingest.unusable import NothingUsable
from opsmetrics.measurements import (
    Batch,
    Facts,
    Mends,
    ReadAs,
    Tally,
    counted,
    counts_schema,
    no_events,
    readings_schema,
)


@dataclass(frozen=True, eq=False)
class KeptRejects:
    """What the store keeps of a batch for those who mend its rejects: how its file was read, the rejects (batch,
    number, line, text, column, code, reason, mend), how many there were, and whether the batch was undone."""

    read_as: ReadAs
    rejects: pd.DataFrame
    rejected: int
    undone: bool = False


#: What is kept of the batch with a number; None of one that is not known.
Kept = Callable[[int], KeptRejects | None]


@dataclass(frozen=True, eq=False)
class Mending:
    """What a sheet of mended rejects is about.

    batch: whose rejects they are, None where the file was made before it was loaded. numbers: line of the file → number
    of the reject. rejects: records that were not changed, as `Batch.rejects`; still: the number of each.
    """

    batch: int | None
    template: Template
    answers: Mapping[str, str]
    numbers: Mapping[int, int]
    rejects: pd.DataFrame
    still: tuple[int | None, ...] = ()
    version: str = ""


def mended_text(path: Path, kept: Kept | None, templates: Sequence[Template], name: str | None) -> Sheet | None:
    """The sheet of a text file of rejects; None of any other file. Raises IngestRefused."""
    raw = raw_of_text(path, name)
    return None if raw is None else _sheet_of(raw, kept, templates)


def mended_sheet(sheet: Sheet, kept: Kept | None, templates: Sequence[Template]) -> Sheet | None:
    """The sheet of a workbook of rejects; None of any other. Raises IngestRefused."""
    raw = raw_of_sheet(sheet)
    return None if raw is None else _sheet_of(raw, kept, templates)


def _sheet_of(raw: Raw, kept: Kept | None, templates: Sequence[Template]) -> Sheet:
    batch = _batch_of(raw)
    if batch is None:
        return _unlinked(raw, templates)
    found = kept(batch) if kept else None
    if found is None:
        raise _refused(
            "unknown_batch",
            f"rejects of batch {batch}, of which this store knows nothing",
            "rejects of a batch that is in it",
            "load the file that they came from, and take its rejects",
        )
    if found.undone:
        raise _refused(
            "batch_undone",
            f"rejects of batch {batch}, which was undone",
            "rejects of a batch in force",
            "correct the file that they came from and load it whole",
        )
    if found.read_as.whole:
        raise _refuse_part(found.read_as.whole)
    return _linked(raw, batch, found)


def _refused(code: str, what: str, wanted: str, mend: str) -> IngestRefused:
    return IngestRefused(code, what, wanted, mend)


def _refuse_part(why: str) -> IngestRefused:
    return _refused(
        "load_it_whole",
        f"a file of rejects whose records cannot be loaded alone: {why}",
        "the whole file",
        "correct these records in the file that they came from, and load it again",
    )


def _batch_of(raw: Raw) -> int | None:
    named = {row.head[0] for row in raw.rows if row.head[0]}
    if len(named) > 1:
        raise _refused(
            "several_batches",
            f"rejects of several batches ({listed(sorted(named))})",
            "those of one batch",
            "load them batch by batch",
        )
    text = next(iter(named), "")
    if text and not text.isdecimal():
        raise _refused(
            "unknown_batch", f"the batch {text!r}", "its number", "leave the first seven columns as they are"
        )
    return int(text) if text else None


def _linked(raw: Raw, batch: int, found: KeptRejects) -> Sheet:
    """The changed records of a kept batch, read as its file was."""
    read_as = found.read_as
    places = _places(raw, read_as.header)
    template = Template.load(read_as.template)
    known = {int(row["number"]): row for row in found.rejects.to_dict("records")}
    complete = len(known) == found.rejected
    rows: list[tuple[int, list[str]]] = []
    numbers: dict[int, int] = {}
    same: list[tuple[object, ...]] = []
    still: list[int | None] = []
    for row in raw.rows:
        cells = [row.cells(at, template.decimal) for at in places]
        if not any(cells) and not row.head[1]:
            continue
        number = int(row.head[1]) if row.head[1].isdecimal() else None
        own = known.get(number) if number is not None else None
        if own is not None and _unchanged(cells, own, read_as) and not (complete and own["code"] in _TOGETHER):
            text = str(own["text"]) if own["code"] in TORN else _joined(cells)
            same.append((row.line, text, *(str(own[name]) for name in ("column", "code", "reason", "mend"))))
            still.append(number)
            continue
        rows.append((row.line, cells))
        if own is not None and number is not None:
            numbers[row.line] = number
    mending = Mending(batch, template, read_as.answers, numbers, rejects_frame(same), tuple(still), read_as.version)
    if not rows:
        raise _nothing_changed(raw, mending)
    return _read(raw, rows, read_as, mending)


#: Records that are rejected because of one another: they are looked at again without those that were deleted.
_TOGETHER = (faults.CONFLICT.code, faults.REPEATED_REFERENCE.code)


def _unchanged(cells: Sequence[str], own: Mapping[object, object], read_as: ReadAs) -> bool:
    return [c.strip() for c in cells] == cells_of(str(own["text"]), str(own["code"]), read_as)


def _unlinked(raw: Raw, templates: Sequence[Template]) -> Sheet:
    """Rejects of a file that is not loaded yet: read by the template that fits their own columns."""
    header = tuple(raw.header)
    sheet = _read(
        raw,
        [(row.line, [row.cells(at, None) for at in range(len(header))]) for row in raw.rows],
        ReadAs(header, header, (), ",", '"', "", ""),
        None,
    )
    template = choose_template(sheet, templates)
    if template is not None and (why := whole_of(template)):
        raise _refuse_part(why)
    return sheet


def _places(raw: Raw, header: Sequence[str]) -> list[int]:
    own = [fold(name) for name in raw.header]
    gone = [name for name in header if fold(name) not in own]
    if gone:
        raise _refused(
            "missing_column",
            f"no column {listed(gone)} behind those about the rejects",
            f"all columns of the file that they came from ({listed(header)})",
            "take the rejects of the batch again, and correct cells only",
        )
    return [own.index(fold(name)) for name in header]


def _read(raw: Raw, rows: Sequence[tuple[int, list[str]]], read_as: ReadAs, mending: Mending | None) -> Sheet:
    """The records as a sheet of their own; its lines are those of the file that was mended."""
    folder = Path(tempfile.mkdtemp(prefix="mended-"))
    path = folder / "records.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(_joined(read_as.header) + "\n")
        out.writelines(_joined(cells) + "\n" for _, cells in rows)
    named = Template("mended", {}, header=read_as.header, encoding="utf-8", delimiter=",")
    sheet = read_file(path, name=raw.name, template=named)
    origin = Origin((Part(0, 1), *(Part(at, line) for at, (line, _) in enumerate(rows, start=1))))
    head = replace(sheet.head, names=read_as.header, raw=read_as.raw or read_as.header, units=read_as.units)
    found = replace(
        sheet,
        fingerprint=raw.fingerprint,
        size=raw.size,
        head=head if read_as.raw else replace(head, line=None),
        origin=origin,
        notices=(),
        form=raw.form or "rejected records",
        mending=mending,
        behind=sheet,
    )
    weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found


def _joined(cells: Sequence[str]) -> str:
    """A record as one line of the file that is read, and as which its text is kept."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow([cell.replace("\n", " ") for cell in cells])
    return out.getvalue()


def _nothing_changed(raw: Raw, mending: Mending) -> NothingUsable:
    count = len(mending.rejects)
    found = counted(count, "the one record of these rejects is", "none of the {n} records of these rejects is")
    found = f"{found} {'not ' if count == 1 else ''}corrected" if count else "rejects without a record"
    why = _refused(
        "nothing_mended",
        found,
        "corrected cells in the columns behind “mend”",
        "correct them, save the file and load it again; nothing was changed",
    )
    nothing = Facts(0, lambda: counts_schema(()).empty_table().to_reader())
    readings = Facts(0, lambda: readings_schema(()).empty_table().to_reader())
    assert mending.batch is not None
    batch = Batch(
        source=raw.name,
        fingerprint=raw.fingerprint,
        dimensions=(),
        counts=nothing,
        readings=readings,
        tally=Tally(records=count, rows=0, rejected=count),
        spans=(),
        rejects=mending.rejects,
        template=mending.template.name,
        events=no_events(),
        read_as=None,
        mends=Mends(mending.batch, (), mending.still),
    )
    return NothingUsable(why, batch)


def whole_of(template: Template) -> str:
    """Why single records of a template's files cannot be loaded alone, "" where they can."""
    events = template.events
    if template.sample == "rows":
        return "they are numbered by their place in the file"
    if template.repeats == "add":
        return "counts of one time and place are added up over the whole file"
    if template.repeats == "samples" or any(template.lasts(entry) for entry in template.kpis):
        return "readings of one instant are numbered over the whole file"
    if events is None:
        return ""
    if events.shape == "states":
        return "the states of a unit follow from one another"
    if events.rows == "last":
        return "the last of several records of one reference counts"
    return (
        ""
        if template.column("reference")
        else "a file states all events of its time, and replaces those that are stored"
    )
