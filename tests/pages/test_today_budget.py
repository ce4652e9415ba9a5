"""The alarm budget, the order of the signals and the cards of a whole and its parts on Today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.desk import Desk
from opsmetrics.settings import Settings
from opsmetrics.triage import triage
from tests.pages import stores
from tests.pages.stores import block, blocks, page


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(stores.full, tmp_path_factory.mktemp("shop")) as path:
        yield path


def signals(app: AppTest) -> dict[str, Any]:
    return next(part for part in blocks(app) if part.get("id") == "find_cause")


def test_the_budget_of_the_page_is_that_of_the_triage(shop: Path) -> None:
    held = store.current()
    desk = Desk(held, Settings.from_environment().for_store(held.path))
    yesterday = pd.Timestamp(stores.start()) + pd.Timedelta(days=stores.DAYS - 1)
    found = triage(desk.watched(), yesterday)
    told = block(page("today"), "heading")["budget"]
    assert told["text"] == found.budget.sentence()
    drawn = [shape for shape in told["shapes"] if shape.get("fill") in ("concern", "improve")]
    assert len(drawn) == found.budget.found > 0


def test_filters_leave_the_budget_of_what_is_shown(shop: Path) -> None:
    assert " on 1 chart;" in block(page("today", category="Paint"), "heading")["budget"]["text"]


def test_a_whole_and_its_part_share_a_row_that_names_the_part(shop: Path) -> None:
    section = signals(page("today"))
    (row,) = section["rows"]
    assert (row["name"], row["sub"], section["count"]) == ("Late deliveries", "Line 3", "2")
    (other,) = row["also"]["links"]
    assert (other["text"], other["go"]["params"]["kpi"]) == ("the whole", "late")
    assert "slice" not in other["go"]["params"]
    only = signals(page("today", q="late line 3"))["rows"][0]
    assert "also" not in only, "the whole is not among what is shown"


def test_the_weight_is_the_product_of_its_parts(shop: Path) -> None:
    app = page("today")
    table = app.dataframe[0].value.dropna(subset="Weight")
    product = table["Direction"] * table["Attention"] * (table["Surprise"] + table["Volume"])
    assert table["Weight"].tolist() == pytest.approx(product.tolist(), abs=0.02)
    top = table.set_index("Slice").loc["Line 3", "Weight"]
    weight = signals(app)["rows"][0]["weight"]
    assert weight["text"] == f"weight {top:.1f}"
    assert weight["title"].startswith("direction 1.0 × attention 1.0 × (surprise ")
