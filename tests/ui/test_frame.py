"""The frame: every page of the folder is in the navigation and cannot run outside of it."""

from __future__ import annotations

import ast

from opsmetrics.ui.frame import PAGES, STUDY_PAGES
from opsmetrics.ui.links import PAGES as LINKED
from tests.paths import ROOT

FILES = sorted((ROOT / "pages").glob("*.py"))


def test_the_navigation_holds_every_page() -> None:
    assert sorted(file for file, _, _ in (*PAGES, *STUDY_PAGES)) == [path.name for path in FILES]
    assert sorted(LINKED.values()) == [f"pages/{path.name}" for path in FILES]


def test_every_page_asks_for_the_desk_first() -> None:
    """reviews.desk() starts a page again that was run outside the frame: nothing may be drawn before it."""
    for path in FILES:
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        in_order = sorted(calls, key=lambda call: (call.lineno, -call.col_offset))
        assert ast.unparse(in_order[0].func) == "reviews.desk", path.name
