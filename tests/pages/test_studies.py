"""The studies on stores with next to nothing: each says in one headline what is missing, and nothing fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from opsmetrics.ui.frame import STUDY_PAGES
from tests.pages import stores
from tests.pages.stores import block, page


@pytest.mark.parametrize("store", [stores.empty, stores.defined, stores.one_point], ids=lambda build: build.__name__)
def test_a_study_of_nothing_has_a_headline(store: Callable[[Path], None], tmp_path: Path) -> None:
    with stores.owned(store, tmp_path):
        for file, _, _ in STUDY_PAGES:
            app = page(file.removesuffix(".py"))
            assert not app.exception, file
            assert block(app, "heading")["title"], file
