"""The tables of the store and how an older store becomes a newer one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb

from opsmetrics.store.engine import Engine
from opsmetrics.store.errors import StoreError, StoreTooNew
from opsmetrics.store.statements import FOLDER, statement


@dataclass(frozen=True)
class Migration:
    """One step forward: `0003_add_owner.sql` leads to schema 3."""

    version: int
    name: str
    sql: str


def known_migrations() -> tuple[Migration, ...]:
    """The steps that lie beside the code, in order."""
    files = sorted((FOLDER / "migrations").glob("*.sql"))
    return tuple(Migration(int(file.stem[:4]), file.stem[5:], file.read_text(encoding="utf-8")) for file in files)


def migrate(engine: Engine, migrations: tuple[Migration, ...]) -> bool:
    """Brings the store to the last schema; True where the file was empty before.

    Raises StoreTooNew, or StoreError where the file holds other tables.
    """
    with engine.reading() as cursor:
        found = _found(cursor, engine)
    known = migrations[-1].version
    if found > known:
        raise StoreTooNew(engine.path, found, known)
    for migration in migrations:
        if migration.version > found:
            _apply(engine, migration)
    return found == 0


def counted(cursor: duckdb.DuckDBPyConnection) -> tuple[int, int, int]:
    """The versions of data and of decisions, and how much was said about signals."""
    data, decided, said = cursor.execute(statement("schema", "versions")).fetchall()[0]
    return int(data), int(decided), int(said)


def dimension_columns(cursor: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The dimension columns of the fact tables, in the order in which they were added."""
    return tuple(name for (name,) in cursor.execute(statement("schema", "dimensions")).fetchall())


def data_version(cursor: duckdb.DuckDBPyConnection) -> int:
    """How often the facts have changed."""
    return int(cursor.execute(statement("schema", "versions")).fetchall()[0][0])


def utc_now() -> dt.datetime:
    """The present instant, naive in UTC."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _found(cursor: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    tables = {name for (name,) in cursor.execute(statement("schema", "tables")).fetchall()}
    if not tables:
        return 0
    if "schema_version" not in tables:
        raise StoreError(
            f"{engine.path} is a DuckDB database with other tables ({', '.join(sorted(tables)[:3])}), not a store of "
            "OpsMetrics. Choose another path for the store."
        )
    return int(cursor.execute(statement("schema", "version")).fetchall()[0][0])


def _apply(engine: Engine, migration: Migration) -> None:
    with engine.writing() as transaction:
        cursor = transaction.cursor
        if migration.version == 1:
            cursor.execute(statement("schema", "begin_ledger"))
        cursor.execute(migration.sql)
        cursor.execute(
            statement("schema", "record"), {"version": migration.version, "name": migration.name, "at": utc_now()}
        )
