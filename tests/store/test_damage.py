"""A store that was damaged on the disk: what is read from it is right or refused, and `check` finds all of it.

Bits are turned in copies of a real file and of its log, and both are cut, at random places. The oracle is what the
whole store said.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmetrics.store import Store, StoreDamaged, StoreError, StoreNotWhole, back_up, restore
from tests.cases import cases
from tests.store.builders import batch, catalog, count, day, event, reading
from tests.store.children import run

NAME = "s.duckdb"
LOG = f"{NAME}.wal"

#: DuckDB's three headers come first, then blocks of this size.
HEADERS, BLOCK = 12_288, 262_144

#: A store by name of file, and everything that was read from it while it was whole.
Told = tuple[str, int, int | None]
Whole = tuple[dict[str, bytes], list[Told]]

#: Commits six batches while a reader keeps the log from the file, and ends as after a kill.
LEAVES_A_LOG = """
import os
with Store.open(path) as store, store.cursor() as reader:
    reader.execute("BEGIN TRANSACTION")
    reader.execute("SELECT count(*) FROM counts").fetchall()
    for number in range(6):
        store.commit(batch(*[count(day(n), number, site="s") for n in range(50)], source=str(number)), by="x")
    os._exit(0)
"""


def told(store: Store) -> list[Told]:
    """All that any page could show, down to the last value: each table, its number of rows, and a hash of them."""
    with store.cursor() as cursor:
        tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL").fetchall()
        digest = "SELECT count(*), bit_xor(hash(t)) FROM"
        return [(name, *cursor.execute(f'{digest} "{name}" AS t').fetchall()[0]) for (name,) in tables]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put(folder: Path, files: dict[str, bytes]) -> Path:
    """These files, and nothing else, in a folder; the path of their store."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / NAME


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A store of several megabytes that was closed: all of it lies in the file."""
    path = tmp_path_factory.mktemp("written") / NAME
    with Store.open(path) as store:
        store.apply_catalog(catalog(), by="Ada")
        for number in range(5):
            rows = [count(day(n), number + n * 0.37, site=f"s{number}") for n in range(2000)]
            rows += [reading(day(n), number * n * 0.7, site="x") for n in range(300)]
            rows += [event(day(n), reference=f"{number} {n}", site="x") for n in range(50)]
            store.commit(batch(*rows, source=f"{number}.csv"), by="Ada")
    with Store.open(path) as store:
        whole = told(store)
    return files_of(path.parent), whole


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A store whose owner was killed: its last six batches lie in the log only."""
    path = tmp_path_factory.mktemp("logged") / NAME
    with Store.open(path) as store:
        store.apply_catalog(catalog(), by="Ada")
        store.commit(batch(count(day(0), 1, site="first")), by="Ada")
    run(LEAVES_A_LOG, path)
    files = files_of(path.parent)
    with Store.open(path) as store:
        assert store.data_version == 7
        return files, told(store)


def flipped(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]


