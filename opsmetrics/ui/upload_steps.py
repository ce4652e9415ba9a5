"""The first three steps of one file as blocks: what was recognised, its first rows, the difference it makes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.figures import data_mark
from opsmetrics.ingest import recognised_sheet
from opsmetrics.measurements import counted, stamp_to_sample
from opsmetrics.series import to_local
from opsmetrics.ui import upload_blocks, upload_events
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.ui.upload_files import Incoming, megabytes
from opsmetrics.ui.upload_preview import FIRST, LAST, clip, grouped, moment
from opsmetrics.verdict import wording

#: Rows of a table of changes.
ROWS = 8
#: Columns of the first records that are shown.
WIDE = 30
#: Sentences about what is unusual that are shown at once.
UNUSUAL = 12

#: One row of a frame, and the rows of the ledger by batch.
Line = Mapping[Hashable, Any]
Loads = Mapping[int, Line]


# Words


def headline(files: Sequence[Incoming]) -> str:
    """The verdict on the files, computed: what is new, what would change, what cannot be read."""
    ready = [file for file in files if file.state == "ready"]
    waiting = [file for file in files if file.state in ("columns", "asks")]
    refused = len(files) - len(ready) - len(waiting)
    if len(files) == 1 and refused:
        return "This file cannot be loaded."
    if waiting:
        return _waiting(files, waiting)
    parts = _difference_words(ready) if ready else []
    if refused:
        parts.append(f"{refused} of {len(files)} files cannot be loaded.")
    return " ".join(parts)


def _waiting(files: Sequence[Incoming], waiting: Sequence[Incoming]) -> str:
    if len(files) > 1:
        verb = "needs" if len(waiting) == 1 else "need"
        return f"{len(waiting)} of {len(files)} files {verb} an answer first."
    if waiting[0].state == "columns":
        return "Say which column is which."
    count = len(waiting[0].questions)
    return "One question before it can be read." if count == 1 else f"{count} questions before it can be read."


def _difference_words(ready: Sequence[Incoming]) -> list[str]:
    diffs = [file.diff for file in ready if file.diff]
    new, updated = sum(d.new for d in diffs), sum(d.updated for d in diffs)
    rejected = sum(file.examined.batch.tally.rejected for file in ready if file.examined)
    noun, removed = _noun(ready), sum(d.removed for d in diffs)
    if not new and not updated and not removed:
        same = sum(d.unchanged for d in diffs)
        parts = [f"Nothing is new: {_count(same, noun)} {_be(same)} stored already." if same else "Nothing to load."]
    else:
        parts = [f"{_count(new, noun)} {_be(new)} new."] if new else [f"No {noun} is new."]
        parts += [f"{wording.number(updated, 0)} would change."] if updated else []
        parts += [f"{wording.number(removed, 0)} would be taken away."] if removed else []
    if rejected:
        parts.append(f"{wording.number(rejected, 0)} cannot be read.")
    return parts


def _noun(files: Sequence[Incoming]) -> str:
    """A file states rows, or events; where one record states several KPIs, the store counts values."""
    batches = [file.examined.batch for file in files if file.examined]
    facts = sum(batch.counts.rows + batch.readings.rows for batch in batches)
    events = sum(batch.events.rows + batch.states.rows for batch in batches)
    if events or any(span.replaces for batch in batches for span in batch.spans):
        return "value" if facts else "event"
    return "row" if facts == sum(batch.tally.rows for batch in batches) else "value"


def load_text(file: Incoming) -> str:
    """What loading the file does: "Load 418 rows" (or values, where a record states several)."""
    assert file.diff is not None
    written, removed = file.diff.new + file.diff.updated, file.diff.removed
    if not written + removed:
        return "Load it all the same"
    away = f"take {wording.number(removed, 0)} away"
    if not written:
        return away.capitalize()
    return f"Load {_count(written, _noun([file]))}" + (f", {away}" if removed else "")


def _count(n: int, noun: str) -> str:
    return counted(n, f"{{n}} {noun}", f"{{n}} {noun}s")


def _be(n: int) -> str:
    return "is" if n == 1 else "are"


# 1 Recognised


def recognised_note(file: Incoming, times: int) -> str:
    """As what a file was recognised: its template and how often that was used."""
    if file.template is None:
        return "its columns are not known yet"
    if file.sheet is not None and file.sheet.mending is not None:
        batch = file.sheet.mending.batch
        return "rejects, corrected" if batch is None else f"rejects of batch {batch}, corrected"
    if file.how != "template":
        return "as you said" if file.how == "said" else "by the names of its columns"
    often = {0: "not loaded before", 1: "loaded once before"}.get(times, f"loaded {times} times before")
    return f"as “{file.template.name}”, {often}"


def recognised(file: Incoming) -> Block:
    """What was recognised, in one line."""
    items = [("File", f"{file.name}, {megabytes(file.size)}")]
    if file.examined:
        items += list(file.examined.recognised)
    elif file.sheet:
        items += list(recognised_sheet(file.sheet))
    return upload_blocks.known(items)


def as_it_stands(file: Incoming) -> list[Block]:
    """The first records as they stand in the file."""
    assert file.sheet is not None
    preview = file.sheet.preview().head(FIRST + LAST)
    more = preview.shape[1] - WIDE
    preview = preview.iloc[:, :WIDE]
    columns = [column(str(name)) for name in preview.columns]
    rows = [[cell(clip(str(text), 40)) for text in row] for row in preview.itertuples(index=False)]
    found = [upload_blocks.grid("First records of the file", columns, rows)]
    if more > 0:
        found.append(upload_blocks.said(f"and {counted(more, '{n} more column', '{n} more columns')}", muted=True))
    return found


# 3 Difference


def figures(file: Incoming) -> list[Block]:
    """What loading would change, in four figures, and what is left out."""
    assert file.diff is not None and file.examined is not None
    diff, tally, noun = file.diff, file.examined.batch.tally, _noun([file])
    out = tally.rejected
    items = [
        (wording.number(diff.new, 0), f"new {noun}s", ""),
        (wording.number(diff.updated, 0), f"changed {noun}s", ""),
        (wording.number(diff.unchanged, 0), "identical, skipped", ""),
        (wording.number(out, 0), "cannot be read", "data" if out else ""),
    ]
    if diff.removed:
        items.insert(3, (wording.number(diff.removed, 0), "taken away", ""))
    parts = {
        "without a value": tally.missing,
        "repeated": tally.duplicates,
        "skipped": tally.skipped,
    }
    others = [f"{wording.number(n, 0)} {word}" for word, n in parts.items() if n]
    found = [upload_blocks.figures(items)]
    if others:
        found.append(upload_blocks.said(f"Left out as well: {', '.join(others)}.", muted=True))
    return found


def changed(file: Incoming, catalog: Catalog, ledger: pd.DataFrame) -> list[Block]:
    """The values and events that would be overwritten, old beside new."""
    assert file.diff is not None
    diff, found = file.diff, list[Block]()
    if len(diff.changes):
        found.append(_changes(diff.changes, diff.updated - upload_events.updated(diff), catalog, ledger))
        more = diff.updated - upload_events.updated(diff) - ROWS
        if more > 0:
            found.append(upload_blocks.said(f"and {wording.number(more, 0)} more", muted=True))
    return found + upload_events.changed(diff, catalog, ROWS)


def unusual(files: Sequence[Incoming]) -> list[Block]:
    """What is to be looked at before these files are loaded, one sentence each; of several files under their names."""
    alone = len(files) == 1
    lines = [text if alone else f"{file.name}: {text}" for file in files for text in file.unusual]
    if not lines:
        return []
    title = f"Before you load: {counted(len(lines), '{n} thing looks', '{n} things look')} unusual"
    more = len(lines) - UNUSUAL
    shown = [*lines[:UNUSUAL], *([f"and {wording.number(more, 0)} more"] if more > 0 else [])]
    return [upload_blocks.noted(data_mark("suspect"), title, shown)]


def _changes(changes: pd.DataFrame, total: int, catalog: Catalog, ledger: pd.DataFrame) -> Block:
    columns = [column("Changed"), column("Stored", right=True), column("File", right=True), column("Loaded by")]
    by: Loads = {int(row["batch"]): row for row in ledger.to_dict("records")}
    lines = [_change(row, catalog, by) for row in changes.head(ROWS).to_dict("records")]
    title = counted(total, "{n} value that would change", "{n} values that would change")
    return upload_blocks.grid(title, columns, lines)


def _change(row: Line, catalog: Catalog, loads: Loads) -> list[Block]:
    kpi = catalog[str(row["kpi"])]
    stamp = pd.Timestamp(str(row["observed_at"]))
    when = (
        f"sample {stamp_to_sample(stamp)}"
        if kpi.operate == "sample"
        else moment(to_local(pd.DatetimeIndex([stamp]), kpi.calendar.time_zone)[0])
    )
    where = [str(row[name]) for name in kpi.dimensions if isinstance(row.get(name), str)]
    who, file = "", ""
    if load := loads.get(row["old_batch"]):
        at = at_site(site(catalog), pd.Timestamp(load["at"]).to_pydatetime())
        who = f"{load['by']}, {wording.date(at)}, batch {load['batch']}"
        file = str(load["source"])
    old, new = _value(kpi, row, "old"), _value(kpi, row, "new")
    return [
        cell(" · ".join([when, *where, kpi.name])),
        cell(old, "muted"),
        cell(new, "strong"),
        cell(who, "muted", under=file),
    ]


def _value(kpi: Kpi, row: Line, side: str) -> str:
    if not kpi.counts:
        return grouped(row[f"{side}_value"])
    top, bottom = (grouped(row[f"{side}_{part}"]) for part in ("numerator", "denominator"))
    return f"{top} of {bottom}" if bottom else top
