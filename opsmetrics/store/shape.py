"""The two fact tables whose rows are told apart by a key, as pieces of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from opsmetrics.catalog import RESERVED
from opsmetrics.measurements import COUNT_VALUES, READING_VALUES
from opsmetrics.store.statements import quoted

FactTable = Literal["counts", "readings"]
FACT_TABLES: tuple[FactTable, ...] = ("counts", "readings")

#: Tables that carry one column for each dimension of the catalogue.
DIMENSIONED = (
    "counts",
    "readings",
    "count_totals",
    "reading_totals",
    "events",
    "past_events",
    "states",
    "runs",
    "change",
)

#: The quarter-hour of UTC in which a fact lies; it stays one across every clock change.
BIN = "time_bucket(INTERVAL 15 MINUTES, observed_at, TIMESTAMP 'epoch')"

#: Keys that each fact has a value of. (In the table of changes the sample is null for counts.)
NEVER_NULL = ("kpi", "observed_at", "bin")

#: Keys that no dimension may have: the catalogue's list, and the column that says which table a change belongs to.
NOT_A_DIMENSION = RESERVED | {"fact"}


@dataclass(frozen=True)
class Shape:
    """One fact table with the dimension columns of the store and those that a batch brings along."""

    table: FactTable
    dimensions: tuple[str, ...]
    given: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """The columns that are measured."""
        return COUNT_VALUES if self.table == "counts" else READING_VALUES

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell one fact from another."""
        sample = () if self.table == "counts" else ("sample",)
        return ("kpi", "observed_at", *self.dimensions, *sample)

    @property
    def cell_values(self) -> tuple[str, ...]:
        """The columns of the totals that hold sums of fractions."""
        return ("numerator", "denominator") if self.table == "counts" else ("mean", "m2")

    def cell_parts(self) -> dict[str, str]:
        """The same for the statements about totals, whose cells are told apart by KPI, quarter-hour and dimensions."""
        named = ("kpi", *self.dimensions)
        sums = {
            "counts": "sum(numerator) AS numerator, sum(denominator) AS denominator",
            "readings": "avg(value) AS mean, var_pop(value) * count(*) AS m2",
        }
        return {
            "table": self.table,
            "keys": columns(self.keys),
            "totals": "count_totals" if self.table == "counts" else "reading_totals",
            "bin": BIN,
            "cell_dimensions": columns(named),
            "cell_sums": sums[self.table],
            "cell_columns": columns(self.cell_values),
            "cell_single": "numerator, denominator" if self.table == "counts" else "value AS mean, 0.0 AS m2",
            "match_cell": matching((*named, "bin"), "target", "source"),
            "cell_differs": " OR ".join(f"NOT {_alike(value)}" for value in self.cell_values),
        }

    def parts(self) -> dict[str, str]:
        """Everything that the statements of the .sql files put in braces, for this table."""
        return {
            "table": self.table,
            "keys": columns(self.keys),
            "values": columns(self.values),
            "source": self.source(),
            "source_keys": columns(self.keys, "source."),
            "source_values": columns(self.values, "source."),
            "target_keys": columns(self.keys, "target."),
            "target_values": columns(self.values, "target."),
            "old_values": columns(tuple(f"old_{value}" for value in self.values)),
            "match": matching(self.keys, "target", "source"),
            "differs": " OR ".join(f"target.{quoted(v)} IS DISTINCT FROM source.{quoted(v)}" for v in self.values),
            "apart": self.apart(),
            "take_over": ", ".join(f"{quoted(v)} = source.{quoted(v)}" for v in self.values),
            "put_back": ", ".join(f"{quoted(v)} = own.{quoted('old_' + v)}" for v in self.values),
            "match_own": matching(self.keys, "target", "own"),
            "unsound": self.unsound(),
            "filled": "".join(f", count({quoted(d)})" for d in self.dimensions),
            "diff_columns": self.diff_columns(),
            "change_columns": self.change_columns(),
        }

    def apart(self) -> str:
        """How far a fact's values lie from the stored ones, as a share of those: endless where one was 0 or is gone."""
        shares = []
        for value in self.values:
            old, new = f"target.{quoted(value)}", f"source.{quoted(value)}"
            share = f"coalesce(abs({new} - {old}) / nullif(abs({old}), 0), 'infinity')"
            shares.append(f"CASE WHEN {new} IS DISTINCT FROM {old} THEN {share} ELSE 0 END")
        return f"greatest({', '.join(shares)})"

    def source(self) -> str:
        """The incoming rows with all key columns of the store; a dimension the batch does not bring is null."""
        given = [quoted(d) if d in self.given else f"NULL::VARCHAR AS {quoted(d)}" for d in self.dimensions]
        rest = [quoted(k) for k in self.keys if k not in ("kpi", "observed_at", *self.dimensions)]
        listed = ", ".join(["kpi", "observed_at", *given, *rest, *map(quoted, self.values)])
        return f"(SELECT {listed} FROM incoming)"  # noqa: S608 (identifiers are quoted, nothing else is put in)

    def unsound(self) -> str:
        """True for a row that may not be stored: no instant, no sample number, no finite value."""
        first, *others = self.values
        tests = [f"{quoted(k)} IS NULL" for k in self.keys if k not in self.dimensions]
        tests.append(f"{quoted(first)} IS NULL OR NOT isfinite({quoted(first)})")
        tests += [f"{quoted(v)} IS NOT NULL AND NOT isfinite({quoted(v)})" for v in others]
        return " OR ".join(f"({test})" for test in tests)

    def diff_columns(self) -> str:
        """Old and new values under one set of columns for both tables, null where the table has no such value."""
        listed = ["source.kpi", "source.observed_at", *(f"source.{quoted(d)}" for d in self.dimensions)]
        listed.append("NULL::BIGINT AS sample" if self.table == "counts" else "source.sample")
        for value in (*COUNT_VALUES, *READING_VALUES):
            own = value in self.values
            listed.append(f"{f'target.{value}' if own else 'NULL::DOUBLE'} AS old_{value}")
            listed.append(f"{f'source.{value}' if own else 'NULL::DOUBLE'} AS new_{value}")
        return ", ".join([*listed, "target.batch AS old_batch"])

    def change_columns(self) -> str:
        """What a batch overwrote, and what it wrote: its own rows, or what a later batch found."""
        listed = [f"'{self.table}' AS fact", "own.kpi", "own.observed_at"]
        listed += [f"own.{quoted(d)}" for d in self.dimensions]
        listed.append("own.sample")
        for value in (*COUNT_VALUES, *READING_VALUES):
            listed.append(f"own.old_{value}")
            wrote = f"coalesce(target.{value}, later.old_{value})" if value in self.values else "NULL::DOUBLE"
            listed.append(f"{wrote} AS new_{value}")
        return ", ".join([*listed, "own.old_batch"])


def _alike(value: str) -> str:
    """True where two sums of the same numbers are equal but for their last digits."""
    ours, theirs = f"source.{value}", f"target.{value}"
    near = f"abs({ours} - {theirs}) <= 1e-9 * greatest(abs({ours}), abs({theirs}), 1e-9)"
    return f"coalesce({near}, {ours} IS NOT DISTINCT FROM {theirs})"


def columns(names: tuple[str, ...], prefix: str = "") -> str:
    """The columns as a list in SQL, each with the table's name before it."""
    return ", ".join(prefix + quoted(name) for name in names)


def matching(keys: tuple[str, ...], left: str, right: str) -> str:
    """The condition under which two rows are the same fact. Null dimensions are equal to each other: `=` would store
    a row without a site a second time. What is never null is compared by `=`, for which alone the engine skips blocks
    of rows by the times that they hold."""
    return " AND ".join(
        f"{left}.{quoted(k)} {'=' if k in NEVER_NULL else 'IS NOT DISTINCT FROM'} {right}.{quoted(k)}" for k in keys
    )