def places(chance: random.Random, size: int, many: int) -> Iterator[int]:
    """Places in each header, in each block, and then anywhere."""
    yield from (chance.randrange(start, start + HEADERS // 3) for start in range(0, HEADERS, HEADERS // 3))
    yield from (chance.randrange(start, min(start + BLOCK, size)) for start in range(HEADERS, size, BLOCK))
    yield from (chance.randrange(size) for _ in range(many))


def test_turned_bits_of_the_file_are_refused_or_were_of_no_use(written: Whole, tmp_path: Path) -> None:
    files, whole = written
    chance, refused, hidden = random.Random(), 0, 0
    for place in places(chance, len(files[NAME]), cases(5, 400)):
        path = put(tmp_path / "store", {**files, NAME: flipped(files[NAME], place, chance.randrange(8))})
        try:
            with Store.open(path) as store:
                assert told(store) == whole, f"another answer after a turned bit at {place}"
                assert store.check() == ()
                hidden += 1
        except StoreDamaged as error:
            refused += 1
            assert "cannot be read: Corrupt database file" in str(error)
            with pytest.raises(StoreDamaged), Store.open(path, whole=False) as store:
                store.check()
    print(f"{refused + hidden} turned bits in the file: {refused} refused, {hidden} in parts that hold nothing")
    assert refused >= 3, "those in the headers"


def test_a_cut_file_is_refused(written: Whole, tmp_path: Path) -> None:
    files, whole = written
    chance, size = random.Random(), len(files[NAME])
    cuts = [0, 1, HEADERS - 1, HEADERS, size - BLOCK, *(chance.randrange(size) for _ in range(cases(3, 60)))]
    refused = 0
    for cut in cuts:
        path = put(tmp_path / "store", {**files, NAME: files[NAME][:cut]})
        try:
            with Store.open(path) as store:
                assert told(store) == whole, f"another answer from the first {cut} bytes"
                assert store.check() == ()
        except StoreDamaged:
            refused += 1
    assert refused >= 4, "those that cut the headers or all that follows"


def test_a_file_that_is_gone_is_not_replaced_by_an_empty_store(written: Whole, tmp_path: Path) -> None:
    path = put(tmp_path / "store", written[0])
    path.unlink()
    with pytest.raises(StoreNotWhole, match="The file is gone, and 5 batches in it were acknowledged"):
        Store.open(path)
    assert not path.exists()
    path.with_name(f"{NAME}.receipts").unlink()
    with Store.open(path) as store:
        assert len(store.batches()) == 0


def test_a_cut_or_altered_log_is_refused(logged: Whole, tmp_path: Path) -> None:
    """DuckDB opens a database with a cut log without a word, and without its last batches."""
    files, whole = logged
    chance, size = random.Random(), len(files[LOG])
    with Store.open(put(tmp_path / "store", files)) as store:
        assert told(store) == whole
    gone = {name: data for name, data in files.items() if name != LOG}
    cuts = [0, size - 1, *(chance.randrange(size) for _ in range(cases(4, 80)))]
    for damaged in (gone, *({**files, LOG: files[LOG][:cut]} for cut in cuts)):
        path = put(tmp_path / "store", damaged)
        for _ in range(2):  # opening it again makes nothing good
            with pytest.raises(StoreNotWhole, match=r"Acknowledged and no longer in the store: batches .*7"):
                Store.open(path)
        with Store.open(path, whole=False) as store:
            assert "lost_batches" in {finding.code for finding in store.check()}
    for place in (chance.randrange(size) for _ in range(cases(4, 80))):
        path = put(tmp_path / "store", {**files, LOG: flipped(files[LOG], place, chance.randrange(8))})
        with pytest.raises(StoreDamaged):  # by its checksum; one that looks like an old log by what it lacks
            Store.open(path)


@pytest.mark.parametrize(
    "damage",
    ["DELETE FROM counts WHERE batch = 2 AND numerator = 1.37", "UPDATE counts SET batch = 77 WHERE batch = 2"],
)
def test_after_a_kill_the_ledger_is_compared_with_the_facts(written: Whole, tmp_path: Path, damage: str) -> None:
    path = put(tmp_path / "store", written[0])
    with Store.open(path) as store, store._engine.writing() as transaction:
        transaction.cursor.execute(damage)
    (tmp_path / "store" / f"{NAME}.lock").write_text('{"pid": 4711, "role": "app"}')
    with Store.open(path, whole=False) as store:
        assert store.check() != ()
    for _ in range(2):  # and the doubts stay until it fits
        with pytest.raises(StoreNotWhole, match="Put the store aside, restore a backup"):
            Store.open(path)


def test_no_backup_is_made_of_a_damaged_store_and_none_restored(written: Whole, tmp_path: Path) -> None:
    """A bit in the values, which nothing but reading all of them finds."""
    files, whole = written
    good = put(tmp_path / "good", files)
    for place in range(len(files[NAME]) - BLOCK // 2, HEADERS, -BLOCK):
        path = put(tmp_path / "store", {**files, NAME: flipped(files[NAME], place, 0)})
        try:
            with Store.open(path) as store, pytest.raises(StoreError, match="was not kept"):
                back_up(store, tmp_path / "safe")
        except StoreDamaged:
            continue  # it does not even open
        assert list((tmp_path / "safe").iterdir()) == []
        with pytest.raises(StoreError, match="was not kept"):
            restore(path, good)
        break
    else:
        pytest.fail("no part of the file holds values")
    with Store.open(good) as store:
        assert told(store) == whole
