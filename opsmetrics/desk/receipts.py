"""What a file did or would do, as JSON values: the same for the command line and for programs."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opsmetrics.measurements import Batch, Diff
from opsmetrics.verdict.as_dict import as_plain


def diff_dict(batch: Batch, diff: Diff) -> dict[str, Any]:
    """What a commit would do, with the receipt's names, and the rows it would change."""
    return {
        "outcome": "accept_with_rejects" if batch.tally.rejected else "accept",
        "dry_run": True,
        "batch": None,
        "source": batch.source,
        "fingerprint": batch.fingerprint,
        "template": batch.template,
        **batch.tally.as_dict(),
        "reject_lines": [int(line) for line in batch.rejects["line"]],
        "warnings": [w.as_dict() for w in (*batch.warnings, *diff.warnings)],
        "new": diff.new,
        "updated": diff.updated,
        "unchanged": diff.unchanged,
        "removed": diff.removed,
        "changes": [ledger_dict(row) for _, row in diff.changes.iterrows()],
        "event_changes": [ledger_dict(row) for _, row in diff.event_changes.iterrows()],
    }


def ledger_dict(row: pd.Series[Any]) -> dict[str, Any]:
    """A row of a frame as a JSON object: instants as ISO text, what is missing as null."""
    plain: dict[str, Any] = as_plain(row.to_dict())
    return plain
