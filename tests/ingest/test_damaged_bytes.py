"""Bytes that are changed, lost, added or exchanged. Authority: the records whose own bytes are as they were written.

Whatever happens to a file, it is refused or asked about in a sentence, or each record whose bytes are whole is loaded
with the value that was written, or the receipt says that something was left out.
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from opsmetrics.ingest import IngestRefused, NeedsAnswer, table_of
from opsmetrics.measurements import Batch
from tests.cases import cases
from tests.ingest.builders import prepared, readings

Key = tuple[dt.date, str, str]

#: Delimiter, quotation mark, line end, encoding, decimal mark.
MAKES = (
    (",", "", "\n", "utf-8", "."),
    (";", "", "\r\n", "utf-8-sig", ","),
    (",", '"', "\n", "utf-8", "."),
    ("\t", '"', "\r\n", "cp1252", ","),
    ("|", "", "\r", "utf-16", "."),
)
HEAD = ("date", "site", "line", "metric", "value", "note")
SITES, NOTES = ("Köln", "New York", "Lyon"), ("ok", "jam, again", "say; so", "", "12 x 3")


def lines_of(chance: random.Random, make: tuple[str, ...], count: int) -> tuple[list[str], list[tuple[Key, float]]]:
    """The lines of a whole file, and what each of its records states."""
    mark, quote, _, _, decimal = make
    lines, stated = [mark.join(HEAD)], []
    for number in range(count):
        day, site = dt.date(2025, 1, 1) + dt.timedelta(days=number // 3), SITES[number % 3]
        value = chance.randrange(1, 90_000) / 8
        note = chance.choice(NOTES) if quote else "ok"
        cells = [day.isoformat(), site, "L1", "scrap", f"{value:.3f}".replace(".", decimal), note]
        lines.append(mark.join(f"{quote}{cell}{quote}" if mark in cell or number % 2 else cell for cell in cells))
        stated.append(((day, site, "L1"), value))
    return lines, stated


def damaged(chance: random.Random, lines: list[str], make: tuple[str, ...]) -> tuple[bytes, set[int]]:
    """The bytes of the file after one blow, and the numbers of the lines that it hit."""
    end, encoding = make[2], make[3]
    kind = chance.choice(("flip", "delete", "insert", "truncate", "swap", "mark"))
    if kind == "swap":
        at = chance.randrange(1, len(lines) - 1)
        lines = [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]
        return (end.join(lines) + end).encode(encoding), set()
    raw = bytearray((end.join(lines) + end).encode(encoding))
    at = chance.randrange(len(raw))
    where = raw[: at + 1].decode(encoding, "ignore").count(end)
    hit = {where - 1, where, where + 1}  # a blow to a line end hits both lines
    if kind == "truncate":
        return bytes(raw[:at]), set(range(where - 1, len(lines)))
    if kind == "delete":
        del raw[at : at + chance.choice((1, 1, 2, 5))]
        return bytes(raw), {*hit, where + 2}
    if kind == "flip":
        raw[at] ^= 1 << chance.randrange(8)
    else:
        raw.insert(at, chance.choice(b"\",;\t|\n\r'\\") if kind == "mark" else chance.randrange(256))
    return bytes(raw), hit


def wrong(batch: Batch, stated: list[tuple[Key, float]], hit: set[int]) -> list[str]:
    """What the batch says that no whole record says, and what it leaves out without a word."""
    whole = {key: value for number, (key, value) in enumerate(stated, start=1) if number not in hit}
    table = readings(batch)
    days = table["observed_at"].dt.date
    loaded = dict(zip(zip(days, table["site"], table["line"], strict=True), table["value"], strict=True))
    said = [f"{key}: {loaded[key]} for {value}" for key, value in whole.items() if loaded.get(key, value) != value]
    lost = [key for key in whole if key not in loaded]
    tally = batch.tally
    shown = tally.rejected + tally.missing + tally.skipped + tally.duplicates + len(batch.warnings)
    return said + ([f"lost without a word: {lost}"] if lost and not shown else [])


@pytest.mark.parametrize("make", MAKES, ids=lambda make: make[3])
def test_no_whole_record_is_changed_or_lost_without_a_word(tmp_path: Path, make: tuple[str, ...]) -> None:
    lines, stated = lines_of(random.Random(0), make, 12)
    unspoilt = prepared(tmp_path, (make[2].join(lines) + make[2]).encode(make[3]))
    assert sorted(readings(unspoilt)["value"]) == sorted(value for _, value in stated)
    assert wrong(unspoilt, [(key, value + 1) for key, value in stated], set())  # the look at a batch sees changes
    for seed in range(cases(2, 600)):
        chance = random.Random(f"{make}{seed}")
        lines, stated = lines_of(chance, make, 12)
        raw, hit = damaged(chance, lines, make)
        try:
            batch = prepared(tmp_path, raw)
        except (IngestRefused, NeedsAnswer) as told:
            assert str(told)
            continue
        assert not wrong(batch, stated, hit), (seed, raw)


def test_any_bytes_are_a_table_or_are_refused(tmp_path: Path) -> None:
    for seed in range(cases(100, 4_000)):
        chance = random.Random(seed)
        make = chance.choice(MAKES)
        lines, _ = lines_of(chance, make, 12)
        raw = damaged(chance, lines, make)[0]
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(raw) + 1)
            raw = raw[:at] + bytes(chance.randrange(256) for _ in range(3)) + raw[at:]
        path = tmp_path / "file.csv"
        path.write_bytes(raw)
        try:
            assert isinstance(table_of(path), list)
        except IngestRefused as told:
            assert str(told)
