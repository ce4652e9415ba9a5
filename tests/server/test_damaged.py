"""Pages on a store of which a part was altered on the disk: the same figures, or the reason why there are none."""

from __future__ import annotations

import random
from pathlib import Path

from opsmetrics import store
from tests.cases import cases
from tests.pages import stores
from tests.pages.stores import blocks, page
from tests.store.test_damage import BLOCK, HEADERS, flipped

PAGES = ("today", "summary", "chart", "data")


def test_no_page_shows_figures_of_a_damaged_store(tmp_path: Path) -> None:
    """One bit in one part of the file after the other, each in a store that no cache knows."""
    path, chance, pages = tmp_path / "whole" / "pages.duckdb", random.Random(), cases(PAGES[:1], PAGES)
    path.parent.mkdir()
    stores.full(path)
    whole = path.read_bytes()  # alone: without its notes nothing else tells of what is missing
    places = [start + chance.randrange(BLOCK) for start in range(HEADERS, len(whole) - BLOCK, BLOCK)]
    chance.shuffle(places)
    store.own(path)
    right = {name: figures(name) for name in pages}
    store.release()
    refused = 0
    for number, place in enumerate(places):
        if refused and number >= cases(3, len(places)):
            break
        damaged = tmp_path / str(number) / "pages.duckdb"
        damaged.parent.mkdir()
        damaged.write_bytes(flipped(whole, place, chance.randrange(8)))
        try:
            store.own(damaged)
            for name in pages:
                found = figures(name)
                assert found in (right[name], [REFUSED]), (name, place)
                refused += found == [REFUSED]
        except store.StoreDamaged:
            refused += 1
        finally:
            store.release()
    print(f"{refused} refusals by the start or a page")
    assert refused > 0, "no part of the file mattered"


REFUSED = "The store cannot be read"


def figures(name: str) -> list[str]:
    """What stands in the rows, and in the headings, of a page; of one that failed its reason alone."""
    app = page(name)
    assert not app.exception
    found = blocks(app)
    if said := [str(part["mark"]["word"]) for part in found if part["kind"] == "callout"]:
        return said
    rows = [row for part in found if part["kind"] == "section" for row in part["rows"]]
    return [str(row["value"]) for row in rows] + [str(part["title"]) for part in found if part["kind"] == "heading"]
