"""The rejects of a batch, kept with it: as a file to mend, and for those who read that file when it comes back."""

from __future__ import annotations

from typing import Literal

from opsmetrics.catalog import NotHere
from opsmetrics.ingest import KeptRejects, rejects_csv, rejects_excel
from opsmetrics.store import Rejected, Store, read_as, rejected, rejects_of

Form = Literal["csv", "xlsx"]


def kept_rejects(store: Store, batch: int) -> KeptRejects | None:
    """What the store keeps of a batch for those who mend its rejects; None where it keeps nothing."""
    told, state = read_as(store, batch), rejected(store, batch).get(batch)
    if told is None or state is None:
        return None
    ledger = store.batches()
    undone = bool(ledger.loc[ledger["batch"] == batch, "undone_at"].notna().any())
    return KeptRejects(told, rejects_of(store, batch), state.rejected, undone)


def rejects_file(store: Store, batch: int, form: Form = "csv") -> bytes:
    """The rejects of a batch that no later one has settled, as a file to mend. Raises NotHere where there is no such
    batch, or where none are kept of it."""
    state = state_of(store, batch)
    found = rejects_of(store, batch)
    if found.empty:
        raise NotHere("no_rejects", _nothing(state))
    left = found[~found["settled"].astype(bool)]
    told = read_as(store, batch)
    if form == "csv":
        return rejects_csv(left, told)
    ledger = store.batches()
    return rejects_excel(left, told, str(ledger.loc[ledger["batch"] == batch, "source"].iloc[0]))


def state_of(store: Store, batch: int) -> Rejected:
    """What became of the rejects of a batch. Raises NotHere where there is no such batch."""
    state = rejected(store, batch).get(batch)
    if state is None:
        raise NotHere("no_batch", f"There is no batch {batch}. The list of batches has their numbers.")
    return state


def _nothing(state: Rejected) -> str:
    if not state.rejected:
        return f"Batch {state.batch} has no rejected records."
    return (
        f"The rejected records of batch {state.batch} were not kept: an earlier version loaded it. Read its file "
        "again with --dry-run to see them."
    )
