"""Receipts: what a load did, in numbers that add up, which verdicts it changed, and the way to take it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from opsmetrics.catalog import Catalog, Slice, slice_text
from opsmetrics.desk import Desk
from opsmetrics.desk.origins import touched
from opsmetrics.desk.templates import remember
from opsmetrics.figures import STOPPED, data_mark
from opsmetrics.measurements import Batch, Receipt, UndoReceipt, counted
from opsmetrics.store import StoreError
from opsmetrics.ui import blocks, data_rejects, reviews, rows, undoing, upload_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, covered_days, site, span_text
from opsmetrics.ui.upload_files import BROKEN
from opsmetrics.verdict import wording
from opsmetrics.verdict.model import Verdict
from opsmetrics.working import Cancelled, tell, unstopped

#: Changed verdicts that a receipt names; the others are counted.
NAMED = 6
#: Batches whose rejects can be fetched beside the receipt; those of every batch lie on the page Data.
MENDED = 6


@dataclass(frozen=True, eq=False)
class NewVerdict:
    """A watched slice whose variation a load or an undo changed."""

    name: str
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a load or an undo did. `refused`: sources that the store did not take, each with the reason."""

    receipts: tuple[Receipt, ...] = ()
    undone: tuple[UndoReceipt, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    verdicts: tuple[NewVerdict, ...] = ()

    @property
    def batches(self) -> list[int]:
        """The batches that were opened, oldest first."""
        return [receipt.batch for receipt in self.receipts if receipt.batch is not None]


def commit(desk: Desk, batches: Sequence[Batch], person: str) -> Outcome:
    """Write the batches one by one and keep the verdicts that follow once, at the end.

    Work that is cancelled stops before the next batch, or in the middle of one, which is then not written. Raises
    Cancelled where it was the first.
    """
    keys = set(touched(desk.catalog, {span.kpi for batch in batches for span in batch.spans}))
    tell("Looking at the verdicts before")
    before = _variations(desk, keys)
    receipts: list[Receipt] = []
    refused: list[tuple[str, str]] = []
    for number, batch in enumerate(batches):
        try:
            tell("Writing", number, len(batches))
            receipt = desk.commit(batch, by=person, publish=False)
            told = remember(desk, batch, create=False)
            receipts.append(replace(receipt, warnings=(*receipt.warnings, *told)))
        except BROKEN:
            raise
        except StoreError as error:
            refused.append((batch.source, str(error)))
        except Cancelled:
            if not receipts:
                raise
            refused += [(left.source, "It was cancelled.") for left in batches[number:]]
            break
    with unstopped():  # what is written has its verdicts
        desk.publish(keys)
        return Outcome(tuple(receipts), (), tuple(refused), _changed(desk, keys, before))


def undo(desk: Desk, batches: Iterable[int], person: str) -> Outcome:
    """Take batches back, the newest first. Cancelled work stops before the next one, or in the middle of one, which is
    then as it was. Raises Cancelled where it was the first."""
    wanted = sorted(batches, reverse=True)
    keys = set(touched(desk.catalog, {key for batch in wanted for key in desk.batch_kpis(batch)}))
    tell("Looking at the verdicts before")
    before = _variations(desk, keys)
    undone: list[UndoReceipt] = []
    refused: list[tuple[str, str]] = []
    for number, batch in enumerate(wanted):
        try:
            tell("Taking back", number, len(wanted))
            undone.append(desk.undo(batch, by=person, publish=False))
        except BROKEN:
            raise
        except StoreError as error:
            refused.append((f"Batch {batch}", str(error)))
        except Cancelled:
            if not undone:
                raise
            refused += [(f"Batch {left}", "It was cancelled.") for left in wanted[number:]]
            break
    with unstopped():  # what is taken back has its verdicts
        desk.publish(keys)
        return Outcome((), tuple(undone), tuple(refused), _changed(desk, keys, before))


def begin_undo(desk: Desk, batches: Sequence[int], person: str, slot: str) -> None:
    """Take batches back beside the page; the outcome is kept in the session under `slot` once it is known."""
    apart = Desk(desk.store, desk.settings)
    undoing.begin(f"Undo of {batches_text(batches).lower()}", lambda: undo(apart, batches, person), slot)


_Known = dict[tuple[str, Slice], Verdict | None]


def _variations(desk: Desk, keys: set[str]) -> _Known:
    """The verdicts of the KPIs that follow from these keys of KPIs and streams."""
    watched = desk.watched(viewer=reviews.viewer(), keys=touched(desk.catalog, keys))
    return {(item.kpi.key, item.series.slice): item.verdict for item in watched}


def _changed(desk: Desk, keys: set[str], before: _Known) -> tuple[NewVerdict, ...]:
    found = []
    for (key, part), verdict in _variations(desk, keys).items():
        old = before.get((key, part))
        if verdict is not None and (old is None or (old.variation, old.side) != (verdict.variation, verdict.side)):
            name = " · ".join(text for text in (desk.catalog[key].name, slice_text(part)) if text)
            found.append(NewVerdict(name, verdict))
    return tuple(found)


# In words


def refusal(title: str, sentence: str) -> Block:
    """What was not loaded and why; nothing was changed."""
    return blocks.callout(STOPPED, title, f"{sentence} Nothing was changed.")


def title(outcome: Outcome, catalog: Catalog) -> str:
    """The headline of an outcome."""
    if outcome.undone:
        return f"{batches_text([receipt.batch for receipt in outcome.undone])} undone"
    opened = outcome.batches
    if not opened:
        return "Nothing was new: the store already holds all of this" if outcome.receipts else "Nothing was loaded"
    loaded = sum(receipt.tally.rows for receipt in outcome.receipts if receipt.batch is not None)
    at = at_site(site(catalog), outcome.receipts[-1].at)
    return f"{_counted(loaded, 'record')} loaded at {at:%H:%M}, {batches_text(opened).lower()}"


def batches_text(numbers: Sequence[int]) -> str:
    """ "Batch 47" or "Batches 47–82"."""
    low, high = min(numbers), max(numbers)
    if low == high:
        return f"Batch {low}"
    whole = high - low + 1 == len(numbers)
    return f"Batches {low}–{high}" if whole else f"Batches {', '.join(map(str, sorted(numbers)))}"


def equation(receipts: Sequence[Receipt]) -> str:
    """The parts of the files, which add up to their records. A file whose bytes were loaded before opens no batch."""
    tallies = [receipt.tally for receipt in receipts]
    parts = {
        "loaded": sum(receipt.tally.rows for receipt in receipts if receipt.batch is not None),
        "stored already": sum(receipt.tally.rows for receipt in receipts if receipt.batch is None),
        "rejected": sum(tally.rejected for tally in tallies),
        "without a value": sum(tally.missing for tally in tallies),
        "repeated": sum(tally.duplicates for tally in tallies),
        "skipped": sum(tally.skipped for tally in tallies),
    }
    shown = " + ".join(f"{wording.number(n, 0)} {word}" for word, n in parts.items() if n or word == "loaded")
    return f"{shown} = {_counted(sum(tally.records for tally in tallies), 'record')}"


def covered(receipts: Sequence[Receipt], catalog: Catalog) -> str:
    """From which day to which the files reach; "" where they carry no dates."""
    spans = [span for receipt in receipts for span in receipt.spans]
    days = [day for span in spans for day in covered_days(catalog, span.kpi, span.starts_at, span.ends_at)]
    who = "It covers" if len(receipts) == 1 else "They cover"
    return f"{who} {span_text(min(days), max(days))}." if days else ""


def stored(receipts: Sequence[Receipt]) -> str:
    """What that meant for the store."""
    sums = {
        "new": sum(receipt.new for receipt in receipts),
        "changed": sum(receipt.updated for receipt in receipts),
        "identical": sum(receipt.unchanged for receipt in receipts),
    }
    removed = sum(receipt.removed for receipt in receipts)
    sums |= {"taken away": removed} if removed else {}
    return " · ".join(f"{wording.number(n, 0)} {word}" for word, n in sums.items())


def mended_text(receipt: Receipt) -> str:
    """What a file of mended rejects settled, "" of any other file."""
    mended = receipt.mended
    if mended is None:
        return ""
    left = f"{wording.number(mended.left, 0)} left" if mended.left else "none is left"
    return f"{wording.number(mended.now, 0)} of the rejects of batch {mended.batch} settled, {left}."


def to_mend(receipts: Sequence[Receipt]) -> list[int]:
    """The batches whose rejects these loads left: their own, or those that a mended file was about."""
    found = [
        receipt.mended.batch if receipt.mended else receipt.batch
        for receipt in receipts
        if receipt.mended or receipt.tally.rejected
    ]
    return list(dict.fromkeys(batch for batch in found if batch is not None))


def undo_effect(new: int, updated: int, removed: int = 0) -> str:
    """What undoing a batch does, said before it is done."""
    parts = [f"takes out {_counted(new, 'value')}"] if new or not updated + removed else []
    parts += [f"brings back {_counted(removed, 'event')}"] if removed else []
    parts += [f"puts back {_counted(updated, 'former value')}"] if updated else []
    return f"{' and '.join(parts)}; what a later batch changed stays; the file stays on record"


def undone_text(receipts: Sequence[UndoReceipt]) -> str:
    """What an undo did, in a sentence."""
    removed, restored, kept = (sum(getattr(r, name) for r in receipts) for name in ("removed", "restored", "kept"))
    parts = [f"{_counted(removed, 'value')} taken out"] if removed or not restored else []
    parts += [f"{_counted(restored, 'value')} put back as before"] if restored else []
    if kept:
        parts.append(f"{_counted(kept, 'value')} kept, because a later batch changed them")
    return f"{'; '.join(parts)}. The file stays on record."


def _counted(n: int, noun: str) -> str:
    return counted(n, f"{{n}} {noun}", f"{{n}} {noun}s")


# On the page


def show(desk: Desk, slot: str, person: str) -> None:
    """The outcome kept in the session under `slot`, with its undo; nothing where there is none."""
    outcome = st.session_state.get(slot)
    if not isinstance(outcome, Outcome):
        return
    upload_blocks.show(*outcome_blocks(outcome, desk.catalog), key=f"{slot}_blocks")
    for batch in to_mend(outcome.receipts)[:MENDED]:
        data_rejects.render(desk, batch, f"{slot}_rejects_{batch}")
    opened = outcome.batches
    if not opened:
        return
    text = f"Undo {batches_text(opened).lower()}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(text, key=f"{slot}_undo"):
            begin_undo(desk, opened, person, slot)
            st.rerun()
        receipts = outcome.receipts
        sums = (sum(getattr(receipt, name) for receipt in receipts) for name in ("new", "updated", "removed"))
        st.caption(f"Undo {undo_effect(*sums)}.")


def outcome_blocks(outcome: Outcome, catalog: Catalog) -> list[Block]:
    """An outcome as blocks: title, the equation, warnings, new verdicts, refusals."""
    mark = blocks.worded(data_mark("fresh"), title(outcome, catalog)) | {"tone": "ink"}
    found = [upload_blocks.said(stored(outcome.receipts) if outcome.receipts else "", mark=mark, muted=True)]
    if outcome.receipts:
        source = outcome.receipts[0].source if len(outcome.receipts) == 1 else f"{len(outcome.receipts)} files"
        found.append(upload_blocks.said(f"{source}: {equation(outcome.receipts)}."))
        found += [upload_blocks.said(text) for text in [covered(outcome.receipts, catalog)] if text]
    found += [upload_blocks.said(text) for receipt in outcome.receipts if (text := mended_text(receipt))]
    if outcome.undone:
        found.append(upload_blocks.said(undone_text(outcome.undone)))
    if outcome.receipts or outcome.undone:
        found += _verdict_lines(outcome.verdicts)
    notices = [notice for receipt in outcome.receipts for notice in receipt.warnings]
    notices += [notice for receipt in outcome.undone for notice in receipt.warnings]
    found += [upload_blocks.said(text, muted=True) for text in dict.fromkeys(notice.text for notice in notices)]
    return found + [refusal(f"{source} was refused", why) for source, why in outcome.refused]


def _verdict_lines(changed: Sequence[NewVerdict]) -> list[Block]:
    if not changed:
        return [upload_blocks.said("No verdict changed.")]
    lines = []
    for item in changed[:NAMED]:
        episode = item.verdict.episode
        since = f"since {episode.start_label}" if episode and episode.open else ""
        mark = rows.variation_word(item.verdict)
        mark["word"] = f"{item.name}: {mark['word'].lower()}"
        lines.append(upload_blocks.said(since, lead="New verdict:", mark=mark))
    rest = len(changed) - NAMED
    more = f"{rest} more verdicts changed." if rest > 1 else "One more verdict changed."
    return [*lines, upload_blocks.said(more if rest > 0 else "No other verdict changed.", muted=True)]
