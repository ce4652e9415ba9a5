"""The desk of a page: the same definitions and versions for a whole run, and what the page writes seen at once."""

from __future__ import annotations

from pathlib import Path

from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.ui.page_desk import PageDesk

ONE = '[kpis.scrap]\nname = "Scrap"\nkind = "count"\nbetter = "lower"\nunit = ""\n'
TWO = ONE + ONE.replace("scrap", "rework").replace("Scrap", "Rework")


def test_a_run_stands_on_one_state_until_it_writes_itself(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "kpis.duckdb", role="tests") as desk:
        desk.apply(ONE, by="Ada")
        page = PageDesk(desk.store, desk.settings)
        before = (page.catalog, page.versions)
        desk.apply(TWO, by="Ada")
        desk.decide(Decision("scrap", "annotate", value={"text": "moved"}, by="Ada", why="told"))
        assert (page.catalog, page.versions) == before  # somebody else wrote meanwhile: the next run shows it
        assert PageDesk(desk.store, desk.settings).versions == desk.versions != before[1]

        page.decide(Decision("rework", "annotate", value={"text": "moved"}, by="Ada", why="told"))
        assert page.versions == desk.versions
        page.apply(ONE, by="Ada")
        assert [kpi.key for kpi in page.catalog.kpis] == ["scrap"]
