"""One stored number corrected by a person: a batch with a single fact under exactly the key of the stored one."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.rejects import rejects_frame
from opsmetrics.ingest.typed import TypedProblem, TypedRefused, TypedRow, value_problems
from opsmetrics.measurements import Batch, Facts, Tally, counts_schema, readings_schema

SOURCE = "correction"


@dataclass(frozen=True)
class FactKey:
    """What tells one stored fact from all others. observed_at: naive UTC; dimensions: the KPI's own, None where the
    fact has no value; sample: number of the reading, 0 for counts."""

    kpi: str
    observed_at: dt.datetime
    dimensions: Mapping[str, str | None]
    sample: int = 0


def corrected_batch(
    key: FactKey, values: Mapping[str, float | None], catalog: Catalog, *, why: str, now: dt.datetime | None = None
) -> Batch:
    """A batch that gives one stored fact new values. It covers no time: what was covered stays covered.

    values: numerator and denominator (this one alone where events are the numerator), or value. Raises IngestRefused
    without a reason, TypedRefused with everything that is wrong with the numbers, KeyError for an unknown KPI.
    """
    kpi = catalog[key.kpi]
    if not why.strip():
        raise IngestRefused("no_reason", "no reason", "a few words on why the number changes", "write the reason")
    given = TypedRow(key.kpi, 0, {}, values.get("numerator"), values.get("denominator"), values.get("value"))
    problems = [TypedProblem(0, *problem) for problem in value_problems(given, kpi)]
    if problems:
        raise TypedRefused(problems)
    instant = now or dt.datetime.now(dt.UTC).replace(tzinfo=None)
    dims = catalog.dimension_keys
    facts, none = _facts(kpi, key, values, dims), Facts(0, lambda: _reader([], not kpi.counts, dims))
    return Batch(
        source=SOURCE,
        fingerprint=_fingerprint(key, values, instant),
        dimensions=dims,
        counts=facts if kpi.counts else none,
        readings=none if kpi.counts else facts,
        tally=Tally(records=1, rows=1),
        spans=(),
        rejects=rejects_frame(),
        note=why.strip(),
    )


def _facts(kpi: Kpi, key: FactKey, values: Mapping[str, float | None], dims: tuple[str, ...]) -> Facts:
    row: dict[str, object] = {
        "kpi": key.kpi,
        "observed_at": key.observed_at,
        **{d: key.dimensions.get(d) for d in dims},
    }
    row |= (
        {"numerator": 0.0 if kpi.events else values.get("numerator"), "denominator": values.get("denominator")}
        if kpi.counts
        else {"sample": key.sample, "value": values.get("value")}
    )
    return Facts(1, lambda: _reader([row], kpi.counts, dims))


def _reader(rows: list[dict[str, object]], counts: bool, dims: tuple[str, ...]) -> pa.RecordBatchReader:
    schema = counts_schema(dims) if counts else readings_schema(dims)
    table = pa.Table.from_pylist(rows, schema=schema)
    return pa.RecordBatchReader.from_batches(schema, table.to_batches())


def _fingerprint(key: FactKey, values: Mapping[str, float | None], now: dt.datetime) -> str:
    """SHA-256 of the correction and its time: correcting back is a batch of its own."""
    entry = [key.kpi, key.observed_at.isoformat(), dict(key.dimensions), key.sample, dict(values), now.isoformat()]
    return hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()
