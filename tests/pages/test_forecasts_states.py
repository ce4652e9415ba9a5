"""The page of all forecasts on stores with little in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pages import stores
from tests.pages.stores import block, page
from tests.pages.test_forecasts import rows


@pytest.mark.parametrize("build", [stores.defined, stores.empty])
def test_without_data_it_says_how_to_begin(build: Callable[[Path], None], tmp_path: Path) -> None:
    with stores.owned(build, tmp_path):
        app = page("forecasts")
        assert not app.exception
        assert block(app, "heading")["title"] == "Nothing to look ahead at yet."


def test_one_point_is_told_and_what_has_none_says_why(tmp_path: Path) -> None:
    with stores.owned(stores.one_point, tmp_path):
        shown = rows(page("forecasts"))
    assert shown["scrap|day|"]["section"] == "early"
    assert shown["scrap|day|"]["value"] == "3.0"
    nothing = shown["late|day|"]
    assert (nothing["section"], nothing["value"]) == ("nothing", "–")
    assert nothing["sentence"].startswith("Nothing to forecast from yet.")
