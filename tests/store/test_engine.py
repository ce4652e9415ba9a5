"""The hardened connection: no files, no network, no settings; time limits; threads; migrations."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from opsmetrics.store import Store, StoreClosed, StoreError, StoreTimeout, StoreTooNew
from opsmetrics.store.engine import Engine
from opsmetrics.store.schema import Migration, known_migrations, migrate
from tests.cases import cases
from tests.store.builders import batch, catalog, count, day, reading
from tests.store.children import run

#: Takes minutes if nothing stops it.
LONG = "SELECT count(*) AS n FROM range(100000000) a, range(100000000) b WHERE a.range % 7 = b.range % 5"


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_parquet('https://example.org/a.parquet')",
        "COPY counts TO 'stolen.csv'",
        "ATTACH 'other.duckdb'",
        "EXPORT DATABASE 'folder'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET GLOBAL memory_limit = '100GB'",
        "SET TimeZone = 'America/New_York'",
        "RESET lock_configuration",
    ],
)
def test_no_statement_reaches_files_network_or_settings(store: Store, attack: str) -> None:
    with pytest.raises(duckdb.Error, match=r"disabled (by|through) configuration|has been locked|does not exist"):
        store.read(attack)


def test_every_cursor_runs_in_utc_whatever_the_machine_says(tmp_path: Path) -> None:
    found = run(
        """
with Store.open(path) as store:
    print(store.read("SELECT current_setting('TimeZone') AS zone")["zone"].iloc[0])
    print(store.read("SELECT CAST(TIMESTAMP '2024-07-01 12:00' AS TIMESTAMPTZ)::VARCHAR AS at")["at"].iloc[0])
""",
        tmp_path / "s.duckdb",
        before=("env", "TZ=America/New_York"),
    )
    assert found == ["UTC", "2024-07-01 12:00:00+00"]


def test_the_memory_limit_is_set_and_told(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb", memory_limit="100MB") as store:
        assert store.read("SELECT current_setting('memory_limit') AS m")["m"].iloc[0] == "95.3 MiB"
        with pytest.raises(StoreError, match=r"more memory than the store may use \(100MB\)"):
            store.read("SELECT list(range) AS l FROM range(60000000)")
        assert store.read("SELECT 1 AS a")["a"].iloc[0] == 1


def test_what_does_not_fit_into_memory_is_put_aside_on_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb", memory_limit="60MB") as store:
        found = store.read(
            "SELECT max(place) AS last FROM "
            "(SELECT row_number() OVER (ORDER BY hash(range)) AS place, range FROM range(3000000))"
        )
        assert found["last"].iloc[0] == 3_000_000


def test_arrow_streams_can_still_be_read_after_the_lockdown(store: Store) -> None:
    table = pa.table({"a": [1, 2, 3]})
    with store.cursor() as cursor:
        cursor.register("given", table.to_reader())
        assert cursor.execute("SELECT sum(a) FROM given").fetchall() == [(6,)]


def test_a_query_that_runs_too_long_is_stopped_and_told(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb", query_seconds=0.2) as store:
        with pytest.raises(StoreTimeout, match=r"longer than 0\.2 s and was stopped"):
            store.read(LONG)
        with pytest.raises(StoreTimeout), store.cursor() as cursor:
            time.sleep(0.4)  # over its time before it begins: stopped all the same
            cursor.execute(LONG).fetchall()
        assert store.read("SELECT 1 AS a")["a"].iloc[0] == 1


def test_a_mistake_in_a_query_keeps_duckdbs_own_words(store: Store) -> None:
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        store.read("SELECT * FROM nowhere")


def test_closing_stops_running_queries_with_one_quiet_exception(store: Store) -> None:
    told: list[BaseException] = []
    begun = threading.Event()

    def ask() -> None:
        try:
            with store.cursor() as cursor:
                begun.set()
                cursor.execute(LONG).fetchall()
        except StoreClosed as error:
            told.append(error)

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    begun.wait(30)
    time.sleep(0.1)
    store.close()
    for reader in readers:
        reader.join(60)
    assert [type(error) for error in told] == [StoreClosed] * 3


def test_parameters_are_bound(store: Store) -> None:
    assert store.read("SELECT ? AS a, ? AS b", ["x'; --", 2]).to_dict("list") == {"a": ["x'; --"], "b": [2]}


# Concurrency


#: One row that tells a reader's own number, the version that it sees, and what it sees in it.
SEEN = """
SELECT ? AS mine, (SELECT data_version FROM meta) AS version,
    (SELECT count(*) FROM counts) AS counts, (SELECT coalesce(sum(numerator), 0) FROM counts) AS numerators,
    (SELECT count(*) FROM readings) AS readings, (SELECT coalesce(sum(value), 0) FROM readings) AS read,
    (SELECT count(*) FROM batches WHERE undone_at IS NULL) AS batches
