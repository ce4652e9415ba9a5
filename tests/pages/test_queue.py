"""Staff for a wait on the Trend page, under AppTest: nothing is answered before it is said who leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import stores
from tests.pages.stores import page
from tests.queues import END, queues

AT = {"kpi": "wait", "as_of": f"{END:%Y-%m-%d}", "service": "talk", "staff": "3"}


@pytest.fixture(scope="module", autouse=True)
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with stores.owned(queues, tmp_path_factory.mktemp("queues")) as path:
        yield path


def answer(app: AppTest) -> str:
    assert not app.exception
    titles = [block["title"] for block in stores.blocks(app) if block["kind"] == "title"]
    return str(titles[-1]).replace("\u00a0", " ")


def test_the_answer_waits_until_it_is_said_who_leaves() -> None:
    app = page("trend", **AT)
    assert "it is not known how many leave before their turn" in answer(app)
    app.selectbox(key="queue_leave").set_value("none").run()
    assert app.query_params.get("leave") in ("none", ["none"])
    assert answer(app) == "5 on duty keep the mean wait at 4.0 min or less."


def test_a_share_that_leaves_is_looked_at() -> None:
    assert "5 % leave before their turn" in answer(page("trend", **AT, leave="left"))
