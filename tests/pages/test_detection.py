"""The Detection page under AppTest: the address says the chart, what it does not understand is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics.desk import Desk
from opsmetrics.stats.run_length import cusum_arl, ewma_arl, ewma_width, rules_arl
from tests.pages import stores
from tests.pages.stores import block, blocks, page


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with stores.owned(stores.full, tmp_path_factory.mktemp("detection")) as path:
        yield path


def said(app: AppTest) -> str:
    head = block(app, "heading")
    return f"{head['title']} {head['lead']}".replace("\u00a0", " ")


def asked(app: AppTest, name: str) -> str:
    """A parameter of the address, which AppTest hands over alone or in a list."""
    found = app.query_params[name]
    return found if isinstance(found, str) else found[0]


def panel(app: AppTest, place: int) -> list[list[str]]:
    rows: list[list[str]] = block(app, "panels")["panels"][place]["rows"]
    return rows


def test_single_points_and_what_would_notice_sooner() -> None:
    """Champ & Woodall 1987: 43.89 points at 1 σ, 370.4 without a shift."""
    app = page("detection")
    assert not app.exception
    width = ewma_width(0.1, 370.398347)
    wait = ewma_arl(1.0, 0.1, width)
    assert said(app) == (
        "A shift of 1 σ is noticed after 44 points on average. Without a shift it calls once in 370 points. "
        f"EWMA with λ 0.1 and limits at {width:.1f} σ would notice it after {wait:.1f} points, "
        "with as few false alarms."
    )
    assert block(app, "heading")["hero"]["value"] == "44"
    assert [row[0] for row in panel(app, 0)] == [
        "Single points",
        f"EWMA with λ 0.1 and limits at {width:.1f} σ",
        "CUSUM with k 0.5 and h 4.77",
    ]
    assert [row[1] for row in panel(app, 1)] == [f"{wait} points" for wait in ("155", "44", "15", "6.3", "3.2", "2")]
    figures = app.get("plotly_chart")
    assert len(figures) == 2


def test_choices_stand_in_the_address_and_only_there() -> None:
    app = page("detection", chart="cusum", k="0.25", h="8", shift="0.5")
    assert said(app).startswith(f"A shift of 0.5 σ is noticed after {cusum_arl(0.5, 0.25, 8):.0f} points on average.")
    app.number_input(key="number_h").set_value(9.0).run()
    assert asked(app, "h") == "9"
    assert said(app).startswith(f"A shift of 0.5 σ is noticed after {cusum_arl(0.5, 0.25, 9):.0f} points on average.")
    app.segmented_control(key="choose_chart").set_value("ewma").run()
    assert "h" not in app.query_params and asked(app, "chart") == "ewma"
    assert "EWMA with λ 0.2 and limits at 3 σ" in str(block(app, "strip"))


def test_of_a_kpi_in_its_unit_by_its_rules() -> None:
    app = page("detection", kpi="scrap")
    review = Desk.of_process().review("scrap")
    assert review.chart is not None
    one = float(review.chart.points["standard_error"].dropna().iloc[-1]) * 100
    wait = rules_arl(1.0, rules="daily", windows="full")
    text = f"A shift of {one:.2f} percentage points (1 σ) is noticed after {wait:.0f} days on average."
    assert said(app).startswith(text)
    app.number_input(key="number_shift").set_value(2 * one).run()
    assert float(asked(app, "shift")) == pytest.approx(2, rel=1e-3)
    app.button(key="no_kpi").click().run()
    assert "kpi" not in app.query_params and " points on average" in said(app)


def test_a_point_of_several_readings() -> None:
    app = page("detection", n="4", shift="0.5")
    assert said(app).startswith("A shift of 0.5 σ is noticed after 44 points")
    assert "a point is the mean of 4" in str(block(app, "strip"))


def test_no_shift_and_charts_without_rivals() -> None:
    assert said(page("detection", shift="0")).startswith("Without a shift it calls once in 370 points on average.")
    never = page("detection", width="6")
    assert said(never).startswith("A shift of 1 σ is practically never noticed. Without a shift it practically never")
    assert block(never, "heading")["hero"] is None and "no other chart" in said(never)
    assert said(page("detection", width="0.5", n="9")).startswith("A shift of 1 σ is noticed at once.")


def test_what_is_not_understood_is_told() -> None:
    app = page("detection", chart="pie", k="9", weight="nan", n="2.5", shift="much", rules="nelson", kpi="nope")
    assert not app.exception
    told = next(found["text"] for found in blocks(app) if "not here" in str(found.get("text")))
    wrong = ("KPI “nope”", "chart “pie”", "slack “9” (wanted 0 to 3)", "weight “nan”", "shift “much”", "readings “2.5”")
    for part in (*wrong, "“nelson”"):
        assert part in told
    assert said(app).startswith("A shift of 1 σ is noticed after 44 points")


def test_the_table_holds_what_the_curves_show() -> None:
    app = page("detection", chart="ewma", weight="0.1", width="2.814")
    table = app.dataframe[0].value
    column = table["EWMA with λ 0.1 and limits at 2.81 σ"].to_numpy(dtype=np.float64)
    shifts = table["Shift, σ"].to_numpy(dtype=np.float64)
    assert column[np.isin(shifts, [0, 0.5, 1, 2])] == pytest.approx([499.58, 31.297, 10.331, 4.3623], rel=1e-4)
    missed = table["Unnoticed after 5 points"].to_numpy(dtype=np.float64)
    assert (np.diff(missed) < 0).all()