"""


def test_fifty_readers_beside_a_writer_get_the_right_answer_for_their_version(store: Store) -> None:
    """A writer adds, overwrites and takes back; what each version holds is worked out beside. Each answer must be that
    of its version, and the reader's own (a connection shared without cursors hands out other threads' rows)."""
    holds: dict[int, tuple[int, ...]] = {0: (0, 0, 0, 0, 0)}
    odd: list[object] = []
    seen: list[tuple[int, ...]] = []
    stop = threading.Event()

    def ask(mine: int) -> None:
        try:
            while not stop.wait(cases(0.2, 0.0)):
                told = [int(value) for value in store.read(SEEN, [mine]).iloc[0]]
                odd.extend([told] if told[0] != mine else [])
                seen.append(tuple(told[1:]))
        except Exception as error:  # noqa: BLE001 (any error in a thread must fail the test)
            odd.append(error)

    def read_while_it_stands(version: int) -> None:
        """The writer goes on once a reader has met this version: however busy the machine, they read beside it."""
        deadline = time.monotonic() + 60
        while not odd and not any(answer[0] == version for answer in list(seen)):
            assert time.monotonic() < deadline, f"nobody has read version {version}"
            time.sleep(0.01)

    readers = [threading.Thread(target=ask, args=(n,), daemon=True) for n in range(50)]
    for reader in readers:
        reader.start()
    facts: dict[int, int] = {}  # by site the value of its 40 counts, and of its 40 readings
    for number in range(cases(4, 60)):
        site, value = number // 2, number % 2 + 1  # every second batch overwrites the one before
        rows = [count(day(n), value, site=f"s{site}") for n in range(40)]
        rows += [reading(day(n), value, site=f"s{site}") for n in range(40)]
        receipt = store.commit(batch(*rows, source=str(number)), by="Ada")
        facts[site] = value
        states = [(receipt.data_version, dict(facts), number + 1 - number // 4)]
        if number % 4 == 3:  # takes the overwriting back
            assert receipt.batch is not None
            facts[site] = 1
            states.append((store.undo(receipt.batch, by="Ada").data_version, dict(facts), number - number // 4))
        for version, held, batches in states:
            total = 40 * sum(held.values())
            holds[version] = (40 * len(held), total, 40 * len(held), total, batches)
        read_while_it_stands(store.data_version)
    stop.set()
    for reader in readers:
        reader.join(60)
    assert odd == []
    assert [answer for answer in seen if holds[answer[0]] != answer[1:]] == []


def test_a_commit_beside_an_open_reading_transaction_is_stored(tmp_path: Path) -> None:
    """DuckDB cannot write its log into the file then; the commit stands all the same, and closing catches up."""
    path = tmp_path / "s.duckdb"
    with Store.open(path) as store:
        store.apply_catalog(catalog(), by="Ada")
        with store.cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION")
            cursor.execute("SELECT count(*) FROM counts").fetchall()
            assert store.commit(batch(count(day(0), 1)), by="Ada").new == 1
            assert cursor.execute("SELECT count(*) FROM counts").fetchall() == [(0,)], "its own view of the store"
        assert store.read("SELECT count(*) AS n FROM counts")["n"].iloc[0] == 1
    assert not path.with_name("s.duckdb.wal").exists()
    with Store.open(path) as store:
        assert store.read("SELECT count(*) AS n FROM counts")["n"].iloc[0] == 1


def test_several_writers_take_turns(store: Store) -> None:
    failed: list[BaseException] = []

    def load(writer: int) -> None:
        try:
            for number in range(5):
                store.commit(batch(count(day(number), writer, site=f"w{writer}")), by=f"writer {writer}")
        except Exception as error:  # noqa: BLE001 (any error in a thread must fail the test)
            failed.append(error)

    writers = [threading.Thread(target=load, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert failed == []
    assert store.batches()["batch"].tolist() == list(range(1, 21))
    assert store.data_version == 20
    assert store.read("SELECT count(*) AS n FROM counts")["n"].iloc[0] == 20


# Migrations


def test_an_older_store_moves_forward_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    first = known_migrations()
    added = Migration(len(first) + 1, "add_notes", "CREATE TABLE notes (text VARCHAR); INSERT INTO notes VALUES ('a')")
    engine = Engine(path, "1GB", 30.0)
    migrate(engine, first)
    with engine.writing() as transaction:
        transaction.cursor.execute("UPDATE meta SET data_version = 7")
    for _ in range(2):
        migrate(engine, (*first, added))
    with engine.reading() as cursor:
        assert cursor.execute("SELECT text FROM notes").fetchall() == [("a",)]
        assert cursor.execute("SELECT data_version FROM meta").fetchall() == [(7,)]
        assert cursor.execute("SELECT version, name FROM schema_version ORDER BY version").fetchall() == [
            *((m.version, m.name) for m in first),
            (added.version, "add_notes"),
        ]
    engine.close()


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "s.duckdb", "1GB", 30.0)
    first = known_migrations()
    migrate(engine, first)
    broken = Migration(len(first) + 1, "broken", "CREATE TABLE notes (text VARCHAR); INSERT INTO nowhere VALUES (1)")
    with pytest.raises(duckdb.CatalogException):
        migrate(engine, (*first, broken))
    with engine.reading() as cursor:
        tables = {name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        assert "notes" not in tables
        assert cursor.execute("SELECT max(version) FROM schema_version").fetchall() == [(len(first),)]
    engine.close()


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [migration.version for migration in known_migrations()] == list(range(1, len(known_migrations()) + 1))


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    Store.open(path).close()
    with duckdb.connect(str(path)) as newer:
        newer.execute("INSERT INTO schema_version VALUES (99, 'later', now()::TIMESTAMP)")
    with pytest.raises(StoreTooNew, match="has schema 99; this program knows schemas up to"):
        Store.open(path)
    with duckdb.connect(str(path)) as older:
        older.execute("DELETE FROM schema_version WHERE version = 99")
    Store.open(path).close()
